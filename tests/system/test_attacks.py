"""The whole corpus of attacks, for real: what each does, that no door lets it in, what each lock stops."""

from pathlib import Path

import pytest
from psycopg import AsyncConnection

from tests.ask import cases, doors, effects, locks, state
from tests.ask.effects import Laboratory, agree, declared
from tests.ask.ground import Ground
from tests.ask.test_locks import KNOWN, STOPS
from tests.benchmarks.locks import chosen, measured, stopped

pytestmark = pytest.mark.system
EACH = 2
"""Attacks of a class for each configuration of locks; the benchmark takes more."""


@pytest.mark.parametrize("major", effects.MEASURED)
async def test_every_attack_does_what_the_corpus_says(major: int) -> None:
    wrong = {}
    async with Ground(major) as ground:
        laboratory = Laboratory(ground)
        for case in cases.attacks() + cases.behind():
            seen = await laboratory.measure(case)
            if not agree(declared(case, major), seen):
                wrong[case.name] = seen
    assert not wrong


@pytest.mark.parametrize(("major", "powerful"), [(15, False), (18, True)], ids=["15-reader", "18-superuser"])
async def test_no_attack_comes_through_any_door(major: int, powerful: bool, tmp_path: Path) -> None:
    """Each server and each login once; the gate and the doors do not know which it is."""
    faults = list[str]()
    async with Ground(major) as ground:
        name = await ground.database()
        async with (
            doors.opened(ground, name, tmp_path, powerful=powerful) as ways,
            await AsyncConnection.connect(ground.admin_dsn(name), autocommit=True) as watcher,
        ):
            before = await state.of(watcher, ground.server.data)
            for door, way in ways.items():
                for case in cases.attacks() + cases.behind():
                    faults += (await doors.through(door, way, case, ground)).faults()
            assert not state.moved(before, await state.of(watcher, ground.server.data))
        assert ground.calls == 0
    assert not faults


async def test_no_lock_is_decoration() -> None:
    """Alone, each lock stops a share of the attacks that work without any; together they leave none."""
    attacks = list(
        {case.name: case for case in (*chosen(EACH), *map(KNOWN.__getitem__, STOPS.values()))}.values()
    )
    bare, alone, without = await measured(effects.MEASURED[-1], attacks)
    working = [name for name, kinds in bare.items() if kinds]
    assert len(working) > len(attacks) / 3
    for lock in locks.LOCKS:
        assert stopped(bare, alone[lock], working) > 0, lock
    assert stopped(bare, without["none"], working) == len(working)
    for lock in {locks.TEXT, locks.SECOND, locks.LOGIN, locks.READ_ONLY, locks.PATH, locks.UNDO}:
        assert stopped(bare, without[lock], working) == len(working), f"without {lock}"
