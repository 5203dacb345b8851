"""A part of the flow that an answer can do without."""

import logging
import traceback
from types import TracebackType

from databaseai.errors import DatabaseAIError

log = logging.getLogger(__name__)


class optional:  # noqa: N801  # read as the statement that it is: `with optional("sentinel"):`
    """Log what fails inside, without its words, which may hold values, and go on behind it."""

    def __init__(self, part: str) -> None:
        self._part = part

    def __enter__(self) -> None:
        """Begin the part."""

    def __exit__(
        self, _: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Only a stop, which is no `Exception`, goes through."""
        if isinstance(error, DatabaseAIError):
            log.info("%s left out: %s %s", self._part, error.code, error.title)
        elif isinstance(error, Exception):
            log.error(
                "%s left out: %s\n%s",
                self._part,
                type(error).__qualname__,
                "".join(traceback.format_tb(trace)),
            )
        return isinstance(error, Exception)
