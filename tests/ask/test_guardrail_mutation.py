"""The lists and the guards, each weakened once: some statement of the corpora is then judged otherwise.

All mutants by hand: `python -m tests.ask.fuzz.mutants`; here a share of them that is always the same.
"""

import dataclasses
import os
from pathlib import Path
from typing import Any

import pytest
from sqlglot import Dialect, exp

from databaseai.ask.guardrail import check, gate, second_parser
from databaseai.ask.guardrail.lists import Lists, NodeRule, lists
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import GuardrailError
from tests.ask import cases
from tests.ask.conftest import Shop
from tests.ask.fuzz import mutants

SHARE = 0.1 if os.environ.get("CI") else 0.02
ATTACKS = [case.sql for case in cases.attacks()] + [case.sql for case in cases.read("red_team.sql")]


def wider(known: Lists, part: str, **more: frozenset[str]) -> Lists:
    """The lists with more entries in a field of `functions`, or of their own."""
    if part != "functions":
        return dataclasses.replace(known, **{part: getattr(known, part) | more["names"]})
    fields = {name: getattr(known.functions, name) | entries for name, entries in more.items()}
    return dataclasses.replace(known, functions=dataclasses.replace(known.functions, **fields))


def with_node(known: Lists, kind: str, fields: str) -> Lists:
    """The lists with a node, or with more fields in one."""
    old = known.nodes.get(kind, NodeRule({}, frozenset()))
    rule = NodeRule(old.fields | dict.fromkeys(fields.split()), old.nullable)
    return dataclasses.replace(known, nodes=known.nodes | {kind: rule})


def with_value(known: Lists, kind: str, value: str) -> Lists:
    """The lists with one more `op` or `kind` of a node."""
    return dataclasses.replace(known, values=known.values | {kind: known.values[kind] | {value}})


def with_size(known: Lists, name: str) -> Lists:
    """The lists with one bound a thousand times as high."""
    raised = {name: getattr(known.sizes, name) * 1000}
    return dataclasses.replace(known, sizes=dataclasses.replace(known.sizes, **raised))


def names(*words: str) -> frozenset[str]:
    return frozenset(words)


WEAKER: dict[str, Any] = {
    **{
        f"function {name}": lambda known, name=name: wider(known, "functions", names=names(name))
        for name in (
            "set_config",
            "pg_sleep",
            "nextval",
            "lo_create",
            "evil",
            "Upper",
            "query_to_xml",
            "version",
        )
    },
    **{
        f"operator {name}": lambda known, name=name: wider(known, "operators", names=names(name))
        for name in ("<=>", "~~~")
    },
    **{
        f"type {name}": lambda known, name=name: wider(known, "types", names=names(name))
        for name in ("regclass", "oid", "xml", "regproc", "evil_domain")
    },
    "SELECT INTO": lambda known: with_node(known, "SelectStmt", "intoClause"),
    "FOR UPDATE": lambda known: with_node(known, "SelectStmt", "lockingClause"),
    "a parameter": lambda known: with_node(known, "ParamRef", "number location"),
    "XML": lambda known: with_node(known, "XmlExpr", "op name args xmloption type typmod location"),
    "a type by %TYPE": lambda known: with_node(known, "TypeName", "pct_type setof"),
    "current_user": lambda known: with_value(known, "SQLValueFunction", "SVFOP_CURRENT_USER"),
    "current_schema": lambda known: with_value(known, "SQLValueFunction", "SVFOP_CURRENT_SCHEMA"),
    "a bound of char(n)": lambda known: dataclasses.replace(
        known, type_bounds={name: bound * 1000 for name, bound in known.type_bounds.items()}
    ),
    "no bound of repeat": lambda known: dataclasses.replace(
        known, sizes=dataclasses.replace(known.sizes, argument={})
    ),
    "no bound of patterns": lambda known: dataclasses.replace(
        known, sizes=dataclasses.replace(known.sizes, searched={})
    ),
    "no function that takes a column only": lambda known: dataclasses.replace(
        known, sizes=dataclasses.replace(known.sizes, stored=frozenset())
    ),
    **{
        f"size {name}": lambda known, name=name: with_size(known, name)
        for name in (
            "size",
            "product",
            "series_rows",
            "format_width",
            "array_fill",
            "pattern",
            "nodes",
            "sources",
        )
    },
}


@pytest.fixture(scope="module")
def statements() -> list[str]:
    return mutants.statements()


@pytest.fixture
def first_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second parser sees nothing, so that it does not refuse in the first one's stead."""
    monkeypatch.setattr(gate, "second_gate", mutants.blind)
    monkeypatch.setattr(second_parser, "compare", mutants.agreed)


@pytest.fixture(scope="module")
def own(shop: Shop, statements: list[str]) -> list[str]:
    """What the first parser's gate says to each statement."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gate, "second_gate", mutants.blind)
        patch.setattr(second_parser, "compare", mutants.agreed)
        return [mutants.verdict(check, text, shop.catalog) for text in statements]


@pytest.mark.usefixtures("first_alone")
@pytest.mark.parametrize("weaker", WEAKER)
def test_a_weaker_list_is_noticed(
    weaker: str, own: list[str], statements: list[str], catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = WEAKER[weaker](lists())
    monkeypatch.setattr(gate, "lists", lambda: known)
    assert any(
        mutants.verdict(check, text, catalog) != right for text, right in zip(statements, own, strict=True)
    )


SECOND = [
    *("Insert", "Update", "Delete", "Command", "Drop", "Create", "TruncateTable", "Transaction", "Commit"),
    *("SessionUser", "CurrentUser"),
]


def refused_by_the_second(known: Lists) -> set[str]:
    """Attacks that the second parser's list alone refuses, whatever kind of statement they are."""
    found = set()
    for text in ATTACKS:
        try:
            trees = Dialect.get_or_raise("postgres").parse(text)
        except Exception:  # noqa: BLE001, S112  # what it cannot read is refused before
            continue
        try:
            for tree in trees:
                if isinstance(tree, exp.Expr):
                    second_parser.survey(tree, known)
        except GuardrailError:
            found.add(text)
    return found


def test_each_class_of_the_second_list_is_missed() -> None:
    known = lists()
    every = refused_by_the_second(known)
    assert len(every) > 100
    unmissed = set()
    for name in SECOND:
        assert name not in known.second_nodes
        more = dataclasses.replace(known, second_nodes=known.second_nodes | {name})
        if refused_by_the_second(more) == every:
            unmissed.add(name)
    assert unmissed == set()


def test_a_broken_guard_is_noticed(shop: Shop) -> None:
    """A mutant that survives is a guard without a test, or one that another guard repeats: see the list."""
    known = set((Path(mutants.__file__).parent / "survivors.txt").read_text("utf-8").splitlines())
    chosen = [mutant for mutant in mutants.sample(SHARE) if str(mutant) not in known]
    assert len(chosen) > 2
    assert [str(mutant) for mutant in mutants.survivors(shop.catalog, chosen)] == []
