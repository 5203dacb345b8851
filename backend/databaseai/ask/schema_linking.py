"""From all tables to those that the question needs."""

import math
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from databaseai.ask import schema_text
from databaseai.catalog.snapshot import Catalog, Table
from databaseai.catalog.words import words

K1, B = 1.2, 0.75
"""BM25's usual constants."""
WEIGHTS = {"name": 4, "column": 2, "comment": 1, "value": 1}
"""A table's own name says more than a word in a comment."""
SEEDS = 8
"""Tables taken for their own words; the rest of the budget is for what joins them."""
PATH = 3
"""Longest join path between two seeds."""


@dataclass(frozen=True, slots=True)
class LinkedTable:
    """One table of the prompt, and why it is there."""

    table: Table
    why: str


@dataclass(frozen=True, slots=True)
class Linked:
    """What the model is shown."""

    tables: tuple[LinkedTable, ...]
    text: str
    """The tables written down; independent of the question when `whole`."""
    whole: bool
    """Every table of the catalog is in it."""
    margin: float
    """Score of the best table left out over that of the best one taken; near 1 the choice is a guess."""

    @property
    def summary(self) -> str:
        """One line for a person."""
        if self.whole:
            return f"all {len(self.tables)} tables"
        return f"{len(self.tables)} tables: " + ", ".join(item.table.name for item in self.tables)


class SchemaIndex:
    """One catalog made ready for linking: seconds at thousands of tables, so built once, in a thread."""

    def __init__(self, catalog: Catalog, budget_tokens: int) -> None:
        self.catalog = catalog
        self.budget_tokens = budget_tokens
        self.whole = self._whole()
        self.documents = {} if self.whole else {t.qualified: document(t) for t in catalog.tables}
        self.edges = {} if self.whole else edges(catalog)

    def _whole(self) -> Linked | None:
        """All tables in the fullest detail that fits the budget, if one does."""
        for detail in schema_text.DETAILS:
            text = ""
            for table in self.catalog.tables:
                text += schema_text.render_table(table, self.catalog, detail) + "\n"
                if schema_text.tokens(text) > self.budget_tokens * detail.share:
                    break
            else:
                tables = tuple(LinkedTable(table, "all tables fit") for table in self.catalog.tables)
                return Linked(tables, text, whole=True, margin=0.0)
        return None


def link(question: str, index: SchemaIndex) -> Linked:
    """All tables when they fit the budget in some detail, else the best ranked with what joins them."""
    return index.whole or ranked(question, index)


def ranked(question: str, index: SchemaIndex) -> Linked:
    """The tables whose words the question uses, closed over foreign-key paths, as many as fit."""
    catalog, scores = index.catalog, score(words(question), index.documents)
    order = sorted(scores, key=lambda key: (-scores[key][0], key))
    seeds = order[:SEEDS] or [table.qualified for table in catalog.tables[:SEEDS]]
    why = {key: f"words: {', '.join(scores[key][1])}" if key in scores else "first tables" for key in seeds}
    for key in bridges(seeds, index.edges):
        why.setdefault(key, "joins them")
    for key in order[SEEDS:]:
        why.setdefault(key, f"words: {', '.join(scores[key][1])}")
    chosen: list[LinkedTable] = []
    text = ""
    for key, reason in why.items():
        longer = text + schema_text.render_table(catalog.table[key], catalog, schema_text.LINKED) + "\n"
        if schema_text.tokens(longer) > index.budget_tokens and chosen:
            break
        text = longer
        chosen.append(LinkedTable(catalog.table[key], reason))
    return Linked(
        tuple(chosen), text, whole=False, margin=margin(scores, {c.table.qualified for c in chosen})
    )


def margin(scores: dict[tuple[str, str], tuple[float, list[str]]], taken: set[tuple[str, str]]) -> float:
    """How close the best table left out came to the best one taken."""
    inside = max((score for key, (score, _) in scores.items() if key in taken), default=0.0)
    outside = max((score for key, (score, _) in scores.items() if key not in taken), default=0.0)
    return outside / inside if inside else 1.0


def score(
    asked: Sequence[str], documents: Mapping[tuple[str, str], Counter[str]]
) -> dict[tuple[str, str], tuple[float, list[str]]]:
    """BM25 of each table that shares a word with the question, and those words."""
    wanted = set(asked)
    mean = sum(d.total() for d in documents.values()) / max(1, len(documents))
    frequency = Counter(word for d in documents.values() for word in wanted if word in d)
    found = {}
    for key, counts in documents.items():
        if not (shared := sorted(word for word in wanted if word in counts)):
            continue
        length = K1 * (1 - B + B * counts.total() / mean)
        total = 0.0
        for word in shared:
            rarity = math.log(1 + (len(documents) - frequency[word] + 0.5) / (frequency[word] + 0.5))
            total += rarity * counts[word] * (K1 + 1) / (counts[word] + length)
        found[key] = (total, shared)
    return found


def document(table: Table) -> Counter[str]:
    """A table's words, weighted by where they stand."""
    counts: Counter[str] = Counter()
    add(counts, "name", [table.name])
    add(counts, "comment", [table.comment])
    for column in table.columns:
        add(counts, "column", [column.name])
        add(counts, "comment", [column.comment])
        add(counts, "value", (*column.labels, *column.values[:20]))
    return counts


def add(counts: Counter[str], place: str, texts: Iterable[str]) -> None:
    """Count the words of some texts, with the weight of their place."""
    for text in texts:
        for word in words(text):
            counts[word] += WEIGHTS[place]


def edges(catalog: Catalog) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Neighbours of each table over its keys, either way."""
    found: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for table in catalog.tables:
        for key in table.foreign_keys:
            other = (key.referenced_schema, key.referenced_table)
            found.setdefault(table.qualified, set()).add(other)
            found.setdefault(other, set()).add(table.qualified)
    return {key: sorted(others) for key, others in found.items()}


def bridges(
    seeds: Sequence[tuple[str, str]], neighbours: Mapping[tuple[str, str], Sequence[tuple[str, str]]]
) -> list[tuple[str, str]]:
    """Tables on the shortest key paths between seeds: without them no join could be written."""
    found: dict[tuple[str, str], None] = {}
    for place, start in enumerate(seeds):
        for goal in seeds[place + 1 :]:
            found |= dict.fromkeys(path(start, goal, neighbours))
    return [key for key in found if key not in seeds]


def path(
    start: tuple[str, str],
    goal: tuple[str, str],
    neighbours: Mapping[tuple[str, str], Sequence[tuple[str, str]]],
) -> list[tuple[str, str]]:
    """Inner tables of the shortest path, or nothing when it is longer than `PATH` joins."""
    queue = deque([[start]])
    seen = {start}
    while queue:
        here = queue.popleft()
        if here[-1] == goal:
            return here[1:-1]
        if len(here) <= PATH:
            for step in neighbours.get(here[-1], ()):
                if step not in seen:
                    seen.add(step)
                    queue.append([*here, step])
    return []
