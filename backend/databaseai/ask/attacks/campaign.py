"""Every attack on every lock, one after the other, on one connection; then a look at what changed."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection

from databaseai.ask.attacks import trial
from databaseai.ask.attacks.corpus import LOCKS, Attack, Lock, Target, corpus
from databaseai.ask.attacks.digest import differences, digest
from databaseai.ask.attacks.preflight import harmless, own_functions, target
from databaseai.ask.attacks.trial import Trial
from databaseai.ask.pipeline import Pipeline
from databaseai.catalog.snapshot import Catalog
from databaseai.data_source import DataSource
from databaseai.data_source.identity import Asker
from databaseai.errors import DatabaseAIError, DataSourceUnreachable, ExecutionError, PlanTooCostly
from databaseai.settings import ExecutionLimits

LIMITS = ExecutionLimits(
    statement_timeout_ms=200,
    lock_timeout_ms=100,
    row_limit=100,
    result_bytes=1_000_000,
    cell_bytes=100_000,
    work_mem_kb=4_096,
    temp_file_mb=64,
)
"""Of the door, and of every statement that must be cut."""
BUDGET_S = 30.0
"""For all trials; what is left then is not tried."""
PATIENCE_MS = 2_000
"""For what has nothing to do, on a server that is busy."""
Progress = Callable[[str, float | None], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One attack and what each lock did."""

    attack: Attack
    trials: tuple[Trial, ...]

    @property
    def came_through(self) -> bool:
        """The door as a whole let it pass: the gate, or the limits where the gate lets it pass on purpose."""
        lock = "limits" if self.attack.passes_gate else "gate"
        return any(one.lock == lock and one.verdict == "through" for one in self.trials)

    @property
    def weak(self) -> tuple[Trial, ...]:
        """Locks behind the gate that should have stopped it alone."""
        return tuple(one for one in self.trials if one.verdict == "through" and one.lock != "gate")


@dataclass(frozen=True, slots=True)
class Campaign:
    """What came of all attacks."""

    outcomes: tuple[Outcome, ...]
    changed: tuple[str, ...]
    """Parts of the data source's state that are not what they were."""
    not_compared: tuple[str, ...]
    """Parts that moved by themselves."""
    table: str
    seconds: float

    @property
    def failed(self) -> bool:
        """Something came through, or something changed."""
        return bool(self.changed) or any(outcome.came_through for outcome in self.outcomes)

    def classes(self) -> dict[str, dict[Lock, tuple[int, int]]]:
        """Class to lock to (attacks stopped, attacks tried)."""
        table: dict[str, dict[Lock, tuple[int, int]]] = {}
        for outcome in self.outcomes:
            row = table.setdefault(outcome.attack.kind, dict.fromkeys(LOCKS, (0, 0)))
            for one in outcome.trials:
                if one.verdict != "untried":
                    stopped, tried = row[one.lock]
                    row[one.lock] = stopped + (one.verdict == "stopped"), tried + 1
        return table

    def wire(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "failed": self.failed,
            "attacks": len(self.outcomes),
            "seconds": round(self.seconds, 1),
            "table": self.table,
            "changed": self.changed,
            "not_compared": self.not_compared,
            "classes": [
                {"class": kind}
                | {lock: {"stopped": stopped, "tried": tried} for lock, (stopped, tried) in row.items()}
                for kind, row in self.classes().items()
            ],
            "through": [
                {"class": outcome.attack.kind, "attack": outcome.attack.name, "does": outcome.attack.does}
                | {"lock": one.lock, "door": outcome.came_through}
                for outcome in self.outcomes
                for one in outcome.trials
                if one.verdict == "through"
            ],
            "untried": [
                {
                    "class": outcome.attack.kind,
                    "attack": outcome.attack.name,
                    "lock": one.lock,
                    "why": one.why,
                }
                for outcome in self.outcomes
                for one in outcome.trials
                if one.verdict == "untried"
            ],
        }


