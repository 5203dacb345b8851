"""What is shown: columns of another table that the question names, counts for sums."""

from collections.abc import Iterator
from itertools import pairwise

from sqlglot import exp

from databaseai.ask.repair.nodes import column
from databaseai.ask.repair.reading import EMPTY, Proposal, Reading, catalog_column
from databaseai.ask.repair.scopes import Source
from databaseai.catalog.snapshot import Column
from databaseai.catalog.words import words

TAIL = 4
"""Letters of a word that is the end of a shortened name."""


def own_words(source: Source, shown: Column) -> list[str]:
    """A column's words less its table's."""
    table = set(words(source.table.name)) if source.table else set()
    return [word for word in words(shown.name) if word not in table and word not in EMPTY]


def spoken(reading: Reading, word: str) -> bool:
    """The question has the word, or its end: `name` of `fname`."""
    return reading.says(word) or any(word.endswith(said) for said in reading.spoken if len(said) >= TAIL)


def moved(reading: Reading) -> Iterator[Proposal]:
    """A column none of whose words is said, where another one in sight is named by the question."""
    for select, scope in list(reading.selects())[: reading.fluent]:
        used = {c.name.lower() for c in select.find_all(exp.Column)}
        for item in select.expressions:
            found = catalog_column(scope, item.unalias())
            telling = own_words(*found) if found else []
            if found is None or not telling or any(spoken(reading, word) for word in words(found[1].name)):
                continue
            named = [
                (source, other)
                for source in scope.base_tables()
                for other in (source.table.columns if source.table else ())
                if other.name not in used
                and (own := own_words(source, other))
                and all(word in reading.telling for word in own)
                and not any(set(own) <= set(words(column)) for column in used)
            ]
            if len(named) == 1:
                source, other = named[0]
                draft = reading.draft()
                draft[item.unalias()].replace(column(source.shown, other.name))
                yield Proposal(draft.tree, "moved", f"{other.name} was shown in place of {found[1].name}.")


def owner(reading: Reading) -> Iterator[Proposal]:
    """`ship id`: the id of the ship, where another table's id was shown."""
    select = reading.tree
    if not isinstance(select, exp.Select):
        return
    scope = reading.scopes[id(select)]
    said = set(pairwise(reading.spoken))
    for item in select.expressions:
        found = catalog_column(scope, item.unalias())
        if found is None or len(words(found[1].name)) != 1:
            continue
        source, shown = found
        [word] = words(shown.name)
        others = [
            s
            for s in scope.base_tables()
            if s is not source and s.has(shown.name) and belonging(s, word, said)
        ]
        if len(others) == 1 and not belonging(source, word, said):
            draft = reading.draft()
            for node in select.find_all(exp.Column):
                outside = not node.find_ancestor(exp.Join) and node.parent_select is select
                if outside and catalog_column(scope, node) == found:
                    draft[node].replace(column(others[0].shown, shown.name))
            yield Proposal(draft.tree, "owner", f"{shown.name} is that of {others[0].shown}.")


def belonging(source: Source, word: str, said: set[tuple[str, str]]) -> bool:
    """The question says the table's name right before the column's."""
    return source.table is not None and any((name, word) in said for name in words(source.table.name))
