"""From all tables to those that the question needs."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from databaseai.ask import schema_text
from databaseai.ask.schema_index import Evidence, Postings, Synonyms, rate
from databaseai.ask.schema_keys import neighbours
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.catalog.value_index import ValueIndex
from databaseai.catalog.words import words

CHOSEN_TOKENS = 1_800
"""For tables chosen from more than fit: the whole prompt stays under 2,000."""
LOOKED_AT = 80
"""Tables that are weighed against what they could be joined with."""
COMPANY = 0.5
"""What a joined table says of words that a table does not, counts for it so much."""
SEEDS = 8
"""Tables taken for their own words before the ones that join them; they are shown in full."""
AGAIN, LEAST_AGAIN = 0.9, 0.4
"""What each further table is worth of which a question says the same words."""
LEADERS, BESIDE = 4, 4
"""The first of them bring along so many tables each that a key joins to them."""
PATH = 3
"""Longest join path between two seeds."""
CROWD = 400
"""Tables looked at around one seed: a calendar that everything refers to joins nothing in particular."""
COLUMNS, FEW_COLUMNS = 30, 6
"""Columns shown of a table that is meant, and of one that may be."""
WIDTH = 8
"""Tables that `narrow` keeps at most."""
RIVAL = 0.6
"""A word is left to a table unless another says so much of it."""
FAINT = 0.08
"""Share of the best table's score that a table's own words must bring to be worth its place."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LinkedTable:
    """One table of the prompt, and why it is there."""

    table: Table
    why: str
    score: float = 0.0
    """Of the words that speak of it; comparable within one question."""


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
    """One catalog made ready for linking: seconds at thousands of tables, so built once, in a thread.

    Args:
        catalog: What there is.
        budget_tokens: For the tables written down.
        semantic: Other names for tables and columns, where a person gave them.
        values: The catalog's values where they are indexed already.
    """

    def __init__(
        self,
        catalog: Catalog,
        budget_tokens: int,
        semantic: Synonyms | None = None,
        values: ValueIndex | None = None,
    ) -> None:
        self.catalog = catalog
        self.budget_tokens = budget_tokens
        self.values = values or ValueIndex(catalog)
        self.postings = Postings(catalog, semantic)
        self.edges = neighbours(catalog)
        self.number = {table.qualified: number for number, table in enumerate(catalog.tables)}
        self.whole = self._whole()

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
    return index.whole or Choice(question, index).linked()


def narrow(linked: Linked, question: str, index: SchemaIndex, width: int = WIDTH) -> Linked:
    """Only the linked tables that the question speaks of, and what joins them: at least 1, at most `width`.

    Another rendering of the same schema: small models do better without tables that distract. Tables keep
    the catalog's order and full detail; `linked` itself when nothing speaks for any table.
    """
    choice = Choice(question, index, {index.number[item.table.qualified] for item in linked.tables})
    chosen = choice.needed(width)
    if not chosen or len(chosen) >= len(linked.tables):
        return linked
    items = tuple(choice.item(number) for number in sorted(chosen))
    tables = [item.table for item in items]
    for detail in schema_text.DETAILS:
        text = schema_text.render(tables, index.catalog, detail) + "\n"
        if schema_text.tokens(text) <= index.budget_tokens * detail.share:
            break
    return Linked(items, text, whole=False, margin=choice.margin(chosen))


