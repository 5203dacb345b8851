"""Tries, clock and circuit: what happens around an exchange that goes wrong."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from databaseai import errors
from databaseai.language_model import Message, OpenAICompatibleModel
from databaseai.language_model.circuit import Circuit
from databaseai.language_model.faults import Backoff
from tests import scripted_model as scripted
from tests.scripted_model import Behaviour, ScriptedServer

PROMPT = (Message("user", "how many?"),)
QUICK = Backoff(base_ms=1, cap_ms=2)


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as running:
        yield running


@pytest.mark.parametrize(
    ("behaviour", "asked"),
    [
        (scripted.RATE_LIMITED, 3),
        (scripted.BROKEN, 3),
        (scripted.REFUSED, 3),
        (scripted.DROPPED, 3),
        (scripted.KEY_REFUSED, 1),
        (scripted.TOO_LONG, 1),
        (scripted.SIGN_IN_PAGE, 1),
        (scripted.ENDLESS, 1),
        (scripted.EMPTY, 1),
    ],
)
async def test_only_what_may_pass_is_tried_again(
    server: ScriptedServer, behaviour: Behaviour, asked: int
) -> None:
    server.script = [behaviour]
    model = OpenAICompatibleModel(server.settings(retries=2), backoff=QUICK)
    with pytest.raises(errors.LanguageModelError):
        await model.complete(PROMPT)
    assert len(server.requests) == asked
    await model.aclose()


async def test_a_fault_that_passes_is_not_seen(server: ScriptedServer) -> None:
    server.script = [scripted.BROKEN, scripted.DROPPED, "SELECT 2"]
    model = OpenAICompatibleModel(server.settings(retries=2), backoff=QUICK)
    assert (await model.complete(PROMPT)).text == "SELECT 2"
    assert (model.spent.retries, model.spent.failures) == (2, 2)
    assert not model.attempts.circuit.failed
    await model.aclose()


@pytest.mark.parametrize(("retry_after", "least_s", "most_s"), [("0.3", 0.3, 2.0), ("3600", 0.0, 0.3)])
async def test_retry_after_is_honoured_and_bounded(
    server: ScriptedServer, retry_after: str, least_s: float, most_s: float
) -> None:
    """What can be waited for is; an hour is refused at once."""
    server.script = [scripted.status(429, retry_after=retry_after), "SELECT 1"]
    model = OpenAICompatibleModel(server.settings(), backoff=QUICK)
    began = time.monotonic()
    if most_s < least_s + 1:
        with pytest.raises(errors.ModelRateLimited) as caught:
            await model.complete(PROMPT)
        assert caught.value.facts["retry_after_s"] == 3600
    else:
        await model.complete(PROMPT)
    assert least_s <= time.monotonic() - began < most_s
    await model.aclose()


def test_an_endpoint_that_asks_for_too_long_a_wait_is_not_waited_for() -> None:
    assert (Backoff(retry_after_cap_ms=2_000).wait_s(1, 2.0) or 0) >= 2.0
    assert Backoff(retry_after_cap_ms=2_000).wait_s(1, 2.1) is None


def test_waits_double_up_to_a_bound_and_use_their_whole_range() -> None:
    backoff = Backoff(base_ms=100, cap_ms=300)
    for tried, bound_s in ((1, 0.1), (2, 0.2), (3, 0.3), (9, 0.3)):
        waits = [backoff.wait_s(tried, None) or 0.0 for _ in range(300)]
        assert max(waits) <= bound_s
        assert min(waits) < bound_s / 4
        assert max(waits) > bound_s * 3 / 4


async def test_the_clock_holds_over_all_tries(server: ScriptedServer) -> None:
    server.script = [scripted.BROKEN]
    slow = Backoff(base_ms=400, cap_ms=400)
    model = OpenAICompatibleModel(server.settings(timeout_ms=600, retries=10), backoff=slow)
    began = time.monotonic()
    with pytest.raises(errors.ModelFault):
        await model.complete(PROMPT)
    assert time.monotonic() - began < 0.8
    await model.aclose()


async def test_nobody_listens(server: ScriptedServer) -> None:
    await server.stop()
    model = OpenAICompatibleModel(server.settings(retries=1), backoff=QUICK)
    with pytest.raises(errors.ModelUnreachable) as caught:
        await model.complete(PROMPT)
    assert f"127.0.0.1:{server.port}" in caught.value.detail
    await server.start()
    assert (await model.complete(PROMPT)).text == "SELECT 1"
    await model.aclose()


async def test_an_open_circuit_answers_within_a_millisecond(server: ScriptedServer) -> None:
    server.script = [scripted.BROKEN]
    model = OpenAICompatibleModel(server.settings(retries=0, circuit_failures=3, circuit_reset_ms=200))
    for _ in range(3):
        with pytest.raises(errors.ModelFault):
            await model.complete(PROMPT)
    waits = []
    for _ in range(50):
        began = time.perf_counter()
        with pytest.raises(errors.ModelCircuitOpen):
            await model.complete(PROMPT)
        waits.append(time.perf_counter() - began)
    assert sorted(waits)[25] < 0.001
    assert len(server.requests) == 3
    server.script = ["SELECT 1"]
    await asyncio.sleep(0.25)
    assert (await model.complete(PROMPT)).text == "SELECT 1"
    assert not model.attempts.circuit.open
    await model.aclose()


async def test_half_open_lets_one_call_through(server: ScriptedServer) -> None:
    server.script = [scripted.BROKEN, Behaviour(first_byte_s=0.3)]
    model = OpenAICompatibleModel(server.settings(retries=0, circuit_failures=1, circuit_reset_ms=1))
    with pytest.raises(errors.ModelFault):
        await model.complete(PROMPT)
    await asyncio.sleep(0.01)
    replies = await asyncio.gather(*(model.complete(PROMPT) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(reply, errors.ModelCircuitOpen) for reply in replies) == 4
    assert len(server.requests) == 2
    await model.aclose()


async def test_a_cancelled_probe_leaves_its_place_to_the_next_call(server: ScriptedServer) -> None:
    server.script = [scripted.BROKEN, scripted.SLOW, "SELECT 1"]
    model = OpenAICompatibleModel(server.settings(retries=0, circuit_failures=1, circuit_reset_ms=1))
    with pytest.raises(errors.ModelFault):
        await model.complete(PROMPT)
    await asyncio.sleep(0.01)
    server.arrived.clear()
    probe = asyncio.create_task(model.complete(PROMPT))
    await server.arrived.wait()
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    assert (await model.complete(PROMPT)).text == "SELECT 1"
    await model.aclose()


def test_a_failed_probe_opens_again_and_an_abandoned_one_frees_its_place() -> None:
    now = 0.0
    circuit = Circuit(2, 1_000, clock=lambda: now)
    circuit.fail()
    circuit.fail()
    with pytest.raises(errors.ModelCircuitOpen) as caught:
        circuit.enter()
    assert caught.value.facts["retry_after_s"] == 1.0
    now = 1.1
    circuit.enter()
    with pytest.raises(errors.ModelCircuitOpen):
        circuit.enter()
    circuit.abandoned()
    circuit.enter()
    circuit.fail()
    with pytest.raises(errors.ModelCircuitOpen):
        circuit.enter()


async def test_bad_keys_do_not_open_the_circuit(server: ScriptedServer) -> None:
    server.script = [scripted.KEY_REFUSED]
    model = OpenAICompatibleModel(server.settings(circuit_failures=1))
    for _ in range(3):
        with pytest.raises(errors.ModelKeyRefused):
            await model.complete(PROMPT)
    await model.aclose()


@pytest.mark.parametrize(
    "behaviour", [scripted.SLOW, scripted.TRICKLE, Behaviour(text="x ", endless=True, piece_s=0.01)]
)
async def test_a_cancelled_question_stops_the_server(server: ScriptedServer, behaviour: Behaviour) -> None:
    server.script = [behaviour]
    model = OpenAICompatibleModel(server.settings())
    task = asyncio.create_task(model.complete(PROMPT))
    await server.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(1):
        await server.left.wait()
    assert not model.attempts.circuit.failed
    await model.aclose()
