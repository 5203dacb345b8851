"""What the API is built from. `app.py` makes one of these; nothing in here makes anything itself."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from databaseai.ask.events import Event, ResultColumn
from databaseai.ask.explaining import Explanation
from databaseai.ask.memory import Exchange
from databaseai.catalog.snapshot import Catalog
from databaseai.data_source import Asker
from databaseai.errors import AskerMissing
from databaseai.settings import Settings
from databaseai.store import Store

if TYPE_CHECKING:
    from databaseai.api.runs import Runs


class Result(Protocol):
    """Rows of a person's own SQL."""

    @property
    def sql(self) -> str:
        """The query as it ran."""
        ...

    @property
    def columns(self) -> tuple[ResultColumn, ...]:
        """One per value of a row."""
        ...

    @property
    def rows(self) -> tuple[tuple[object, ...], ...]:
        """Wire-ready."""
        ...

    @property
    def truncated(self) -> bool:
        """There were more rows than the limit."""
        ...

    @property
    def ms(self) -> float:
        """Time it took, milliseconds."""
        ...


class Asking(Protocol):
    """What the API needs of `ask.pipeline.Pipeline`."""

    def answer(
        self,
        text: str,
        /,
        *,
        conversation: Sequence[Exchange] = (),
        answer_anyway: bool = False,
        asker: Asker | None = None,
    ) -> AsyncIterator[Event]:
        """Every event but `Accepted`; the last is `Done` or `Problem`."""
        ...

    async def query(self, sql: str, /, asker: Asker | None = None) -> Result:
        """Gate, plan and run a person's statement."""
        ...

    async def explain(self, sql: str, /, asker: Asker | None = None) -> Explanation:
        """Gate a person's statement and say how it would run."""
        ...

    @property
    def confirmed(self) -> "Asking":
        """The same without the limit on a plan's cost."""
        ...


class Catalogs(Protocol):
    """What the API needs of `catalog.cache.CatalogCache`."""

    async def get(self, asker: Asker | None = None, /) -> Catalog:
        """The catalog as known."""
        ...

    async def refresh(self, asker: Asker | None = None, /) -> Catalog:
        """The catalog as it is now."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """One data source, ready to be asked."""

    name: str
    """`host:port/database`."""
    pipeline: Asking
    catalog: Catalogs


async def nobody(_: Asker) -> None:
    """Let nobody in."""
    raise AskerMissing


Check = Callable[[], Awaitable[str]]
"""A dependency's health: a few words about it, or a `DatabaseAIError` (any other exception counts as one)."""


@dataclass(frozen=True)
class ApiTools:
    """All that the routes use."""

    settings: Settings
    store: Store
    source: Callable[[str | None], Awaitable[Source]]
    """By name; None is the default one. Raises a `DataSourceError` (unknown, down)."""
    health: Mapping[str, Check] = field(default_factory=dict)
    """Dependencies beside the store, by name: `model`, `data_source`."""
    admit: Callable[[Asker], Awaitable[object]] = nobody
    """Raises unless the data source lets this asker's login in."""
    version: str = "0"
    heartbeat_s: float = 15.0
    lease_s: float = 15.0
    """How long an answer's owner may be silent before another replica takes the answer over."""
    keep_every_s: float = 1.0
    """How often the events of running answers go to the store."""

    @cached_property
    def runs(self) -> "Runs":
        """The answers that this process works on: one for the routes and for `lifespan`."""
        from databaseai.api.runs import Runs

        return Runs(self)
