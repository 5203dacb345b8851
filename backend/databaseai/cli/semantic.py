"""`semantic check`, `semantic suggest`: the business's words for the data source."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from databaseai.cli.ask import As, DataSourceUrl, tools_here
from databaseai.cli.console import out, tell
from databaseai.errors import DatabaseAIError, SettingsInvalid
from databaseai.settings import Settings, load

if TYPE_CHECKING:
    from databaseai.app import Tools
    from databaseai.catalog.semantic.model import Misfit, SemanticModel

application = typer.Typer(help="The business's words, metrics and joins.", no_args_is_help=True)
File = Annotated[Path | None, typer.Argument(help="A YAML file; without it, the one in force.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]


@application.command()
def check(
    file: File = None, data_source: DataSourceUrl = None, as_json: AsJson = False, asker: As = None
) -> None:
    """Hold a semantic model against the data source: what fits, and what does not. Runs nothing."""
    settings = load(data_source__url=data_source, data_source__asker=asker)
    model, misfits = asyncio.run(checked(settings, file))
    kinds = [term.kind for term in model.terms]
    counts = {kind: kinds.count(kind) for kind in ("metric", "filter")} | {"join": len(model.joins)}
    if as_json:
        listed = [{"line": m.line, "where": m.where, "why": m.why, "code": m.code or None} for m in misfits]
        print(json.dumps({"fits": not misfits, "misfits": listed, "counts": counts}))
    else:
        for misfit in misfits:
            text = f"line {misfit.line}: {misfit.where}: {misfit.why}"
            out.print(f"{text} ({misfit.code})" if misfit.code else text, markup=False, soft_wrap=True)
        tell(
            ", ".join(f"{number} {kind}{'' if number == 1 else 's'}" for kind, number in counts.items()) + "."
        )
        tell("It fits." if not misfits else "What does not fit is left out when questions are asked.")
    raise typer.Exit(1 if misfits else 0)


@application.command()
def suggest(data_source: DataSourceUrl = None, asker: As = None) -> None:
    """Write a draft to stdout, from comments, keys, names, views and verified queries; edit it."""
    settings = load(data_source__url=data_source, data_source__asker=asker)
    print(asyncio.run(suggested(settings)), end="")


async def checked(settings: Settings, file: Path | None) -> "tuple[SemanticModel, list[Misfit]]":
    """What fits of a file, and what the gate or PostgreSQL's planner does not take."""
    from databaseai.ask.semantic_fit import gate
    from databaseai.catalog.semantic.file import read_semantic_model
    from databaseai.catalog.semantic.fitting import fit

    source = read_semantic_model(file) if file else None  # before anything is started for it
    async with tools_here(without_one(settings) if file else settings, model=False) as tools:
        if source is None:
            source = read_semantic_model(in_force(tools.settings))
        catalog = await tools.catalog.get(tools.asker)
        model = await asyncio.to_thread(fit, source, catalog, gate(settings.limits))
        refused = [misfit async for misfit in unplanned(tools, model)]
    misfits = [*model.misfits, *(plan_misfit(source, *each) for each in refused)]
    return model, sorted(misfits, key=lambda misfit: misfit.line)


def in_force(settings: Settings) -> Path:
    """The configured file.

    Raises:
        SettingsInvalid: There is none. DBAI001.
    """
    if settings.data_source.semantic_model is None:
        hint = "databaseai semantic suggest > FILE, then DATABASEAI_DATA_SOURCE_SEMANTIC_MODEL=FILE"
        raise SettingsInvalid("No semantic model is in force.", hint=hint)
    return settings.data_source.semantic_model


def without_one(settings: Settings) -> Settings:
    """The same without a semantic model of its own: another file is looked at."""
    source = settings.data_source.model_copy(update={"semantic_model": None})
    return settings.model_copy(update={"data_source": source})


async def unplanned(tools: "Tools", model: "SemanticModel") -> Any:
    """Definitions whose types PostgreSQL does not take, with its error: the gate looks at no types."""
    for term in model.terms:
        if term.sql:
            try:
                await tools.pipeline.explain(term.sql, tools.asker)
            except DatabaseAIError as error:
                yield term, error


def plan_misfit(source: Any, term: Any, error: DatabaseAIError) -> "Misfit":
    """One refusal by PostgreSQL's planner."""
    from databaseai.catalog.semantic.model import Misfit

    place = (f"{term.kind}s", term.name)
    return Misfit(source.line(*place), ".".join(place), error.detail.rstrip("."), error.code)


async def suggested(settings: Settings) -> str:
    """The draft."""
    from databaseai.ask.semantic_fit import gate
    from databaseai.catalog.semantic.suggesting import suggest as draft
    from databaseai.catalog.semantic.views import read_views

    plain = settings.ask.model_copy(update={"without": settings.ask.without | {"semantic_model"}})
    async with tools_here(settings.model_copy(update={"ask": plain}), model=False) as tools:
        catalog = await tools.catalog.get(tools.asker)
        async with tools.data_source.catalog_reader(tools.asker) as connection:
            views = await read_views(connection, catalog)
        approved = await approved_in(tools)
    return await asyncio.to_thread(draft, catalog, gate(settings.limits), views, approved)


async def approved_in(tools: "Tools") -> list[tuple[str, str]]:
    """Question and SQL of the verified queries, where a store is at hand."""
    from databaseai.store import open_store

    if tools.settings.store.url is None:
        return []
    store = await open_store(tools.settings.store.url.get_secret_value())
    try:
        found = await store.verified.approved(tools.data_source.name) if await store.current() else []
    finally:
        await store.close()
    return [(query.question, query.sql) for query in found]
