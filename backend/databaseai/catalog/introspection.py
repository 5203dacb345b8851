"""Read the catalog of the data source: what the login may select from, and nothing else."""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection, Error
from psycopg.errors import LockNotAvailable, QueryCanceled

from databaseai.catalog import queries, samples, vocabulary
from databaseai.catalog.policy import Open, Policy, apply, read_facts, resolve
from databaseai.catalog.snapshot import Catalog, Column, ForeignKey, Table, TableKind
from databaseai.errors import CatalogEmpty, CatalogUnreadable, DataSourceUnreachable
from databaseai.settings import CatalogSettings

KINDS: dict[str, TableKind] = {
    "r": "table",
    "p": "partitioned table",
    "v": "view",
    "m": "materialised view",
    "f": "foreign table",
}
GRACE_S = 2.0
"""Past the server's own timeout; then the client gives up on a server that no longer answers."""

Row = tuple[Any, ...]


@dataclass
class Draft:
    """What the queries said, by table oid, before it becomes one immutable value."""

    database: str
    search_path: tuple[str, ...]
    server_version: int
    relations: list[Row]
    columns: dict[int, list[Row]] = field(default_factory=dict)
    labels: dict[int, tuple[str, ...]] = field(default_factory=dict)
    unique: dict[int, list[Row]] = field(default_factory=dict)
    foreign_keys: dict[int, list[Row]] = field(default_factory=dict)
    partitions: tuple[tuple[str, str, str, str], ...] = ()


async def introspect(
    connection: AsyncConnection, settings: CatalogSettings, policy: Policy | None = None
) -> Catalog:
    """Read all the login may select from, in one read-only transaction.

    Args:
        connection: Logged in as the reader, in autocommit mode, outside a transaction.
        settings: `timeout_ms` for the catalog queries, `samples_timeout_ms` for all sample values together.
        policy: What of it is open. No value of a masked or denied column is looked at.

    Raises:
        PolicyInvalid: The policy does not fit what the server holds. DBAI017.
        CatalogUnreadable: Past the timeout, or PostgreSQL refused a catalog query. DBAI208.
        CatalogEmpty: The login may select from no table. DBAI209.
        DataSourceUnreachable: The connection broke. DBAI202.
    """
    try:
        async with asyncio.timeout((settings.timeout_ms + settings.samples_timeout_ms) / 1000 + GRACE_S):
            async with connection.transaction(force_rollback=True):
                draft = await read(connection, settings)
                tables = await asyncio.to_thread(assemble, draft)  # a second at thousands of tables
                left = await under(policy, tables, connection)
                tables = left.tables
                if not tables:
                    raise CatalogEmpty
                # the digest is made while the server looks for values
                digest = asyncio.create_task(asyncio.to_thread(fingerprint, tables))
                words = await vocabulary.read(connection, [relation[0] for relation in draft.relations])
                drawn = await samples.draw(connection, tables, settings)
    except (TimeoutError, QueryCanceled, LockNotAvailable) as error:
        seconds = settings.timeout_ms / 1000
        raise CatalogUnreadable(f"The catalog could not be read in {seconds:g} s.") from error
    except Error as error:
        if connection.closed:
            raise DataSourceUnreachable("The connection broke while the catalog was read.") from error
        raise CatalogUnreadable("PostgreSQL refused a catalog query.", sqlstate=error.sqlstate) from error
    sampled = await asyncio.to_thread(samples.merge, tables, drawn, settings.samples_per_column)
    return Catalog(
        database=draft.database,
        server_version=draft.server_version,
        tables=sampled,
        fingerprint=await digest,
        search_path=draft.search_path,
        samples_cut=drawn.cut,
        closed=left.closed,
        vocabulary=words,
        partitions=draft.partitions,
    )


async def under(policy: Policy | None, tables: tuple[Table, ...], connection: AsyncConnection) -> Open:
    """The tables as the policy leaves them."""
    if policy is None:
        return Open(tables)
    facts = await read_facts(connection)
    return await asyncio.to_thread(lambda: apply(tables, resolve(policy, facts), facts))


