"""What the store promises: nothing twice, nothing lost, nobody works on another's answer."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from databaseai.store import Store, answer_sql
from databaseai.store.answers import AnswerRecord, Ending, KeptEvent, new_id, unseen

LEASE_S = 30.0


async def made(store: Store, **given: Any) -> tuple[AnswerRecord, bool]:
    values: dict[str, Any] = {
        "answer_id": new_id(),
        "asker": "local",
        "data_source": "host:5432/shop",
        "question": "How many customers?",
        "owner": "me",
        "lease_s": LEASE_S,
        "accepted": "{}",
        "conversation_id": new_id(),
    }
    return await store.answers.create(**(values | given))


def step(sequence: int, data: str = '{"name":"plan"}') -> KeptEvent:
    return KeptEvent(sequence, "step", data)


async def test_an_answer_begins_runs_and_ends(store: Store) -> None:
    record, new = await made(store)
    assert new
    assert record.status == "running"
    assert await store.answers.append(record.id, "me", [step(2), step(3)], lease_s=LEASE_S)
    ending = Ending("answered", "SELECT 1", "model", {"calls": 1})
    assert await store.answers.finish(record.id, "me", [KeptEvent(4, "done", "{}")], ending)
    kept = await store.answers.get(record.id, "local")
    assert kept
    assert (kept.status, kept.sql, kept.model, kept.usage, kept.owner) == (
        "answered",
        "SELECT 1",
        "model",
        {"calls": 1},
        None,
    )
    assert kept.finished_at
    assert [event.sequence for event in await store.answers.events(record.id)] == [1, 2, 3, 4]
    assert [event.sequence for event in await store.answers.events(record.id, after=2)] == [3, 4]


async def test_an_asker_sees_their_own_only(store: Store) -> None:
    record, _ = await made(store)
    assert await store.answers.get(record.id, "somebody else") is None
    assert not await store.answers.ask_to_stop(record.id, "somebody else")
    assert await store.answers.exchanges(record.conversation_id, "somebody else") is None


async def test_a_key_names_one_answer_per_asker(store: Store) -> None:
    """Two requests at once with one key: one answer, and both are told the same."""
    both = await asyncio.gather(*(made(store, idempotency_key="k") for _ in range(8)))
    assert len({record.id for record, _ in both}) == 1
    assert sorted(new for _, new in both) == [False] * 7 + [True]
    other, new = await made(store, idempotency_key="k", asker="somebody else")
    assert new
    assert other.id != both[0][0].id
    without = [await made(store) for _ in range(2)]
    assert all(new for _, new in without)
    rows = await store.database.rows(text("SELECT count(*) FROM conversation"))
    assert rows[0][0] == 4  # none left over from the seven that came late


async def test_creating_again_after_a_lost_reply_is_the_same_answer(store: Store) -> None:
    answer_id = new_id()
    first, _ = await made(store, answer_id=answer_id)
    again, new = await made(store, answer_id=answer_id)
    assert new
    assert again == first


async def test_only_the_owner_writes(store: Store) -> None:
    record, _ = await made(store)
    assert not await store.answers.append(record.id, "another", [step(2)], lease_s=LEASE_S)
    assert not await store.answers.finish(record.id, "another", [step(2)], Ending("answered"))
    assert len(await store.answers.events(record.id)) == 1


async def test_finishing_again_after_a_lost_reply_holds(store: Store) -> None:
    record, _ = await made(store)
    last = [KeptEvent(2, "done", "{}")]
    assert await store.answers.finish(record.id, "me", last, Ending("answered"))
    assert await store.answers.finish(record.id, "me", last, Ending("answered"))
    assert not await store.answers.append(record.id, "me", [step(3)], lease_s=LEASE_S)


async def test_a_live_lease_is_left_alone(store: Store) -> None:
    await made(store)
    assert await store.answers.take_over("another", lease_s=LEASE_S, most=10) == []


async def test_one_of_many_takes_an_orphan(store: Store) -> None:
    """However many replicas look at once, each orphan is taken by one of them, with its attempt counted."""
    orphans = {(await made(store, lease_s=-1))[0].id for _ in range(6)}
    taken = await asyncio.gather(
        *(store.answers.take_over(f"replica {number}", lease_s=LEASE_S, most=3) for number in range(4))
    )
    ids = [record.id for records in taken for record in records]
    assert sorted(ids) == sorted(orphans)
    assert {record.attempt for records in taken for record in records} == {1}
    assert not await store.answers.append(ids[0], "me", [step(2)], lease_s=LEASE_S)


async def test_an_orphan_that_is_being_taken_is_passed_over(store: Store) -> None:
    """Not waited for: the other may be at it for long, and would be robbed of it afterwards."""
    orphan, _ = await made(store, lease_s=-1)
    values = {"owner": "slow", "lease_s": LEASE_S, "most": 9}
    async with store.database.engine.execution_options(isolation_level="READ COMMITTED").connect() as slow:
        taken = await slow.execute(answer_sql.TAKE_OVER, values)
        assert [row.id for row in taken] == [orphan.id]
        async with asyncio.timeout(3):
            assert await store.answers.take_over("quick", lease_s=LEASE_S, most=9) == []
        await slow.commit()
    assert set(await store.answers.owners()) == {"slow"}


async def test_a_released_answer_is_taken_at_once(store: Store) -> None:
    record, _ = await made(store)
    await store.answers.release("me")
    assert [taken.id for taken in await store.answers.take_over("next", lease_s=LEASE_S, most=9)] == [
        record.id
    ]


async def test_renewing_tells_who_was_asked_to_stop(store: Store) -> None:
    stopped, _ = await made(store)
    running, _ = await made(store)
    await made(store, owner="another")
    assert await store.answers.ask_to_stop(stopped.id, "local")
    assert await store.answers.renew("me", lease_s=LEASE_S) == {stopped.id: True, running.id: False}


async def test_a_conversation_remembers_answered_turns_in_order(store: Store) -> None:
    conversation = new_id()
    assert await store.answers.exchanges(conversation, "local") == []
    for question, status in (("first", "answered"), ("second", "failed"), ("third", "answered")):
        record, _ = await made(store, question=question, conversation_id=conversation)
        await store.answers.finish(record.id, "me", [step(2)], Ending(status, f"SELECT '{question}'"))
    await made(store, question="still running", conversation_id=conversation)
    assert await store.answers.exchanges(conversation, "local") == [
        ("first", "SELECT 'first'"),
        ("third", "SELECT 'third'"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        '{"rows":[[1e+22,12345678901234567890,"NaN",0.1]],"b":1,"a":2}',
        '{"escaped nul":"\\u0000","emoji":"🐘","rtl":"שלום"}',
        '{"twice":1,"twice":2}',
    ],
)
async def test_data_comes_back_byte_for_byte(store: Store, data: str) -> None:
    """What jsonb would reorder, round, or refuse."""
    record, _ = await made(store)
    await store.answers.append(record.id, "me", [step(2, data)], lease_s=LEASE_S)
    assert (await store.answers.events(record.id, after=1))[0].data == data


async def test_half_seen_text_is_sent_from_where_it_was_seen(store: Store) -> None:
    record, _ = await made(store)
    words = ["Es ", "waren ", "", "🐘", " Kunden."]
    ends = [sum(map(len, words[: number + 1])) for number in range(len(words))]
    whole = KeptEvent(6, "text", json.dumps({"delta": "".join(words)}), tuple(ends))
    await store.answers.append(record.id, "me", [whole, step(7)], lease_s=LEASE_S)
    for after in range(1, 6):
        text_event, last = await store.answers.events(record.id, after=after)
        assert json.loads(text_event.data)["delta"] == "".join(words[after - 1 :])
        assert (text_event.sequence, last.sequence) == (6, 7)
    assert [event.sequence for event in await store.answers.events(record.id, after=6)] == [7]


@given(words=st.lists(st.text(), min_size=1), data=st.data())
def test_seen_and_unseen_make_the_whole(words: list[str], data: st.DataObject) -> None:
    """Wherever a reader stopped, and stops again, the pieces fit."""
    ends = tuple(sum(map(len, words[: number + 1])) for number in range(len(words)))
    event = KeptEvent(10 + len(words), "text", json.dumps({"delta": "".join(words)}), ends)
    first = data.draw(st.integers(0, len(words) - 1))
    second = data.draw(st.integers(first, len(words) - 1))
    rest = unseen(unseen(event, 10 + first), 10 + second)
    assert json.loads(rest.data)["delta"] == "".join(words[second:])
    assert rest.sequence == event.sequence


def test_ids_sort_by_age_and_are_not_guessed() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert {len(one) for one in ids} == {32}
    assert [one[:12] for one in ids] == sorted(one[:12] for one in ids)
