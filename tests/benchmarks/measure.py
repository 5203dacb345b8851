"""Time contenders side by side: interleaved, many rounds, medians."""

import os
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from statistics import median, quantiles

Contender = Callable[[], Awaitable[object]]


@dataclass
class Timing:
    """What one contender took, a value a round."""

    wall_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    """Of this process, all threads: not of servers it speaks to."""

    @property
    def median_ms(self) -> float:
        """Middle wall time."""
        return median(self.wall_ms)

    @property
    def p95_ms(self) -> float:
        """Wall time that one round in twenty is above."""
        return quantiles(self.wall_ms, n=20, method="inclusive")[-1]


async def interleave(contenders: Mapping[str, Contender], *, rounds: int, warm_up: int) -> dict[str, Timing]:
    """One call of each contender a round, in turn, so that what else the machine does hits all alike."""
    timings = {name: Timing() for name in contenders}
    for number in range(-warm_up, rounds):
        for name, contender in contenders.items():
            wall, cpu = time.perf_counter(), time.process_time()
            await contender()
            if number >= 0:
                timings[name].wall_ms.append((time.perf_counter() - wall) * 1000)
                timings[name].cpu_ms.append((time.process_time() - cpu) * 1000)
    return timings


def in_turn(call: Callable[[], object]) -> Contender:
    """A blocking call as a contender; nothing else runs meanwhile."""

    async def once() -> object:
        return call()

    return once


def show(timings: Mapping[str, Timing], *, anchor: str) -> None:
    """A line a contender; ratios are of medians, to the anchor's."""
    base = timings[anchor].median_ms
    print(f"   {'':<34}{'median ms':>11}{'p95 ms':>10}{'own CPU ms':>12}{'ratio':>8}")
    for name, timing in timings.items():
        ratio = timing.median_ms / base
        cpu = median(timing.cpu_ms)
        print(f"   {name:<34}{timing.median_ms:>11.3f}{timing.p95_ms:>10.3f}{cpu:>12.3f}{ratio:>8.2f}")
    print(f"   median of {len(timings[anchor].wall_ms)}, interleaved; ratio to: {anchor}")


def machine() -> str:
    """How busy the machine is: a figure measured under load is an upper bound."""
    one, five, _ = os.getloadavg()
    return f"{os.cpu_count()} cores, load {one:.1f} now, {five:.1f} over 5 min"
