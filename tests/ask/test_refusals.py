"""A refusal names the right piece, where it stands, and PostgreSQL's way to say it."""

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from databaseai.ask.guardrail import check
from databaseai.ask.guardrail.explain import split
from databaseai.ask.guardrail.hints import hints
from databaseai.ask.guardrail.lists import lists
from databaseai.ask.guardrail.teaching import masked, teach
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.errors import BY_CODE, DatabaseAIError, GuardrailError, StatementUnparsable
from databaseai.settings import ExecutionLimits
from tests.ask import cases

LIMITS = ExecutionLimits()
MISTAKES = tomllib.loads((cases.FOLDER / "mistakes.toml").read_text("utf-8"))["mistake"]
TABLES = ("functions", "prefixes", "operators", "types", "columns", "arguments", "tables", "statements")
PLACELESS = {"DBAI501", "DBAI502"}
"""Empty or too long: there is no piece to point at."""
FINAL = {"DBAI502"}
"""Refusals that the model cannot mend."""


def table(name: str, columns: str, schema: str = "public") -> Table:
    """`id:integer name:text` as a table."""
    pairs = (column.split(":") for column in columns.split())
    return Table(schema, name, "table", tuple(Column(name, kind) for name, kind in pairs))


CATALOG = Catalog(
    "shop",
    180_006,
    (
        table(
            "customer",
            "customer_id:integer name:text email:text country:text city:text signed_up:date active:boolean"
            " profile:jsonb tags:text[]",
        ),
        table(
            "orders",
            "order_id:bigint customer_id:integer total:numeric ordered_at:timestamp state:text",
        ),
        table("product", "product_id:integer name:text category:text price:numeric"),
        table("target", "country:text amount:numeric", "sales"),
    ),
    "f",
)


def refusal(statement: str) -> DatabaseAIError:
    """What the door of a person's SQL says."""
    with pytest.raises(DatabaseAIError) as found:
        check(split(statement, LIMITS)[0], CATALOG, LIMITS)
    return found.value


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake["sql"][:60])
def test_a_mistake_is_named_and_mended(mistake: dict[str, str]) -> None:
    """What models write that learnt MySQL, SQLite, Oracle, SQL Server, BigQuery or Snowflake."""
    error = refusal(mistake["sql"])
    position = int(str(error.facts["position"]))
    found = {
        "sql": mistake["sql"],
        "code": error.code,
        "piece": mistake["sql"][position : position + len(mistake["piece"])],
        "hint": error.hint,
    }
    assert found == mistake
    assert error.repairable


def test_there_are_enough_of_them() -> None:
    assert len(MISTAKES) >= 250
    assert len({mistake["code"] for mistake in MISTAKES}) >= 9


def refusals(file: str, catalog: Catalog) -> list[tuple[cases.Case, GuardrailError]]:
    """Each case of a corpus that is refused, with its refusal."""
    found = []
    for case in cases.read(file):
        try:
            check(case.sql, catalog, LIMITS)
        except GuardrailError as error:
            found.append((case, error))
    return found


@pytest.mark.parametrize("file", ["attacks.sql", "honest_refused.sql"])
def test_every_refusal_teaches(file: str, catalog: Catalog) -> None:
    """A sentence about what is wrong, one about what to do, and a place inside the statement."""
    placeless = set()
    for case, error in refusals(file, catalog):
        assert error.detail.endswith((".", "?", '"')), (case.name, error.detail)
        assert error.hint.endswith((".", "?", "...")), (case.name, error.hint)
        assert error.repairable is (error.code not in FINAL)
        if "position" not in error.facts:
            placeless.add((error.code, case.name))
        assert 0 <= int(str(error.facts.get("position", 0))) <= len(case.sql)
    assert {code for code, _ in placeless} <= PLACELESS, placeless


def test_no_hint_is_about_what_is_allowed() -> None:
    known = lists()
    assert not set(hints().functions) & known.functions.names
    assert not set(hints().types) & known.types
    assert not set(hints().operators) & known.operators


def test_what_a_hint_says_may_be_used() -> None:
    """Each function that a hint puts in another's place is on the allow-list."""
    table, known = hints(), lists().functions
    texts = [text for group in TABLES for text in getattr(table, group).values()]
    texts += [entry.hint for entry in table.syntax]
    called = {name for text in texts for name in re.findall(r"(\w+)\(", text)}
    assert called - known.names - known.syntax - {"coalesce", "nullif"} == set()
    assert len(called) > 40


@given(st.text(alphabet="'\"-/*$ab \n", max_size=30))
def test_masking_keeps_every_place(text: str) -> None:
    assert len(masked(text)) == len(text)
    assert masked(masked(text)) == masked(text) or "$" in text or "*" in text


@given(st.text(max_size=60), st.integers(-5, 80))
def test_teaching_never_fails(text: str, position: int) -> None:
    """Whatever the statement and the place: the refusal comes out, its place inside the text."""
    for kind in BY_CODE.values():
        if issubclass(kind, GuardrailError):
            error = kind(
                "No column x is in scope here.", name=text[:10], position=max(0, min(position, len(text)))
            )
            teach(error, text)
            assert 0 <= int(str(error.facts["position"])) <= len(text)


def test_a_long_statement_is_taught_quickly() -> None:
    """Patterns look around the place of the error only."""
    error = StatementUnparsable("Syntax error.", position=10_000)
    teach(error, "(select a, " * 5_000)
    assert error.hint
