"""One peer in its own environment: questions as JSON lines on stdin, its SQL as JSON lines on stdout.

Started by `tests.benchmarks.peers` with that environment's Python; imports are made by name, as the product's
own environment has none of these libraries. Each peer is set up as its documentation says for PostgreSQL and
an OpenAI-compatible endpoint, at temperature 0.
"""

import asyncio
import json
import re
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

Writer = Callable[[str], str]
"""Question in, the peer's statement out."""
PATIENT: Any = {"timeout": 600, "max_retries": 0}
"""A busy machine is no fault of theirs, and a retry would count twice."""


def langchain(dsn: str, base_url: str, model: str) -> Writer:
    """`create_sql_query_chain` as it is: CREATE TABLE and three rows of each table in the prompt.

    `k` is raised from 5, which puts a LIMIT 5 into most statements.
    """
    database = import_module("langchain_community.utilities").SQLDatabase.from_uri(alchemy(dsn, "psycopg"))
    chat = import_module("langchain_openai").ChatOpenAI(
        base_url=base_url, model=model, api_key="none", temperature=0, max_tokens=512, **PATIENT
    )
    make = import_module("langchain_classic.chains").create_sql_query_chain
    chain = make(chat, database, k=1000)
    return lambda question: str(chain.invoke({"question": question}))


def llamaindex(dsn: str, base_url: str, model: str) -> Writer:
    """`NLSQLTableQueryEngine` over all tables; its statement only, no sentence about the rows."""
    core = import_module("llama_index.core")
    engine = import_module("sqlalchemy").create_engine(alchemy(dsn, "psycopg"))
    chat = import_module("llama_index.llms.openai_like").OpenAILike(
        api_base=base_url,
        model=model,
        api_key="none",
        is_chat_model=True,
        context_window=8192,
        temperature=0,
        max_tokens=512,
        **PATIENT,
    )
    query_engine = import_module("llama_index.core.query_engine").NLSQLTableQueryEngine(
        core.SQLDatabase(engine),
        llm=chat,
        embed_model=core.MockEmbedding(embed_dim=1),  # asked for, and unused where all tables are shown
        synthesize_response=False,
        sql_only=True,
    )
    return lambda question: str((query_engine.query(question).metadata or {}).get("sql_query", ""))


def vanna(dsn: str, base_url: str, model: str) -> Writer:
    """Vanna 2's agent with `RunSqlTool`, the DDL in the tool's description.

    A small model writes the tool call as text; it counts as if the endpoint had read it as a call.
    """
    core = import_module("vanna")
    users = import_module("vanna.core.user")
    ran: list[str] = []
    resolver = type("Everybody", (users.UserResolver,), {"resolve_user": _somebody})()
    registry = import_module("vanna.core.registry").ToolRegistry()
    tool = import_module("vanna.tools").RunSqlTool(
        sql_runner=_recording_runner(dsn, ran),
        custom_tool_description=f"Execute PostgreSQL queries. Schema:\n{ddl(dsn)}",
    )
    registry.register_local_tool(tool, access_groups=[])
    agent = core.Agent(
        llm_service=import_module("vanna.integrations.openai").OpenAILlmService(
            model=model, api_key="none", base_url=base_url, **PATIENT
        ),
        tool_registry=registry,
        user_resolver=resolver,
        agent_memory=import_module("vanna.integrations.local.agent_memory").DemoAgentMemory(),
        config=core.AgentConfig(stream_responses=False, temperature=0.0, max_tool_iterations=3),
    )

    async def said(question: str) -> str:
        context = users.RequestContext()
        parts = [part async for part in agent.send_message(request_context=context, message=question)]
        texts = (getattr(part.simple_component, "text", "") for part in parts if part.simple_component)
        return "\n".join(text for text in texts if text)

    def write(question: str) -> str:
        ran.clear()
        text = asyncio.run(said(question))
        return ran[-1] if ran else called(text)

    return write


