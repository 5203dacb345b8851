"""What of a data source is open: tables and columns allowed, denied, masked, by one file."""

from databaseai.catalog.policy.applying import Open, apply
from databaseai.catalog.policy.facts import read_facts
from databaseai.catalog.policy.file import Policy, policy, read_policy
from databaseai.catalog.policy.rules import resolve

__all__ = ["Open", "Policy", "apply", "policy", "read_facts", "read_policy", "resolve"]
