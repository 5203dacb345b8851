"""All tables when they fit; else those whose words are asked for, and what joins them."""

from dataclasses import replace

import pytest

from databaseai.ask import schema_text
from databaseai.ask.schema_index import split
from databaseai.ask.schema_keys import neighbours
from databaseai.ask.schema_linking import CHOSEN_TOKENS, Linked, LinkedTable, SchemaIndex, link, narrow
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


def plain(name: str, *columns: str, comment: str = "", refers: tuple[tuple[str, str], ...] = ()) -> Table:
    keys = tuple(ForeignKey((column,), "public", other, ("id",)) for column, other in refers)
    kept = tuple(Column(column, "text") for column in ("id", *columns))
    return Table("public", name, "table", kept, comment, primary_key=("id",), foreign_keys=keys)


CITY = Column("city", "text", values=("Lisbon",), values_complete=True)
SCHOOL = (
    plain("carnames", "make"),
    plain("car", "wheel_count"),
    plain("names", "text"),
    plain("emp", "sal_amt"),
    plain("nation", "area"),
    plain("hiring", "since"),
    plain("singer", "song"),
    plain("award_singer", "song"),
    plain("harborfees", "since"),
    plain("zone", "harbor"),
    plain("toll", "fee"),
    plain("painting", "since"),
    plain("branch", refers=(("visit_id", "visit"),)),
    plain("visit", "visit_id", "branch_id", "guest_no"),
    plain("guest", "born"),
    replace(plain("depot"), columns=(CITY,)),
)


def wide_school() -> Catalog:
    noise = tuple(t for t in wide(120).tables if t.name.startswith("ledger"))
    return Catalog("school", 180_000, (*noise, *SCHOOL), "school")


@pytest.mark.parametrize(
    ("question", "table"),
    [
        ("What are the car names?", "carnames"),  # run together
        ("What salary does each employee get?", "emp"),  # short forms
        ("Which country is largest?", "nation"),  # one meaning
        ("the fee for one harbor", "harborfees"),
        ("Who painted first?", "painting"),  # one root
        ("How many singers are there?", "singer"),  # a name said in full
        ("What is stored in Lisbon?", "depot"),  # a stored value
        ("¿Cuántos hay en LISBON?", "depot"),
    ],
)
def test_tables_are_found_by_what_their_words_mean(question: str, table: str) -> None:
    linked = link(question, SchemaIndex(wide_school(), 400))
    assert linked.tables[0].table.name == table
    assert linked.tables[0].score > 0


def test_the_less_of_a_name_is_said_the_less_it_counts() -> None:
    long = plain("a_long_list_singer", "song")
    catalog = replace(wide_school(), tables=(*wide_school().tables, long))
    found = [item.table.name for item in link("singers", SchemaIndex(catalog, 600)).tables]
    assert found[:3] == ["singer", "award_singer", "a_long_list_singer"]


def test_columns_named_after_a_table_join_it_where_no_key_is_declared() -> None:
    tables = tuple(table for table in SCHOOL if table.name in {"branch", "visit", "guest"})
    near = neighbours(Catalog("visits", 180_000, tuple(replace(t, foreign_keys=()) for t in tables), "v"))
    assert near == {0: [1], 1: [0, 2], 2: [1]}
    elsewhere = replace(tables[2], schema="other")  # a name in another schema says nothing
    assert neighbours(Catalog("visits", 180_000, (tables[1], elsewhere), "v")) == {}


def test_a_table_in_the_middle_comes_along_though_nobody_speaks_of_it() -> None:
    middle = plain("zz", "x1", "x2", refers=(("x1", "walrus"), ("x2", "teapot")))
    odd = (middle, plain("walrus", "tusk"), plain("teapot", "lid"))
    catalog = replace(wide_school(), tables=(*wide_school().tables, *odd))
    linked = link("the walrus of each teapot", SchemaIndex(catalog, 600))
    assert {item.table.name: item.why for item in linked.tables}["zz"] == "joins them"
    alone = link("each walrus", SchemaIndex(catalog, 600))
    assert [item.table.name for item in alone.tables][:2] == ["walrus", "zz"]


def test_names_that_a_person_gave_are_found() -> None:
    class Given:
        def synonyms(self, table: tuple[str, str] | str, column: str | None = None) -> tuple[str, ...]:
            return ("turnover sheet",) if (table, column) == (("public", "ledger_7"), None) else ()

    linked = link("the turnover sheet", SchemaIndex(wide_school(), 400, Given()))
    assert linked.tables[0].table.name == "ledger_7"


def test_a_table_of_many_columns_is_cut_to_keys_and_what_is_spoken_of() -> None:
    columns = tuple(Column(f"measure_{n}", "numeric") for n in range(200))
    long = Table("public", "readings", "table", (Column("id", "bigint"), *columns), primary_key=("id",))
    catalog = replace(wide_school(), tables=(*wide_school().tables, long))
    linked = link("measure 150 of the readings", SchemaIndex(catalog, 600))
    assert "id bigint PRIMARY KEY" in linked.text
    assert "-- 171 more columns" in linked.text
    assert len(linked.tables[0].table.columns) == 201


def test_chosen_tables_keep_to_their_own_budget_however_large_the_other_is() -> None:
    linked = link("entries of the ledgers", SchemaIndex(wide(600), 20_000))
    assert not linked.whole
    assert schema_text.tokens(linked.text) <= CHOSEN_TOKENS


def test_narrow_keeps_what_is_spoken_of_and_what_joins_it() -> None:
    catalog = Catalog("music", 180_000, tuple(t for t in wide(8).tables), "music")
    index = SchemaIndex(catalog, 5_000)
    linked = link("", index)
    assert linked.whole
    few = narrow(linked, "How many tracks does each artist have?", index)
    assert [item.table.name for item in few.tables] == ["artist", "album", "track"]
    assert not few.whole
    assert "ledger" not in few.text
    assert all(item.why for item in few.tables)


@pytest.mark.parametrize("question", ["??", "", "有多少人?"])
def test_narrow_leaves_all_where_nothing_speaks_for_a_table(question: str) -> None:
    index = SchemaIndex(wide(8), 5_000)
    assert narrow(link(question, index), question, index) is index.whole


def test_narrow_keeps_to_its_width_and_to_what_was_linked() -> None:
    index = SchemaIndex(wide(300), 600)
    question = "entries 1 1, 2 2, 3 3, 4 4 and the tracks of each artist"
    linked = link(question, index)
    few = narrow(linked, question, index, width=3)
    assert 1 <= len(few.tables) <= 3
    assert {item.table.name for item in few.tables} <= {item.table.name for item in linked.tables}


def test_narrow_brings_in_no_table_that_was_not_linked() -> None:
    index = SchemaIndex(wide(8), 5_000)
    tables = [index.catalog.table["public", name] for name in ("artist", "album", "ledger_1")]
    some = Linked(tuple(LinkedTable(table, "") for table in tables), "", whole=False, margin=0.0)
    few = narrow(some, "How many tracks does each artist have?", index)
    assert {item.table.name for item in few.tables} <= {"artist", "album"}


@pytest.mark.parametrize(
    ("word", "parts"),
    [("carname", ("car", "name")), ("country", ()), ("car", ()), ("carnamecar", ("car", "name", "car"))],
)
def test_names_run_together_are_split_at_known_words(word: str, parts: tuple[str, ...]) -> None:
    assert split(word, {"car", "name", "count"}) == parts
