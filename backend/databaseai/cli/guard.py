"""`guard`: the gate's verdict on statements, without running any."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from databaseai.cli import json_lines
from databaseai.cli.ask import As, Batch, DataSourceUrl, alone, tools_here
from databaseai.cli.console import out, tell
from databaseai.errors import DatabaseAIError, RequestInvalid, Unexpected
from databaseai.settings import ExecutionLimits, Settings, load

if TYPE_CHECKING:
    from databaseai.ask.guardrail import AcceptedQuery
    from databaseai.catalog.snapshot import Catalog

CatalogFile = Annotated[
    Path | None, typer.Option("--catalog", help="What `catalog --json` printed, instead of a data source.")
]
AsJson = Annotated[bool, typer.Option("--json", help="The verdict as one JSON object.")]
Given = Annotated[
    str | None, typer.Argument(help="One statement, or a file of JSON lines; without it, stdin.")
]


def guard(
    given: Given = None,
    batch: Batch = None,
    catalog: CatalogFile = None,
    data_source: DataSourceUrl = None,
    as_json: AsJson = False,
    asker: As = None,
) -> None:
    """Say which statements the gate accepts: `{id, sql}` lines in, `{id, verdict, ...}` lines out."""
    settings = load(data_source__url=data_source, data_source__asker=asker)
    alone(batch, given)
    source = batch or ("-" if given is None else given if is_file(given) else None)
    known = from_file(catalog) if catalog else asyncio.run(from_data_source(settings))
    if source is not None:
        for line in json_lines.read(source, "sql"):
            found = refused(line.error) if line.error else verdict(line.given["sql"], known, settings.limits)
            json_lines.write(json_lines.encoded({"id": line.id} | found))
        return
    statement = given or ""
    found = verdict(statement, known, settings.limits)
    if as_json:
        json_lines.write(json_lines.encoded({"id": None} | found))
    else:
        show(statement, found)
    raise typer.Exit(0 if found["verdict"] == "accepted" else 1)


def is_file(given: str) -> bool:
    """A file's name, or `-`; what looks like one and is none is a mistake, not a statement.

    Raises:
        RequestInvalid: There is no such file. DBAI101.
    """
    if given == "-" or (len(given) < 4_096 and "\0" not in given and Path(given).is_file()):  # noqa: PLR2004  # PATH_MAX
        return True
    if given.endswith((".json", ".jsonl", ".ndjson")) and not any(char.isspace() for char in given):
        raise RequestInvalid(f"{given}: there is no such file.")
    return False


async def from_data_source(settings: Settings) -> "Catalog":
    """The catalog of the running instance's, the given or the configured data source, without values."""
    sampling = settings.catalog.model_copy(update={"samples_per_column": 0})
    async with tools_here(settings.model_copy(update={"catalog": sampling}), model=False) as tools:
        return await tools.catalog.get(tools.asker)


def from_file(path: Path) -> "Catalog":
    """The catalog that `catalog --json` printed.

    Raises:
        RequestInvalid: The file cannot be read, or holds no catalog. DBAI101.
    """
    from pydantic import TypeAdapter

    from databaseai.catalog.snapshot import Catalog

    try:
        return TypeAdapter(Catalog).validate_json(path.read_bytes())
    except OSError as error:
        raise RequestInvalid(f"{path}: {error.strerror}.") from None
    except (ValueError, TypeError):  # pydantic's is a ValueError
        hint = "Make it with `databaseai catalog --json > FILE`."
        raise RequestInvalid(f"{path} holds no catalog.", hint=hint) from None


def verdict(statement: str, catalog: "Catalog", limits: ExecutionLimits) -> dict[str, Any]:
    """What the gate says: the wire form without its `id`."""
    try:
        judge(statement, catalog, limits)
    except DatabaseAIError as error:
        return refused(error)
    except Exception as error:  # noqa: BLE001  # a fault of ours is this line's refusal, not the end of all
        tell(f"unexpected {type(error).__qualname__}")
        return refused(Unexpected())
    return {"verdict": "accepted", "code": None, "detail": None, "position": None}


def judge(statement: str, catalog: "Catalog", limits: ExecutionLimits) -> "AcceptedQuery":
    """The query that `databaseai query` would run or explain; raises what it would refuse with."""
    from databaseai.ask.guardrail import check
    from databaseai.ask.guardrail.explain import split

    inner, _ = split(statement, limits)
    return check(inner, catalog, limits)


def refused(error: DatabaseAIError) -> dict[str, Any]:
    """A refusal in its wire form."""
    found = {
        "verdict": "refused",
        "code": error.code,
        "detail": error.detail,
        "position": error.facts.get("position"),
        "title": error.title,
        "repairable": error.repairable,
    }
    more = {"hint": error.hint, "name": error.facts.get("name")}
    return found | {key: value for key, value in more.items() if value}


def show(statement: str, found: dict[str, Any]) -> None:
    """The verdict for a person, with the place it is about."""
    if found["verdict"] == "accepted":
        out.print("accepted")
        return
    out.print(f"refused: {found['code']} {found['title']}: {found['detail']}", markup=False, soft_wrap=True)
    if found.get("hint"):
        out.print(found["hint"], markup=False, soft_wrap=True)
    position = found["position"]
    if position is not None:
        before = statement[:position]
        number, column = before.count("\n") + 1, position - (before.rfind("\n") + 1)
        line = "".join(char if char.isprintable() else " " for char in statement.split("\n")[number - 1])
        margin = f"{number} | "
        out.print(f"{margin}{line}", markup=False, soft_wrap=True)
        out.print(f"{' ' * (len(margin) + column)}^", soft_wrap=True)


COMMANDS = (guard,)
