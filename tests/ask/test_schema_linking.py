"""All tables when they fit; else those whose words are asked for, and what joins them."""

from databaseai.ask.schema_linking import SchemaIndex, link
from databaseai.catalog.snapshot import Catalog, Column, ForeignKey, Table
from tests.ask.shop import CATALOG


def wide(tables: int) -> Catalog:
    """Many unrelated tables around artist - album - track."""

    def music(name: str, parent: str = "") -> Table:
        columns = [
            Column(f"{name}_id", "bigint"),
            Column("title", "text", values=("Blue Train",) * (name == "album")),
        ]
        keys: tuple[ForeignKey, ...] = ()
        if parent:
            columns.append(Column(f"{parent}_id", "bigint"))
            keys = (ForeignKey((f"{parent}_id",), "public", parent, (f"{parent}_id",)),)
        return Table("public", name, "table", tuple(columns), primary_key=(f"{name}_id",), foreign_keys=keys)

    noise = [
        Table("public", f"ledger_{n}", "table", tuple(Column(f"entry_{n}_{m}", "numeric") for m in range(20)))
        for n in range(tables)
    ]
    known = [music("artist"), music("album", "artist"), music("track", "album")]
    return Catalog("wide", 180_000, tuple(noise[::2] + known + noise[1::2]), "wide")


def names(question: str, catalog: Catalog, budget_tokens: int) -> list[str]:
    return [item.table.name for item in link(question, SchemaIndex(catalog, budget_tokens)).tables]


def test_all_tables_are_linked_when_they_fit_and_the_text_ignores_the_question() -> None:
    index = SchemaIndex(CATALOG, 1_000)
    one, other = link("people", index), link("countries", index)
    assert one.whole
    assert one.text == other.text
    assert [item.table.name for item in one.tables] == ["country", "person", "Odd Table"]
    assert one.margin == 0


def test_less_is_said_of_each_before_a_table_is_left_out() -> None:
    full = SchemaIndex(CATALOG, 1_000).whole
    bare = SchemaIndex(CATALOG, 80).whole
    assert full
    assert bare
    assert "where people live" in full.text
    assert "where people live" not in bare.text
    assert "CREATE TABLE person" in bare.text


def test_tables_are_found_by_their_words_and_joined_by_keys() -> None:
    found = names("How many tracks does each artist have?", wide(300), 600)
    assert {"track", "artist", "album"} <= set(found)


def test_tables_are_found_by_stored_values() -> None:
    assert names("What is blue train?", wide(300), 600)[0] == "album"


def test_every_linked_table_says_why() -> None:
    linked = link("How many tracks does each artist have?", SchemaIndex(wide(300), 600))
    why = {item.table.name: item.why for item in linked.tables}
    assert not linked.whole
    assert why["album"] == "column: artist"
    assert why["track"] == "name: track"
    assert "track" in linked.summary


def test_the_budget_is_kept_and_the_same_question_links_the_same() -> None:
    catalog = wide(300)
    first, second = (link("entry artist", SchemaIndex(catalog, 500)) for _ in range(2))
    assert first == second
    assert len(first.text) / 3.6 <= 500


def test_a_question_without_a_known_word_still_gets_tables() -> None:
    linked = link("??", SchemaIndex(wide(300), 500))
    assert linked.tables
    assert linked.margin == 1.0
