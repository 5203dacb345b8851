"""One statement that ran, beside the question it should answer: what both say of tables and columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar, cast

from sqlglot import exp

from databaseai.ask.repair.scopes import Scope, Source, folded, items, scopes
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.catalog.words import words

PREFIX = 5
"""Letters that two words of one family share: `enrolled`, `enrolment`."""
EMPTY_WORDS = """a
all am an and any are as at be by can count do doe did each every find for from get give ha had
have having her hi how i in is it its last list many me more most my name no not number of on or our
out per show some than that the their them there they this to total was we were what when where
which who whom whose with"""
EMPTY = frozenset(EMPTY_WORDS.split())
"""Words that say nothing about which table or column is meant."""
NEGATION_WORDS = "not no never without none nobody neither nor dont doesnt didnt isnt arent havent hasnt"
NEGATIONS = frozenset(NEGATION_WORDS.split())
Node = TypeVar("Node", bound=exp.Expr)


class Draft:
    """A copy of a tree, in which a node of the original is found again."""

    def __init__(self, tree: exp.Query) -> None:
        self.tree = tree.copy()
        self._twins = dict(zip(map(id, tree.walk()), self.tree.walk(), strict=True))

    def __getitem__(self, node: Node) -> Node:
        return cast("Node", self._twins[id(node)])


@dataclass(frozen=True, slots=True)
class Proposal:
    """Another reading, before it is weighed."""

    tree: exp.Query
    kind: str
    note: str


@dataclass(frozen=True)
class Reading:
    """A statement and its question."""

    tree: exp.Query
    catalog: Catalog
    question: str

    @cached_property
    def scopes(self) -> dict[int, Scope]:
        """A scope for every SELECT."""
        return scopes(self.tree, self.catalog)

    @cached_property
    def spoken(self) -> tuple[str, ...]:
        """The question's words, folded and singular, in order."""
        found = words(self.question.replace("'", ""))
        return tuple("id" if word == "ids" else word for word in found)

    @cached_property
    def telling(self) -> frozenset[str]:
        """Those that can name a table, a column or a value."""
        return frozenset(self.spoken) - EMPTY

    @cached_property
    def negated(self) -> bool:
        """The question asks for what is not."""
        return not NEGATIONS.isdisjoint(self.spoken)

    @cached_property
    def fluent(self) -> bool:
        """The question has a word of a table or column that the statement names: it speaks their language.

        What it leaves unsaid tells something only then.
        """
        named = {
            source.table.name for _, scope in self.selects() for source in scope.base_tables() if source.table
        }
        named |= {column.name for column in self.tree.find_all(exp.Column)}
        return any(self.says(word) for name in named for word in words(name) if word not in EMPTY)

    def says(self, word: str) -> bool:
        """Whether the question has the word, or one of its family."""
        return any(akin(word, other) for other in self.telling)

    def says_all(self, name: str) -> bool:
        """Whether the question has every word of the name."""
        return all(self.says(word) for word in words(name) if word not in EMPTY)

    def unsaid(self, name: str) -> list[str]:
        """Words of a name that the question does not have."""
        return [word for word in words(name) if not self.says(word)]

    def draft(self) -> Draft:
        """A copy to change."""
        return Draft(self.tree)

    def selects(self) -> Iterator[tuple[exp.Select, Scope]]:
        """Every SELECT with its scope, outer ones first."""
        for scope in self.scopes.values():
            yield scope.select, scope


@lru_cache(maxsize=4)
def table_words(catalog: Catalog) -> dict[tuple[str, str], tuple[str, ...]]:
    """Words of every table's name, by schema and name; taken apart once."""
    return {table.qualified: tuple(words(table.name)) for table in catalog.tables}


def akin(one: str, other: str) -> bool:
    """Equal, or of one family: `treat` and `treatment`."""
    if one == other:
        return True
    pairs = zip(one, other, strict=False)
    shared = next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
    return shared >= PREFIX or (shared == PREFIX - 1 and shared == min(len(one), len(other)))


def source_for(scope: Scope, column: exp.Column) -> Source | None:
    """The scope's own source that a column belongs to; None for one of a query around, or unclear."""
    name, qualifier = folded(column.this), folded(column.args.get("table"))
    owners = [s for s in scope.sources if (s.alias == qualifier if qualifier else s.has(name))]
    return owners[0] if len(owners) == 1 else None


def own_columns(scope: Scope) -> Iterator[exp.Column]:
    """Columns of a SELECT's sources, written in it or in a query inside it."""
    for column in scope.select.find_all(exp.Column):
        if isinstance(column.this, exp.Identifier) and not hidden(scope.select, column):
            yield column


def hidden(select: exp.Select, column: exp.Column) -> bool:
    """A query further in has a source of the column's qualifier."""
    qualifier, around = folded(column.args.get("table")), column.parent_select
    while qualifier and isinstance(around, exp.Select) and around is not select:
        if any(folded(item.alias_or_name) == qualifier for item in items(around)):
            return True
        around = around.parent_select
    return False


def catalog_column(scope: Scope, node: object) -> tuple[Source, Column] | None:
    """A column node's source and catalog column."""
    if not isinstance(node, exp.Column) or not isinstance(node.this, exp.Identifier):
        return None
    source = source_for(scope, node)
    if source is None or source.table is None:
        return None
    found = source.table.column.get(folded(node.this))
    return (source, found) if found else None


def conjuncts(select: exp.Select) -> list[exp.Expr]:
    """The conditions of WHERE that must all hold."""
    where = select.args.get("where")
    return [*flat(where.this)] if where is not None else []


def flat(condition: exp.Expr) -> Iterator[exp.Expr]:
    """`a AND (b AND c)` -> a, b, c."""
    inner = condition.unnest() if isinstance(condition, exp.Paren) else condition
    if isinstance(inner, exp.And):
        yield from flat(inner.left)
        yield from flat(inner.right)
    else:
        yield condition


def drop(condition: exp.Expr) -> None:
    """Take one conjunct out of the tree it stands in."""
    parent = condition.parent
    if isinstance(parent, exp.And):
        other = parent.right if parent.left is condition else parent.left
        parent.replace(other.copy() if other.parent is None else other.pop())
    elif isinstance(parent, exp.Paren):
        drop(parent)
    elif isinstance(parent, exp.Where | exp.Having):
        parent.pop()


def unique_key(table: Table, columns: set[str]) -> bool:
    """Whether the columns tell the table's rows apart."""
    return any(set(key) <= columns for key in (table.primary_key, *table.unique) if key)
