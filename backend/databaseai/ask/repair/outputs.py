"""What is shown: columns of another table that the question names, counts for sums."""

from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.repair.nodes import column
from databaseai.ask.repair.reading import EMPTY, Proposal, Reading, catalog_column
from databaseai.ask.repair.scopes import Source
from databaseai.ask.repair.types import NUMBER
from databaseai.catalog.snapshot import Column
from databaseai.catalog.words import words


def own_words(source: Source, shown: Column) -> list[str]:
    """A column's words less its table's."""
    table = set(words(source.table.name)) if source.table else set()
    return [word for word in words(shown.name) if word not in table and word not in EMPTY]


def moved(reading: Reading) -> Iterator[Proposal]:
    """A column none of whose words is said, where another one in sight is named by the question."""
    for select, scope in list(reading.selects())[:1]:
        used = {c.name.lower() for c in select.find_all(exp.Column)}
        for item in select.expressions:
            found = catalog_column(scope, item.unalias())
            telling = own_words(*found) if found else []
            if found is None or not telling or any(reading.says(word) for word in telling):
                continue
            named = [
                (source, other)
                for source in scope.base_tables()
                for other in (source.table.columns if source.table else ())
                if other.name not in used
                and (own := own_words(source, other))
                and all(word in reading.telling for word in own)
            ]
            if len(named) == 1:
                source, other = named[0]
                draft = reading.draft()
                draft[item.unalias()].replace(column(source.shown, other.name))
                yield Proposal(draft.tree, "moved", f"{other.name} was shown in place of {found[1].name}.")


def summed(reading: Reading) -> Iterator[Proposal]:
    """A count of a quantity: `COUNT(population)`."""
    for select, scope in reading.selects():
        for count in select.find_all(exp.Count):
            found = catalog_column(scope, count.this) if count.parent_select is select else None
            if found is None or not found[1].type.startswith(NUMBER):
                continue
            source, counted = found
            table = source.table
            keys = {name for key in (table.foreign_keys if table else ()) for name in key.columns}
            if (
                table is None
                or counted.name in {*keys, *table.primary_key}
                or counted.name.endswith(("id", "no", "code"))
            ):
                continue
            draft = reading.draft()
            draft[count].replace(exp.Sum(this=draft[count].this.copy()))
            yield Proposal(draft.tree, "summed", f"{counted.name} was added up rather than counted.")
