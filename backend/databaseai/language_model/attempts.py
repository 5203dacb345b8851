"""Tries, clock and circuit around what is asked of an endpoint."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from databaseai.errors import LanguageModelError, ModelTimeout
from databaseai.language_model import faults
from databaseai.language_model.accounting import Spent
from databaseai.language_model.circuit import Circuit
from databaseai.settings import LanguageModelSettings

T = TypeVar("T")
log = logging.getLogger(__name__)


class Attempts:
    """Of one endpoint.

    Args:
        where: Host and port, for errors and logs.
        settings: Timeout, retries and the circuit's two numbers.
        backoff: Waits between tries.
        spent: Counts retries and failures.
    """

    def __init__(
        self, where: str, settings: LanguageModelSettings, backoff: faults.Backoff, spent: Spent
    ) -> None:
        self.where = where
        self.timeout_ms = settings.timeout_ms
        self.retries = settings.retries
        self.backoff = backoff
        self.spent = spent
        self.circuit = Circuit(settings.circuit_failures, settings.circuit_reset_ms)

    def deadline(self) -> float:
        """When a call that begins now has to end, on the monotonic clock."""
        return time.monotonic() + self.timeout_ms / 1000

    async def run(self, ask: Callable[[], Awaitable[T]], deadline: float) -> T:
        """Call `ask`, and again after a fault that may pass, until retries, clock or circuit end it."""
        tried = 0
        while True:
            tried += 1
            try:
                return await self.once(ask, deadline)
            except faults.AGAIN as error:
                asked_s = error.facts.get("retry_after_s")
                wait_s = self.backoff.wait_s(tried, asked_s if isinstance(asked_s, float) else None)
                late = wait_s is None or time.monotonic() + wait_s >= deadline
                if tried > self.retries or late or self.circuit.open:
                    raise
                log.info("%s: %s, asked again (try %d)", self.where, error.code, tried + 1)
            self.spent.retries += 1
            await asyncio.sleep(wait_s or 0)

    async def once(self, ask: Callable[[], Awaitable[T]], deadline: float) -> T:
        """Call `ask` inside the clock, and tell the circuit how it went."""
        self.circuit.enter()
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                result = await ask()
        except TimeoutError:
            self._strike()
            raise ModelTimeout(
                f"{self.where} did not finish in {self.timeout_ms / 1000:g} s.", limit_ms=self.timeout_ms
            ) from None
        except faults.STRIKES:
            self._strike()
            raise
        except LanguageModelError:
            self.circuit.succeeded()  # it answered, if not what we wanted
            raise
        except BaseException:
            self.circuit.abandoned()
            raise
        self.circuit.succeeded()
        return result

    def _strike(self) -> None:
        self.spent.failures += 1
        self.circuit.fail()
        if self.circuit.failed == self.circuit.limit:
            log.warning("%s failed %d times in a row; left alone", self.where, self.circuit.failed)
