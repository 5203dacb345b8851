"""`--batch`: JSON lines in, JSON lines out; order kept, streamed, one out for each in."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from pydantic import SecretStr

from databaseai.cli import json_lines
from databaseai.cli.ask import answer_here, failed, problem_of, result_of, tools_here
from databaseai.cli.console import tell
from databaseai.cli.json_lines import Line
from databaseai.cli.remote import no_rows
from databaseai.cli.show import Show
from databaseai.errors import DatabaseAIError, Unexpected
from databaseai.settings import Settings

if TYPE_CHECKING:
    from databaseai.app import Tools

OPEN_DATABASES = 8
"""Pools kept open beside the data source's own; the one that was not used longest is closed for a ninth."""


async def ask_batch(settings: Settings, source: str) -> None:
    """`{id, question, database?}` lines in, answers out: order kept, one line out for each in."""
    async with DatabaseTools(settings) as databases:
        async for line in json_lines.arriving(source, "question"):
            answer: dict[str, Any]
            try:
                async with databases.of(line) as tools:
                    answer = await answer_here(tools, line.given["question"], Show(silent=True))
            except DatabaseAIError as error:
                answer = failed(error)
            json_lines.write(json_lines.encoded({"id": line.id} | answer))


async def query_batch(settings: Settings, source: str, *, confirmed: bool = False) -> None:
    """`{id, sql}` lines in, `{id, columns, rows, truncated, problem}` out.

    As many statements run at once as the pool has connections; a slow one holds up the lines that come out,
    not those that run, until as many wait behind it.
    """
    async with DatabaseTools(settings, model=False) as databases:

        async def work(line: Line) -> str:
            result: dict[str, Any]
            try:
                async with databases.of(line) as tools:
                    result = await result_of(tools, line.given["sql"], confirmed=confirmed)
            except DatabaseAIError as error:
                result = no_rows(problem_of(error))
            except Exception as error:  # noqa: BLE001  # a fault of ours is this line's problem, not the batch's
                tell(f"unexpected {type(error).__qualname__}")  # its message may hold values
                result = no_rows(problem_of(Unexpected()))
            return json_lines.encoded({"id": line.id} | result)

        lines = json_lines.arriving(source, "sql")
        await in_order(lines, work, json_lines.write, at_once=databases.at_once)


async def in_order(
    lines: AsyncIterator[Line],
    work: Callable[[Line], Awaitable[str]],
    write: Callable[[str], None],
    *,
    at_once: int,
) -> None:
    """Work on `at_once` lines, write in the order they came; at most twice as many are held."""
    running, held = asyncio.Semaphore(at_once), asyncio.Semaphore(2 * at_once)
    began: asyncio.Queue[asyncio.Task[str] | None] = asyncio.Queue()
    tasks: set[asyncio.Task[Any]] = set()

    def start(coroutine: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(coroutine)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return task

    async def one(line: Line) -> str:
        async with running:
            return await work(line)

    async def begin() -> None:
        try:
            async for line in lines:
                await held.acquire()
                began.put_nowait(start(one(line)))
        finally:
            began.put_nowait(None)

    beginning = start(begin())
    try:
        while task := await began.get():
            write(await task)
            held.release()
        await beginning
    finally:
        for left in tasks:
            left.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass
class Opened:
    """The tools of one database, and how many lines use them."""

    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    tools: "asyncio.Future[Tools] | None" = None
    users: int = 0


class DatabaseTools:
    """Tools by database name on one data source's server, opened when first named."""

    def __init__(self, settings: Settings, *, model: bool = True) -> None:
        self._settings, self._model = settings, model
        self._stack = AsyncExitStack()
        self._open: OrderedDict[str, Opened] = OrderedDict()

    async def __aenter__(self) -> Self:
        self._default = await self._stack.enter_async_context(tools_here(self._settings, model=self._model))
        return self

    async def __aexit__(self, *caught: object) -> None:
        for opened in self._open.values():
            await opened.stack.aclose()
        await self._stack.aclose()

    @property
    def at_once(self) -> int:
        """How many connections one who asks may have."""
        given = self._default.settings.data_source
        return given.connections_per_login if given.identity == "login" else given.pool_size

    @asynccontextmanager
    async def of(self, line: Line) -> "AsyncIterator[Tools]":
        """The tools for one line: of the database it names, or the data source's own.

        Raises:
            DatabaseAIError: The line cannot be worked on, or the database not be opened.
        """
        if line.error:
            raise line.error
        name = line.given.get("database")
        if name is None:
            yield self._default
            return
        opened = self._open.setdefault(name, Opened())
        self._open.move_to_end(name)
        opened.users += 1
        try:
            yield await self._tools(name, opened)
        finally:
            opened.users -= 1
            await self._close_idle()

    async def _tools(self, name: str, opened: Opened) -> "Tools":
        """Open once; those who ask meanwhile wait, and a failure is tried again by the next."""
        if opened.tools is None:
            opened.tools = asyncio.ensure_future(opened.stack.enter_async_context(self._opening(name)))
        try:
            return await asyncio.shield(opened.tools)
        except Exception:
            opened.tools = None
            raise

    def _opening(self, name: str) -> Any:
        from databaseai import app

        settings = self._default.settings
        url = settings.data_source.url.get_secret_value() if settings.data_source.url else ""
        there = of_database(url, name)
        # one database's business words say nothing about another's tables, however alike their names are
        words = settings.data_source.semantic_model if there == url_as_written(url) else None
        update = {"url": SecretStr(there), "semantic_model": words}
        changed = settings.data_source.model_copy(update=update)
        return app.open_tools(settings.model_copy(update={"data_source": changed}), model=self._default.model)

    async def _close_idle(self) -> None:
        """Close what was not used longest, past `OPEN_DATABASES`."""
        idle = [name for name, opened in self._open.items() if not opened.users]
        leaving = [self._open.pop(name) for name in idle[: max(0, len(self._open) - OPEN_DATABASES)]]
        for opened in leaving:  # nobody finds them any more, so nobody else closes or uses them meanwhile
            await opened.stack.aclose()


def url_as_written(url: str) -> str:
    """The same URL in the spelling of `of_database`."""
    return of_database(url, unquote(urlsplit(url).path.removeprefix("/")))


def of_database(url: str, database: str) -> str:
    """The same server and login for another database."""
    return urlunsplit(urlsplit(url)._replace(path="/" + quote(database, safe="")))
