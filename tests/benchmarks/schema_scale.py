"""Linking among 5,000 tables: all databases of the question sets, merged with made-up ones, in one catalog.

The small databases are real ones, loaded into PostgreSQL and introspected; the 5,000 are `Catalog` objects
made of those and of `made_up_tables`, spread over the same schemas, so that no schema gives a question's
tables away.
Where the larger question set is not at hand, only the sample's questions are asked.
"""

import os
import random
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import sqlglot
from sqlglot import exp

from databaseai.ask.repair.scopes import folded
from databaseai.ask.schema_linking import Linked, SchemaIndex, link, narrow
from databaseai.ask.schema_text import tokens
from databaseai.catalog.introspection import introspect
from databaseai.catalog.snapshot import Catalog, Table
from databaseai.catalog.value_index import ValueIndex
from databaseai.cli.evaluating import parts, tools_over
from databaseai.evaluation.databases import ensure
from databaseai.evaluation.dataset import Dataset, Question, load, read_ids
from databaseai.language_model import OpenAICompatibleModel
from databaseai.settings import load as load_settings
from tests.benchmarks.made_up_tables import made_up

TABLES = 5_000
BUDGET_TOKENS = 2_400
WIDTHS = (3, 4, 6, 8)
SETS = Path(os.environ.get("QUESTION_SETS", "../shared/data/eval"))
OWN = Path("backend/databaseai/evaluation/questions")

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with the tables of its gold query, in the merged catalog and in its own."""

    text: str
    database: str
    wanted: frozenset[Place]
    own: frozenset[Place]


async def small_catalogs(datasets: Sequence[Dataset]) -> dict[str, Catalog]:
    """The catalogs of all databases that the questions are about."""
    async with AsyncExitStack() as stack:
        settings, admin = await parts(load_settings(), lambda *_: None, stack)
        model = OpenAICompatibleModel(settings.llm)  # is never asked
        stack.push_async_callback(model.aclose)
        server = tools_over(settings, admin, model, lambda *_: None).server
        found = {}
        for dataset in datasets:
            for name in dict.fromkeys(question.database for question in dataset.questions):
                dumps = dataset.dumps.get(name)
                database = await ensure(server, name, dumps[0]) if dumps else name
                dsn = await server.reader_dsn(database)
                async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as reader:
                    found[name] = await introspect(reader, settings.catalog)
        return found


def merged(catalogs: Mapping[str, Catalog], count: int) -> tuple[Catalog, dict[str, str]]:
    """All in as few schemas as their names allow, filled up with made-up tables; the schema of each."""
    schemas: dict[str, set[str]] = {"main": set(), "ops": set(), "app": set(), "dwh": set()}
    schema_of, tables = {}, []
    for database, catalog in sorted(catalogs.items()):
        names = {table.name for table in catalog.tables}
        schema = next(each for each, taken in schemas.items() if not names & taken)
        schemas[schema] |= names
        schema_of[database] = schema
        tables += [moved(table, schema) for table in catalog.tables]
    tables += made_up(count - len(tables), list(schemas), {table.qualified for table in tables})
    random.Random(7).shuffle(tables)  # noqa: S311  # the same order every time
    path = tuple(schemas)
    return Catalog("merged", 180_000, tuple(tables), "merged", search_path=path), schema_of


def moved(table: Table, schema: str) -> Table:
    """The table in another schema, with all it refers to."""
    keys = tuple(replace(key, referenced_schema=schema) for key in table.foreign_keys)
    return replace(table, schema=schema, foreign_keys=keys)


def asked(
    questions: Sequence[Question], catalogs: Mapping[str, Catalog], schema_of: Mapping[str, str]
) -> list[Asked]:
    """The questions, each with the tables of its first gold query."""
    found = []
    for question in questions:
        own = frozenset(tables_of(question.gold[0], catalogs[question.database]))
        wanted = frozenset((schema_of[question.database], name) for _, name in own)
        found.append(Asked(question.question, question.database, wanted, own))
    return found


def tables_of(statement: str, catalog: Catalog) -> Iterator[Place]:
    """The catalog's tables that a query reads."""
    for node in sqlglot.parse_one(statement, read="postgres").find_all(exp.Table):
        schema = folded(node.args["db"]) if node.args.get("db") else None
        if table := catalog.resolve(folded(node.this), schema):
            yield table.qualified


