"""`ask` and `query`: one question or statement, or a batch of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, TypeGuard

import typer

from databaseai.cli import instance
from databaseai.cli.console import reporting
from databaseai.cli.remote import ask_running, explain_running, no_rows, query_running
from databaseai.cli.show import Show
from databaseai.errors import BY_CODE, DatabaseAIError, QuestionEmpty
from databaseai.settings import Settings, load

if TYPE_CHECKING:
    from databaseai.app import Tools

DataSourceUrl = Annotated[
    str | None, typer.Option("--data-source", help="postgresql://... instead of the setting.")
]
As = Annotated[
    str | None, typer.Option("--as", help="Who asks, where data_source.identity tells askers apart.")
]
Batch = Annotated[str | None, typer.Option(help="A file of JSON lines, or - for stdin.")]
Confirm = Annotated[bool, typer.Option("--confirm", help="Run it however much its plan costs.")]
AsJson = Annotated[bool, typer.Option("--json", help="The whole answer as one JSON object.")]
NOBODY = "http://127.0.0.1:9/v1"
"""Stands for the model where none is asked and none is set: nobody listens on the discard port."""


def ask(
    question: Annotated[list[str] | None, typer.Argument(help="The question, in your own words.")] = None,
    as_json: AsJson = False,
    sql_only: Annotated[bool, typer.Option(help="Print the SQL and nothing else.")] = False,
    data_source: DataSourceUrl = None,
    batch: Batch = None,
    asker: As = None,
) -> None:
    """Answer a question; starts what is not running, and stops what it started."""
    alone(batch, question)
    settings = load(data_source__url=data_source, data_source__asker=asker)
    if batch is not None:
        from databaseai.cli.batch import ask_batch

        asyncio.run(ask_batch(settings, batch))
        return
    text = " ".join(question or ())
    if not text.strip():
        raise QuestionEmpty("Give a question.", hint='databaseai ask "How many orders are there?"')
    show = Show(as_json=as_json, sql_only=sql_only)
    try:
        answer = asyncio.run(ask_once(settings, text, show))
    except DatabaseAIError as error:  # it did not begin
        answer = failed(error)
    show.answer(answer)
    raise typer.Exit(exit_code(answer))


def query(
    sql: Annotated[str | None, typer.Argument(help="One SELECT statement.")] = None,
    as_json: AsJson = False,
    data_source: DataSourceUrl = None,
    batch: Batch = None,
    confirm: Confirm = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show its plan; run nothing.")] = False,
    asker: As = None,
) -> None:
    """Run SQL of your own through the same gate, read-only."""
    alone(batch, sql)
    if batch is not None and explain:
        raise typer.BadParameter("A batch runs its statements; a line may be an EXPLAIN itself.")
    settings = load(data_source__url=data_source, data_source__asker=asker)
    if batch is not None:
        from databaseai.cli.batch import query_batch

        asyncio.run(query_batch(settings, batch, confirmed=confirm))
        return
    try:
        once = (
            explain_once(settings, sql or "")
            if explain
            else query_once(settings, sql or "", confirmed=confirm)
        )
        result = asyncio.run(once)
    except DatabaseAIError as error:
        result = no_rows(problem_of(error))
    Show(as_json=as_json).result(result)
    raise typer.Exit(exit_code(result))


def alone(batch: str | None, given: object) -> None:
    """A batch and one more beside it: one of the two would go unheard.

    Raises:
        typer.BadParameter: Both are given.
    """
    if batch is not None and given:
        raise typer.BadParameter("Give a batch or one of your own, not both.")


def exit_code(answer: dict[str, Any]) -> int:
    """0 answered, 1 not answered; an error brings its own."""
    problem = answer.get("problem")
    if problem:
        return BY_CODE[problem["code"]].exit_code
    return 0 if answer.get("status", "answered") == "answered" else 1


async def ask_once(settings: Settings, question: str, show: Show) -> dict[str, Any]:
    """Ask the running instance; without one, start what is needed, ask, stop it."""
    found = instance.running(settings)
    if asks_there(found, settings) and settings.llm.base_url is None:
        return await ask_running(found.url, question, show.event)
    async with tools_here(settings) as tools:
        return await answer_here(tools, question, show)


def asks_there(found: instance.Instance | None, settings: Settings) -> TypeGuard[instance.Instance]:
    """Whether the running instance answers it just as this process would."""
    return found is not None and settings.data_source.url is None and found.asks_as(settings)


async def answer_here(tools: "Tools", question: str, show: Show) -> dict[str, Any]:
    """Run the flow in this process; the answer in its wire form."""
    from databaseai.ask.events import Answer, Problem, wire

    answer = Answer()
    async for event in tools.pipeline.answer(question, asker=tools.asker):
        answer.add(event)
        if not isinstance(event, Problem):
            show.event(event.kind, wire(event))
    return answer.wire() | {"problem": problem_of(answer.error) if answer.error else None}


async def query_once(settings: Settings, sql: str, *, confirmed: bool = False) -> dict[str, Any]:
    """Run one statement by the running instance, or here; the result in its wire form."""
    found = instance.running(settings)
    if asks_there(found, settings):
        return await query_running(found.url, sql, confirmed=confirmed)
    async with tools_here(settings, model=False) as tools:
        return await result_of(tools, sql, confirmed=confirmed)


async def explain_once(settings: Settings, sql: str) -> dict[str, Any]:
    """The plan of one statement, by the running instance, or here; in its wire form."""
    found = instance.running(settings)
    if asks_there(found, settings):
        return await explain_running(found.url, sql)
    async with tools_here(settings, model=False) as tools:
        return asdict(await tools.pipeline.explain(sql, tools.asker)) | {"problem": None}


async def result_of(tools: "Tools", sql: str, *, confirmed: bool = False) -> dict[str, Any]:
    """One statement through the gate; a refusal stands in `problem`."""
    try:
        result = await (tools.pipeline.confirmed if confirmed else tools.pipeline).query(sql, tools.asker)
    except DatabaseAIError as error:
        return no_rows(problem_of(error))
    columns = [{"name": column.name, "type": column.type} for column in result.columns]
    rows = {"sql": result.sql, "columns": columns, "rows": result.rows, "truncated": result.truncated}
    return rows | {"ms": result.ms, "problem": None}


def problem_of(error: DatabaseAIError) -> dict[str, Any]:
    """An error in its wire form."""
    from databaseai.api.problem import problem

    return problem(error)


def failed(error: DatabaseAIError) -> dict[str, Any]:
    """An answer that did not begin."""
    from databaseai.ask.events import Answer, status_of

    return Answer(status=status_of(error)).wire() | {"problem": problem_of(error)}


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
        if not model and settings.llm.base_url is None:
            settings = settings.model_copy(
                update={"llm": settings.llm.model_copy(update={"base_url": NOBODY})}
            )
        yield await stack.enter_async_context(app.open_tools(settings))


COMMANDS = (ask, query)
