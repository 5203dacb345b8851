"""The grammar holds replies to names that exist, and to nothing else."""

import re

import pytest

from databaseai.ask import constraint
from databaseai.ask.schema_linking import Linked, LinkedTable
from databaseai.catalog.snapshot import Catalog


def linked(catalog: Catalog) -> Linked:
    """All of it."""
    return Linked(tuple(LinkedTable(t, "") for t in catalog.tables), "", whole=True, margin=0.0)


def accepts(grammar: str, text: str) -> bool:
    """What the grammar says of a text, read as the regular expression that it is."""
    rules = dict(re.findall(r"^(\w+) ::= (.*)$", grammar, re.MULTILINE))

    def literals(rule: str) -> str:
        found = re.findall(r'"((?:[^"\\]|\\.)*)"', rules[rule])
        return "|".join(re.escape(re.sub(r"\\(.)", r"\1", text)) for text in found)

    word = rf"(?:{literals('name')}|[0-9]+|[a-zA-Z][0-9]?)"
    gap = rf"(?:[ \t\n(),.*=<>!+/%|:;-]|'(?:[^'\n]|'')*'|{literals('quoted')})+"
    return re.fullmatch(rf"{word}(?:{gap}{word})*(?:{gap})?", text) is not None


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT name FROM customer", True),
        ("select c.name, count(*) AS total from customer as c group by 1 order by total desc limit 3;", True),
        ("SELECT T1.name FROM customer AS T1 WHERE T1.city = 'São Paulo''s' AND T1.customer_id >= 10", True),
        ('SELECT * FROM "Odd Schema"."Tábla"', True),
        ("SELECT nane FROM customer", False),
        ("SELECT name FROM customers", False),
        ("SELECT customer_name FROM customer", False),
        ("SELECT name FROM customer; DROP", False),
        ("```sql\nSELECT 1\n```", False),
    ],
)
def test_names_exist_or_are_not_written(catalog: Catalog, statement: str, expected: bool) -> None:
    grammar = constraint.shape(linked(catalog)).grammar
    assert grammar is not None
    assert accepts(grammar, statement) is expected


def test_a_name_cannot_break_out_of_its_literal() -> None:
    """Names are the data source's: whatever they hold is one literal of the grammar."""
    hostile = 'a" | root2\nroot ::= "x\\'
    assert constraint.either([hostile]).count("\n") == 0
    assert re.fullmatch(r'"(?:[^"\\\n]|\\.)*"', constraint.either([hostile]))
