"""The join sentinel: what joins multiply and drop, and what filters leave out, each said with its numbers.

`reading` makes blocks of the accepted query's tree, the rules make suspicions of the blocks, `watching` has
the data source count what only it can know, and what is true becomes a finding.
"""

from databaseai.ask.sentinel.suspicion import KINDS, Probe
from databaseai.ask.sentinel.watching import watch

__all__ = ["KINDS", "Probe", "watch"]
