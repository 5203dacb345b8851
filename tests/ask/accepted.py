"""Queries that no gate saw, to see what the locks behind it do."""

from sqlglot import exp

from databaseai.ask.guardrail import AcceptedQuery
from databaseai.ask.guardrail.accepted import MAKER


def unchecked(sql: str) -> AcceptedQuery:
    """What a hole in the gate would let through."""
    return AcceptedQuery(sql, (), exp.select("1"), sql, ((0, 0),), MAKER)
