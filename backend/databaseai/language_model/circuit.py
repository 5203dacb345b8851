"""Leave an endpoint alone that fails again and again."""

import time
from collections.abc import Callable

from databaseai.errors import ModelCircuitOpen


class Circuit:
    """Closed: calls pass. Open: calls are refused at once. Half-open: one call probes, the rest is refused.

    All changes happen between two awaits of one event loop, so there is no lock.
    """

    def __init__(self, failures: int, reset_ms: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = failures
        self.reset_s = reset_ms / 1000
        self.clock = clock
        self.failed = 0
        """Failures in a row."""
        self.opened_at: float | None = None
        self.probing = False

    @property
    def open(self) -> bool:
        """Whether calls are refused (or only a probe may pass)."""
        return self.opened_at is not None

    def enter(self) -> None:
        """Let one call pass.

        Raises:
            ModelCircuitOpen: Open and not yet due for a probe, or the probe is under way.
        """
        if self.opened_at is None:
            return
        rest_s = self.opened_at + self.reset_s - self.clock()
        if rest_s > 0 or self.probing:
            raise ModelCircuitOpen(
                f"The model failed {self.failed} times in a row and is left alone for a moment.",
                hint=f"Ask again in {max(1, round(rest_s))} s." if rest_s > 0 else "Ask again in a moment.",
                retry_after_s=max(0.0, round(rest_s, 1)),
            )
        self.probing = True

    def succeeded(self) -> None:
        """The endpoint answered."""
        self.failed, self.opened_at, self.probing = 0, None, False

    def fail(self) -> None:
        """The endpoint did not answer as it should."""
        self.failed += 1
        self.probing = False
        if self.opened_at is not None or self.failed >= self.limit:
            self.opened_at = self.clock()

    def abandoned(self) -> None:
        """The asker went away before the endpoint answered: nothing is known, another call may probe."""
        self.probing = False
