"""`ask` and `query`: one question or statement, or a batch of them."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any, Self, TextIO
from urllib.parse import quote, urlsplit, urlunsplit

import typer
from pydantic import SecretStr

from databaseai.cli import instance
from databaseai.cli.console import reporting
from databaseai.cli.remote import ask_running, query_running
from databaseai.cli.show import Show
from databaseai.errors import BY_CODE, DatabaseAIError, QuestionEmpty, RequestInvalid
from databaseai.settings import Settings, load

if TYPE_CHECKING:
    from databaseai.app import Tools

DataSourceUrl = Annotated[
    str | None, typer.Option("--data-source", help="postgresql://... instead of the setting.")
]
Batch = Annotated[str | None, typer.Option(help="A file of JSON lines, or - for stdin.")]
AsJson = Annotated[bool, typer.Option("--json", help="The whole answer as one JSON object.")]


def ask(
    question: Annotated[list[str] | None, typer.Argument(help="The question, in your own words.")] = None,
    as_json: AsJson = False,
    sql_only: Annotated[bool, typer.Option(help="Print the SQL and nothing else.")] = False,
    data_source: DataSourceUrl = None,
    batch: Batch = None,
) -> None:
    """Answer a question; starts what is not running, and stops what it started."""
    settings = load(data_source__url=data_source)
    if batch is not None:
        asyncio.run(ask_batch(settings, batch))
        return
    text = " ".join(question or ())
    if not text.strip():
        raise QuestionEmpty("Give a question.", hint='databaseai ask "How many orders are there?"')
    show = Show(as_json=as_json, sql_only=sql_only)
    answer = asyncio.run(ask_once(settings, text, show))
    show.answer(answer)
    raise typer.Exit(exit_code(answer))


def query(
    sql: Annotated[str | None, typer.Argument(help="One SELECT statement.")] = None,
    as_json: AsJson = False,
    data_source: DataSourceUrl = None,
    batch: Batch = None,
) -> None:
    """Run SQL of your own through the same gate, read-only."""
    settings = load(data_source__url=data_source)
    if batch is not None:
        asyncio.run(query_batch(settings, batch))
        return
    found = instance.running(settings)
    if found and data_source is None and settings.data_source.url is None:
        result = asyncio.run(query_running(found.url, sql or ""))
    else:
        result = asyncio.run(query_here(settings, sql or ""))
    Show(as_json=as_json).result(result)
    raise typer.Exit(exit_code(result))


def exit_code(answer: dict[str, Any]) -> int:
    """0 answered, 1 not answered; an error brings its own."""
    problem = answer.get("problem")
    if problem:
        return BY_CODE[problem["code"]].exit_code
    return 0 if answer.get("status", "answered") == "answered" else 1


async def ask_once(settings: Settings, question: str, show: Show) -> dict[str, Any]:
    """Ask the running instance; without one, start what is needed, ask, stop it."""
    found = instance.running(settings)
    if found and settings.data_source.url is None and settings.llm.base_url is None:
        return await ask_running(found.url, question, show.event)
    async with tools_here(settings) as tools:
        return await answer_here(tools, question, show)


async def answer_here(tools: "Tools", question: str, show: Show) -> dict[str, Any]:
    """Run the flow in this process; the answer in its wire form."""
    from databaseai.api.problem import problem
    from databaseai.ask.events import Answer, Problem, wire

    answer = Answer()
    async for event in tools.pipeline.answer(question):
        answer.add(event)
        if not isinstance(event, Problem):
            show.event(event.kind, wire(event))
    return answer.wire() | {"problem": problem(answer.error) if answer.error else None}


async def query_here(settings: Settings, sql: str) -> dict[str, Any]:
    """Run one statement in this process; the result in its wire form."""
    async with tools_here(settings, model=False) as tools:
        return await result_of(tools, sql)


async def result_of(tools: "Tools", sql: str) -> dict[str, Any]:
    """One statement through the gate; a refusal stands in `problem`."""
    from databaseai.api.problem import problem

    try:
        result = await tools.pipeline.query(sql)
    except DatabaseAIError as error:
        return {"columns": [], "rows": [], "truncated": False, "problem": problem(error)}
    columns = [{"name": column.name, "type": column.type} for column in result.columns]
    return {"columns": columns, "rows": result.rows, "truncated": result.truncated, "problem": None}


@asynccontextmanager
async def tools_here(settings: Settings, *, model: bool = True) -> AsyncIterator["Tools"]:
    """Tools of this process: on the parts of a running instance, or on batteries started for now."""
    from contextlib import AsyncExitStack

    from databaseai import app

    async with AsyncExitStack() as stack:
        found = instance.running(settings)
        if found:
            settings = found.lend(settings)
        needs_postgres = settings.data_source.url is None
        if needs_postgres or (model and settings.llm.base_url is None):
            stack.enter_context(instance.hold(settings))
            with reporting() as report:
                parts = app.batteries(settings, report, store=False, model=model)
                settings = (await stack.enter_async_context(parts)).settings
        yield await stack.enter_async_context(app.open_tools(settings))


async def ask_batch(settings: Settings, source: str) -> None:
    """`{id, question, database?}` lines in, answers out: order kept, one line out for each in."""
    async with DatabaseTools(settings) as databases:
        for line in lines(source):
            answer: dict[str, Any]
            try:
                given = fields(line, "question")
                tools = await databases.of(given.get("database"))
                answer = await answer_here(tools, given["question"], Show(silent=True))
            except DatabaseAIError as error:
                answer = failed(error)
            print_line({"id": identity(line)} | answer)


async def query_batch(settings: Settings, source: str) -> None:
    """`{id, sql}` lines in, `{id, columns, rows, truncated, problem}` out."""
    async with DatabaseTools(settings, model=False) as databases:
        for line in lines(source):
            result: dict[str, Any]
            try:
                given = fields(line, "sql")
                result = await result_of(await databases.of(given.get("database")), given["sql"])
            except DatabaseAIError as error:
                result = {"columns": [], "rows": [], "truncated": False} | failed(error)
            print_line({"id": identity(line)} | result)


def lines(source: str) -> Iterator[str]:
    """Non-empty lines of a file or of stdin, as they come."""
    if source == "-":
        yield from stripped(sys.stdin)
        return
    try:
        with open(source, encoding="utf-8") as handle:  # noqa: PTH123
            yield from stripped(handle)
    except OSError as error:
        raise RequestInvalid(f"{source}: {error.strerror}.") from None


def stripped(handle: TextIO) -> Iterator[str]:
    """Lines without their ends, empty ones left out."""
    return (line.strip() for line in handle if line.strip())


def fields(line: str, needed: str) -> dict[str, Any]:
    """One JSON object that holds a text under `needed`."""
    try:
        given = json.loads(line)
    except ValueError:
        raise RequestInvalid("The line is not JSON.") from None
    if not isinstance(given, dict) or not isinstance(given.get(needed), str):
        raise RequestInvalid(f"The line is not an object with a text under {needed!r}.")
    return given


def identity(line: str) -> object:
    """The line's `id`; None where there is none."""
    try:
        given = json.loads(line)
    except ValueError:
        return None
    return given.get("id") if isinstance(given, dict) else None


