"""Rows by page, a person's SQL, the catalog, health, and the document that describes them all."""

import asyncio
import json
import re

import pytest
from fastapi.openapi.models import OpenAPI
from pydantic import BaseModel

from databaseai.api import examples, schemas
from databaseai.api.document import LIKELY
from databaseai.api.schemas import EVENTS, CatalogOut, Health, QueryOut, RowsPage
from databaseai.errors import BY_CODE, ModelUnreachable, WriteRefused
from databaseai.store import migrate, open_store
from tests.api.conftest import Serve
from tests.api.serving import CATALOG, Served, serve


async def test_rows_page_by_page(served: Serve) -> None:
    """The accepted query runs again, wrapped; its own last comment cannot swallow the wrapper."""
    api = await served()
    answer_id = (await api.ask())[0].data["answer_id"]
    api.pipeline.rows = 3
    page = (await api.http.get(f"/answers/{answer_id}/rows", params={"after": 40, "limit": 2})).json()
    RowsPage.model_validate(page, extra="forbid")
    assert page["next"] == 42
    assert len(page["rows"]) == 2
    api.pipeline.rows = 2
    last = (await api.http.get(f"/answers/{answer_id}/rows", params={"after": 42, "limit": 2})).json()
    assert last["next"] is None
    assert api.pipeline.queries[0] == (
        "SELECT * FROM (\nSELECT city, count(*) FROM customer GROUP BY 1\n) AS answer LIMIT 3 OFFSET 40"
    )


async def test_an_answer_without_a_query_has_no_rows(served: Serve) -> None:
    api = await served([ModelUnreachable()])
    answer_id = (await api.ask())[0].data["answer_id"]
    reply = await api.http.get(f"/answers/{answer_id}/rows")
    assert (reply.status_code, reply.json()["code"]) == (404, "DBAI104")


async def test_a_persons_own_sql(standing: Served) -> None:
    reply = (await standing.http.post("/query", json={"sql": "SELECT 1 -- hello"})).json()
    QueryOut.model_validate(reply, extra="forbid")
    assert reply["sql"] == "SELECT 1 -- hello"
    assert reply["columns"][0] == {"name": "city", "type": "text"}
    assert reply["rows"] == [["x", 0], ["x", 1], ["x", 2]]


async def test_a_refused_statement_is_a_problem(served: Serve) -> None:
    api = await served()
    api.pipeline.refusal = WriteRefused("INSERT is no query.", position=0)
    reply = await api.http.post("/query", json={"sql": "INSERT INTO x VALUES (1)"})
    assert (reply.status_code, reply.json()["code"], reply.json()["position"]) == (422, "DBAI507", 0)


async def test_the_catalog_without_values(served: Serve) -> None:
    api = await served()
    reply = await api.http.get("/catalog")
    catalog = CatalogOut.model_validate(reply.json(), extra="forbid")
    (table,) = catalog.tables
    assert (table.schema_, table.name, table.row_estimate, table.comment) == (
        "public",
        "customer",
        4000,
        "Who buys",
    )
    assert table.foreign_keys[0].referenced_columns == ["name"]
    assert CATALOG.tables[0].columns[1].samples == ("hunter2",)
    assert "hunter2" not in reply.text


async def test_the_catalog_is_sent_once(served: Serve) -> None:
    api = await served()
    first = await api.http.get("/catalog")
    same = await api.http.get("/catalog", headers={"if-none-match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    fresh = await api.http.post("/catalog/refresh")
    assert fresh.json()["fingerprint"] == "f2"
    changed = await api.http.get("/catalog", headers={"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200


async def test_health_says_what_fails(served: Serve) -> None:
    async def fine() -> str:
        return "scripted"

    async def down() -> str:
        raise ModelUnreachable("The model's endpoint does not answer.")

    async def broken() -> str:
        raise ValueError("hunter2")

    async def silent() -> str:
        await asyncio.sleep(3600)
        return ""

    api = await served(health={"model": fine})
    assert (await api.http.get("/health")).json()["state"] == "ok"
    api = await served(health={"model": down, "data_source": broken, "other": silent})
    reply = await api.http.get("/health")
    health = Health.model_validate(reply.json(), extra="forbid")
    assert (health.state, health.version) == ("degraded", "1.2.3")
    assert health.dependencies["model"].code == "DBAI301"
    assert {name: one.state for name, one in health.dependencies.items()} == {
        "store": "ok",
        "model": "failing",
        "data_source": "failing",
        "other": "failing",
    }
    assert "hunter2" not in reply.text
    assert (await api.http.get("/health/ready")).status_code == 200


async def test_ready_needs_current_tables(database: str) -> None:
    store = await open_store(database)
    async with serve(store) as api:
        reply = await api.http.get("/health/ready")
        assert reply.status_code == 503
        assert Health.model_validate(reply.json()).dependencies["store"].code == "DBAI013"
        assert (await api.http.get("/health")).json()["state"] == "failing"
        assert (await api.http.get("/health/live")).json() == {"state": "ok"}
        await migrate(database)
        assert (await api.http.get("/health/ready")).status_code == 200
    await store.close()


async def test_the_document_is_valid_and_every_route_has_an_example(standing: Served) -> None:
    document = (await standing.http.get("/openapi.json")).json()
    OpenAPI.model_validate(document)
    assert document["openapi"].startswith("3.1")
    types = document["components"]["schemas"]
    assert set(re.findall(r"#/components/schemas/(\w+)", json.dumps(document))) <= set(types)
    assert {model.__name__ for model in EVENTS.values()} <= set(types)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["description"], where
            bodies = [operation["requestBody"]] if "requestBody" in operation else []
            good = [reply for status, reply in operation["responses"].items() if status.startswith("2")]
            for content in (part["content"] for part in (*bodies, *good) if "content" in part):
                for media_type, what in content.items():
                    assert "example" in what, where
                    if media_type == "application/json":
                        model: type[BaseModel] = getattr(schemas, what["schema"]["$ref"].rpartition("/")[2])
                        model.model_validate(what["example"], extra="forbid")
            for status, reply in operation["responses"].items():
                if problem := reply.get("content", {}).get("application/problem+json"):
                    assert str(schemas.Problem.model_validate(problem["example"]).status) == status, where


def test_the_example_of_a_stream_is_one() -> None:
    for block in examples.STREAM.strip().split("\n\n"):
        _, kind, data = block.split("\n")
        EVENTS[kind.removeprefix("event: ")].model_validate_json(data.removeprefix("data: "), extra="forbid")


@pytest.mark.parametrize(("status", "code"), LIKELY.items())
def test_the_error_that_stands_for_a_status_has_it(status: str, code: str) -> None:
    assert str(BY_CODE[code].status) == status


@pytest.mark.parametrize("path", ["/docs", "/api/v1/docs"])
async def test_the_reference_needs_nothing_but_itself(standing: Served, path: str) -> None:
    """No script, no other host; every route and type is there, and links lead somewhere."""
    reply = await standing.http.get(f"{standing.url}{path}")
    page = reply.text
    assert reply.headers["content-security-policy"].startswith("default-src 'none'; style-src")
    assert "<script" not in page
    assert not re.findall(r"(?:src|href|url\()=?['\"]?(?:https?:)?//", page)
    document = (await standing.http.get("/openapi.json")).json()
    for route in document["paths"]:
        assert route in page
    ids = set(re.findall(r"id='(\w+)'", page))
    assert set(re.findall(r"href='#(\w+)'", page)) <= ids
    linked = re.search(r"href='([^'#]+)'", page)
    assert linked
    assert (await standing.http.get(f"{standing.url}{linked[1]}")).status_code == 200