class Choice:
    """The tables that one question may need, rated."""

    def __init__(self, question: str, index: SchemaIndex, among: set[int] | None = None) -> None:
        self.index = index
        self.question = question
        found = rate(question, index.postings, index.values)
        self.found: dict[int, Evidence] = {
            number: evidence for number, evidence in found.items() if among is None or number in among
        }
        self.among = among

    @cached_property
    def scores(self) -> dict[int, float]:
        """Own evidence, and for the best tables that of what they can be joined with."""
        own = {number: evidence.score for number, evidence in self.found.items()}
        best = sorted(own, key=lambda number: (-own[number], number))[:LOOKED_AT]
        own |= {number: own[number] + COMPANY * self._company(number) for number in best}
        return self._told_apart(own)

    def _told_apart(self, scores: dict[int, float]) -> dict[int, float]:
        """Each further table of which the very same words speak counts less: ten of a kind crowd others."""
        alike: Counter[frozenset[int]] = Counter()
        found = {}
        tables = self.index.catalog.tables
        for number in sorted(scores, key=lambda each: (-scores[each], tables[each].qualified)):
            said = frozenset(self.found[number].words)
            found[number] = scores[number] * max(LEAST_AGAIN, AGAIN ** alike[said])
            alike[said] += 1
        return found

    def _company(self, number: int) -> float:
        """The most that one table within two joins adds to what this one says."""
        said = self.found[number].words
        best = 0.0
        for other in self._near(number):
            if (evidence := self.found.get(other)) is not None:
                best = max(best, sum(worth for at, (worth, _, _) in evidence.words.items() if at not in said))
        return best

    def _near(self, number: int) -> set[int]:
        """Tables within two joins, unless they are a crowd."""
        edges = self.index.edges
        near = set(edges.get(number, ()))
        for other in tuple(near):
            if len(near) < CROWD:
                near.update(edges.get(other, ())[:CROWD])
        return near - {number}

    @cached_property
    def order(self) -> list[int]:
        """Tables by score; by name where that is equal."""
        tables = self.index.catalog.tables
        return sorted(self.scores, key=lambda number: (-self.scores[number], tables[number].qualified))

    def linked(self) -> Linked:
        """As many of the best as fit, the best in full, the others in short."""
        order = self.order or list(range(min(SEEDS, len(self.index.catalog.tables))))
        joined = [*bridges(order[:SEEDS], self.index.edges), *self.beside(order[:LEADERS])]
        candidates = dict.fromkeys([*order[:SEEDS], *joined, *order[SEEDS:]])
        budget = min(self.index.budget_tokens, CHOSEN_TOKENS)
        text = ""
        chosen: list[int] = []
        for place, number in enumerate(candidates):
            longer = text + self.written(number, COLUMNS if place < SEEDS else FEW_COLUMNS) + "\n"
            if schema_text.tokens(longer) > budget and chosen:
                break
            text = longer
            chosen.append(number)
        items = tuple(self.item(number) for number in chosen)
        return Linked(items, text, whole=False, margin=self.margin(chosen))

    def beside(self, leaders: Sequence[int]) -> list[int]:
        """What the best tables are joined with: a question seldom says the table in the middle."""
        found: dict[int, None] = {}
        for number in leaders:
            near = self.index.edges.get(number, ())
            near = (
                sorted(near, key=lambda other: -self.scores.get(other, 0.0)) if len(near) > BESIDE else near
            )
            found |= dict.fromkeys(near[:BESIDE])
        return list(found)

    def item(self, number: int) -> LinkedTable:
        """One table with its reason."""
        evidence = self.found.get(number)
        why = evidence.why if evidence and evidence.words else "joins them" if self.found else "first tables"
        return LinkedTable(self.index.catalog.tables[number], why, round(self.scores.get(number, 0.0), 3))

    def margin(self, taken: Iterable[int]) -> float:
        """How close the best table left out came to the best one taken."""
        inside = set(taken)
        best = max((self.scores.get(number, 0.0) for number in inside), default=0.0)
        left = max((score for number, score in self.scores.items() if number not in inside), default=0.0)
        return left / best if best else 1.0

    def written(self, number: int, most: int) -> str:
        """One table in short: of many columns, those that are keys or are spoken of come first."""
        table = self.index.catalog.tables[number]
        spoken = {word for _, word, _ in self.found[number].words.values()} if number in self.found else set()
        columns = few_columns(table, spoken, most)
        left = len(table.columns) - len(columns)
        text = schema_text.render_table(
            replace(table, columns=columns) if left else table, self.index.catalog, schema_text.LINKED
        )
        return text.removesuffix(");") + f"-- {left} more columns\n);" if left else text

    def needed(self, width: int) -> set[int]:
        """A small set of tables that between them say what the question says, and what joins them."""
        chosen: list[int] = []
        covered: dict[int, float] = {}
        for number in self.order:
            said = {at: worth for at, (worth, _, _) in self.found[number].words.items()}
            gain = sum(worth for at, worth in said.items() if worth > RIVAL * covered.get(at, 0.0))
            if gain <= FAINT * self.scores[self.order[0]]:
                continue
            covered |= {at: max(worth, covered.get(at, 0.0)) for at, worth in said.items()}
            between = [other for other in bridges([*chosen, number], self.index.edges) if self.allowed(other)]
            if len(chosen) + len(between) < width:
                chosen += [number, *between]
        return set(chosen)

    def allowed(self, number: int) -> bool:
        """Among the tables that may be chosen."""
        return self.among is None or number in self.among


def few_columns(table: Table, spoken: set[str], most: int) -> tuple[Column, ...]:
    """At most so many columns in their order: keys, then those spoken of, then the first ones."""
    if len(table.columns) <= most:
        return table.columns
    keys = {name for key in table.foreign_keys for name in key.columns} | set(table.primary_key)
    rank = {
        column.name: (0 if column.name in keys else 1 if spoken & set(words(column.name)) else 2, place)
        for place, column in enumerate(table.columns)
    }
    kept = set(sorted(rank, key=lambda name: rank[name])[: max(most, sum(not r[0] for r in rank.values()))])
    return tuple(column for column in table.columns if column.name in kept)


def bridges(seeds: Sequence[int], edges: Mapping[int, Sequence[int]]) -> list[int]:
    """Tables on the shortest key paths between seeds: without them no join could be written."""
    found: dict[int, None] = {}
    for place, start in enumerate(seeds):
        paths = around(start, set(seeds[place + 1 :]), edges)
        for goal in seeds[place + 1 :]:
            found |= dict.fromkeys(paths.get(goal, ()))
    return [number for number in found if number not in seeds]


def around(start: int, goals: set[int], edges: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    """Inner tables of the shortest path to each goal that is at most `PATH` joins away."""
    queue = deque([[start]])
    seen = {start}
    found: dict[int, list[int]] = {}
    while queue and len(found) < len(goals) and len(seen) < CROWD:
        here = queue.popleft()
        for step in edges.get(here[-1], ()):
            if step not in seen:
                seen.add(step)
                if step in goals:
                    found[step] = here[1:]
                if len(here) < PATH:
                    queue.append([*here, step])
    return found
