"""Take turns: so many connections of one login at once, and so many of all logins together."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from databaseai.errors import DataSourceBusy


class Turns:
    """Counts what is open. A login's own CONNECTION LIMIT lowers its share, and one is left to its person."""

    def __init__(self, name: str, *, of_one: int, of_all: int) -> None:
        self._name = name
        self._of_one = of_one
        self._of_all = of_all
        self._limits: dict[str, int] = {}
        self._open: Counter[str] = Counter()
        self._freed = asyncio.Event()
        """Set when one ends, for those who wait at that moment."""

    def limit(self, login: str, connection_limit: int) -> None:
        """Keep a login's CONNECTION LIMIT; -1: none."""
        if connection_limit < 0:
            self._limits.pop(login, None)
        else:
            self._limits[login] = connection_limit

    def share(self, login: str) -> int:
        """How many connections of this login may be open here."""
        return min(self._of_one, max(1, self._limits.get(login, self._of_one + 1) - 1))

    @asynccontextmanager
    async def turn(self, login: str, within_s: float) -> AsyncIterator[None]:
        """Wait for a turn and keep it.

        Raises:
            DataSourceBusy: None came in time. DBAI207.
        """
        try:
            async with asyncio.timeout(within_s):
                while not self._free(login):
                    await self._freed.wait()
        except TimeoutError:
            raise DataSourceBusy(self._said(login)) from None
        self._open[login] += 1
        try:
            yield
        finally:
            self._open[login] -= 1
            if not self._open[login]:
                del self._open[login]
            self._freed.set()
            self._freed = asyncio.Event()

    def _free(self, login: str) -> bool:
        return self._open[login] < self.share(login) and self._open.total() < self._of_all

    def _said(self, login: str) -> str:
        if self._open[login] >= self.share(login):
            return f"{self._name}: this login has {self.share(login)} connections open; that is its limit."
        return f"{self._name}: askers have {self._of_all} connections open; that is the limit."
