"""`verified add|list|approve|reject|check`: questions whose SQL a person answers for."""

import asyncio
import getpass
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from databaseai.cli import instance
from databaseai.cli.ask import NOBODY, As, DataSourceUrl
from databaseai.cli.console import out, reporting, tell
from databaseai.errors import NotFound, RequestInvalid, StoreUnreachable
from databaseai.settings import Settings, load

if TYPE_CHECKING:
    from databaseai.app import Tools
    from databaseai.store import Store
    from databaseai.store.verified_queries import State, VerifiedQuery

application = typer.Typer(help="Questions whose SQL a person approved.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]
Id = Annotated[str, typer.Argument(help="From `verified list`; its beginning is enough.")]
SqlFile = Annotated[str, typer.Option("--sql", help="A file with one SELECT, or - for stdin.")]
FROM_STDIN = "-"


@dataclass(frozen=True)
class Desk:
    """Where verified queries are kept, and what they are checked with."""

    tools: "Tools"
    store: "Store"

    @property
    def data_source(self) -> str:
        """Its name in the store."""
        return self.tools.data_source.name

    @property
    def who(self) -> str:
        """Who decides here."""
        return self.tools.asker.name if self.tools.asker else getpass.getuser()

    async def find(self, beginning: str) -> "VerifiedQuery":
        """The pair whose id begins so.

        Raises:
            NotFound: There is none, or more than one. DBAI104.
        """
        found = [each for each in await self.all() if each.id.startswith(beginning)]
        if len(found) != 1 or not beginning:
            many = f"{len(found)} verified queries begin with {beginning!r}."
            raise NotFound(many if found else f"There is no verified query {beginning!r}.")
        return found[0]

    async def all(self, state: "State | None" = None) -> "list[VerifiedQuery]":
        """The newest first."""
        return await self.store.verified.listed(self.data_source, state)

    async def approve(self, query: "VerifiedQuery") -> "VerifiedQuery":
        """Check the SQL, then approve it; raises what it is refused with."""
        from databaseai import app

        await app.planned(self.tools, query.sql)
        catalog = await self.tools.catalog.get(self.tools.asker)
        verified = self.store.verified
        done = await verified.approve(self.data_source, query.id, self.who, catalog.fingerprint)
        return done or query


@application.command()
def add(
    question: Annotated[str, typer.Argument(help="As people ask it.")],
    sql: SqlFile,
    propose: Annotated[bool, typer.Option("--propose", help="Leave the approval to another.")] = False,
    data_source: DataSourceUrl = None,
    as_json: AsJson = False,
    asker: As = None,
) -> None:
    """Keep a question with the SQL that answers it: checked at once, approved by you."""
    text = statement(sql)
    settings = load(data_source__url=data_source, data_source__asker=asker)
    show([asyncio.run(added(settings, question, text, propose=propose))], as_json=as_json)


@application.command("list")
def list_queries(
    state: Annotated[
        str | None, typer.Option(help="proposed, approved, rejected or broken; without it, all.")
    ] = None,
    data_source: DataSourceUrl = None,
    as_json: AsJson = False,
    asker: As = None,
) -> None:
    """List verified queries, the newest first: one JSON object a line with --json."""
    if state not in {None, "proposed", "approved", "rejected", "broken"}:
        raise typer.BadParameter("A state is proposed, approved, rejected or broken.")
    settings = load(data_source__url=data_source, data_source__asker=asker)
    show(asyncio.run(listed(settings, state)), as_json=as_json)


@application.command()
def approve(
    query_id: Id, data_source: DataSourceUrl = None, as_json: AsJson = False, asker: As = None
) -> None:
    """Approve a proposal, or again what was rejected; it is checked first."""
    settings = load(data_source__url=data_source, data_source__asker=asker)
    show([asyncio.run(decided(settings, query_id, approve=True))], as_json=as_json)


@application.command()
def reject(
    query_id: Id, data_source: DataSourceUrl = None, as_json: AsJson = False, asker: As = None
) -> None:
    """Take a verified query out of use."""
    settings = load(data_source__url=data_source, data_source__asker=asker)
    show([asyncio.run(decided(settings, query_id, approve=False))], as_json=as_json)


@application.command()
def check(data_source: DataSourceUrl = None, as_json: AsJson = False, asker: As = None) -> None:
    """Plan every approved query anew; exit code 1 when one is broken."""
    settings = load(data_source__url=data_source, data_source__asker=asker)
    found = asyncio.run(checked(settings))
    show(found, as_json=as_json)
    broken = [query for query in found if query.state == "broken"]
    tell(f"{len(found)} checked, {len(broken)} broken.")
    raise typer.Exit(1 if broken else 0)


def statement(source: str) -> str:
    """The SQL of a file or stdin.

    Raises:
        RequestInvalid: It cannot be read. DBAI101.
    """
    try:
        return sys.stdin.read() if source == FROM_STDIN else Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        hint = "Write the SQL into a file, or give it on stdin with --sql -."
        raise RequestInvalid(f"{source}: there is no SQL to read.", hint=hint) from None


async def added(settings: Settings, question: str, sql: str, *, propose: bool) -> "VerifiedQuery":
    """Read, check, keep, approve."""
    from databaseai import app
    from databaseai.ask import question as questions
    from databaseai.ask.sameness import key
    from databaseai.store.answers import new_id

    asked = questions.read(question, settings.ask.question_characters)
    async with opened(settings) as desk:
        await app.planned(desk.tools, sql)
        query = await desk.store.verified.propose(
            query_id=new_id(),
            data_source=desk.data_source,
            question=asked,
            key=key(asked),
            statement=sql.strip(),
            who=desk.who,
        )
        return query if propose else await desk.approve(query)


async def listed(settings: Settings, state: str | None) -> "list[VerifiedQuery]":
    """Those in one state, or all."""
    async with opened(settings) as desk:
        return await desk.all(state)  # type: ignore[arg-type]  # checked by the command


async def decided(settings: Settings, beginning: str, *, approve: bool) -> "VerifiedQuery":
    """One decision."""
    async with opened(settings) as desk:
        query = await desk.find(beginning)
        if approve:
            return await desk.approve(query)
        return await desk.store.verified.reject(desk.data_source, query.id, desk.who) or query


async def checked(settings: Settings) -> "list[VerifiedQuery]":
    """Every approved or broken one as it is after the check."""
    async with opened(settings) as desk:
        await desk.tools.catalog.get(desk.tools.asker)
        standing = [*await desk.all("approved"), *await desk.all("broken")]
        ids = {query.id for query, _ in await desk.tools.verified.check(standing)}
        return [query for query in await desk.all() if query.id in ids]


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Desk]:
    """The running instance's store and data source, the configured ones, or batteries started for now.

    Raises:
        StoreUnreachable: The running instance's store is of another version. DBAI013.
    """
    from databaseai import app
    from databaseai.store import open_store

    async with AsyncExitStack() as stack:
        found = instance.running(settings)
        settings = found.lend(settings) if found else settings
        if settings.data_source.url is None or settings.store.url is None:
            stack.enter_context(instance.hold(settings))
            with reporting() as report:
                parts = app.batteries(settings, report, model=False)
                settings = (await stack.enter_async_context(parts)).settings
        llm = settings.llm.model_copy(update={"base_url": settings.llm.base_url or NOBODY})
        tools = await stack.enter_async_context(app.open_tools(settings.model_copy(update={"llm": llm})))
        if found:  # its tables are its own business: not migrated under it
            store = await open_store(settings.store.url.get_secret_value() if settings.store.url else "")
            stack.push_async_callback(store.close)
            if not await store.current():
                hint = "Start it again, or run `databaseai migrate`."
                raise StoreUnreachable("The running instance is of another version.", hint=hint)
        else:
            store = await stack.enter_async_context(app.open_store(settings))
        app.recall_from(store, tools, watch=False)
        yield Desk(tools, store)


def show(queries: "list[VerifiedQuery]", *, as_json: bool) -> None:
    """One a line in JSON, or for a person."""
    for query in queries:
        if as_json:
            print(json.dumps(wire(query), ensure_ascii=False))
            continue
        by = f" by {query.decided_by} on {query.decided_at:%Y-%m-%d}" if query.decided_at else ""
        why = f": {query.broken_code} {query.broken_detail}" if query.broken_code else ""
        out.print(f"{query.id}  {query.state}{by}{why}", markup=False, soft_wrap=True)
        out.print(f"    {query.question}", markup=False, soft_wrap=True)
        for line in query.sql.splitlines():
            out.print(f"        {line}", markup=False, soft_wrap=True)


def wire(query: "VerifiedQuery") -> dict[str, Any]:
    """As JSON has it."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in asdict(query).items()
    }
