"""What the reader may read is found, whole and right; what it may not stays unseen."""

import psycopg
import pytest

from databaseai.ask.guardrail import check
from databaseai.catalog.introspection import introspect
from databaseai.catalog.snapshot import Catalog, ForeignKey
from databaseai.errors import CatalogEmpty, CatalogUnreadable
from databaseai.settings import CatalogSettings, ExecutionLimits

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE country (code char(2) PRIMARY KEY, name text NOT NULL UNIQUE);
COMMENT ON TABLE country IS 'where people live';
CREATE TABLE person (
    id bigint PRIMARY KEY, name varchar(40), feels mood, password text, photo bytea, tags text[],
    country_code char(2) REFERENCES country, salary numeric(10,2)
);
COMMENT ON COLUMN person.name IS 'given and family name';
CREATE UNIQUE INDEX ON person (name, country_code);
CREATE TABLE hidden (id int);
CREATE TABLE event (day date NOT NULL, person_id bigint) PARTITION BY RANGE (day);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
ALTER TABLE event_2024 ADD FOREIGN KEY (person_id) REFERENCES person;
ALTER TABLE event_2025 ADD FOREIGN KEY (person_id) REFERENCES person;
CREATE VIEW happy AS SELECT id, name FROM person WHERE feels = 'happy';
CREATE MATERIALIZED VIEW per_country AS SELECT country_code, count(*) FROM person GROUP BY 1;
CREATE SCHEMA other;
CREATE TABLE other.note (body text);
INSERT INTO country VALUES ('PT', 'Portugal'), ('DE', 'Germany');
INSERT INTO person
SELECT n, 'person ' || n, 'happy', 'geheim', NULL, NULL, CASE WHEN n % 3 = 0 THEN 'DE' ELSE 'PT' END, n
FROM generate_series(1, 30) n;
INSERT INTO event SELECT date '2024-12-30' + n, 1 + n FROM generate_series(0, 3) n;
"""


async def prepared(database: str, reader_dsn: str, statements: str = SCHEMA) -> psycopg.AsyncConnection:
    """Run the statements, let the reader read `public`, and log in as it."""
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute(statements)
        login = psycopg.conninfo.conninfo_to_dict(reader_dsn)["user"]
        await admin.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{login}"')
        await admin.execute(
            "DO $$ BEGIN IF to_regclass('hidden') IS NOT NULL THEN "
            f"EXECUTE 'REVOKE ALL ON hidden FROM \"{login}\"'; END IF; END $$"
        )
    return await psycopg.AsyncConnection.connect(reader_dsn, autocommit=True, prepare_threshold=None)


async def read(database: str, reader_dsn: str, **settings: object) -> Catalog:
    async with await prepared(database, reader_dsn) as reader:
        return await introspect(reader, CatalogSettings.model_validate(settings))


async def test_every_kind_of_table_is_found_and_partitions_stand_as_their_parent(
    database: str, reader_dsn: str
) -> None:
    catalog = await read(database, reader_dsn)
    assert {table.name: table.kind for table in catalog.tables} == {
        "country": "table",
        "person": "table",
        "event": "partitioned table",
        "happy": "view",
        "per_country": "materialised view",
    }
    assert catalog.search_path == ("public",)
    assert catalog.server_version >= 150_000


async def test_a_query_may_name_a_partition_that_the_reader_may_read(database: str, reader_dsn: str) -> None:
    """A person knows `event_2024`; linking and prompt show the root alone."""
    async with await prepared(database, reader_dsn) as reader:
        login = psycopg.conninfo.conninfo_to_dict(reader_dsn)["user"]
        async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
            await admin.execute(f'REVOKE SELECT ON event_2025 FROM "{login}"')
        catalog = await introspect(reader, CatalogSettings())
    assert "event_2024" not in {table.name for table in catalog.tables}
    sql = check("SELECT day FROM event_2024", catalog, ExecutionLimits()).sql
    assert sql == "SELECT day FROM public.event_2024"
    assert catalog.resolve("event_2025") is None


async def test_columns_types_keys_and_comments(database: str, reader_dsn: str) -> None:
    catalog = await read(database, reader_dsn)
    person, country, event = (catalog.table["public", name] for name in ("person", "country", "event"))
    assert [(c.name, c.type) for c in person.columns] == [
        ("id", "bigint"),
        ("name", "character varying(40)"),
        ("feels", "mood"),
        ("password", "text"),
        ("photo", "bytea"),
        ("tags", "text[]"),
        ("country_code", "character(2)"),
        ("salary", "numeric(10,2)"),
    ]
    assert person.column["feels"].labels == ("sad", "happy")
    assert (person.primary_key, person.unique) == (("id",), (("name", "country_code"),))
    assert person.foreign_keys == (ForeignKey(("country_code",), "public", "country", ("code",)),)
    assert event.foreign_keys == (ForeignKey(("person_id",), "public", "person", ("id",)),)
    assert (country.comment, person.column["name"].comment) == ("where people live", "given and family name")
    assert country.unique == (("name",),)
    assert not country.column["name"].nullable


@pytest.mark.parametrize("analysed", [True, False])
async def test_samples_come_with_statistics_and_without(
    database: str, reader_dsn: str, *, analysed: bool
) -> None:
    async with await prepared(database, reader_dsn, SCHEMA + ("ANALYZE;" if analysed else "")) as reader:
        catalog = await introspect(reader, CatalogSettings())
    person, event = catalog.table["public", "person"], catalog.table["public", "event"]
    assert person.column["country_code"].values == ("PT", "DE")
    assert person.column["country_code"].values_complete
    assert len(person.column["name"].samples) == CatalogSettings().samples_per_column
    assert person.column["salary"].samples
    assert not person.column["salary"].values
    assert event.row_estimate == (4 if analysed else None)
    assert not catalog.samples_cut


async def test_secrets_bytes_and_excepted_columns_are_never_sampled(database: str, reader_dsn: str) -> None:
    catalog = await read(database, reader_dsn, samples_except=("public.person.na*", "*.salary"))
    person = catalog.table["public", "person"]
    for name in ("password", "photo", "name", "salary"):
        assert not person.column[name].samples, name
        assert not person.column[name].values, name
    assert person.column["country_code"].samples


async def test_no_samples_when_none_are_wanted(database: str, reader_dsn: str) -> None:
    catalog = await read(database, reader_dsn, samples_per_column=0)
    assert not any(column.samples or column.values for table in catalog.tables for column in table.columns)


async def test_only_readable_columns_and_keys_over_them_are_seen(database: str, reader_dsn: str) -> None:
    login = psycopg.conninfo.conninfo_to_dict(reader_dsn)["user"]
    async with await prepared(database, reader_dsn) as reader:
        async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
            await admin.execute(f'REVOKE SELECT ON person, event FROM "{login}"')
            await admin.execute(f'GRANT SELECT (name, salary) ON person TO "{login}"')
            await admin.execute(f'GRANT SELECT ON event_2025 TO "{login}"')
        catalog = await introspect(reader, CatalogSettings())
    person = catalog.table["public", "person"]
    assert list(person.column) == ["name", "salary"]
    assert (person.primary_key, person.unique, person.foreign_keys) == ((), (), ())
    assert ("public", "event") not in catalog.table
    assert catalog.table["public", "event_2025"].kind == "table"


async def test_the_fingerprint_changes_with_the_schema_and_not_with_rows(
    database: str, reader_dsn: str
) -> None:
    async with await prepared(database, reader_dsn) as reader:
        before = (await introspect(reader, CatalogSettings())).fingerprint
        async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
            await admin.execute("INSERT INTO country VALUES ('FR', 'France'); ANALYZE")
            assert (await introspect(reader, CatalogSettings())).fingerprint == before
            await admin.execute("COMMENT ON COLUMN country.name IS 'in English'")
            assert (await introspect(reader, CatalogSettings())).fingerprint != before


async def test_nothing_to_read_has_its_own_error(database: str, reader_dsn: str) -> None:
    async with await prepared(database, reader_dsn, "SELECT 1") as reader:
        with pytest.raises(CatalogEmpty):
            await introspect(reader, CatalogSettings())


async def test_a_locked_catalog_ends_in_time(database: str, reader_dsn: str) -> None:
    """An open transaction that holds pg_class must not hang the reading."""
    async with (
        await prepared(database, reader_dsn) as reader,
        await psycopg.AsyncConnection.connect(database) as blocker,
    ):
        await blocker.execute("LOCK TABLE pg_catalog.pg_constraint IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(CatalogUnreadable, match=r"0\.3 s"):
            await introspect(reader, CatalogSettings(timeout_ms=300))
        await blocker.rollback()
        assert (await introspect(reader, CatalogSettings())).tables  # the connection is clean again


async def test_a_slow_view_is_left_out_of_the_samples(database: str, reader_dsn: str) -> None:
    statements = SCHEMA + "CREATE VIEW slow AS SELECT name, pg_sleep(9)::text AS wait FROM country;"
    async with await prepared(database, reader_dsn, statements) as reader:
        catalog = await introspect(reader, CatalogSettings())
    assert catalog.samples_cut
    assert not catalog.table["public", "slow"].column["name"].samples
    assert catalog.table["public", "country"].column["name"].samples


async def test_no_object_of_a_user_stands_in_for_a_system_one(database: str, reader_dsn: str) -> None:
    trap = (
        "CREATE FUNCTION public.format_type(oid, int) RETURNS text LANGUAGE sql AS $$ SELECT 'trapped' $$;"
        "CREATE FUNCTION public.eq(name, name) RETURNS bool LANGUAGE sql AS $$ SELECT true $$;"
        "CREATE OPERATOR public.= (LEFTARG = name, RIGHTARG = name, FUNCTION = public.eq);"
    )
    async with await prepared(database, reader_dsn, SCHEMA + trap) as reader:
        await reader.execute("SET search_path = public, pg_catalog")
        catalog = await introspect(reader, CatalogSettings())
    assert catalog.table["public", "country"].column["name"].type == "text"
    assert catalog.search_path == ("public",)
