"""Other readings of a statement that ran: each parses, writes nothing, and words and keys speak for it."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databaseai.ask import guardrail
from databaseai.ask.repair import Variant, variants
from databaseai.ask.repair.other_readings import KINDS, STRENGTH
from databaseai.ask.repair.reading import Proposal, Reading
from databaseai.ask.repair.reparsing import parsed
from databaseai.catalog.snapshot import Catalog, Column, ForeignKey, Table
from databaseai.errors import DatabaseAIError
from databaseai.settings import ExecutionLimits


def table(name: str, *columns: Column, comment: str = "", keys: tuple[ForeignKey, ...] = ()) -> Table:
    return Table("public", name, "table", columns, comment, primary_key=(columns[0].name,), foreign_keys=keys)


def to(column: str, other: str, other_column: str) -> ForeignKey:
    return ForeignKey((column,), "public", other, (other_column,))


NUMBER, TEXT = "bigint", "text"
CATALOG = Catalog(
    database="library",
    server_version=180_000,
    fingerprint="",
    tables=(
        table(
            "author",
            Column("author_id", NUMBER, nullable=False),
            Column("name", TEXT, values=("Ann", "Bo"), values_complete=True),
            Column("pen_name", TEXT, values=("Zed",), values_complete=True),
            Column("born", NUMBER),
        ),
        table(
            "book",
            Column("book_id", NUMBER, nullable=False),
            Column("author_id", NUMBER),
            Column("title", TEXT),
            Column("language", TEXT),
            Column("pages", NUMBER),
            Column("is_illustrated", TEXT, values=("T", "F"), values_complete=True),
            Column("binding", TEXT, values=("H", "P"), values_complete=True),
            Column("shelf", TEXT, values=("AA1", "BB2")),
            comment="Printed works",
            keys=(
                to("author_id", "author", "author_id"),
                to("binding", "binding", "code"),
                to("shelf", "shelf", "code"),
            ),
        ),
        table(
            "shelf",
            Column("code", TEXT, values=("AA1", "BB2")),
            Column("place", TEXT, values=("CV", "By the attic stairs"), values_complete=True),
        ),
        table(
            "binding",
            Column("code", TEXT, nullable=False),
            Column("meaning", TEXT, values=("Hard cover", "Soft, glued"), values_complete=True),
        ),
        table("city", Column("city_id", NUMBER, nullable=False), Column("name", TEXT)),
        table(
            "shipment",
            Column("shipment_id", NUMBER, nullable=False),
            Column("source_city", NUMBER),
            Column("dest_city", NUMBER),
            Column("pages", NUMBER),
            Column("book_id", NUMBER),
            keys=(
                to("source_city", "city", "city_id"),
                to("dest_city", "city", "city_id"),
                to("book_id", "book", "book_id"),
            ),
        ),
    ),
)
A_B = "author AS a JOIN book AS b ON a.author_id = b.author_id"


def of_kind(statement: str, question: str, kind: str) -> list[str]:
    return [v.statement for v in variants(statement, CATALOG, question) if v.kind == kind]


CASES = [
    (
        "needless",
        "Who is the oldest author?",
        f"SELECT a.name FROM {A_B} ORDER BY a.born LIMIT 1",
        "SELECT a.name FROM author AS a ORDER BY a.born LIMIT 1",
    ),
    (
        "needless",
        "How many pages has each title?",
        f"SELECT a.author_id, b.title, b.pages FROM {A_B}",
        "SELECT b.author_id, b.title, b.pages FROM book AS b",
    ),
    (
        "needless_counted",
        "Each author's name and a count",
        (
            "SELECT b.author_id, COUNT(s.shipment_id) FROM book AS b JOIN shipment AS s "
            "ON s.book_id = b.book_id GROUP BY b.author_id"
        ),
        "SELECT b.author_id, COUNT(*) FROM book AS b GROUP BY b.author_id",
    ),
    (
        "either",
        "What year was Zed born?",
        "SELECT born FROM author WHERE name = 'Zed' OR pen_name = 'Zed'",
        "SELECT born FROM author WHERE pen_name = 'Zed'",
    ),
    (
        "either",
        "In what year was the author of that name, Cy, born?",
        "SELECT born FROM author WHERE pen_name = 'Cy' OR name = 'Cy'",
        "SELECT born FROM author WHERE name = 'Cy'",
    ),
    (
        "both",
        "Which authors wrote in English and French?",
        f"SELECT DISTINCT a.name FROM {A_B} WHERE b.language = 'English' AND b.language = 'French'",
        (
            f"SELECT a.name FROM {A_B} WHERE b.language = 'English' "
            f"INTERSECT SELECT a.name FROM {A_B} WHERE b.language = 'French'"
        ),
    ),
    (
        "both_said",
        "Which authors wrote books in both English and French?",
        f"SELECT a.name FROM {A_B} WHERE b.language IN ('English', 'French')",
        (
            f"SELECT a.name FROM {A_B} WHERE b.language IN ('English') "
            f"INTERSECT SELECT a.name FROM {A_B} WHERE b.language IN ('French')"
        ),
    ),
    (
        "misplaced",
        "When was Zed born?",
        "SELECT born FROM author WHERE name = 'Zed'",
        "SELECT born FROM author WHERE author.pen_name = 'Zed'",
    ),
    (
        "flagged",
        "How many illustrated books are there?",
        "SELECT COUNT(*) FROM book",
        "SELECT COUNT(*) FROM book WHERE book.is_illustrated = 'T'",
    ),
    (
        "distinct_off",
        "List the languages of all books",
        "SELECT DISTINCT language FROM book",
        "SELECT language FROM book",
    ),
    (
        "group_key",
        "How many books has each author written?",
        f"SELECT a.name, COUNT(*) FROM {A_B} GROUP BY a.name",
        f"SELECT a.name, COUNT(*) FROM {A_B} GROUP BY a.name, a.author_id",
    ),
    (
        "nulls_last",
        "Which book has most pages?",
        "SELECT title FROM book ORDER BY pages DESC LIMIT 1",
        "SELECT title FROM book ORDER BY pages DESC NULLS LAST LIMIT 1",
    ),
    (
        "off_key",
        "Which authors had books in a shipment?",
        "SELECT a.name FROM author AS a JOIN shipment AS s ON a.author_id = s.shipment_id",
        (
            "SELECT a.name FROM author AS a JOIN book ON a.author_id = book.author_id "
            "JOIN shipment AS s ON book.book_id = s.book_id"
        ),
    ),
    (
        "role",
        "How many shipments arrived in Rome city?",
        "SELECT COUNT(*) FROM city c JOIN shipment s ON c.city_id = s.source_city WHERE c.name = 'Rome'",
        (
            "SELECT COUNT(*) FROM city AS c JOIN shipment AS s ON c.city_id = s.dest_city "
            "WHERE c.name = 'Rome'"
        ),
    ),
    (
        "shadowed",
        "Which authors have no shipment?",
        "SELECT name FROM author WHERE NOT author_id IN (SELECT author_id FROM shipment)",
        (
            "SELECT name FROM author WHERE NOT author_id IN (SELECT book.author_id FROM shipment "
            "JOIN book ON shipment.book_id = book.book_id)"
        ),
    ),
    (
        "missing",
        "Which author wrote most books?",
        "SELECT name FROM author GROUP BY name ORDER BY COUNT(*) DESC LIMIT 1",
        (
            "SELECT author.name FROM author JOIN book ON author.author_id = book.author_id "
            "GROUP BY author.name ORDER BY COUNT(*) DESC LIMIT 1"
        ),
    ),
    (
        "missing",
        "How many shipments depart from Rome?",
        "SELECT COUNT(*) FROM city WHERE name = 'Rome'",
        (
            "SELECT COUNT(*) FROM city JOIN shipment ON city.city_id = shipment.source_city "
            "WHERE city.name = 'Rome'"
        ),
    ),
    (
        "none_of",
        "Which authors have not written in French?",
        f"SELECT a.name FROM {A_B} WHERE b.language <> 'French'",
        (
            "SELECT a.name FROM author AS a WHERE NOT a.author_id IN (SELECT a.author_id FROM "
            f"{A_B} WHERE b.language = 'French')"
        ),
    ),
    (
        "none_of",
        "Ids of authors with no book in French",
        "SELECT author_id FROM book WHERE language <> 'French'",
        "SELECT author_id FROM book EXCEPT SELECT author_id FROM book WHERE language = 'French'",
    ),
    (
        "moved",
        "Show the name and the language of each book",
        f"SELECT a.name, b.pages FROM {A_B}",
        f"SELECT a.name, b.language FROM {A_B}",
    ),
    (
        "summed",
        "How many pages were written in French?",
        "SELECT COUNT(pages) FROM book WHERE language = 'French'",
        "SELECT SUM(book.pages) FROM book WHERE language = 'French'",
    ),
    (
        "totalled",
        "How many total pages are there in each language?",
        "SELECT language, COUNT(*) FROM book GROUP BY language",
        "SELECT language, SUM(book.pages) FROM book GROUP BY language",
    ),
    (
        "count_all",
        "How many books in French are there?",
        "SELECT COUNT(DISTINCT title) FROM book",
        "SELECT COUNT(title) FROM book",
    ),
    (
        "fraction",
        "What share of the books is French?",
        "SELECT COUNT(*) FILTER(WHERE language = 'French') * 100 / COUNT(*) FROM book",
        "SELECT CAST(COUNT(*) FILTER(WHERE language = 'French') * 100 AS DECIMAL) / COUNT(*) FROM book",
    ),
    (
        "decoded",
        "Titles of all glued books",
        "SELECT title FROM book WHERE binding = 'glued'",
        (
            "SELECT title FROM book WHERE binding IN "
            "(SELECT code FROM binding WHERE meaning IN ('Soft, glued'))"
        ),
    ),
    (
        "owner",
        "What is the author name in each city?",
        "SELECT c.name FROM author AS a JOIN city AS c ON a.born = c.city_id GROUP BY c.name",
        "SELECT a.name FROM author AS a JOIN city AS c ON a.born = c.city_id GROUP BY a.name",
    ),
    (
        "both_and",
        "Ids of authors with books in English and French",
        "SELECT author_id FROM book WHERE language = 'English' OR language = 'French'",
        (
            "SELECT author_id FROM book WHERE language = 'English' "
            "INTERSECT SELECT author_id FROM book WHERE language = 'French'"
        ),
    ),
    (
        "none_of",
        "Authors without a book",
        f"SELECT a.name FROM {A_B} WHERE b.book_id IS NULL",
        (
            "SELECT a.name FROM author AS a WHERE NOT a.author_id IN (SELECT a.author_id FROM "
            f"{A_B} WHERE NOT b.book_id IS NULL)"
        ),
    ),
    (
        "missing",
        "Which city is the most frequent dest city?",
        "SELECT name FROM city GROUP BY name ORDER BY COUNT(*) DESC LIMIT 1",
        (
            "SELECT city.name FROM city JOIN shipment ON city.city_id = shipment.dest_city "
            "GROUP BY city.name ORDER BY COUNT(*) DESC LIMIT 1"
        ),
    ),
]


@pytest.mark.parametrize(("kind", "question", "statement", "variant"), CASES)
def test_each_kind_is_read(kind: str, question: str, statement: str, variant: str) -> None:
    assert variant in of_kind(statement, question, kind)
    assert all(v.notes and 0 < v.strength < 1 for v in variants(statement, CATALOG, question))


@pytest.mark.parametrize(
    ("kind", "question", "statement"),
    [
        ("needless", "Names of authors who wrote books", f"SELECT a.name FROM {A_B}"),
        ("needless", "Names of authors", f"SELECT a.name FROM {A_B} WHERE b.language = 'French'"),
        ("needless", "Names", "SELECT a.name FROM author a LEFT JOIN book b ON a.author_id = b.author_id"),
        ("needless", "All", f"SELECT * FROM {A_B}"),
        # grouped by the one key that would be left, every count would be one
        (
            "needless",
            "Authors with 2",
            f"SELECT a.author_id FROM {A_B} GROUP BY a.author_id HAVING count(a.name) > 1",
        ),
        ("either", "x", "SELECT born FROM author WHERE name = 'Ann' OR pen_name = 'Zed'"),
        ("both", "x", "SELECT title FROM book WHERE language = 'English' AND title = 'French'"),
        (
            "both_said",
            "English or French books",
            "SELECT title FROM book WHERE language IN ('English', 'French')",
        ),
        ("misplaced", "x", "SELECT born FROM author WHERE name = 'Ann'"),
        ("flagged", "Which books are not illustrated?", "SELECT title FROM book"),
        ("distinct_off", "List the different languages", "SELECT DISTINCT language FROM book"),
        ("off_key", "x", f"SELECT a.name FROM {A_B}"),
        ("off_key", "x", "SELECT b.title FROM book AS b JOIN shipment AS s ON s.pages = b.pages"),
        # the join repeats the authors; a book is counted by another table's key: each once
        ("distinct_off", "Names", f"SELECT DISTINCT a.name FROM {A_B}"),
        ("count_all", "How many languages are there?", "SELECT COUNT(DISTINCT language) FROM book"),
        # rows are counted, or that there are some is all that is asked
        ("needless", "Number of works by name", f"SELECT a.name, COUNT(*) FROM {A_B} GROUP BY a.name"),
        ("needless", "Idle", f"SELECT name FROM author EXCEPT SELECT a.name FROM {A_B}"),
        # what a question in another language leaves unsaid says nothing
        ("needless", "Namen der Leute, die Werke verfasst haben", f"SELECT a.name FROM {A_B}"),
        ("distinct_off", "Welche Sprachen gibt es?", "SELECT DISTINCT language FROM book"),
        ("moved", "Seiten und Namen", f"SELECT b.title, a.name FROM {A_B}"),
        # the table's comment has the word
        ("needless", "Author names of printed works", f"SELECT a.name FROM {A_B}"),
        # a book has one author
        ("none_of", "Titles not by Ann", f"SELECT b.title FROM {A_B} WHERE a.name <> 'Ann'"),
        # `name` is said, although not all of `pen_name`
        ("moved", "Name of the author and year born", f"SELECT a.pen_name FROM {A_B}"),
        ("count_all", "How many books were shipped?", "SELECT COUNT(DISTINCT book_id) FROM shipment"),
        ("fraction", "What share?", "SELECT sum(pages) * 1.0 / count(*) FROM book"),
        ("totalled", "How many books are there?", "SELECT count(*) FROM book"),
        ("decoded", "Hard books", "SELECT title FROM book WHERE binding = 'H'"),
        # as long as the codes that were seen: one more of them
        ("decoded", "Books on shelf CV", "SELECT title FROM book WHERE shelf = 'CV'"),
        ("owner", "Name the city of each", "SELECT c.name FROM author a JOIN city c ON a.born = c.city_id"),
        ("both_and", "English and French", "SELECT title FROM book WHERE language = 'x' OR title = 'y'"),
        ("role", "Shipments from Rome", "SELECT COUNT(*) FROM shipment WHERE source_city = 1"),
        ("missing", "How many shipments has Rome city?", "SELECT COUNT(*) FROM city WHERE name = 'Rome'"),
        ("shadowed", "x", "SELECT name FROM author WHERE author_id IN (SELECT author_id FROM book)"),
        (
            "none_of",
            "Authors who wrote in another language",
            f"SELECT a.name FROM {A_B} WHERE b.language <> 'F'",
        ),
    ],
)
def test_no_reading_without_a_reason(kind: str, question: str, statement: str) -> None:
    assert not of_kind(statement, question, kind)


def test_every_kind_has_a_strength() -> None:
    """A kind without one would silence all the others."""
    made = {
        proposal.kind
        for _, question, statement, _ in CASES
        for kind in KINDS
        if (tree := parsed(statement)) is not None
        for proposal in kind(Reading(tree, CATALOG, question))
    }
    assert {kind for kind, *_ in CASES} <= made <= set(STRENGTH)


def test_a_kind_that_fails_costs_the_readings_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(reading: Reading) -> Iterator[Proposal]:
        raise AttributeError(reading.question)

    question = "List languages of books"
    assert variants("SELECT DISTINCT language FROM book", CATALOG, question)
    monkeypatch.setattr("databaseai.ask.repair.other_readings.KINDS", (broken,))
    assert variants("SELECT DISTINCT language FROM book", CATALOG, question) == ()


def test_readings_stand_on_one_another() -> None:
    """Two things wrong at once need both put right; that reading comes first."""
    [first, *_] = variants(
        f"SELECT a.born FROM {A_B} WHERE a.name = 'Zed' OR a.pen_name = 'Zed'", CATALOG, "When was Zed born?"
    )
    assert first.kind == "needless+either"
    assert first.statement == "SELECT a.born FROM author AS a WHERE a.pen_name = 'Zed'"
    assert len(first.notes) == 2


def test_a_source_of_the_same_name_further_in_is_another() -> None:
    """The columns of `b` within the subquery are not those of `b` outside."""
    statement = f"SELECT a.name FROM {A_B} WHERE a.born IN (SELECT b.pages FROM book AS b)"
    [found] = of_kind(statement, "Names of authors", "needless")
    assert found == "SELECT a.name FROM author AS a WHERE a.born IN (SELECT b.pages FROM book AS b)"


LIMITS = ExecutionLimits()
SHOWN = st.sampled_from(
    [
        "a.name",
        "DISTINCT b.language",
        "a.name, count(*)",
        "count(DISTINCT b.title)",
        "b.author_id",
        "*",
        "sum(b.pages)",
        "a.born, a.name",
        "round(avg(b.pages), 2)",
        "(SELECT max(pages) FROM book)",
    ]
)
FROM = st.sampled_from(
    [
        A_B,
        "author a, book b",
        "book b JOIN author a ON b.title = a.name",
        "book b LEFT JOIN author a USING (author_id)",
        f"{A_B} JOIN shipment AS s ON s.book_id = b.book_id JOIN city c ON c.city_id = s.source_city",
        "author a CROSS JOIN LATERAL (SELECT * FROM book i WHERE i.author_id = a.author_id) b",
    ]
)
CONDITION = st.sampled_from(
    [
        "b.language = 'French'",
        "b.language <> 'French'",
        "b.language = 'English'",
        "a.name = 'Zed' OR a.pen_name = 'Zed'",
        "a.name = 'Zed'",
        "b.language IN ('English', 'French')",
        "b.language NOT LIKE 'F%'",
        "b.pages BETWEEN 1 AND 2",
        "a.author_id NOT IN (SELECT author_id FROM shipment)",
        "NOT EXISTS (SELECT 1 FROM book b WHERE b.author_id = a.author_id)",
    ]
)
TAIL = st.sampled_from(
    [
        "",
        "GROUP BY a.name",
        "GROUP BY a.author_id, a.name HAVING count(*) > 1",
        "ORDER BY b.pages DESC LIMIT 1",
        "GROUP BY 1 ORDER BY count(*) DESC LIMIT 3",
    ]
)
WORDS = st.lists(
    st.sampled_from(
        [
            "which",
            "author",
            "books",
            "both",
            "not",
            "illustrated",
            "shipments",
            "arrive",
            "depart",
            "each",
            "how many",
            "language",
            "name",
            "zed",
            "different",
            "pages",
        ]
    ),
    max_size=6,
).map(" ".join)


ADDS = {"missing", "off_key", "shadowed"}
"""Kinds that read a table more, along a key."""


def gate(statement: str) -> set[tuple[str, str]] | None:
    """The relations of an accepted statement, None for a refused one."""
    try:
        return {(t[0], t[1]) for t in guardrail.check(statement, CATALOG, LIMITS).tables}
    except DatabaseAIError:
        return None


@settings(deadline=None, max_examples=150)
@given(SHOWN, FROM, st.lists(CONDITION, max_size=3), TAIL, WORDS)
def test_a_variant_passes_the_gate_where_the_statement_does(
    shown: str, sources: str, conditions: list[str], tail: str, question: str
) -> None:
    """Whatever is asked, a variant is one SELECT that the gate accepts."""
    where = f"WHERE {' AND '.join(f'({c})' for c in conditions)}" if conditions else ""
    statement = f"SELECT {shown} FROM {sources} {where} {tail}"
    if (read := gate(statement)) is None:
        return
    for variant in variants(statement, CATALOG, question):
        assert isinstance(variant, Variant)
        found = gate(variant.statement)
        assert found is not None, (variant, question)
        assert found <= read or ADDS & set(variant.kind.split("+"))
        assert variant.statement != statement


@settings(deadline=None)
@given(
    st.text(max_size=60) | st.text(alphabet="SELECTFROM*()'\"` ,.;=author_id1", max_size=60),
    st.text(max_size=40),
)
def test_no_text_breaks_it(statement: str, question: str) -> None:
    variants(statement, CATALOG, question)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM author",
        "SELECT 1; SELECT 2",
        "",
        "SELECT (",
        "SELECT a INTO t FROM author",
        "0?",
        "WITH d AS (DELETE FROM book RETURNING *) SELECT count(*) FROM d",
    ],
)
def test_nothing_comes_of_what_is_no_query(statement: str) -> None:
    for variant in variants(statement, CATALOG, "How many books?"):
        assert gate(variant.statement) is None


def test_what_cannot_be_written_down_again_has_no_variants() -> None:
    """`!~` comes out of the tree as another operator; such a statement is left alone."""
    question = "List languages"
    assert variants("SELECT DISTINCT language FROM book", CATALOG, question)
    assert not variants("SELECT DISTINCT language FROM book WHERE title !~ 'x'", CATALOG, question)
