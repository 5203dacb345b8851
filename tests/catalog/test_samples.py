"""Values are sampled whole where that is cheap, and lookup tables with what their codes mean."""

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from databaseai.catalog import lookups, samples
from databaseai.catalog.introspection import introspect
from databaseai.catalog.policy import Policy, policy
from databaseai.catalog.snapshot import Catalog, Column
from databaseai.catalog.value_index import ValueIndex
from databaseai.settings import CatalogSettings

SCHEMA = """
CREATE TABLE state (code text PRIMARY KEY, meaning text, kind text);
INSERT INTO state VALUES ('X1', 'Cancelled', 'end'), ('D4', 'Delivered', 'end'), ('P0', 'Placed', 'begin');
CREATE TABLE shop (id int PRIMARY KEY, name text, city text, opened date);
INSERT INTO shop SELECT n, 'shop ' || n, 'city ' || n, now() FROM generate_series(1, 5) n;
CREATE TABLE grade (id int PRIMARY KEY, label text);
INSERT INTO grade VALUES (1, 'low'), (2, 'high');
CREATE TABLE sale (
    id int PRIMARY KEY, state_code text REFERENCES state, shop_id int REFERENCES shop,
    grade_id int REFERENCES grade, buyer text, title text, rare text
);
INSERT INTO sale SELECT n, 'X1', 1, 1, 'buyer ' || n, 'title ' || n % 150,
    CASE WHEN n % 2 = 0 THEN 'usual' ELSE 'once ' || n % 40 END FROM generate_series(1, 1000) n;
"""


async def read(
    database: str, reader_dsn: str, *, analysed: bool = True, rules: Policy | None = None, **settings: object
) -> Catalog:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute(SCHEMA + ("ANALYZE;" if analysed else ""))
        login = conninfo_to_dict(reader_dsn)["user"]
        await admin.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{login}"')
    async with await psycopg.AsyncConnection.connect(reader_dsn, autocommit=True) as reader:
        return await introspect(reader, CatalogSettings.model_validate(settings), rules)


@pytest.mark.parametrize("analysed", [True, False])
async def test_a_lookup_tables_words_come_with_their_codes(
    database: str, reader_dsn: str, *, analysed: bool
) -> None:
    catalog = await read(database, reader_dsn, analysed=analysed)
    meaning = catalog.table["public", "state"].column["meaning"]
    assert dict(zip(meaning.values, meaning.codes, strict=True)) == {
        "Cancelled": "X1", "Delivered": "D4", "Placed": "P0"
    }  # fmt: skip
    label = catalog.table["public", "grade"].column["label"]
    assert dict(zip(label.values, label.codes, strict=True)) == {"low": "1", "high": "2"}
    assert not catalog.table["public", "state"].column["kind"].codes  # one word, two codes
    assert not catalog.table["public", "shop"].column["name"].codes  # a thing with a number is no code
    assert not catalog.samples_cut


async def test_an_excepted_column_gives_no_codes(database: str, reader_dsn: str) -> None:
    catalog = await read(database, reader_dsn, samples_except=("public.state.meaning", "public.grade.id"))
    assert not catalog.table["public", "state"].column["meaning"].values
    assert not catalog.table["public", "state"].column["meaning"].codes
    assert not catalog.table["public", "grade"].column["label"].codes


async def test_a_masked_column_is_never_indexed_nor_is_a_code_beside_it(
    database: str, reader_dsn: str
) -> None:
    closed = policy({"masks": {"public.state.meaning": "hash", "public.sale.buyer": "null"}})
    catalog = await read(database, reader_dsn, rules=closed)
    assert not catalog.table["public", "state"].column["meaning"].values
    assert not catalog.table["public", "state"].column["meaning"].codes
    assert not catalog.table["public", "sale"].column["buyer"].values
    index = ValueIndex(catalog)
    assert not index.find(("cancelled",))
    assert not index.find(("buyer", "7"))
    assert index.find(("title", "7"))


async def test_statistics_tell_when_they_hold_every_value(database: str, reader_dsn: str) -> None:
    catalog = await read(database, reader_dsn)
    shop, sale = catalog.table["public", "shop"], catalog.table["public", "sale"]
    assert shop.column["city"].values_complete  # unique: PostgreSQL keeps them as a histogram
    assert sorted(shop.column["city"].values) == [f"city {n}" for n in range(1, 6)]
    assert sale.column["rare"].values_complete  # the usual ones and the rare ones together
    assert len(sale.column["rare"].values) == 21
    assert sale.column["rare"].values[0] == "usual"
    assert not sale.column["buyer"].values_complete
    assert len(sale.column["buyer"].samples) == CatalogSettings().samples_per_column


@pytest.mark.parametrize(
    ("distinct", "rows", "expected"),
    [(5.0, None, 5), (-1.0, 22, 22), (-0.5, 9, 5), (-1.0, None, float("inf")), (0.0, 9, float("inf"))],
)
def test_how_many_values_there_are_is_a_number_or_a_share(
    distinct: float, rows: int | None, expected: float
) -> None:
    assert samples.distinct_values(distinct, rows) == expected


def test_a_columns_values_are_bounded_in_number_and_in_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    text, drawn = Column("c", "text"), samples.Drawn()
    samples.keep(drawn, ("s", "t", "c"), text, [f"{n}" for n in range(500)], whole=True)
    assert len(drawn.values["s", "t", "c"]) == samples.VALUES
    assert not drawn.complete
    samples.keep(drawn, ("s", "t", "long"), text, [f"{n:060}" for n in range(200)], whole=True)
    kept = drawn.values["s", "t", "long"]
    assert samples.SHOWN <= len(kept) < samples.VALUES
    assert sum(map(len, kept)) <= samples.VALUES_CHARACTERS
    assert ("s", "t", "long") not in drawn.complete
    monkeypatch.setattr(samples, "ALL_CHARACTERS", drawn.characters)
    samples.keep(drawn, ("s", "t", "late"), text, [f"{n}" for n in range(100)], whole=True)
    assert len(drawn.values["s", "t", "late"]) == samples.SHOWN


def test_a_word_too_long_or_said_twice_is_no_name_of_a_code() -> None:
    assert lookups.codes([("1", "low"), ("2", None), (None, "x"), ("3", "high ")], 60) == {
        "low": "1", "high": "3"
    }  # fmt: skip
    assert not lookups.codes([("1", "low"), ("2", "low")], 60)
    assert not lookups.codes([("1", "w" * 61)], 60)
