"""What the sentinel, the card and an empty result's reason say of a whole answer."""

import psycopg

from databaseai.ask.events import Answer
from databaseai.ask.pipeline import Pipeline, PipelineTools
from databaseai.catalog.cache import CatalogCache
from databaseai.data_source import DataSource
from databaseai.settings import Settings
from tests.scripted_model import ScriptedModel

SCHEMA = """
CREATE TABLE sale (id int PRIMARY KEY, total int NOT NULL, sold_at timestamptz NOT NULL);
CREATE TABLE line (sale_id int NOT NULL REFERENCES sale, no int NOT NULL, PRIMARY KEY (sale_id, no));
INSERT INTO sale SELECT n, n, '2025-03-01' FROM generate_series(1, 3) n;
INSERT INTO line SELECT n, m FROM generate_series(1, 3) n, generate_series(1, 2) m;
"""


async def answered(database: str, reader_dsn: str, sql: str, question: str) -> Answer:
    """The whole flow with a model that says `sql`."""
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute(SCHEMA)
    settings = Settings()
    source = await DataSource.open(reader_dsn, settings.data_source, settings.limits)
    catalog = CatalogCache(source.reader, settings.catalog)
    pipeline = Pipeline(PipelineTools(source, catalog, ScriptedModel([sql] * 6), settings))
    events = [event async for event in pipeline.answer(question, answer_anyway=True)]
    await catalog.aclose()
    await source.close()
    return Answer.fold(events)


async def test_a_fan_out_is_told_with_its_check_and_its_correction(database: str, reader_dsn: str) -> None:
    sql = "SELECT sum(s.total) FROM sale s JOIN line l ON l.sale_id = s.id WHERE s.sold_at >= '2025-01-01'"
    answer = await answered(database, reader_dsn, sql, "What is the total of sales with a line since 2025?")
    assert [finding.kind for finding in answer.sentinel] == ["fan-out"]
    assert "6 rows for 3" in answer.sentinel[0].text
    assert "DISTINCT" in answer.sentinel[0].corrected
    assert answer.card is not None
    assert answer.card.grain == "one row, over the rows of line that pass the filters"
    assert answer.card.window[0].startswith("s.sold_at from 2025-01-01 (time zone: ")
    assert "the one of the data source" not in answer.card.window[0]


async def test_an_empty_result_says_why(database: str, reader_dsn: str) -> None:
    sql = "SELECT id FROM sale WHERE total > 900"
    answer = await answered(database, reader_dsn, sql, "Which sales have a total above 900?")
    assert answer.text.endswith("No rows match: nothing satisfies total > 900.")
