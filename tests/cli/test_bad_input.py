"""Bad input, from a person or from the model: each ends in its own error code and exit code."""

import json

import httpx
import psycopg

from tests.cli.desk import Desk
from tests.scripted_model import HTML, PROSE, Behaviour, ScriptedServer, status

NOWHERE = "http://127.0.0.1:9/v1"

REPLIES: dict[str, tuple[Behaviour, str]] = {
    "a count": (Behaviour(text="SELECT count(*) FROM orders"), "done"),
    "prose": (Behaviour(text=PROSE), "DBAI311"),
    "nothing": (Behaviour(text=""), "DBAI308"),
    "a sign-in page": (Behaviour(body=HTML, content_type="text/html"), "DBAI312"),
    "garbage": (Behaviour(body=b"\x00\xff\xfe{{{", content_type="application/json"), "DBAI312"),
    "words without end": (Behaviour(text="SELECT 1, ", endless=True), "DBAI309"),
    "two statements": (Behaviour(text="SELECT 1; SELECT 2"), "DBAI506"),
    "a write": (Behaviour(text="DELETE FROM orders"), "DBAI507"),
    "a write in a CTE": (Behaviour(text="WITH d AS (DELETE FROM orders RETURNING 1) SELECT 1"), "DBAI507"),
    "a table that is not there": (Behaviour(text="SELECT * FROM nowhere_to_be_found_at_all"), "DBAI512"),
    "a dropped table": (Behaviour(text="SELECT count(*) FROM reviews"), "DBAI512"),
    "a fault of its own": (status(500), "DBAI305"),
}
"""What the model does, and how the answer ends. The dropped table is dropped after the catalog was read."""


async def test_each_reply_of_a_model_has_its_own_end(desk: Desk, model: ScriptedServer) -> None:
    found = await desk.up(DATABASEAI_LLM_RETRIES="0", DATABASEAI_LLM_CIRCUIT_FAILURES="1000")
    ends: dict[str, str] = {}
    async with httpx.AsyncClient(base_url=found.url, trust_env=False, timeout=60) as http:
        for name, (behaviour, _) in REPLIES.items():
            if name == "a dropped table":
                retail = found.admin_url.replace("/postgres?", "/retail?")
                async with await psycopg.AsyncConnection.connect(retail, autocommit=True) as admin:
                    await admin.execute("DROP TABLE reviews CASCADE")
            model.script = [behaviour]
            body, whole = {"question": "How many orders are there?"}, {"Accept": "application/json"}
            answer = (await http.post("/api/v1/ask", json=body, headers=whole)).json()
            ends[name] = answer["problem"]["code"] if answer["problem"] else "done"
    assert ends == {name: code for name, (_, code) in REPLIES.items()}


async def test_each_question_that_is_none_is_named(desk: Desk) -> None:
    found = await desk.up()
    questions = {
        "": "DBAI102",
        "  \n ": "DBAI102",
        "How\x00 many?": "DBAI109",
        "x" * 10_000: "DBAI103",
        "पिछले साल कितने ऑर्डर आए?": "",
        "去年有多少订单": "",
        "כמה הזמנות היו בשנה שעברה?": "",
    }
    codes: dict[str, str] = {}
    async with httpx.AsyncClient(base_url=found.url, trust_env=False, timeout=60) as http:
        for question in questions:
            response = await http.post(
                "/api/v1/ask", json={"question": question}, headers={"Accept": "application/json"}
            )
            answer = response.json()
            codes[question] = answer.get("code") or (answer.get("problem") or {}).get("code", "")
        long = await http.post("/api/v1/ask", json={"question": "x" * 1_000_000})
    assert codes == questions
    assert (long.status_code, long.json()["code"]) == (413, "DBAI107")


async def test_what_is_configured_wrongly_has_its_code_and_exit_code(desk: Desk) -> None:
    """From a terminal: a data source or model that is not there, or does not let us in."""
    found = await desk.up()
    reader = found.data_source_url
    wrong_password = reader.replace(reader.split(":", 2)[2].split("@")[0], "wrong")
    settings = {
        "no url": ({"DATABASEAI_DATA_SOURCE_URL": "shop"}, "DBAI201", 3),
        "nobody listens": ({"DATABASEAI_DATA_SOURCE_URL": "postgresql://r:p@127.0.0.1:9/shop"}, "DBAI202", 3),
        "wrong password": ({"DATABASEAI_DATA_SOURCE_URL": wrong_password}, "DBAI203", 3),
        "no such database": (
            {"DATABASEAI_DATA_SOURCE_URL": found.admin_url.replace("/postgres?", "/nowhere?")},
            "DBAI205",
            3,
        ),
        "a superuser": ({"DATABASEAI_DATA_SOURCE_URL": found.admin_url}, "DBAI204", 3),
        "no model": (
            {"DATABASEAI_LLM_BASE_URL": NOWHERE, "DATABASEAI_LLM_RETRIES": "0"},
            "DBAI301",
            4,
        ),
        "no store to serve with": ({"DATABASEAI_DATA_SOURCE_URL": reader}, "DBAI001", 2),
        "no such setting": ({"DATABASEAI_LLM_URL": "x"}, "DBAI001", 2),
    }
    for name, (environment, code, exit_code) in settings.items():
        command = ["serve"] if "serve" in name else ["ask", "--json", "How many orders?"]
        done = await desk.run(*command, **environment)
        if (
            "DATABASEAI_LLM_URL" not in environment and "serve" not in name
        ):  # what is asked is answered in JSON
            assert json.loads(done.out)["problem"]["code"] == code, name
        assert code in done.err, (name, done.err)
        assert done.code == exit_code, name
        assert "wrong" not in done.err.replace("wrong password", ""), name
        assert "Traceback" not in done.err


async def test_a_superuser_is_told_how_to_make_a_reader(desk: Desk) -> None:
    found = await desk.up()
    done = await desk.run("query", "--json", "SELECT 1", DATABASEAI_DATA_SOURCE_URL=found.admin_url)
    assert done.code == 3
    assert "CREATE ROLE" in done.err
    assert json.loads(done.out)["problem"]["code"] == "DBAI204"


async def test_a_batch_stands_alone(desk: Desk) -> None:
    """One of the two would go unheard."""
    for command in ("ask", "query", "guard"):
        done = await desk.run(command, "--batch", "-", "SELECT 1")
        assert (done.code, done.out) == (2, "")
        assert "not both" in done.err
