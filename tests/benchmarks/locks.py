"""Which lock stops what: each lock alone, and the whole without each, on real attacks (ALL=1: all of them).

A row is a class of attacks that do something when every lock is off; a cell is how many of them are stopped.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping

from tests.ask import cases, lock_bench, locks
from tests.ask.cases import Case

MAJOR = 18
EACH = 6
"""Attacks of a class, unless ALL is set: evenly over the corpus."""
Seen = dict[str, set[str]]
"""Case to the effects it had."""


def chosen(each: int | None) -> list[Case]:
    """The same attacks every time, evenly over each class; None: all."""
    classes = defaultdict[str, list[Case]](list)
    for case in cases.attacks() + cases.behind():
        classes[case.facts["class"]].append(case)
    picked = []
    for every in classes.values():
        step = 1 if each is None else max(1, -(-len(every) // each))
        picked += every[::step]
    return picked


async def measured(major: int, attacks: Iterable[Case]) -> tuple[Seen, dict[str, Seen], dict[str, Seen]]:
    """What the attacks do with no lock, with each lock alone, and with each one switched off."""
    async with lock_bench.bench(major) as bench:

        async def run(on: frozenset[str], some: Iterable[Case]) -> Seen:
            await bench.switch(on)
            return {case.name: await bench.attack(case) for case in some}

        bare = await run(frozenset(), attacks)
        working = [case for case in attacks if bare[case.name]]
        alone = {lock: await run(on, working) for lock, on in locks.ALONE.items()}
        without = {lock: await run(locks.EVERY - {lock}, working) for lock in locks.LOCKS}
        without["none"] = await run(locks.EVERY, working)
    return bare, alone, without


def stopped(bare: Seen, seen: Seen, names: Iterable[str]) -> int:
    """How many of them did nothing of what they do without locks."""
    return sum(not (seen[name] & bare[name]) for name in names)


def table(attacks: Iterable[Case], bare: Seen, columns: Mapping[str, Seen]) -> str:
    """Markdown: class by lock, stopped / attacks."""
    classes = defaultdict[str, list[str]](list)
    for case in attacks:
        if bare[case.name]:
            classes[case.facts["class"]].append(case.name)
    lines = ["| class | n | " + " | ".join(columns) + " |", "|---" * (len(columns) + 2) + "|"]
    for kind, names in [*sorted(classes.items()), ("**all**", [n for c in classes.values() for n in c])]:
        cells = [str(stopped(bare, seen, names)) for seen in columns.values()]
        lines.append(f"| {kind} | {len(names)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


async def main() -> None:
    """Print two tables: each lock alone, and all but one."""
    attacks = chosen(None if os.environ.get("ALL") else EACH)
    bare, alone, without = await measured(MAJOR, attacks)
    print(f"   {len(attacks)} attacks, {sum(map(bool, bare.values()))} of them work without any lock")
    print(f"\nEach lock alone: attacks stopped\n\n{table(attacks, bare, alone)}")
    print(f"\nAll locks but one: attacks stopped\n\n{table(attacks, bare, without)}")
    for lock, seen in without.items():
        left = {name: sorted(kinds & bare[name]) for name, kinds in seen.items() if kinds & bare[name]}
        for name, kinds in left.items():
            print(f"   without {lock}: {name}: {', '.join(kinds)}")
