"""What the doctor knows of a server beside its rights: its age, and how both sides know whom they talk to."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo

from databaseai.data_source.audit import unencrypted
from databaseai.data_source.examination import Session, examine, proofs, versions
from databaseai.data_source.findings import EXPOSURES, POWERS, WARNINGS, finding, listed
from databaseai.embedded.postgres import EmbeddedPostgres
from tests.data_source.conftest import eventually
from tests.postgres_versions import MAJORS, private

KNOWN = Session("reader", "shop", standby=False, trusted=False)


@pytest.mark.parametrize(
    ("version", "today", "kinds"),
    [
        (150_003, dt.date(2026, 11, 20), ["minor"]),
        (180_006, dt.date(2026, 11, 20), []),
        (189_999, dt.date(2026, 11, 20), []),
        (150_020, dt.date(2027, 6, 1), ["end of life"]),
        (150_001, dt.date(2030, 1, 1), ["minor", "end of life"]),
        (190_000, dt.date(2030, 1, 1), []),
    ],
)
def test_age_of_a_server(version: int, today: dt.date, kinds: list[str]) -> None:
    found = list(versions(version, today))
    assert [one.kind for one in found] == kinds
    assert all(one.advice for one in found)


@pytest.mark.parametrize("major", MAJORS)
def test_every_version_we_take_has_its_dates(major: int) -> None:
    assert list(versions(major * 10_000, dt.date(2026, 1, 1)))


def link(host: str, address: str, *, encrypted: bool, mode: str = "require") -> Any:
    """A connection as far as the doctor asks it."""
    option = SimpleNamespace(keyword=b"sslmode", val=mode.encode())
    pgconn = SimpleNamespace(ssl_in_use=encrypted, info=[option])
    return SimpleNamespace(info=SimpleNamespace(host=host, hostaddr=address), pgconn=pgconn)


@pytest.mark.parametrize(
    ("connection", "kinds"),
    [
        (link("/run/postgresql", "", encrypted=False), []),
        (link("localhost", "127.0.0.1", encrypted=False), []),
        (link("db.example", "192.0.2.7", encrypted=False), ["unencrypted"]),
        (link("db.example", "192.0.2.7", encrypted=True), ["certificate"]),
        (link("db.example", "192.0.2.7", encrypted=True, mode="verify-full"), []),
    ],
)
def test_how_far_a_connection_can_be_trusted(connection: Any, kinds: list[str]) -> None:
    found = [*unencrypted(connection), *proofs(connection, KNOWN)]
    assert [one.kind for one in found] == kinds
    assert all("sslmode" in one.advice for one in found)


@pytest.fixture
async def trusting() -> AsyncIterator[EmbeddedPostgres]:
    """A server that asks nobody for a password."""
    async with private(18) as server:
        async with await AsyncConnection.connect(server.dsn("postgres"), autocommit=True) as admin:
            row = await (await admin.execute("SHOW hba_file")).fetchone()
            assert row
            hba = Path(row[0])
            await asyncio.to_thread(hba.write_text, "local all all trust\n", encoding="ascii")
            await admin.execute("SELECT pg_reload_conf()")
        yield server


async def test_a_server_that_asks_for_no_password_is_told(trusting: EmbeddedPostgres) -> None:
    async def told() -> bool:
        url = make_conninfo(trusting.dsn("postgres"), password="wrong")
        async with await AsyncConnection.connect(url, autocommit=True) as connection:
            found = await examine(connection)
        return "trust" in {one.kind for one in found.findings}

    await eventually(told)


def test_each_kind_can_be_said() -> None:
    for kind in POWERS | WARNINGS | EXPOSURES:
        said = finding(kind, 7, ("a", "b"), ("X;\nY;", "X;"))
        assert said.text.endswith(".")
        assert "{" not in said.text
        assert said.sql == ("X;", "Y;")
    assert listed(7, tuple("abcdefg")) == "a, b, c, d, e and 2 more"
