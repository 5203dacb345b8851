"""From a question to its last event, with a real PostgreSQL and a scripted model."""

import asyncio
import gc
import logging
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

import psycopg
import pytest

from databaseai.ask import guardrail
from databaseai.ask.events import Answer, Done, Event, Finding, Problem, Sentinel, Step
from databaseai.ask.guardrail.explain import ExplainOptions, split
from databaseai.ask.memory import Exchange
from databaseai.ask.pipeline import Pipeline, PipelineTools
from databaseai.ask.repair import Mended
from databaseai.ask.sentinel import Probe
from databaseai.ask.understanding.judging import Judgement
from databaseai.catalog.cache import CatalogCache
from databaseai.data_source import DataSource
from databaseai.errors import DatabaseAIError, ModelTimeout, WriteRefused
from databaseai.language_model import Completion, Message
from databaseai.settings import AskSettings, ExecutionLimits, Settings
from tests.scripted_model import ScriptedModel

SCHEMA = """
CREATE TABLE country (code text PRIMARY KEY, name text NOT NULL);
CREATE TABLE person (id int PRIMARY KEY, name text, country_code text REFERENCES country, born date);
INSERT INTO country VALUES ('PT', 'Portugal'), ('DE', 'Germany');
INSERT INTO person VALUES (1, 'Ana', 'PT', '1990-01-01'), (2, 'Rui', 'PT', '1980-01-01'),
    (3, 'Max', 'DE', '1970-01-01');
CREATE TABLE doomed (id int);
"""
STEPS = [
    "question",
    "memory",
    "schema_linking",
    "value_linking",
    "prompt",
    "question",
    "generation",
    "parsing",
    "repair",
    "guardrail",
    "planning",
    "execution",
    "sentinel",
    "selection",
    "answer",
    "chart",
]
COUNT = "SELECT count(*) FROM person"

Make = Callable[..., Pipeline]


@pytest.fixture
async def source(database: str, reader_dsn: str) -> AsyncIterator[DataSource]:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute(SCHEMA)
        login = psycopg.conninfo.conninfo_to_dict(reader_dsn)["user"]
        await admin.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{login}"')
    settings = Settings()
    opened = await DataSource.open(reader_dsn, settings.data_source, settings.limits)
    yield opened
    await opened.close()


@pytest.fixture
async def catalog(source: DataSource) -> AsyncIterator[CatalogCache]:
    cache = CatalogCache(source.reader, Settings().catalog)
    yield cache
    await cache.aclose()


@pytest.fixture
def make(source: DataSource, catalog: CatalogCache) -> Make:
    def pipeline(model: object, **ask: object) -> Pipeline:
        settings = Settings().model_copy(update={"ask": AskSettings.model_validate(ask)})
        scripted = model if isinstance(model, ScriptedModel) else ScriptedModel(model)  # type: ignore[arg-type]  # what a test scripts
        return Pipeline(PipelineTools(source, catalog, scripted, settings))

    return pipeline


async def run(
    pipeline: Pipeline, question: str = "How many people are there?", **more: object
) -> list[Event]:
    return [event async for event in pipeline.answer(question, **more)]  # type: ignore[arg-type]  # passed through


def code(events: Sequence[Event]) -> str:
    """The last event's error code, or `done`; it is the only one of its kind."""
    ends = [event for event in events if isinstance(event, Done | Problem)]
    assert ends == [events[-1]]
    return ends[0].error.code if isinstance(ends[0], Problem) else "done"


async def test_a_question_goes_through_every_step_in_order(make: Make) -> None:
    events = await run(make([COUNT]))
    assert code(events) == "done"
    started = [event.name for event in events if isinstance(event, Step) and event.status == "started"]
    assert started == STEPS
    assert all(
        event.ms is not None for event in events if isinstance(event, Step) and event.status != "started"
    )
    answer = Answer.fold(events)
    assert (answer.status, answer.rows, answer.text) == ("answered", ((3,),), "The count is 3.")
    assert answer.sql == "SELECT count(*) FROM public.person"
    assert answer.card
    assert answer.card.tables == ("public.person",)
    assert answer.chart
    assert answer.chart.type == "table"
    assert answer.confidence
    assert answer.usage.calls == 1


@pytest.mark.parametrize(
    ("question", "expected"),
    [("  ", "DBAI102"), ("x" * 5_000, "DBAI103"), ("how\x00many", "DBAI109")],
)
async def test_a_question_that_cannot_be_read_never_reaches_the_model(
    make: Make, question: str, expected: str
) -> None:
    model = ScriptedModel([COUNT])
    assert code(await run(make(model), question)) == expected
    assert not model.prompts


