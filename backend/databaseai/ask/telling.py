"""Tell the answer: what was chosen, in words, as a card and as a chart, and how sure it is."""

from databaseai.ask import answer, chart, confidence, proof_card
from databaseai.ask.candidate import Candidate
from databaseai.ask.events import Card, Rows, Sentinel, Sql, Text
from databaseai.ask.off_loop import considered
from databaseai.ask.selection import Choice
from databaseai.ask.trail import Trail
from databaseai.ask.watched import Watch
from databaseai.catalog.value_index import ValueIndex


async def tell(trail: Trail, choice: Choice, watch: Watch, values: ValueIndex, abstain_below: float) -> None:
    """All events of an answer that has its rows, the last one included.

    Args:
        trail: Where they go.
        choice: What was taken.
        watch: The sentinel's findings, and why there are no rows.
        values: Of the catalog, for "did you mean".
        abstain_below: Score under which the text says that it is not sure; it shows the same all the same.
    """
    candidate, result = choice.candidate, choice.candidate.result
    if trail.shown != candidate.query.shown:
        trail.emit(Sql(candidate.query.shown))
    trail.emit(Rows(result.columns, result.rows, result.truncated))
    if findings := await watch.findings(candidate):
        trail.emit(Sentinel(findings))
    judged = confidence.judge(choice, findings)
    abstained = confidence.abstains(judged, abstain_below)
    with trail.step("answer"):
        card, said = await in_words(candidate, watch, values)
    trail.emit(Text(confidence.unsure(judged) + said if abstained else said))
    trail.emit(card)
    with trail.step("chart") as note:
        picture = chart.choose(result.columns, result.rows, candidate.view.asked)
        note.detail = picture.type
    trail.emit(picture)
    trail.emit(judged)
    trail.done("abstained" if abstained else "answered")


async def in_words(candidate: Candidate, watch: Watch, values: ValueIndex) -> tuple[Card, str]:
    """The proof card and the sentence."""
    query, result = candidate.query, candidate.result
    card = await considered(
        query.sql,
        proof_card.card,
        query.tree,
        query.tables,
        row_count=len(result.rows),
        truncated=result.truncated,
        notes=candidate.repairs,
        catalog=candidate.view.catalog,
        time_zone=result.time_zone,
    )
    why = "" if result.rows else await watch.why_empty(candidate, values)
    return card, answer.sentence(
        result.columns, result.rows, truncated=result.truncated, filters=card.filters, reason=why
    )
