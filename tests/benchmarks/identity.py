"""What it costs to ask as somebody: a small query through the product's door, each way of identity."""

import asyncio
import functools
import os
import secrets
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from psycopg import AsyncConnection

from databaseai.ask.pipeline import Pipeline, PipelineTools
from databaseai.catalog.cache import CatalogCache
from databaseai.data_source import Asker, DataSource, Login, signed_identity_sql
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database, ensure_reader
from databaseai.settings import Settings
from tests.benchmarks.measure import interleave, show
from tests.scripted_model import ScriptedModel

ROUNDS, WARM_UP = 300, 10
FEW = "SELECT count(*) FROM note WHERE id <= 10"
MANY = "SELECT count(*) FROM note"
SCHEMA = """
CREATE TABLE note AS SELECT i AS id, CASE WHEN i % 2 = 0 THEN 'ana' ELSE 'ben' END AS tenant
  FROM generate_series(1, 200000) i;
CREATE INDEX ON note (id);
CREATE TABLE open_note AS SELECT * FROM note;
CREATE INDEX ON open_note (id);
"""


async def opened(stack: AsyncExitStack, url: str, **given: Any) -> Pipeline:
    """The door of a data source with this identity."""
    settings = Settings.model_validate({"data_source": given})
    source = await DataSource.open(url, settings.data_source, settings.limits)
    stack.push_async_callback(source.close)
    cache = CatalogCache(source.catalog_reader, settings.catalog, whose=source.whose_catalog)
    return Pipeline(PipelineTools(source, cache, ScriptedModel([]), settings))


async def main() -> None:
    """Print a query's time through each identity, for few rows and for many."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="databaseai-identity-")))
        os.chmod(folder, 0o711)  # noqa: PTH101, S103  # as root, the server's own user must get in
        server = EmbeddedPostgres(folder, root_home=folder, options={"fsync": "off"})
        await server.start()
        stack.push_async_callback(server.stop)
        await ensure_database(server.dsn("postgres"), "asked")
        reader = await ensure_reader(server.dsn("asked"), "asked", folder)
        login = Login("ana_reads", secrets.token_hex(8))
        async with await AsyncConnection.connect(server.dsn("asked"), autocommit=True) as owner:
            await owner.execute(SCHEMA)
            await owner.execute(signed_identity_sql([("public", "note", "tenant")]).encode())
            row = await (await owner.execute("SELECT databaseai.add_signing_key()")).fetchone()
            await owner.execute(
                f"CREATE ROLE {login.user} LOGIN PASSWORD '{login.password}';"
                f" GRANT CONNECT ON DATABASE asked TO {login.user};"
                f" GRANT SELECT ON note, open_note TO {login.user};"
                f" CREATE POLICY own ON note FOR SELECT TO {login.user} USING (tenant = 'ana')".encode()
            )
            await owner.execute("VACUUM ANALYZE")
        file = folder / "logins.toml"
        await asyncio.to_thread(
            file.write_text, f'[ana]\nuser = "{login.user}"\npassword = "{login.password}"\n'
        )
        file.chmod(0o600)
        shared = await opened(stack, reader)
        own = await opened(stack, reader, identity="login", login_file=file)
        signed = await opened(stack, reader, identity="signed", signing_key=row and row[0])
        for name, statement in {"ten rows, no row security": FEW, "all rows, no row security": MANY}.items():
            print(f"   {name}")
            free = statement.replace("note", "open_note")
            contenders = {
                "shared": functools.partial(shared.query, free),
                "login, mapped": functools.partial(own.query, free, Asker("ana")),
                "login, passed through": functools.partial(own.query, free, Asker("ana", login)),
                "signed": functools.partial(signed.query, free, Asker("ana")),
                "signed, with row security": functools.partial(signed.query, statement, Asker("ana")),
            }
            show(await interleave(contenders, rounds=ROUNDS, warm_up=WARM_UP), anchor="shared")
