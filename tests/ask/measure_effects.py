"""Measure the corpus on 15 and 18, and print where it differs from what it says of itself.

    PYTHONPATH=.:backend python -m tests.ask.measure_effects [--write] [FILE or CASE ...]

With `--write` what was seen is written into the files.
"""

import asyncio
import re
import sys
from pathlib import Path

from tests.ask import cases
from tests.ask.effects import FACT, KINDS, MEASURED, TELLING, Laboratory, agree, declared
from tests.ask.ground import Ground


async def main() -> None:
    """Measure the corpus, or the files or cases that the arguments name, on 15 and 18."""
    wanted = set(sys.argv[1:]) - {"--write"}
    found: dict[str, dict[int, set[str]]] = {}
    files = [file for file in [*cases.attack_files(), cases.BEHIND] if not wanted or file in wanted] or None
    chosen = [
        case
        for file in files or [*cases.attack_files(), cases.BEHIND]
        for case in cases.read(file)
        if files or case.name in wanted
    ]
    for major in MEASURED:
        async with Ground(major) as ground:
            laboratory = Laboratory(ground)
            for case in chosen:
                seen = await laboratory.measure(case)
                found.setdefault(case.name, {})[major] = seen
                if not agree(declared(case, major), seen):
                    said = ", ".join(sorted(declared(case, major))) or "nothing"
                    sys.stdout.write(f"{major} {case.name}: {', '.join(sorted(seen))}, not {said}\n")
                    sys.stdout.flush()
    if "--write" in sys.argv:
        for file in [*cases.attack_files(), cases.BEHIND]:
            record(cases.FOLDER / file, found)


def record(file: Path, found: dict[str, dict[int, set[str]]]) -> None:
    """Write what was seen into a corpus file, where it says nothing or something else."""
    head, *parts = file.read_bytes().decode().split("\n-- case: ")
    for place, part in enumerate(parts):
        case = cases.parse(part)
        if case.name in found and not all(agree(declared(case, m), s) for m, s in found[case.name].items()):
            parts[place] = with_effect(part, found[case.name])
    file.write_bytes("\n-- case: ".join([head, *parts]).encode())


def with_effect(part: str, seen: dict[int, set[str]]) -> str:
    """A case's text with other facts."""
    name, *lines = part.split("\n")
    lines = [line for line in lines if not re.match(rf"-- ({FACT}|on \d+): ", line)]
    telling = cases.parse(part).facts["class"] in TELLING
    texts = {m: written(kinds, telling=telling) for m, kinds in seen.items()}
    newest = texts[max(texts)]
    facts = [f"-- {FACT}: {newest}"] + [f"-- on {m}: {text}" for m, text in texts.items() if text != newest]
    place = next(
        (
            n
            for n, line in enumerate(lines)
            if not line.startswith(("-- class", "-- expect", "-- setup", "-- proof"))
        ),
        0,
    )
    return "\n".join([name, *lines[:place], *facts, *lines[place:]])


def written(seen: set[str], *, telling: bool) -> str:
    """Kinds as a fact, in the order of `KINDS`."""
    kinds = seen - {"answers"} | ({"discovers"} if telling and "answers" in seen else set())
    return ", ".join(kind for kind in KINDS if kind in (kinds or {"none"}))


if __name__ == "__main__":
    asyncio.run(main())