async def attack(
    pipeline: Pipeline,
    data_source: DataSource,
    catalog: Catalog,
    progress: Progress,
    *,
    limits: ExecutionLimits = LIMITS,
    asker: Asker | None = None,
) -> Campaign:
    """Run the corpus.

    Args:
        pipeline: The door, with `limits`.
        data_source: Behind it; one connection is borrowed and closed.
        catalog: What the gate knows.
        progress: Told the share that is done.
        limits: Small ones: an attack by time takes as long as they let it.
        asker: As whom, where askers are told apart.

    Raises:
        AttackRefused: It could do harm here. DBAI018.
        DataSourceUnreachable: The server went away, or did not let an attack be stopped. DBAI202.
    """
    began = time.monotonic()
    async with data_source.reader(asker) as reader:
        try:
            await harmless(reader)
            aim = await target(reader, catalog)
            first = await digest(reader, catalog)
            before = await digest(reader, catalog)
            field = Field(pipeline, reader, catalog, aim, limits, began + BUDGET_S, asker)
            attacks = (*corpus(), *await own_functions(reader))
            outcomes = []
            for number, one in enumerate(attacks):
                progress("Attacking", number / len(attacks))
                outcomes.append(await field.outcome(one))
            after = await digest(reader, catalog)
        except (psycopg.Error, TimeoutError) as error:
            said = f"{data_source.name} broke off while it was attacked ({type(error).__name__})."
            raise DataSourceUnreachable(said) from None
        finally:
            await reader.close()
    progress("Attacking", 1.0)
    moving = differences(first, before)
    changed = tuple(part for part in differences(before, after) if part not in moving)
    seconds = time.monotonic() - began
    return Campaign(tuple(outcomes), changed, tuple(moving), f"{aim.schema}.{aim.table}", seconds)


@dataclass(frozen=True, slots=True)
class Field:
    """Where the attacks are tried."""

    pipeline: Pipeline
    reader: AsyncConnection[Any]
    catalog: Catalog
    aim: Target
    limits: ExecutionLimits
    until: float
    asker: Asker | None

    async def outcome(self, one: Attack) -> Outcome:
        """One attack: the gate says what it thinks of each, the others are tried where it is harmless."""
        statement = self.aim.fill(one.sql)
        judged = trial.gate(statement, self.catalog, self.limits)
        if one.passes_gate and judged.verdict == "through":
            judged = Trial("gate", "untried", "limits")
        trials = [judged]
        trials += [await self.tried(lock, statement, one) for lock in one.tried]
        return Outcome(one, tuple(trials))

    async def tried(self, lock: Lock, statement: str, one: Attack) -> Trial:
        """One lock behind the gate."""
        if one.since > self.reader.info.server_version // 10_000:
            return Trial(lock, "untried", "version")
        if time.monotonic() > self.until:
            return Trial(lock, "untried", "time")
        if lock == "login" and not self.aim.writable_for_real and one.kind == "writes":
            return Trial(lock, "untried", "trigger")
        if lock == "limits" and one.passes_gate:
            return await self.through_the_door(statement)
        tries: dict[Lock, Callable[..., Awaitable[Trial]]] = {
            "login": trial.login,
            "transaction": trial.transaction,
            "limits": trial.time_and_size,
        }
        patient = {} if lock == "limits" else {"statement_timeout_ms": PATIENCE_MS}
        return await tries[lock](statement, self.reader, self.limits.model_copy(update=patient))

    async def through_the_door(self, statement: str) -> Trial:
        """As a person's statement, with every lock in place."""
        try:
            result = await self.pipeline.query(statement, self.asker)
        except (ExecutionError, PlanTooCostly) as error:
            return Trial("limits", "stopped", error.code)
        except DatabaseAIError as error:
            return Trial("limits", "untried", error.code)
        return Trial("limits", "stopped" if result.truncated else "through", "rows")
