"""JSON lines: read as they come and bounded, written at once, one out for each in.

A line that is no JSON, is empty, or is too long is a line all the same: it is answered with its error.
"""

import asyncio
import json
import math
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NoReturn

from databaseai.errors import DatabaseAIError, RequestInvalid, RequestTooLarge

LINE_BYTES = 1_000_000
"""A statement has at most 60,000 characters, of which each takes up to 12 bytes when it is escaped."""
SHOWN_BYTES = 4_096
"""Of a line that is too long, what is kept to find its `id` in."""
AHEAD = 64
"""Lines read before they are worked on."""
ID = '"id"'
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """One line, read."""

    id: object
    """Any JSON value; None where there is none."""
    given: dict[str, Any] = field(default_factory=dict)
    error: DatabaseAIError | None = None
    """Why the line cannot be worked on."""


def read(source: str, needed: str) -> Iterator[Line]:
    """The lines of a file, or of stdin (`-`), with a text under `needed` each.

    Raises:
        RequestInvalid: The file cannot be read. DBAI101.
    """
    try:
        # stdin on a handle of its own: a thread that waits in it must not hold what Python closes at exit
        where = sys.stdin.fileno() if source == "-" else source
        with open(where, "rb", closefd=source != "-") as handle:
            for number, (text, whole) in enumerate(pieces(handle)):
                yield parsed(text.removeprefix(BOM) if number == 0 else text, needed, whole=whole)
    except OSError as error:
        raise RequestInvalid(f"{source}: {error.strerror}.") from None


def pieces(handle: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Lines without their ends; of one that is too long the beginning, and False."""
    while line := handle.readline(LINE_BYTES):
        whole, more = True, line
        while len(more) == LINE_BYTES and not more.endswith(b"\n"):
            line, whole = line[:SHOWN_BYTES], False
            more = handle.readline(LINE_BYTES)
        yield line.rstrip(b"\r\n"), whole


def parsed(text: bytes, needed: str, *, whole: bool = True) -> Line:
    """One line as its object. What is no UTF-8 becomes lone surrogates, which no gate lets through."""
    line = text.decode("utf-8", "surrogateescape")
    if not whole:
        error = RequestTooLarge(f"The line is longer than {LINE_BYTES:,} bytes.", limit=LINE_BYTES)
        return Line(early_id(line), error=error)
    if not line.strip():
        return Line(None, error=RequestInvalid("The line is empty."))
    try:
        given = DECODER.decode(line)
    except (ValueError, RecursionError) as error:
        named = isinstance(error, TwiceError)
        return Line(None, error=RequestInvalid("A key stands twice." if named else "The line is not JSON."))
    if not isinstance(given, dict):
        return Line(None, error=RequestInvalid("The line is not a JSON object."))
    refusal = None
    if not isinstance(given.get(needed), str):
        refusal = RequestInvalid(f"The line holds no text under {needed!r}.")
    elif not isinstance(given.get("database"), str | None):
        refusal = RequestInvalid("`database` is not a text.")
    return Line(given.get("id"), given, refusal)


class TwiceError(ValueError):
    """A key stands twice in an object: another reader of the line may see another value."""


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are different."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise TwiceError
    return found


def finite(text: str) -> float:
    """A number that JSON can say again."""
    number = float(text)
    if math.isinf(number):
        raise ValueError(text)
    return number


def no_constant(name: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise ValueError(name)


DECODER = json.JSONDecoder(object_pairs_hook=once, parse_float=finite, parse_constant=no_constant)


def early_id(line: str) -> object:
    """The `id` of a line of which only the beginning is here, when it stands first."""
    start = line.find(ID)
    if not line.startswith("{") or start < 0 or line[1:start].strip():
        return None
    with suppress(ValueError, RecursionError):
        rest = line[start + len(ID) :].lstrip().removeprefix(":").lstrip()
        found, end = DECODER.raw_decode(rest)
        return found if rest[end:].lstrip().startswith(",") else None
    return None


def write(line: str) -> None:
    """One line, out at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def encoded(value: dict[str, Any]) -> str:
    """One line of JSON in ASCII: a lone surrogate is no UTF-8."""
    try:
        return json.dumps(value, default=str)
    except RecursionError:  # an `id` that could just be read
        return json.dumps(value | {"id": None}, default=str)


async def arriving(source: str, needed: str) -> AsyncIterator[Line]:
    """The same lines, without holding up the event loop while none comes."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[Line | DatabaseAIError | None] = asyncio.Queue(AHEAD)

    def put(item: Line | DatabaseAIError | None) -> None:
        asyncio.run_coroutine_threadsafe(queue.put(item), loop).result()

    def feed() -> None:
        with suppress(RuntimeError, CancelledError):  # the loop is gone: nobody wants more
            try:
                for line in read(source, needed):
                    put(line)
                put(None)
            except DatabaseAIError as error:
                put(error)

    threading.Thread(target=feed, name="lines", daemon=True).start()
    while (item := await queue.get()) is not None:
        if isinstance(item, DatabaseAIError):
            raise item
        yield item