async def read(connection: AsyncConnection, settings: CatalogSettings) -> Draft:
    """Run the catalog queries; the transaction is read-only and bounded from its first statement on."""
    await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    await connection.execute(
        "SELECT pg_catalog.set_config('statement_timeout', %s, true),"
        " pg_catalog.set_config('lock_timeout', %s, true)",
        (str(settings.timeout_ms), str(settings.timeout_ms)),
    )
    path, database = (await rows(connection, queries.SEARCH_PATH))[0]
    # bare type names for what the login sees, and no user object before PostgreSQL's own
    await connection.execute(
        "SELECT pg_catalog.set_config('search_path', (SELECT pg_catalog.string_agg("
        "pg_catalog.quote_ident(name), ', ' ORDER BY place) FROM pg_catalog.unnest(%s::text[])"
        " WITH ORDINALITY AS given (name, place)), true)",
        (["pg_catalog", *(name for name in path if name != "pg_catalog")],),
    )
    draft = Draft(
        database=database,
        search_path=tuple(name for name in path if name != "pg_catalog"),
        server_version=connection.info.server_version,
        relations=await rows(connection, queries.RELATIONS),
    )
    oids = [relation[0] for relation in draft.relations]
    draft.columns = grouped(await rows(connection, queries.COLUMNS, (oids,)))
    draft.labels = {oid: tuple(labels) for oid, labels in await rows(connection, queries.LABELS)}
    draft.unique = grouped(await rows(connection, queries.UNIQUE, (oids,)))
    draft.foreign_keys = grouped(await rows(connection, queries.FOREIGN_KEYS, (oids, oids)))
    found = await rows(connection, queries.PARTITIONS, (oids,))
    draft.partitions = tuple((schema, name, other, root) for schema, name, other, root in found)
    return draft


async def rows(connection: AsyncConnection, query: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """All rows of one of our own queries."""
    cursor = await connection.execute(query.encode(), parameters or None)
    return await cursor.fetchall()


def grouped(found: Iterable[Row]) -> dict[int, list[Row]]:
    """Rows by their first column, the table's oid, which the rows then lack."""
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in found:
        groups[row[0]].append(row[1:])
    return groups


def assemble(draft: Draft) -> tuple[Table, ...]:
    """The draft as tables, without sample values. A table with no readable column is left out."""
    named = {
        oid: (schema, name, {row[0]: row[1] for row in draft.columns.get(oid, ())})
        for oid, schema, name, *_ in draft.relations
    }
    return tuple(
        Table(
            schema=schema,
            name=name,
            kind=KINDS[kind],
            columns=tuple(column(row, draft.labels) for row in draft.columns[oid]),
            comment=comment or "",
            row_estimate=estimate,
            row_security=row_security,
            primary_key=next(iter(unique(oid, draft, named[oid][2], primary=True)), ()),
            unique=unique(oid, draft, named[oid][2], primary=False),
            foreign_keys=foreign_keys(oid, draft, named),
        )
        for oid, schema, name, kind, comment, estimate, row_security in draft.relations
        if oid in draft.columns
    )


def column(row: Row, labels: dict[int, tuple[str, ...]]) -> Column:
    """One row of `queries.COLUMNS`, without its table."""
    _, name, kind, nullable, comment, enum = row
    return Column(name, kind, nullable, comment or "", labels.get(enum, ()))


def unique(oid: int, draft: Draft, names: dict[int, str], *, primary: bool) -> tuple[tuple[str, ...], ...]:
    """Column sets that are unique; one with a column the reader may not see is left out."""
    return tuple(
        tuple(names[number] for number in numbers)
        for is_primary, numbers in draft.unique.get(oid, ())
        if is_primary is primary and all(number in names for number in numbers)
    )


def foreign_keys(
    oid: int, draft: Draft, named: dict[int, tuple[str, str, dict[int, str]]]
) -> tuple[ForeignKey, ...]:
    """Keys of one table to tables the reader sees; one with a column it may not see is left out."""
    found: dict[ForeignKey, None] = {}
    for numbers, other, other_numbers in sorted(draft.foreign_keys.get(oid, ())):
        names, (schema, table, other_names) = named[oid][2], named.get(other, ("", "", {}))
        if all(n in names for n in numbers) and all(n in other_names for n in other_numbers):
            key = ForeignKey(
                tuple(names[n] for n in numbers), schema, table, tuple(other_names[n] for n in other_numbers)
            )
            found[key] = None
    return tuple(found)


def fingerprint(tables: Iterable[Table]) -> str:
    """Digest of all that a statement can depend on: not of rows, estimates and samples."""
    digest = hashlib.sha256()
    for table in tables:
        head = (table.schema, table.name, table.kind, table.comment)
        keys = (table.primary_key, table.unique, table.foreign_keys)
        columns = tuple((c.name, c.type, c.nullable, c.comment, c.labels) for c in table.columns)
        digest.update(repr((head, keys, columns)).encode())
        digest.update(table.reads.encode())
    return digest.hexdigest()[:32]
