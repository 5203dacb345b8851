"""`--batch`: JSON lines in, JSON lines out; order kept, streamed, one out for each in."""

import json
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Self, TextIO
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import SecretStr

from databaseai.cli.ask import answer_here, failed, problem_of, result_of, tools_here
from databaseai.cli.remote import no_rows
from databaseai.cli.show import Show
from databaseai.errors import DatabaseAIError, RequestInvalid
from databaseai.settings import Settings

if TYPE_CHECKING:
    from databaseai.app import Tools


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
                result = no_rows(problem_of(error))
            print_line({"id": identity(line)} | result)


def lines(source: str) -> Iterator[str]:
    """Non-empty lines of a file or of stdin, as they come."""
    if source == "-":
        with open(sys.stdin.fileno(), encoding="utf-8", errors="replace", closefd=False) as handle:
            yield from stripped(handle)
        return
    try:
        with open(source, encoding="utf-8", errors="replace") as handle:  # noqa: PTH123
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
    except (ValueError, RecursionError):
        raise RequestInvalid("The line is not JSON.") from None
    if not isinstance(given, dict) or not isinstance(given.get(needed), str):
        raise RequestInvalid(f"The line is not an object with a text under {needed!r}.")
    if not isinstance(given.get("database"), str | None):
        raise RequestInvalid("`database` is not a text.")
    return given


def identity(line: str) -> object:
    """The line's `id`; None where there is none."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return given.get("id") if isinstance(given, dict) else None


def print_line(value: dict[str, Any]) -> None:
    """One JSON line, out at once."""
    sys.stdout.write(json.dumps(value, default=str) + "\n")  # ASCII: a lone surrogate is no UTF-8
    sys.stdout.flush()


class DatabaseTools:
    """Tools by database name on one data source's server, opened when first named."""

    def __init__(self, settings: Settings, *, model: bool = True) -> None:
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
