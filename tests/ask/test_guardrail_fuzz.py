"""Statements of a grammar and strings of quotes: no planted danger passes, and what passes means the same.

By hand, for as long as wanted: `python -m tests.ask.fuzz --seconds 600 --seed 1`.
"""

import asyncio
import dataclasses
import os
import random

import postgast
import pytest

from databaseai.ask.guardrail import check, gate
from databaseai.ask.guardrail.lists import lists
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import GuardrailError
from databaseai.settings import ExecutionLimits
from tests.ask.conftest import Shop
from tests.ask.fuzz import dangers, fragments, grammar, spelling
from tests.ask.fuzz.campaign import Plan, campaign, watched

SEED = 20_261
"""The same in every run: what is red once is red again."""
SECONDS, COUNT = (60.0, 2_000) if os.environ.get("CI") else (5.0, 150)
LIMITS = ExecutionLimits()


async def test_nothing_planted_passes_and_what_passes_means_the_same(shop: Shop) -> None:
    findings = await asyncio.to_thread(watched, shop.reader, Plan(SEED, COUNT, SECONDS))
    assert findings.broken == []
    assert findings.counts["planted"] > 20
    assert findings.counts["equal rows"] > 20


def test_a_seed_gives_the_same_text() -> None:
    assert grammar.Generator(7).statement() == grammar.Generator(7).statement()
    assert fragments.statement(7) == fragments.statement(7)
    assert len({grammar.Generator(seed).statement() for seed in range(50)}) > 45


def test_most_statements_are_accepted(catalog: Catalog) -> None:
    """Refusals of generated statements are a loss; they are those of the second parser alone."""
    accepted = 0
    for seed in range(100):
        try:
            check(grammar.Generator(seed).statement(), catalog, LIMITS)
        except GuardrailError:
            continue
        accepted += 1
    assert accepted > 85


def test_another_spelling_is_the_same_statement() -> None:
    for seed in range(100):
        text = grammar.Generator(seed).statement()
        try:
            chance = random.Random(seed)  # noqa: S311  # no secret
            again = postgast.fingerprint(spelling.respelt(text, chance))
        except postgast.PgQueryError:
            continue  # libpg_query reads no comment between NOT and ILIKE, or NULLS and FIRST
        assert again == postgast.fingerprint(text)


ALONE = {
    "expression": "SELECT {}",
    "source": "SELECT 1 FROM {}",
    "clause": "SELECT 1 FROM customer{}",
    "with": "WITH w AS ({}) SELECT 1",
}


@pytest.mark.parametrize(
    ("kind", "danger"), [(kind, each) for kind in ALONE for each in dangers.BY_KIND[kind]]
)
def test_each_danger_is_refused_alone(kind: str, danger: str, catalog: Catalog) -> None:
    with pytest.raises(GuardrailError):
        check(ALONE[kind].format(danger), catalog, LIMITS)


async def test_a_hole_is_found(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one name too many on the list, the fuzzer says so."""
    known = lists()
    names = known.functions.names | {"evil", "pg_sleep", "set_config", "nextval"}
    weaker = dataclasses.replace(known, functions=dataclasses.replace(known.functions, names=names))
    monkeypatch.setattr(gate, "lists", lambda: weaker)
    findings = await campaign(catalog, None, Plan(SEED, 120, 20))
    assert any("a planted danger passes" in what for what, _ in findings.broken)
