"""What of a data source is open: tables and columns allowed, denied, masked, by one file."""

from databaseai.catalog.policy.applying import Open, apply
from databaseai.catalog.policy.facts import MASKED_SCHEMA, read_facts
from databaseai.catalog.policy.file import Policy, policy, read_policy
from databaseai.catalog.policy.grants import PolicyFinding, closing_sql, policy_findings
from databaseai.catalog.policy.rules import resolve

__all__ = [
    "MASKED_SCHEMA",
    "Open",
    "Policy",
    "PolicyFinding",
    "apply",
    "closing_sql",
    "policy",
    "policy_findings",
    "read_facts",
    "read_policy",
    "resolve",
]