@pytest.mark.parametrize("question", ["¿Cuántas personas hay?", "有多少人", "كم عدد الأشخاص؟"])
async def test_any_language_and_script_passes(make: Make, question: str) -> None:
    model = ScriptedModel([COUNT])
    assert code(await run(make(model), question)) == "done"
    assert question in model.prompts[0][-1].content


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("", "DBAI308"),
        ("I am afraid I cannot write SQL for this.", "DBAI311"),
        ("<!DOCTYPE html><html><body>Please sign in</body></html>", "DBAI311"),
        ("%$/(=?`*'_:;>", "DBAI311"),
        ("SELECT 1; SELECT 2", "DBAI506"),
        ("DELETE FROM person", "DBAI507"),
        ("WITH gone AS (DELETE FROM person RETURNING *) SELECT * FROM gone", "DBAI507"),
        ("DROP TABLE person", "DBAI507"),
        ("SELECT name FROM", "DBAI504"),
        ("SELECT pg_sleep(9)", "DBAI509"),
        ("SELECT * FROM zzz_unheard_of", "DBAI512"),
        ("SELECT qqqqqqq FROM person", "DBAI513"),
        ("SELECT name / 2 FROM person", "DBAI705"),
    ],
)
async def test_each_bad_reply_ends_in_its_own_code(make: Make, reply: str, expected: str) -> None:
    model = ScriptedModel([reply])
    assert code(await run(make(model, candidates=1))) == expected
    assert len(model.prompts) == 2  # asked once more, with the error shown


async def test_an_endless_reply_is_cut_off(make: Make) -> None:
    endless = Completion("SELECT 1 + 1 + 1 +", "scripted", finish="length")
    assert code(await run(make([endless]))) == "DBAI309"


async def test_a_model_that_fails_is_not_asked_again(make: Make) -> None:
    model = ScriptedModel([ModelTimeout()])
    assert code(await run(make(model))) == "DBAI304"
    assert len(model.prompts) == 1


async def test_a_rejected_candidate_goes_back_with_its_error(make: Make) -> None:
    model = ScriptedModel(["SELECT qqqqqqq FROM person", COUNT])
    answer = Answer.fold(await run(make(model, candidates=1)))
    assert answer.status == "answered"
    complaint = model.prompts[1][-1].content
    assert "qqqqqqq" in complaint
    assert "person has the columns id, name, country_code, born" in complaint
    assert answer.confidence
    assert "again" in answer.confidence.sign
    assert answer.confidence.level != "high"


async def test_a_reply_without_sql_is_shown_to_the_model(make: Make) -> None:
    model = ScriptedModel(["What a lovely question.", COUNT])
    assert code(await run(make(model))) == "done"
    assert [message.content for message in model.prompts[1][-2:-1]] == ["What a lovely question."]


async def test_no_message_is_ever_empty(make: Make) -> None:
    """Some endpoints refuse one."""
    model = ScriptedModel(["", COUNT])
    assert code(await run(make(model))) == "done"
    assert all(message.content for prompt in model.prompts for message in prompt)


async def test_the_last_statement_is_shown_with_the_problem(make: Make) -> None:
    """Batch and evaluation score the best candidate there was."""
    answer = Answer.fold(await run(make(["SELECT qqqqqqq FROM person", "nothing more to say"])))
    assert (answer.status, answer.sql) == ("failed", "SELECT qqqqqqq FROM person")


async def test_attempts_are_counted(make: Make) -> None:
    model = ScriptedModel(["nothing"])
    assert code(await run(make(model, attempts=3, candidates=1))) == "DBAI311"
    assert len(model.prompts) == 3


async def test_a_repair_needs_no_second_call_and_stands_on_the_card(make: Make) -> None:
    model = ScriptedModel(["SELECT p.name FROM person p WHERE country.name = 'portugal' ORDER BY p.id"])
    answer = Answer.fold(await run(make(model, candidates=1)))
    assert answer.rows == (("Ana",), ("Rui",))
    assert len(model.prompts) == 1
    assert answer.card
    assert any("country was joined in" in note for note in answer.card.notes)
    assert answer.card.filters == ("country.name = 'Portugal'",)


async def test_a_table_dropped_since_the_catalog_was_read_renews_it(
    make: Make, database: str, catalog: CatalogCache
) -> None:
    await catalog.get()
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute("DROP TABLE doomed")
    model = ScriptedModel(["SELECT count(*) FROM doomed", COUNT])
    events = await run(make(model))
    assert code(events) == "done"
    assert any(isinstance(e, Step) and e.detail.startswith("DBAI703") for e in events)
    assert "doomed (" not in model.prompts[1][0].content
    assert ("public", "doomed") not in (await catalog.get()).table


async def test_a_table_dropped_ends_in_its_code_when_no_attempt_is_left(
    make: Make, database: str, catalog: CatalogCache
) -> None:
    await catalog.get()
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute("DROP TABLE doomed")
    assert code(await run(make(["SELECT count(*) FROM doomed"], attempts=1))) == "DBAI703"
    assert ("public", "doomed") not in (await catalog.get()).table


