"""The join sentinel: what joins multiply and drop, and what filters leave out, each said with its numbers."""

from databaseai.ask.sentinel.watching import KINDS, Probe, watch

__all__ = ["KINDS", "Probe", "watch"]