def vanna_rag(dsn: str, base_url: str, model: str) -> Writer:
    """Vanna's `generate_sql` (`vanna.legacy` in Vanna 2), trained on all DDL, which it always finds again.

    Its vector stores fetch an embedding model at run time; this one returns every table.
    """
    base = import_module("vanna.legacy.openai").OpenAI_Chat
    client = import_module("openai").OpenAI(base_url=base_url, api_key="none", **PATIENT)
    known = ddl(dsn).split("\n\n")
    methods = {
        "get_related_ddl": lambda _self, _question, **_: known,
        "get_similar_question_sql": lambda _self, _question, **_: [],
        "get_related_documentation": lambda _self, _question, **_: [],
        "log": lambda _self, *_, **__: None,
    }
    abstract = {
        name: lambda _self, *_, **__: None for name in base.__abstractmethods__ if name not in methods
    }
    config = {"model": model, "temperature": 0, "dialect": "PostgreSQL"}
    trained = type("Trained", (base,), {**abstract, **methods})(client=client, config=config)
    return lambda question: str(trained.generate_sql(question))


PEERS = {"langchain": langchain, "llamaindex": llamaindex, "vanna": vanna, "vanna_rag": vanna_rag}


def alchemy(dsn: str, driver: str) -> str:
    """A PostgreSQL URL under a SQLAlchemy driver's name."""
    return re.sub(r"^postgres(ql)?://", f"postgresql+{driver}://", dsn)


def ddl(dsn: str) -> str:
    """CREATE TABLE of every table with its keys, as `vn.train(ddl=...)` is given."""
    sqlalchemy = import_module("sqlalchemy")
    engine = sqlalchemy.create_engine(alchemy(dsn, "psycopg2"))
    metadata = sqlalchemy.MetaData()
    metadata.reflect(bind=engine)
    create = import_module("sqlalchemy.schema").CreateTable
    tables = (str(create(table).compile(engine)).strip() for table in metadata.sorted_tables)
    return ";\n\n".join(tables) + ";"


def called(text: str) -> str:
    """The `sql` argument of a tool call that was written as text, or the text."""
    for found in re.finditer(r'"sql"\s*:\s*("(?:[^"\\]|\\.)*")', text, re.DOTALL):
        return str(json.loads(found[1], strict=False))
    return text


def _recording_runner(dsn: str, ran: list[str]) -> Any:
    """A `SqlRunner` that runs read-only and keeps what ran."""
    base = import_module("vanna.capabilities.sql_runner").SqlRunner
    pandas, driver = import_module("pandas"), import_module("psycopg2")

    async def run_sql(_self: object, args: Any, _context: object) -> Any:
        ran.append(args.sql)
        with driver.connect(dsn) as connection, connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            cursor.execute(args.sql)
            names = [column.name for column in cursor.description or ()]
            return pandas.DataFrame(cursor.fetchmany(100), columns=names)

    return type("Recording", (base,), {"run_sql": run_sql})()


async def _somebody(_self: object, _context: object) -> Any:
    return import_module("vanna.core.user").User(id="somebody", group_memberships=["user"])


def main(peer: str, base_url: str, model: str) -> None:
    """Serve until stdin ends; what a library prints goes to stderr. A peer that cannot be set up ends it."""
    replies, sys.stdout = sys.stdout, sys.stderr
    writers: dict[str, Writer] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        reply = {"id": asked["id"], "sql": "", "error": ""}
        if asked["dsn"] not in writers:
            writers[asked["dsn"]] = PEERS[peer](asked["dsn"], base_url, model)
        try:
            reply["sql"] = writers[asked["dsn"]](asked["question"])
        except Exception as error:  # noqa: BLE001  # whatever a peer raises is its answer
            reply["error"] = f"{type(error).__name__}: {error}"[:300]
        print(json.dumps(reply), file=replies, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:4])