def failed(error: DatabaseAIError) -> dict[str, Any]:
    """An answer that did not begin."""
    from databaseai.api.problem import problem
    from databaseai.ask.events import Answer

    return Answer(error=error).wire() | {"problem": problem(error)}


def print_line(value: dict[str, Any]) -> None:
    """One JSON line, out at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


class DatabaseTools:
    """Tools by database name on one data source's server, opened when first named."""

    def __init__(self, settings: Settings, *, model: bool = True) -> None:
        from contextlib import AsyncExitStack

        self._settings, self._model = settings, model
        self._stack = AsyncExitStack()
        self._open: dict[str | None, Tools] = {}

    async def __aenter__(self) -> Self:
        self._default = await self._stack.enter_async_context(tools_here(self._settings, model=self._model))
        self._open[None] = self._default
        return self

    async def __aexit__(self, *caught: object) -> None:
        await self._stack.aclose()

    async def of(self, database: str | None) -> "Tools":
        """The tools of one database; the data source's own without a name."""
        from databaseai import app

        if database is not None and database not in self._open:
            settings = self._default.settings
            url = settings.data_source.url
            there = SecretStr(of_database(url.get_secret_value() if url else "", database))
            changed = settings.data_source.model_copy(update={"url": there})
            there_settings = settings.model_copy(update={"data_source": changed})
            tools = app.open_tools(there_settings, model=self._default.model)
            self._open[database] = await self._stack.enter_async_context(tools)
        return self._open[database]


def of_database(url: str, database: str) -> str:
    """The same server and login for another database."""
    return urlunsplit(urlsplit(url)._replace(path="/" + quote(database, safe="")))


COMMANDS = (ask, query)
