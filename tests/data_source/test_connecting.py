"""Each way a connection can fail has its own code, in any language, and no error repeats a secret."""

import asyncio
import time
from contextlib import AsyncExitStack
from urllib.parse import quote

import pytest
from psycopg.conninfo import conninfo_to_dict

from databaseai.data_source.connecting import read_url
from databaseai.embedded.postgres_url import with_login
from databaseai.errors import DatabaseAIError, DataSourceUrlInvalid
from tests.data_source.conftest import MakeLogin, Open
from tests.data_source.servers import refusal, server, welcome

SECRETS = ("Zx-password", "Zx-user")


async def code_of(open_source: Open, url: str, **settings: object) -> str:
    """Code of the error, after a look for secrets in it."""
    with pytest.raises(DatabaseAIError) as raised:
        await open_source(url, **settings)
    said = f"{raised.value} {raised.value.hint} {raised.value.facts}"
    assert not [secret for secret in SECRETS if secret in said]
    assert raised.value.__cause__ is None  # a logged traceback would tell what libpq said
    assert raised.value.__context__ is None or raised.value.__suppress_context__
    return raised.value.code


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop",
        "host=db.example password=Zx-password",
        "mysql://Zx-user:Zx-password@db/shop",
        "postgresql+psycopg://Zx-user:Zx-password@db/shop",
        "postgresql://Zx-user:Zx-password@db:port/shop",
        "postgresql://Zx-user:Zx-password@db:0/shop",
        "postgresql://Zx-user:Zx-password@db:70000/shop",
        "postgresql://Zx-user:Zx-password@[::1/shop",
        "postgresql://Zx-user:Zx-password@db/shop?nosuch=1",
        "postgresql://Zx-user:Zx-password@db/shop?sslmode=bogus",
        "postgresql://Zx-user:Zx-password@db/shop?require_auth=bogus",
        "postgresql://Zx-user:Zx-password@db/sh\nop",
        "postgresql://Zx-user:Zx-password@db/sh\0op",
        "postgresql://Zx-user:Zx-password@db/%00",
        "postgresql://Zx-user:100%@db/shop",
    ],
)
async def test_bad_url(open_source: Open, url: str) -> None:
    assert await code_of(open_source, url) == "DBAI201"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://u:p@db.example/shop", "db.example:5432/shop"),
        ("postgres://u:p@db.example:6432/a%20b", "db.example:6432/a b"),
        ("postgresql://u:p@/shop?host=/run/pg", "local:5432/shop"),
        ("postgresql://u@[::1]:1/shop", "::1:1/shop"),
        ("postgresql://u:p@db.example", "db.example:5432/"),
    ],
)
def test_name_has_no_login(url: str, name: str) -> None:
    address = read_url(url)
    assert address.name == name
    assert repr(address) == f"Address({name})"


async def test_nobody_listens(open_source: Open, unused_tcp_port: int) -> None:
    url = f"postgresql://Zx-user:Zx-password@127.0.0.1:{unused_tcp_port}/shop"
    assert await code_of(open_source, url) == "DBAI202"


async def test_socket_missing(open_source: Open) -> None:
    assert await code_of(open_source, "postgresql://Zx-user:Zx-password@/shop?host=/nowhere") == "DBAI202"


async def test_name_unknown(open_source: Open) -> None:
    url = "postgresql://Zx-user:Zx-password@no-such-host.invalid/shop"
    assert await code_of(open_source, url) == "DBAI202"


async def test_silence_is_bounded(open_source: Open) -> None:
    async with server(None) as port:
        began = time.monotonic()
        url = f"postgresql://Zx-user:Zx-password@127.0.0.1:{port}/shop"
        assert await code_of(open_source, url, connect_timeout_ms=300) == "DBAI202"
        assert time.monotonic() - began < 3


async def test_not_postgres(open_source: Open) -> None:
    async with server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        url = f"postgresql://Zx-user:Zx-password@127.0.0.1:{port}/shop"
        assert await code_of(open_source, url) == "DBAI202"