def scale(name: str, questions: Sequence[Asked], index: SchemaIndex) -> str:
    """Recall, time and tokens of one set in the large catalog."""
    link(questions[0].text, index)  # the first question finds caches empty
    took, busy, cost, shown, whole, hit, wanted = [], [], [], [], 0, 0, 0
    for question in questions:
        began, worked = time.perf_counter(), time.process_time()
        linked = link(question.text, index)
        took.append((time.perf_counter() - began) * 1000)
        busy.append((time.process_time() - worked) * 1000)
        found = {item.table.qualified for item in linked.tables}
        cost.append(tokens(linked.text))
        shown.append(len(found))
        whole += question.wanted <= found
        hit += len(question.wanted & found)
        wanted += len(question.wanted)
    took.sort()
    return (
        f"   {name:<8}{len(questions):>5} questions: all tables {whole / len(questions):.1%},"
        f" per table {hit / wanted:.1%};"
        f" ms median {statistics.median(took):.1f}, p95 {took[len(took) * 95 // 100]:.1f}"
        f" (CPU {statistics.median(busy):.1f}, {sorted(busy)[len(busy) * 95 // 100]:.1f});"
        f" schema tokens mean {statistics.mean(cost):.0f}, most {max(cost)};"
        f" {statistics.mean(shown):.0f} tables"
    )


def narrowed(name: str, questions: Sequence[Asked], indexes: Mapping[str, SchemaIndex]) -> str:
    """Recall of `narrow` in each question's own small catalog, at several widths."""
    said = []
    for width in WIDTHS:
        kept, few, all_of = 0, 0, 0
        for question in questions:
            index = indexes[question.database]
            linked = link(question.text, index)
            found = {item.table.qualified for item in narrow(linked, question.text, index, width).tables}
            kept += question.own <= found
            few += len(found)
            all_of += len(linked.tables)
        size = len(questions)
        said.append(f"{width}: {kept / size:.1%} ({few / size:.1f} of {all_of / size:.1f} tables)")
    return f"   {name:<8}narrow, all tables at width " + "; ".join(said)


def built(what: str, make: Callable[[], object]) -> str:
    """Seconds and memory that an index takes."""
    began = time.perf_counter()
    make()
    seconds = time.perf_counter() - began
    tracemalloc.start()
    kept = make()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return f"{what} {seconds:.1f} s, {size / 1e6:.0f} MB"


def question_sets() -> dict[str, tuple[Dataset, Sequence[Question]]]:
    """The sets, and which of their questions."""
    sample = load(OWN / "sample.jsonl")
    found: dict[str, tuple[Dataset, Sequence[Question]]] = {"sample": (sample, sample.questions)}
    if (SETS / "spider_dev").is_dir():
        dev = load(SETS / "spider_dev")
        fixed = set(read_ids(OWN / "spider_dev_300.json"))
        found["300"] = (dev, [question for question in dev.questions if question.id in fixed])
        found["others"] = (dev, [question for question in dev.questions if question.id not in fixed])
    return found


async def main() -> None:
    """Print recall, milliseconds and tokens, in the large catalog and in the small ones."""
    sets = question_sets()
    catalogs = await small_catalogs(list({id(dataset): dataset for dataset, _ in sets.values()}.values()))
    large, schema_of = merged(catalogs, TABLES)
    values = ValueIndex(large)
    index = SchemaIndex(large, BUDGET_TOKENS, None, values)
    real = sum(len(catalog.tables) for catalog in catalogs.values())
    made = [built("values", lambda: ValueIndex(large))]
    made.append(built("words", lambda: SchemaIndex(large, BUDGET_TOKENS, None, values)))
    print(
        f"   {len(large.tables):,} tables ({real} real), {len(large.search_path)} schemas; {'; '.join(made)}"
    )
    small = {name: SchemaIndex(catalog, BUDGET_TOKENS) for name, catalog in catalogs.items()}
    for name, (_, questions) in sets.items():
        ready = asked(questions, catalogs, schema_of)
        print(scale(name, ready, index))
        print(narrowed(name, ready, small), flush=True)
    print(cost_ratio(large, index, [question.question for question in sets["sample"][1]]))


def cost_ratio(large: Catalog, index: SchemaIndex, questions: Sequence[str]) -> str:
    """Schema tokens in the large catalog over those of ten of its tables."""
    ten = SchemaIndex(replace(large, tables=large.tables[:10]), BUDGET_TOKENS)
    few = statistics.mean(tokens(link(question, ten).text) for question in questions)
    linked: list[Linked] = [link(question, index) for question in questions]
    many = statistics.mean(tokens(each.text) for each in linked)
    return f"   schema tokens: {many:.0f} among {TABLES:,} tables, {few:.0f} among 10; ratio {many / few:.1f}"


if __name__ == "__main__":
    sys.exit("python -m tests.benchmarks schema_scale")
