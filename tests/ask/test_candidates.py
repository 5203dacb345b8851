"""Several candidates for one question: when they are asked for, and which of them is taken."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
import pytest

from databaseai.ask import renderings
from databaseai.ask.events import Answer, Event, Problem, Sql, Step
from databaseai.ask.memory import Known, VerifiedQuery
from databaseai.ask.pipeline import Pipeline, PipelineTools
from databaseai.catalog.cache import CatalogCache
from databaseai.data_source import DataSource
from databaseai.errors import ModelTimeout, ModelUnreachable
from databaseai.language_model import Completion, Message
from databaseai.settings import AskSettings, Settings
from tests.scripted_model import ScriptedModel

SCHEMA = """
CREATE TABLE country (code text PRIMARY KEY, name text NOT NULL);
CREATE TABLE person (id int PRIMARY KEY, name text, country_code text REFERENCES country, born date);
INSERT INTO country VALUES ('PT', 'Portugal'), ('DE', 'Germany');
INSERT INTO person VALUES (1, 'Ana', 'PT', '1990-01-01'), (2, 'Rui', 'PT', '1980-01-01'),
    (3, 'Max', 'DE', '1970-01-01');
"""
COUNT = "SELECT count(*) FROM person"
THREE = "SELECT count(id) AS people FROM person"
"""Says the same in other words."""
EMPTY = "SELECT count(*) FROM person WHERE name = 'Nobody' GROUP BY name"
TWO = "SELECT count(*) FROM person WHERE country_code = 'PT'"
BROKEN = "SELECT qqqqqqq FROM zzz_unheard_of"
ASKED = "How many people are there?"

Make = Callable[..., Pipeline]


@dataclass(frozen=True)
class Pair:
    """A verified query."""

    question: str
    sql: str
    id: str = "1"
    decided_by: str | None = "Ana"
    decided_at: datetime | None = None


class Approved:
    """What persons approved, and what failed of it."""

    def __init__(self, *pairs: Pair) -> None:
        self.pairs, self.refused = pairs, list[str]()

    async def known(self) -> Known:
        return Known(self.pairs)

    async def failed(self, query: VerifiedQuery, error: Exception) -> None:
        self.refused.append(f"{query.id} {type(error).__name__}")


@pytest.fixture
async def make(database: str, reader_dsn: str) -> AsyncIterator[Make]:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute(SCHEMA)
        login = psycopg.conninfo.conninfo_to_dict(reader_dsn)["user"]
        await admin.execute(f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{login}"')
    settings = Settings()
    source = await DataSource.open(reader_dsn, settings.data_source, settings.limits)
    catalog = CatalogCache(source.reader, settings.catalog)

    def pipeline(model: ScriptedModel, verified: Approved | None = None, **ask: object) -> Pipeline:
        given = settings.model_copy(update={"ask": AskSettings.model_validate({"attempts": 1, **ask})})
        return Pipeline(PipelineTools(source, catalog, model, given, verified))

    yield pipeline
    await catalog.aclose()
    await source.close()


async def events(pipeline: Pipeline, question: str = ASKED) -> list[Event]:
    return [event async for event in pipeline.answer(question)]


async def answer(pipeline: Pipeline, question: str = ASKED) -> Answer:
    return Answer.fold(await events(pipeline, question))


async def test_a_clean_first_candidate_is_the_only_one(make: Make) -> None:
    """Cheap by default: no further call of the model."""
    model = ScriptedModel([COUNT, TWO, TWO])
    assert (await answer(make(model))).rows == ((3,),)
    assert len(model.prompts) == 1


async def test_a_second_opinion_is_asked_for_where_it_is_wanted(make: Make) -> None:
    model = ScriptedModel([COUNT, THREE, TWO])
    found = await answer(make(model, second_opinion=True))
    assert found.confidence
    assert "all agree" in found.confidence.sign
    assert len(model.prompts) == 2


async def test_names_are_held_to_those_that_exist_once_one_failed(make: Make) -> None:
    model = ScriptedModel([BROKEN, COUNT])
    await answer(make(model, candidates=2))
    first, second = model.shapes
    assert first is None
    assert second is not None
    assert second.grammar is not None
    assert '"country_code"' in second.grammar
    free = ScriptedModel([BROKEN, COUNT])
    await answer(make(free, candidates=2, without=["constrained"]))
    assert free.shapes == [None, None]


async def test_an_empty_first_is_replaced(make: Make) -> None:
    model = ScriptedModel([EMPTY, COUNT, TWO])
    found = await answer(make(model))
    assert found.rows == ((3,),)
    assert found.sql == "SELECT count(*) FROM public.person"
    assert found.usage.calls == len(model.prompts) == 3


async def test_a_failed_first_is_replaced(make: Make) -> None:
    found = await answer(make(ScriptedModel([BROKEN, COUNT])))
    assert (found.status, found.rows) == ("answered", ((3,),))


async def test_agreement_wins_over_the_first(make: Make) -> None:
    """A first that needed mending against two others that say the same."""
    model = ScriptedModel(
        ["SELECT count(country.code) FROM person WHERE country.name = 'Portugal'", COUNT, THREE]
    )
    found = await answer(make(model))
    assert found.rows == ((3,),)
    assert found.confidence
    assert "all agree" not in found.confidence.sign
    assert "most agree" in found.confidence.sign


async def test_no_third_is_asked_for_when_two_agree(make: Make) -> None:
    model = ScriptedModel([EMPTY, COUNT, THREE, TWO, TWO])
    await answer(make(model, candidates=5))
    assert len(model.prompts) == 3


async def test_each_further_one_reads_another_rendering(make: Make) -> None:
    model = ScriptedModel([BROKEN])
    await events(make(model))
    assert len(model.prompts) == len({prompt[0].content for prompt in model.prompts}) == 3


@pytest.mark.parametrize("bound", [1, 2, 3, 5])
async def test_the_bound_holds(make: Make, bound: int) -> None:
    model = ScriptedModel([f"SELECT qqqqqqq{n} FROM person" for n in range(9)])
    ended = (await events(make(model, candidates=bound)))[-1]
    assert isinstance(ended, Problem)
    assert (ended.error.code, ended.sql) == ("DBAI513", "SELECT qqqqqqq0 FROM person")
    assert len(model.prompts) == bound


async def test_switched_off_there_is_one(make: Make) -> None:
    model = ScriptedModel([EMPTY, COUNT])
    assert (await answer(make(model, without=["candidates"]))).rows == ()
    assert len(model.prompts) == 1


async def test_without_selection_the_first_that_ran_is_taken(make: Make) -> None:
    assert (await answer(make(ScriptedModel([EMPTY, COUNT]), without=["selection"]))).rows == ()


@pytest.mark.parametrize("second", [BROKEN, "no SQL at all", "", ModelTimeout(), ModelUnreachable()])
async def test_a_failing_second_never_loses_the_first(make: Make, second: object) -> None:
    found = await answer(make(ScriptedModel([EMPTY, second])))  # type: ignore[list-item]  # texts and errors
    assert found.status in {"answered", "abstained"}
    assert found.sql.endswith("GROUP BY name")


async def test_what_nobody_foresaw_in_a_second_never_loses_the_first(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> tuple[Message, ...]:
        raise ZeroDivisionError

    ways = (renderings.RENDERINGS[0], renderings.Rendering("broken", broken), *renderings.RENDERINGS[1:])
    monkeypatch.setattr("databaseai.ask.candidates.RENDERINGS", ways)
    assert (await answer(make(ScriptedModel([EMPTY, COUNT])))).rows == ((3,),)


async def test_an_equal_text_runs_once(make: Make) -> None:
    """Nothing new would come back, and the failure of a text is the same failure."""
    ran = [event.name for event in await events(make(ScriptedModel([EMPTY]))) if isinstance(event, Step)]
    assert ran.count("execution") == 2  # started and done
    failed = await events(make(ScriptedModel([BROKEN])))
    assert [e.name for e in failed if isinstance(e, Step)].count("guardrail") == 2  # started and failed


async def test_only_what_is_taken_is_shown(make: Make) -> None:
    seen = await events(make(ScriptedModel([EMPTY, TWO, COUNT, COUNT])))
    assert [event.sql.partition("public.person")[2] for event in seen if isinstance(event, Sql)][1:] in (
        [""],
        [" WHERE country_code = 'PT'"],
    )


class Slow(ScriptedModel):
    """The first reply comes at once, the second never."""

    def __init__(self) -> None:
        super().__init__([EMPTY])
        self.waiting, self.left = asyncio.Event(), asyncio.Event()

    async def complete(self, messages: Sequence[Message], **more: object) -> Completion:
        if self.prompts:
            self.waiting.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.left.set()
        return await super().complete(messages, **more)  # type: ignore[arg-type]  # passed through


async def test_time_for_further_ones_is_bounded(make: Make) -> None:
    model = Slow()
    async with asyncio.timeout(5):
        found = await answer(make(model, candidates_ms=50))
    assert found.sql.endswith("GROUP BY name")
    assert model.left.is_set()


async def test_stopping_stops_all(make: Make) -> None:
    model = Slow()
    reading = asyncio.create_task(events(make(model)))
    await asyncio.wait_for(model.waiting.wait(), 5)
    reading.cancel()
    await asyncio.wait_for(model.left.wait(), 1)
    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_below_the_threshold_it_abstains_and_shows_what_it_has(make: Make) -> None:
    sure = await answer(make(ScriptedModel([COUNT]), abstain_below=1.0))
    assert (sure.status, sure.rows) == ("abstained", ((3,),))
    assert sure.sql
    assert sure.text.startswith("I am not sure")
    assert sure.confidence
    assert sure.confidence.score is not None
    assert (await answer(make(ScriptedModel([EMPTY]), abstain_below=0))).status == "answered"


async def test_a_verified_query_answers_its_question_without_the_model(make: Make) -> None:
    model = ScriptedModel([TWO])
    found = await answer(make(model, Approved(Pair("how many people are there", COUNT))))
    assert (found.status, found.rows, found.usage.calls) == ("answered", ((3,),), 0)
    assert not model.prompts
    assert found.card
    assert any("approved by Ana" in note for note in found.card.notes)
    assert found.confidence
    assert (found.confidence.level, found.confidence.sign) == ("high", ("verified",))


async def test_a_verified_query_goes_through_the_gate_and_is_put_away_when_refused(make: Make) -> None:
    approved = Approved(Pair("how many people are there", "DELETE FROM person"))
    found = await answer(make(ScriptedModel([COUNT]), approved))
    assert found.rows == ((3,),)
    assert found.usage.calls == 1
    assert approved.refused == ["1 WriteRefused"]


async def test_similar_verified_queries_are_shown_to_the_model(make: Make) -> None:
    model = ScriptedModel([COUNT])
    approved = Approved(Pair("How many people are there from Portugal?", TWO))
    await answer(make(model, approved), "How many people are there from Germany?")
    assert TWO in [message.content for message in model.prompts[0] if message.role == "assistant"]


async def test_a_memory_that_fails_costs_nothing(make: Make) -> None:
    class Broken(Approved):
        async def known(self) -> Known:
            raise ZeroDivisionError

    assert (await answer(make(ScriptedModel([COUNT]), Broken()))).rows == ((3,),)
