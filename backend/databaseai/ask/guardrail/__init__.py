"""The gate: the one way from a statement to a query. `check` alone makes an `AcceptedQuery`."""

from databaseai.ask.guardrail.accepted import AcceptedQuery
from databaseai.ask.guardrail.gate import check

__all__ = ["AcceptedQuery", "check"]
