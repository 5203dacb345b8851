"""How the command line speaks to people: on stderr, plain where nobody watches."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from databaseai.errors import DatabaseAIError

TENTH, SLOW_S = 0.1, 2
Reporter = Callable[[str, float | None], None]
err = Console(stderr=True, highlight=False)
out = Console(highlight=False)


def tell(text: str) -> None:
    """One line for a person."""
    err.print(text, markup=False, soft_wrap=True)


def tell_error(error: DatabaseAIError) -> None:
    """What happened, its code, and the way out."""
    err.print(f"databaseai: {error}", style="red" if err.is_terminal else "", markup=False, soft_wrap=True)
    if error.hint:
        tell(error.hint)


@contextmanager
def reporting() -> Iterator[Reporter]:
    """A reporter of (label, fraction): bars with remaining time on a terminal, a line per step elsewhere."""
    if err.is_terminal:
        with bars() as report:
            yield report
    else:
        yield lines()


@contextmanager
def bars() -> Iterator[Reporter]:
    """One bar per subject, left standing when it is full."""
    columns = (
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=err) as progress:

        def report(label: str, fraction: float | None) -> None:
            key = subject(label)
            if key not in tasks:
                tasks[key] = progress.add_task(label, total=None)
            if fraction is not None:
                done = max(fraction, progress.tasks[tasks[key]].completed)  # a bar never goes back
                progress.update(tasks[key], total=1.0, completed=done, description=label)

        yield report


def lines() -> Reporter:
    """Say when a subject begins and when it is done, and every tenth in between of what takes long."""
    told: dict[str, tuple[float, float]] = {}

    def report(label: str, fraction: float | None) -> None:
        now, share, key = monotonic(), fraction or 0.0, subject(label)
        first = key not in told
        began, last = told.setdefault(key, (now, 0.0))
        finished = share >= 1 > last
        if first or finished or (share - last >= TENTH and now - began > SLOW_S):
            done = f"done in {now - began:.1f} s" if finished else f"{share:.0%}" if fraction else "..."
            tell(f"  {key}: {done}")
            told[key] = began, max(share, last)

    return report


def subject(label: str) -> str:
    """What a label is about, without the amounts that may follow a colon."""
    return label.partition(": ")[0]
