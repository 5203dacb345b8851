"""The conversation of a tab, fetched again when the server's own memory of it is gone."""

from databaseai_web import client
from databaseai_web.sse import WireEvent
from databaseai_web.turn import Turn, add

KEPT = 20
"""Answers that a tab remembers."""


async def finished(answer_id: str, caller: client.Caller) -> Turn | None:
    """One turn as it was shown; None when the answer is gone, or not this caller's.

    A turn without a status still runs, and is to be followed.
    """
    try:
        known = await client.answer(answer_id, caller)
    except client.Refused:
        return None
    turn = Turn(question=str(known.get("question", "")), answer_id=answer_id)
    turn = add(turn, WireEvent("accepted", known))
    if known.get("status") == "running":
        return turn
    async for event in client.follow(answer_id, caller):
        turn = add(turn, event)
    return turn
