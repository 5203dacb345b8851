"""Other readings of a statement that ran, for selection to weigh; none replaces it by itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from databaseai.ask.repair import (
    amounts,
    conditions,
    keys,
    lacking,
    lookups,
    needless,
    negation,
    outputs,
    periods,
    polarity,
    shape,
)
from databaseai.ask.repair.reading import Proposal, Reading
from databaseai.ask.repair.reparsing import UNREADABLE, parsed
from databaseai.ask.repair.writing import faithful, written
from databaseai.catalog.snapshot import Catalog

STRENGTH = {
    "missing": 0.92,
    "needless": 0.90,
    "both": 0.83,
    "either": 0.80,
    "flagged": 0.80,
    "both_said": 0.75,
    "cut_list": 0.75,
    "decoded": 0.75,
    "left_out": 0.75,
    "let_in": 0.75,
    "off_key": 0.75,
    "period": 0.75,
    "role": 0.75,
    "shadowed": 0.75,
    "both_and": 0.67,
    "count_all": 0.67,
    "misplaced": 0.67,
    "moved": 0.67,
    "needless_counted": 0.67,
    "none_of": 0.67,
    "owner": 0.67,
    "summed": 0.67,
    "totalled": 0.67,
    "distinct_off": 0.56,
    "fraction": 0.50,
    "nulls_last": 0.50,
    "group_key": 0.45,
}
"""By kind: how often the variant was the right one where exactly one of the two was, (right + 1) / (all + 2).
decisions/0018 has the counts."""
SURE = 0.5
"""Above it a kind is also made on top of another one."""
DEPTH = 3
MOST = 6
"""Each costs a query; the best come first."""
KINDS: tuple[Callable[[Reading], Iterator[Proposal]], ...] = (
    needless.proposals,
    conditions.either,
    conditions.both,
    conditions.misplaced,
    conditions.flagged,
    shape.distinct,
    shape.group_key,
    shape.nulls,
    keys.off_key,
    keys.role,
    lacking.shadowed,
    lacking.missing,
    negation.proposals,
    outputs.moved,
    outputs.owner,
    amounts.summed,
    amounts.fraction,
    lookups.decoded,
    periods.open_end,
    periods.first_day,
    periods.forgotten,
    polarity.proposals,
    periods.cut_list,
)


@dataclass(frozen=True, slots=True)
class Variant:
    """Another statement for the same question."""

    statement: str
    notes: tuple[str, ...]
    kind: str
    strength: float
    """0 to 1: how much question and catalog speak for it against the statement it came from."""


def variants(statement: str, catalog: Catalog, question: str) -> tuple[Variant, ...]:
    """Other readings of a statement, the most likely first; none where it cannot be written down again.

    Args:
        statement: One that passed the gate and ran.
        catalog: Tables and columns that exist.
        question: As it stands alone, in words.
    """
    tree = parsed(statement)
    try:
        if tree is None or not faithful(statement, original := written(tree)):
            return ()
        search = Search(catalog, question, {original: Variant(original, (), "", 1.0)})
        search.deepen(tree, search.found[original], DEPTH)
    except UNREADABLE:
        return ()
    del search.found[original]
    return tuple(sorted(search.found.values(), key=search.rank)[:MOST])


@dataclass
class Search:
    """Readings, and readings of readings."""

    catalog: Catalog
    question: str
    found: dict[str, Variant]
    """By their text."""
    surpassed: set[str] = field(default_factory=set)
    """Texts on which a likely step can still be made: what comes of it is likelier yet."""

    def deepen(self, tree: exp.Query, base: Variant, depth: int) -> None:
        """Every kind on the tree, and on what comes of it where both are likely."""
        reading = Reading(tree, self.catalog, self.question)
        for kind in KINDS:
            for proposal in kind(reading):
                strength = min(base.strength, STRENGTH[proposal.kind])
                text = written(proposal.tree)
                if base.kind and strength <= SURE:
                    continue
                if strength > SURE and text != base.statement:
                    self.surpassed.add(base.statement)
                if text in self.found:
                    continue
                named = f"{base.kind}+{proposal.kind}" if base.kind else proposal.kind
                self.found[text] = Variant(text, (*base.notes, proposal.note), named, strength)
                if depth > 1 and strength > SURE:
                    self.deepen(proposal.tree, self.found[text], depth - 1)

    def rank(self, variant: Variant) -> tuple[bool, bool, float]:
        """Likely ones first, of them those to which nothing can be added, then by strength."""
        return variant.strength <= SURE, variant.statement in self.surpassed, -variant.strength
