"""Values are kept within bounds, and found by their words."""

from dataclasses import replace

import pytest

from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.catalog.value_index import ValueIndex, distance, likeness
from tests.ask import shop


def catalog_of(*columns: Column, tables: int = 1) -> Catalog:
    return replace(
        shop.CATALOG, tables=tuple(Table("public", f"t{n}", "table", columns) for n in range(tables))
    )


LONG = Column("word", "text", values=tuple(f"word{n}" for n in range(100)))
SHORT = Column("kind", "text", values=("red", "green"), values_complete=True)


def test_all_tables_together_keep_no_more_than_there_is_room_for() -> None:
    index = ValueIndex(catalog_of(LONG, SHORT, tables=10), most_places=400)
    kept = [index.find((f"word{n}",)) for n in range(100)]
    assert sum(map(len, kept)) <= 400
    assert index.cut
    assert len(index.find(("green",))) == 10  # what short columns leave goes to long ones, not the other way
    assert kept[0]
    assert not kept[99]


def test_nothing_is_cut_where_all_fits() -> None:
    index = ValueIndex(catalog_of(LONG, SHORT))
    assert not index.cut
    assert index.find(("word99",))


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("lisbn", ("lisbon",)),
        ("lsibon", ("lisbon",)),
        ("lisbon", ()),
        ("madrid", ()),
        ("12345", ()),
        ("po", ()),
    ],
)
def test_a_slip_leads_to_the_word_and_nothing_else_does(word: str, near: tuple[str, ...]) -> None:
    index = ValueIndex(catalog_of(Column("city", "text", values=("Lisbon", "Porto", "12346"))))
    assert index.near(word) == near


@pytest.mark.parametrize(
    ("one", "other", "apart"), [("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xyz", 3)]
)
def test_letters_changed_left_out_put_in_or_swapped_are_counted(one: str, other: str, apart: int) -> None:
    assert distance(one, other, 2) == apart


def test_likeness_is_that_of_pg_trgm() -> None:
    assert likeness("word", "two words") == pytest.approx(4 / 11)  # SELECT similarity('word', 'two words')
