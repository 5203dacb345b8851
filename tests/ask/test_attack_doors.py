"""The corpus through the product's own doors, on 15 and 18: nothing moves, nothing leaves, nothing hangs.

Here the reader's login and a share of the doors; all doors and the powerful login: tests/system.
"""

from pathlib import Path

import pytest
from psycopg import AsyncConnection

from tests.ask import cases, doors, effects, state
from tests.ask.ground import Ground

THROUGH_ALL = 40
"""Every so-manieth attack goes through the slower doors too."""
QUICK = ("query", "guard")
BEHIND = 7
"""Every so-manieth of those that take time."""


@pytest.mark.parametrize("major", effects.MEASURED)
async def test_no_attack_comes_through_a_door(major: int, tmp_path: Path) -> None:
    faults = list[str]()
    async with Ground(major) as ground:
        name = await ground.database()
        async with (
            doors.opened(ground, name, tmp_path, powerful=False) as ways,
            await AsyncConnection.connect(ground.admin_dsn(name), autocommit=True) as watcher,
        ):
            before = await state.of(watcher, ground.server.data)
            for place, case in enumerate(cases.attacks()):
                for door, way in ways.items():
                    if door in QUICK or place % THROUGH_ALL == 0:
                        faults += (await doors.through(door, way, case, ground)).faults()
            for case in cases.behind()[::BEHIND]:
                faults += (await doors.through("query", ways["query"], case, ground)).faults()
            assert not state.moved(before, await state.of(watcher, ground.server.data))
        assert ground.calls == 0
    assert not faults
