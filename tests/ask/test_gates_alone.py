"""Each gate refuses alone: neither is decoration."""

import pytest

from databaseai.ask.guardrail.gate import first_gate, second_gate
from databaseai.ask.guardrail.lists import lists
from databaseai.ask.guardrail.own_words import own_words
from databaseai.ask.guardrail.text import source
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import GuardrailError
from databaseai.settings import ExecutionLimits
from tests.ask import cases
from tests.ask.cases import Case

LIMITS = ExecutionLimits()
HONEST = cases.read("honest.sql") + cases.read("honest_rare.sql")
EACH = [
    "SELECT * FROM secret",
    "SELECT * FROM public.secret",
    "SELECT * FROM pg_catalog.pg_authid",
    "WITH s AS (SELECT * FROM secret) SELECT 1",
    "WITH secret AS (SELECT 1) SELECT * FROM (SELECT * FROM public.secret) x, secret",
    "SELECT (WITH secret AS (SELECT 1 AS id) SELECT id FROM secret), (SELECT max(id) FROM secret)",
    "WITH a AS (SELECT * FROM secret), secret AS (SELECT 1) SELECT * FROM a",
    "WITH secret AS (SELECT * FROM secret) SELECT * FROM secret",
    "SELECT other.public.customer.name FROM other.public.customer",
    "SELECT c.nice_label FROM customer c",
    "SELECT (c).nice_label FROM customer c",
    "SELECT ctid FROM customer",
    "SELECT password FROM customer",
    "SELECT evil()",
    "SELECT public.evil(1)",
    "SELECT evil.sum(1)",
    'SELECT "Upper"(name) FROM customer',
    'SELECT "SUM"(1)',
    "SELECT \u017fum(1)",
    'SELECT U&"pg\\005fsleep"(1)',
    "SELECT pg_sleep(1)",
    "SELECT 1 OPERATOR(public.+) 2",
    "SELECT 1 <=> 2",
    "SELECT name::evil_domain FROM customer",
    "SELECT 'customer'::regclass",
    "SELECT current_user",
    "SELECT * FROM customer TABLESAMPLE evil (1)",
    "SELECT * FROM JSON_TABLE('[]', '$' COLUMNS (a int PATH '$' DEFAULT evil() ON EMPTY)) t",
    "SELECT JSON_ARRAY(SELECT password FROM secret)",
    "SELECT JSON_VALUE('{}', '$' PASSING evil() AS x)",
    "SELECT name FROM customer ORDER BY evil() USING <",
    "SELECT 1 FROM customer FOR UPDATE",
    "SELECT 1 INTO x",
    "DELETE FROM customer",
    "WITH d AS (DELETE FROM customer RETURNING 1) SELECT 1",
    "SELECT 1; SELECT 2",
]


@pytest.mark.parametrize("statement", EACH)
def test_each_gate_refuses_alone(statement: str, catalog: Catalog) -> None:
    """A denied table, an unknown column, function, operator, type, a write."""
    own = own_words(catalog, lists())
    for gate in (first_gate, second_gate):
        with pytest.raises(GuardrailError):
            gate(source(statement, LIMITS), own)


@pytest.mark.parametrize("case", HONEST, ids=str)
def test_each_gate_lets_honest_queries_through(case: Case, catalog: Catalog) -> None:
    """Alone too."""
    own = own_words(catalog, lists())
    first_gate(source(case.sql, LIMITS), own)
    second_gate(source(case.sql, LIMITS), own)
