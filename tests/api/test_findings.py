"""A finding, a card and a chart come back from the store as they were sent."""

from dataclasses import asdict

from databaseai.api import schemas
from databaseai.api.sse import fold, kept
from databaseai.ask.events import Answer, Card, Chart, Event, Finding, Sentinel

FINDING = Finding("fan-out", "Rows of orders are repeated 2.4 times.", "SELECT 1", "SELECT 2")
CARD = Card(
    grain="one row", window=("at from 2025-01-01",), scanned=("about 9 rows of a.b",), assumptions=("x",)
)
CHART = Chart("bar", x="name", y=("sum",), horizontal=True, stacked=True, sort="largest first")
EVENTS: tuple[Event, ...] = (Sentinel((FINDING,)), Sentinel((FINDING,)), CARD, CHART)


def test_what_the_store_keeps_is_what_was_sent() -> None:
    folded = fold(kept(event, number) for number, event in enumerate(EVENTS, 1))
    assert folded["sentinel"] == [asdict(FINDING)] * 2
    assert schemas.Card.model_validate(folded["card"]).model_dump() == {
        name: list(value) if isinstance(value, tuple) else value for name, value in asdict(CARD).items()
    }
    assert schemas.Chart.model_validate(folded["chart"]).sort == "largest first"
    assert [schemas.Finding.model_validate(each).corrected for each in folded["sentinel"]] == ["SELECT 2"] * 2


def test_both_folds_say_the_same() -> None:
    folded = fold(kept(event, number) for number, event in enumerate(EVENTS, 1))
    whole = Answer.fold(EVENTS).wire()
    assert whole["sentinel"] == folded["sentinel"]
    assert whole["chart"] == {**folded["chart"], "y": tuple(folded["chart"]["y"])}
