"""How the doctor's report looks: on stdout, calm, every fault with what to do."""

from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from databaseai.cli.console import out, tell
from databaseai.cli.show import print_json

if TYPE_CHECKING:
    from databaseai.ask.attacks import Campaign
    from databaseai.cli.doctor import Report
    from databaseai.data_source.findings import Finding

MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red"), "off": ("-", "dim")}
SEVERITIES = {"refuse": ("✗", "red"), "warn": ("!", "yellow"), "note": ("·", "dim")}
STATEMENTS = 3
"""Of one finding; `--sql` prints all."""


def as_json(report: dict[str, Any]) -> None:
    """The machine's form."""
    print_json(report)


def report(found: "Report") -> None:
    """Parts, then findings, then one line to end with."""
    width = max(len(part.name) for part in found.parts)
    for part in found.parts:
        line(*MARKS[part.state], f"{part.name:<{width}}  {part.text}")
        if part.advice:
            say(f"{' ' * (width + 6)}{part.advice}", "" if part.state in {"warn", "fail"} else "dim")
    if found.examination is None:
        return
    say(f"\nThe login {found.examination.login} at {found.name}:")
    for finding in found.examination.findings:
        tell_finding(finding)
    say(summary(found))
    if found.examination.reader_sql:
        say("\nOr make a new login that may only read, as an owner of the database:")
        say(found.examination.reader_sql, "cyan")


def faults(found: "Report") -> None:
    """What keeps the doctor from looking, on stderr."""
    for part in found.parts:
        if part.state != "ok":
            tell(f"databaseai: {part.name}: {part.text}")
            if part.advice:
                tell(part.advice)


def tell_finding(finding: "Finding") -> None:
    """One fault, the first statements that mend it, and advice."""
    line(*SEVERITIES[finding.severity], finding.text)
    for statement in finding.sql[:STATEMENTS]:
        say(f"      {statement}", "cyan")
    if len(finding.sql) > STATEMENTS:
        say(f"      -- and {len(finding.sql) - STATEMENTS} more: databaseai doctor --sql", "cyan")
    if finding.advice:
        say(f"      {finding.advice}", "dim")


def summary(found: "Report") -> str:
    """One line to end with."""
    if found.examination is None:
        return ""
    severities = [finding.severity for finding in found.examination.findings]
    if not severities:
        return "  Nothing to mend: it may only read."
    words = {"refuse": "to refuse", "warn": "to mend", "note": "to know"}
    counts = ", ".join(
        f"{severities.count(one)} {words[one]}" for one in ("refuse", "warn", "note") if one in severities
    )
    refused = " Questions are refused with this login until it is mended." if "refuse" in severities else ""
    mends = any(finding.sql for finding in found.examination.findings)
    told = " `databaseai doctor --sql` prints the SQL that mends them." if mends else ""
    return f"\n{counts}.{told}{refused}"


def line(mark: str, style: str, text: str) -> None:
    """One line with its mark."""
    out.print(Text.assemble("  ", (mark, style), " ", text), soft_wrap=True)


def say(text: str, style: str = "") -> None:
    """Plain text, never markup."""
    out.print(Text(text, style=style), soft_wrap=True)


def campaign(found: "Campaign") -> None:
    """What each lock stopped, then what it did not."""
    from databaseai.ask.attacks.corpus import LOCKS

    drawn = Table(box=box.SIMPLE_HEAD)
    for heading in ("attacks", *LOCKS):
        drawn.add_column(heading, justify="left" if heading == "attacks" else "right")
    for kind, row in found.classes().items():
        drawn.add_row(kind, *(score(*row[lock]) for lock in LOCKS))
    out.print(drawn)
    for outcome in found.outcomes:
        if outcome.came_through:
            line(
                *SEVERITIES["refuse"], f"{outcome.attack.kind}, {outcome.attack.name}: came through the door."
            )
        for one in outcome.weak if not outcome.came_through else ():
            text = (
                f"{outcome.attack.kind}, {outcome.attack.name}: the lock `{one.lock}` alone does not stop it."
            )
            line(*SEVERITIES["warn"], text)
    for part in found.changed:
        line(*SEVERITIES["refuse"], f"{part}: not what it was before the attacks.")
    if found.not_compared:
        line(*SEVERITIES["note"], f"Not compared, as others changed it: {', '.join(found.not_compared)}.")
    verdict = "The door does NOT hold." if found.failed else "Nothing came through the door, nothing changed."
    say(f"\n{len(found.outcomes)} attacks on {found.table} in {found.seconds:.1f} s. {verdict}")
    say("A lock is tried for real where the worst is undone by ROLLBACK; the gate judges all.", "dim")


def score(stopped: int, tried: int) -> Text:
    """How many of how many."""
    if not tried:
        return Text("-", style="dim")
    return Text(f"{stopped} of {tried}", style="" if stopped == tried else "yellow")


def brief(found: "Report") -> None:
    """What the login may do, without its SQL."""
    if found.examination is None:
        return
    for finding in found.examination.findings:
        if finding.severity != "note":
            line(*SEVERITIES[finding.severity], finding.text)
    say(summary(found).strip())