async def test_what_nobody_foresaw_becomes_an_internal_error_without_values(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError(f"cell-{'value'}")

    monkeypatch.setattr(guardrail, "check", broken)
    with caplog.at_level(logging.ERROR):
        assert code(await run(make([COUNT]))) == "DBAI901"
    assert "ZeroDivisionError" in caplog.text
    assert "cell-value" not in caplog.text


async def test_earlier_turns_are_shown_to_the_model(make: Make) -> None:
    model = ScriptedModel([COUNT])
    turns = [Exchange("Who is from Portugal?", "SELECT name FROM person WHERE country_code = 'PT'")]
    await run(make(model), "And from Germany?", conversation=turns)
    roles = [message.role for message in model.prompts[0]]
    assert roles == ["system", "user", "assistant", "user"]
    assert model.prompts[0][2].content == turns[0].sql


async def test_the_prompt_begins_the_same_for_every_question(make: Make) -> None:
    """Endpoints keep a prompt's beginning cached."""
    model = ScriptedModel([COUNT])
    pipeline = make(model)
    for question in ("How many people?", "Who is from Portugal?"):
        await run(pipeline, question)
    assert model.prompts[0][0] == model.prompts[1][0]
    assert "country.name = 'Portugal'" in model.prompts[1][-1].content


def judged(monkeypatch: pytest.MonkeyPatch, judgement: Judgement | Exception) -> None:
    """What the question's words are said to mean."""

    def judge(*_: object) -> Judgement:
        if isinstance(judgement, Exception):
            raise judgement
        return judgement

    monkeypatch.setattr("databaseai.ask.question.judge", judge)


async def test_two_readings_are_asked_back_before_the_model_is(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(monkeypatch, Judgement(readings=("Who was born first?", "Who is first by name?")))
    model = ScriptedModel([COUNT])
    answer = Answer.fold(await run(make(model)))
    assert (answer.status, answer.reading) == ("clarify", ("Who was born first?", "Who is first by name?"))
    assert not model.prompts
    assert Answer.fold(await run(make(model), answer_anyway=True)).rows == ((3,),)


async def test_what_the_data_cannot_answer_is_said_with_the_reason(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(monkeypatch, Judgement(unanswerable="The data has no word about the weather."))
    model = ScriptedModel([COUNT])
    answer = Answer.fold(await run(make(model)))
    assert answer.status == "abstained"
    assert answer.error
    assert (answer.error.code, answer.error.detail) == ("DBAI402", "The data has no word about the weather.")
    assert not model.prompts
    assert Answer.fold(await run(make(model), answer_anyway=True)).status == "answered"


async def test_what_one_can_ask_is_answered_from_the_catalog(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(monkeypatch, Judgement(about_data="About people."))
    model = ScriptedModel([COUNT])
    answer = Answer.fold(await run(make(model)))
    assert (answer.status, answer.text, answer.sql) == ("answered", "About people.", "")
    assert not model.prompts


@pytest.mark.parametrize("part", ["question.judge", "question.standalone", "sentinel.watch"])
async def test_what_an_answer_can_do_without_never_costs_it(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, part: str
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError(f"cell-{'value'}")

    monkeypatch.setattr(f"databaseai.ask.{part}", broken)
    with caplog.at_level(logging.ERROR):
        assert Answer.fold(await run(make([COUNT]))).rows == ((3,),)
    assert "ZeroDivisionError" in caplog.text
    assert "cell-value" not in caplog.text


async def test_the_sentinel_is_shown_and_can_be_switched_off(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def watch(*_: object) -> tuple[Finding, ...]:
        return (Finding("fan-out", "This join multiplies."),)

    monkeypatch.setattr("databaseai.ask.sentinel.watch", watch)
    answer = Answer.fold(await run(make([COUNT])))
    assert [finding.kind for finding in answer.sentinel] == ["fan-out"]
    assert answer.confidence
    assert "finding" in answer.confidence.sign
    events = await run(make([COUNT], without=["sentinel"]))
    assert not any(isinstance(event, Sentinel) for event in events)
    assert not any(isinstance(event, Step) and event.name == "sentinel" for event in events)


async def test_a_probe_of_the_sentinel_goes_through_the_gate(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may count, and nothing else."""
    told: list[str] = []

    async def watch(_query: object, _catalog: object, probe: Probe, _asked: str) -> tuple[Finding, ...]:
        told.append(str((await probe("SELECT count(*) FROM person")).rows))
        with pytest.raises(WriteRefused):
            await probe("DELETE FROM person")
        return ()

    monkeypatch.setattr("databaseai.ask.sentinel.watch", watch)
    assert code(await run(make([COUNT]))) == "done"
    assert told == ["((3,),)"]


async def test_a_follow_up_stands_alone_before_it_is_linked(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("databaseai.ask.question.standalone", lambda *_: "Who is from Germany?")
    model = ScriptedModel([COUNT])
    await run(make(model), "And from Germany?")
    assert "Question: Who is from Germany?" in model.prompts[0][-1].content


class Hanging(ScriptedModel):
    """A model that never replies, and tells when it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.left = asyncio.Event(), asyncio.Event()

    async def complete(self, messages: Sequence[Message], **_: object) -> Completion:
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left.set()
        raise AssertionError(messages)


async def test_stopping_lets_go_of_the_model_at_once(make: Make) -> None:
    model = Hanging()
    reading = asyncio.create_task(run(make(model)))
    await asyncio.wait_for(model.asked.wait(), 5)
    reading.cancel()
    await asyncio.wait_for(model.left.wait(), 1)
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_a_long_explain_is_read_off_the_loop(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The grammar takes 0.1 s for 20,000 characters of it."""
    readers: list[str] = []

    def reading(statement: str, limits: ExecutionLimits) -> tuple[str, ExplainOptions | None]:
        readers.append(threading.current_thread().name)
        return split(statement, limits)

    monkeypatch.setattr("databaseai.ask.pipeline.split", reading)
    long = f"EXPLAIN SELECT {', '.join(['1'] * 300)}"
    await make([]).query(long)
    await make([]).explain(long)
    assert len(readers) == 2
    assert threading.current_thread().name not in readers


async def test_one_catalog_for_all_is_kept_once(make: Make, catalog: CatalogCache) -> None:
    """What was made of the readings before goes with them, however many catalogs askers' logins may have."""
    pipeline = make(["SELECT 1", "SELECT 1"])
    before = weakref.ref(await catalog.get())
    await pipeline.warm()
    await catalog.refresh()
    await pipeline.warm()
    gc.collect()
    assert before() is None


async def test_stopping_ends_the_query_on_the_server(make: Make, database: str) -> None:
    heavy = (
        "SELECT count(*) FROM generate_series(1, 100000) a CROSS JOIN generate_series(1, 100000) b"
        " WHERE (a + b) % 7 = 8"
    )
    pipeline = make([heavy])
    tools = pipeline._tools
    limits = tools.settings.limits.model_copy(update={"plan_cost_limit": 1e15})
    pipeline = Pipeline(replace(tools, settings=tools.settings.model_copy(update={"limits": limits})))
    running = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE query LIKE '%7 = 8%' AND state = 'active' AND pid <> pg_backend_pid()"
    )
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:

        async def count() -> int:
            row = await (await admin.execute(running)).fetchone()
            assert row
            return int(row[0])

        reading = asyncio.create_task(run(pipeline))
        async with asyncio.timeout(10):
            while not await count():  # noqa: ASYNC110  # another process's state has no event
                await asyncio.sleep(0.02)
        reading.cancel()
        async with asyncio.timeout(5):
            while await count():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_warming_reads_the_schema_that_questions_begin_with(make: Make) -> None:
    model = ScriptedModel([COUNT])
    pipeline = make(model)
    await pipeline.warm()
    await run(pipeline)
    assert model.prompts[0][0] == model.prompts[1][0]
    await make([ModelTimeout()]).warm()  # nobody waits for it, nobody hears of it


async def test_a_persons_own_query_goes_through_the_same_gate(make: Make) -> None:
    pipeline = make(["unused"])
    result = await pipeline.query("SELECT name FROM person ORDER BY id LIMIT 2")
    assert (result.rows, result.truncated) == ((("Ana",), ("Rui",)), False)
    assert result.sql == "SELECT name FROM public.person ORDER BY id LIMIT 2"
    with pytest.raises(WriteRefused):
        await pipeline.query("DELETE FROM person")


async def test_a_persons_query_is_never_mended(make: Make) -> None:
    with pytest.raises(DatabaseAIError) as caught:
        await make(["unused"]).query("SELECT nane FROM person")
    assert caught.value.code == "DBAI513"


async def test_a_statement_that_runs_is_never_mended(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """However odd it looks: what runs as proposed is what the asker sees."""

    def mend(statement: str, _catalog: object) -> Mended:
        return Mended(f"{statement} LIMIT 0", ("touched",))

    monkeypatch.setattr("databaseai.ask.repair.mend", mend)
    untouched = Answer.fold(await run(make([COUNT])))
    assert (untouched.sql, len(untouched.rows)) == ("SELECT count(*) FROM public.person", 1)
    refused = Answer.fold(await run(make(["SELECT nothing FROM person"], attempts=1)))
    assert refused.sql == "SELECT nothing FROM person LIMIT 0"  # the mark that this test can fail
