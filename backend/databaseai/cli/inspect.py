"""`settings`, `catalog`, `evaluate`: what is in force, what can be asked about, how often it is right."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from databaseai.cli.ask import As, DataSourceUrl, tools_here
from databaseai.cli.console import out
from databaseai.settings import in_force, load


def settings() -> None:
    """Print every setting in force, secrets masked, as `.env` lines."""
    for name, value in in_force(load()).items():
        print(f"{name}={value}")


def catalog(
    data_source: DataSourceUrl = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    asker: As = None,
) -> None:
    """List the tables that can be asked about."""
    asyncio.run(print_catalog(data_source, as_json=as_json, asker=asker))


async def print_catalog(data_source: str | None, *, as_json: bool, asker: str | None = None) -> None:
    """Read the catalog and print it."""
    from pydantic import TypeAdapter

    from databaseai.catalog.snapshot import Catalog

    given = load(data_source__url=data_source, data_source__asker=asker)
    async with tools_here(given, model=False) as tools:
        found = await tools.catalog.get(tools.asker)
    if as_json:
        print(TypeAdapter(Catalog).dump_json(found).decode())
        return
    for table in found.tables:
        rows = "" if table.row_estimate is None else f", about {table.row_estimate} rows"
        comment = f": {table.comment}" if table.comment else ""
        out.print(f"{table.schema}.{table.name} ({table.kind}{rows}){comment}", markup=False, soft_wrap=True)
        for column in table.columns:
            note = f"  -- {column.comment}" if column.comment else ""
            out.print(f"    {column.name} {column.type}{note}", markup=False, soft_wrap=True)
    for schema, name, why in found.closed:
        out.print(f"{schema}.{name} (closed: {why})", markup=False, soft_wrap=True)


def evaluate(
    dataset: Annotated[
        Path | None, typer.Argument(help="A directory or a .jsonl file (evaluations/README.md).")
    ] = None,
    ids: Annotated[Path | None, typer.Option(help="JSON list of question ids to run.")] = None,
    limit: Annotated[int | None, typer.Option(help="Run only the first N questions.")] = None,
    run: Annotated[
        Path | None, typer.Option(help="Directory of the run; an unfinished one is resumed.")
    ] = None,
    compare: Annotated[Path | None, typer.Option(help="An earlier run to compare with.")] = None,
    without: Annotated[
        str | None,
        typer.Option(help="Steps to switch off: linking,values,repair,... (DATABASEAI_ASK_WITHOUT)."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report as one JSON object.")] = False,
    export: Annotated[
        str | None, typer.Option(help="Ask no model: write training data here (- for stdout), JSON a line.")
    ] = None,
    with_gold: Annotated[
        bool, typer.Option("--with-gold", help="Export the dataset's golds; without it, verified queries.")
    ] = False,
) -> None:
    """Measure execution accuracy over a question set, or export verified queries as training data."""
    if export is None and dataset is None:
        raise typer.BadParameter("A dataset is missing.")
    if with_gold != (export is not None and dataset is not None):
        raise typer.BadParameter("A dataset's golds are exported with DATASET --export FILE --with-gold.")
    given = load(ask__without=without.split(",") if without else None)
    if export is not None:
        from databaseai.cli.exporting import export_training

        asyncio.run(export_training(given, export, dataset, ids=ids, limit=limit))
    elif dataset is not None:
        from databaseai.cli.evaluating import evaluate_dataset

        options = {"ids": ids, "run": run, "compare": compare}
        asyncio.run(evaluate_dataset(dataset, given, **options, limit=limit, as_json=as_json))


COMMANDS = (settings, catalog, evaluate)