@pytest.mark.parametrize(
    ("sqlstate", "code"),
    [
        ("28P01", "DBAI203"),
        ("28000", "DBAI203"),
        ("42501", "DBAI203"),
        ("3D000", "DBAI205"),
        ("53300", "DBAI207"),
        ("53200", "DBAI207"),
        ("57P03", "DBAI202"),
        ("XX000", "DBAI202"),
    ],
)
async def test_refusal_in_any_language(open_source: Open, sqlstate: str, code: str) -> None:
    async with server(refusal(sqlstate, "пользователь Zx-user отклонён")) as port:
        assert await code_of(open_source, f"postgresql://Zx-user:Zx-password@127.0.0.1:{port}/shop") == code


async def test_tls_wanted_and_not_offered(open_source: Open) -> None:
    async with server(b"") as port:
        url = f"postgresql://Zx-user:Zx-password@127.0.0.1:{port}/shop?sslmode=require"
        assert await code_of(open_source, url) == "DBAI202"


@pytest.mark.parametrize("version", ["14.20", "9.6.24", "8.0.2"])
async def test_too_old(open_source: Open, version: str) -> None:
    async with server(welcome(version)) as port:
        url = f"postgresql://Zx-user:Zx-password@127.0.0.1:{port}/shop"
        assert await code_of(open_source, url) == "DBAI206"


async def test_wrong_password_and_user_on_a_real_server(open_source: Open, make_login: MakeLogin) -> None:
    url = await make_login()
    parts = conninfo_to_dict(url)
    base, user = str(parts["dbname"]), str(parts["user"])
    assert await code_of(open_source, with_login(url, base, user, "Zx-password")) == "DBAI203"
    assert await code_of(open_source, with_login(url, base, "Zx-user", "Zx-password")) == "DBAI203"
    assert await code_of(open_source, url.replace(quote(str(parts["password"])), "")) == "DBAI203"


async def test_missing_database_on_a_real_server(open_source: Open, reader_dsn: str) -> None:
    parts = conninfo_to_dict(reader_dsn)
    url = with_login(reader_dsn, "nowhere", str(parts["user"]), str(parts["password"]))
    assert await code_of(open_source, url) == "DBAI205"


async def test_no_right_to_connect(open_source: Open, make_login: MakeLogin) -> None:
    url = await make_login("REVOKE CONNECT ON DATABASE {database} FROM {login}")
    assert await code_of(open_source, url) == "DBAI203"


async def test_too_many_connections(open_source: Open, make_login: MakeLogin) -> None:
    url = await make_login("ALTER ROLE {login} CONNECTION LIMIT 1")
    first = await open_source(url, pool_size=1)
    async with first.reader():
        assert await code_of(open_source, url) == "DBAI207"


async def test_url_with_odd_characters(open_source: Open, make_login: MakeLogin) -> None:
    """Escaped once, read once."""
    odd = "p@ss:w/rd?#%& ü"
    url = await make_login(f"ALTER ROLE {{login}} PASSWORD '{odd}'")
    parts = conninfo_to_dict(url)
    source = await open_source(with_login(url, str(parts["dbname"]), str(parts["user"]), odd))
    assert source.server_version >= 150_000


async def test_many_failures_at_once_leave_nothing_behind(open_source: Open) -> None:
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(server(refusal("28P01", "nein")))
        url = f"postgresql://Zx-user:Zx-password@127.0.0.1:{port}/shop"
        codes = await asyncio.gather(*(code_of(open_source, url) for _ in range(8)))
    assert set(codes) == {"DBAI203"}


def test_invalid_is_told_without_the_url() -> None:
    with pytest.raises(DataSourceUrlInvalid) as raised:
        read_url("postgresql://Zx-user:Zx-password@db:port/shop")
    assert "Zx" not in f"{raised.value}{raised.value.hint}"
