"""Who asks through the API, where the data source tells askers apart."""

import base64
from collections.abc import AsyncIterator

import psycopg
import pytest

from databaseai import app
from databaseai.data_source import Asker, Login, signed_identity_sql
from databaseai.errors import AskerLoginRefused
from databaseai.store import Store
from tests.api.conftest import Serve
from tests.api.serving import of, serve_tools

LOGIN = {"DATABASEAI_DATA_SOURCE_IDENTITY": "login"}
SIGNED = {"DATABASEAI_DATA_SOURCE_IDENTITY": "signed", "DATABASEAI_DATA_SOURCE_SIGNING_KEY": "ab" * 32}
DESK = {"DATABASEAI_DATA_SOURCE_ASKER": "ana"}
ROUTES = [
    ("POST", "/ask", {"question": "How many?"}),
    ("POST", "/query", {"sql": "SELECT 1"}),
    ("POST", "/explain", {"sql": "SELECT 1"}),
    ("GET", "/catalog", None),
    ("POST", "/catalog/refresh", None),
    ("GET", "/answers/a1", None),
    ("GET", "/answers/a1/events", None),
    ("GET", "/answers/a1/rows", None),
    ("DELETE", "/answers/a1/run", None),
]


def basic(user: str, password: str) -> dict[str, str]:
    """The header of RFC 7617."""
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


async def admit(asker: Asker) -> None:
    """One password is right."""
    if asker.login is None or asker.login.password != "right:one":
        raise AskerLoginRefused


@pytest.mark.parametrize("settings", [LOGIN, SIGNED], ids=["login", "signed"])
async def test_nobody_gets_nothing(served: Serve, settings: dict[str, str]) -> None:
    api = await served(settings=settings, admit=admit)
    for method, path, body in ROUTES:
        reply = await api.http.request(method, path, json=body)
        assert (reply.status_code, reply.json()["code"]) == (403, "DBAI211"), path
    assert api.pipeline.askers == []


async def test_a_wrong_password_gets_nothing(served: Serve) -> None:
    api = await served(settings=LOGIN, admit=admit)
    for method, path, body in ROUTES:
        reply = await api.http.request(method, path, json=body, headers=basic("ana", "wrong-secret"))
        assert (reply.status_code, reply.json()["code"]) == (403, "DBAI214"), path
        assert "wrong-secret" not in reply.text
    assert api.pipeline.askers == []


async def test_without_a_way_to_ask_the_data_source_nobody_is_let_in(served: Serve) -> None:
    api = await served(settings=LOGIN)
    reply = await api.http.get("/catalog", headers=basic("ana", "right:one"))
    assert (reply.status_code, reply.json()["code"]) == (403, "DBAI211")


async def test_a_login_asks_as_itself_and_keeps_its_answers(served: Serve) -> None:
    api = await served(settings=LOGIN, admit=admit)
    ana, ben = basic("ana", "right:one"), basic("ben", "right:one")
    async with api.stream("POST", "/ask", json={"question": "How many?"}, headers=ana) as events:
        first, *_ = [event async for event in events]
        answer_id = first.data["answer_id"]
    for path in ("/query", "/explain"):
        assert (await api.http.post(path, json={"sql": "SELECT 1"}, headers=ana)).status_code == 200
    assert (await api.http.get(f"/answers/{answer_id}/rows", headers=ana)).status_code == 200
    assert api.pipeline.askers == [Asker("login:ana", Login("ana", "right:one"))] * 4
    for path in (f"/answers/{answer_id}", f"/answers/{answer_id}/rows", f"/answers/{answer_id}/events"):
        assert (await api.http.get(path, headers=ben)).status_code == 404
    assert "right:one" not in (await api.http.get(f"/answers/{answer_id}", headers=ana)).text


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !", "Basic " + base64.b64encode(b"ana").decode(), "Basic /w==", "Basic é"]
)
async def test_a_header_that_is_none(served: Serve, header: str) -> None:
    api = await served(settings=LOGIN, admit=admit)
    reply = await api.http.get("/catalog", headers={b"authorization": header.encode("latin-1")})
    assert reply.status_code in {403, 422}


@pytest.mark.parametrize("settings", [LOGIN | DESK, SIGNED | DESK], ids=["login", "signed"])
async def test_a_desk_has_its_asker(served: Serve, settings: dict[str, str]) -> None:
    api = await served(settings=settings)
    assert (await api.http.post("/query", json={"sql": "SELECT 1"})).status_code == 200
    assert api.pipeline.askers == [Asker("ana")]


@pytest.fixture
async def signing_key(database: str) -> AsyncIterator[str]:
    """The data source believes who has it."""
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute(
            "CREATE TABLE note (tenant text); INSERT INTO note VALUES ('ana'), ('ben'), ('ben')"
        )
        await admin.execute(signed_identity_sql([("public", "note", "tenant")]).encode())
        row = await (await admin.execute("SELECT databaseai.add_signing_key()")).fetchone()
        assert row is not None
        yield row[0]


async def test_the_whole_product_asks_as_the_desks_asker(
    reader_dsn: str, store: Store, signing_key: str
) -> None:
    settings = of(
        {
            "DATABASEAI_DATA_SOURCE_URL": reader_dsn,
            "DATABASEAI_DATA_SOURCE_IDENTITY": "signed",
            "DATABASEAI_DATA_SOURCE_SIGNING_KEY": signing_key,
            "DATABASEAI_DATA_SOURCE_ASKER": "ben",
            "DATABASEAI_LLM_BASE_URL": "http://127.0.0.1:9/v1",
        }
    )
    async with app.open_tools(settings) as tools, serve_tools(app.for_api(tools, store)) as (_, http):
        reply = (await http.post("/query", json={"sql": "SELECT count(*) FROM note"})).json()
        assert reply["rows"] == [[2]]
        assert (await http.get("/health")).json()["dependencies"]["data_source"]["state"] == "ok"
