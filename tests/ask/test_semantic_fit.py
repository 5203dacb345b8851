"""A semantic model under the real gate: what the gate refuses is left out, what people edit comes in."""

import logging
import os
from pathlib import Path

import pytest

from databaseai.ask import guardrail
from databaseai.ask.semantic_fit import SemanticFit
from databaseai.ask.trail import Trail
from databaseai.ask.view import Index, understand
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import SemanticModelInvalid
from databaseai.settings import AskSettings, ExecutionLimits, Settings

TEXT = """version: 1
metrics:
  orders: {sql: count(*), table: orders}
  weekly: {sql: count(*), table: orders, time: orders.ordered_at, where: 'orders.total > 1'}
  rows of a file: {sql: "pg_read_file('/etc/passwd')", table: orders}
  changed: {sql: "set_config('role', 'postgres', false)", table: orders}
  secrets: {sql: count(*), table: orders, joins: CROSS JOIN secret}
  broken: {sql: count(*, table: orders}
  another statement: {sql: 1) FROM secret WHERE (1 = 1, table: orders}
"""


def written(path: Path, text: str) -> Path:
    """A file whose time of change moves on, however fast the test is."""
    path.write_text(text)
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + len(text)))
    return path


async def names(fit: SemanticFit, catalog: Catalog) -> set[str]:
    found = (await fit(catalog)).semantic
    assert found is not None
    return {term.name for term in found.terms}


async def test_expressions_pass_the_gate(
    tmp_path: Path, catalog: Catalog, limits: ExecutionLimits, caplog: pytest.LogCaptureFixture
) -> None:
    fit = SemanticFit(written(tmp_path / "words.yaml", TEXT), limits)
    with caplog.at_level(logging.WARNING):
        assert await names(fit, catalog) == {"orders", "weekly"}
        assert await names(fit, catalog) == {"orders", "weekly"}
    assert caplog.text.count("is left out") == 5  # once, not at each reading
    assert "line 5: metrics.rows of a file is left out" in caplog.text


async def test_an_edit_is_in_force_from_the_next_reading_on(
    tmp_path: Path, catalog: Catalog, limits: ExecutionLimits, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path / "words.yaml", TEXT)
    fit = SemanticFit(path, limits)
    await fit(catalog)
    written(path, "version: 1\nmetrics:\n  sales: {sql: count(*), table: orders}\n")
    assert await names(fit, catalog) == {"sales"}
    written(path, "version: 1\nmetrics: [\n")
    with caplog.at_level(logging.WARNING):
        assert await names(fit, catalog) == {"sales"}
    assert "stays in force" in caplog.text
    path.unlink()
    assert await names(fit, catalog) == {"sales"}


def test_a_file_that_cannot_be_read_stops_the_start(tmp_path: Path, limits: ExecutionLimits) -> None:
    with pytest.raises(SemanticModelInvalid):
        SemanticFit(tmp_path / "none.yaml", limits)


async def test_what_is_hidden_is_in_no_prompt(
    tmp_path: Path, catalog: Catalog, limits: ExecutionLimits
) -> None:
    text = "version: 1\ntables:\n  booking: {hidden: true}\n  customer: {columns: {email: {hidden: true}}}\n"
    found = await SemanticFit(written(tmp_path / "words.yaml", text), limits)(catalog)
    shown = (await Index(10_000).of(found)).schema.whole
    assert shown is not None
    assert "CREATE TABLE customer" in shown.text
    assert "email" not in shown.text
    assert "booking" not in shown.text
    guardrail.check("SELECT email FROM customer", found, limits)  # no lock: a person's SQL may
    whole = (await Index(10_000, semantic=False).of(found)).schema.whole
    assert whole is not None
    assert "booking" in whole.text


async def test_definitions_reach_the_prompt(
    tmp_path: Path, catalog: Catalog, limits: ExecutionLimits
) -> None:
    text = "version: 1\nmetrics:\n  turnover: {sql: sum(orders.total), table: orders}\n"
    found = await SemanticFit(written(tmp_path / "words.yaml", text), limits)(catalog)
    indexes = await Index(10_000).of(found)
    for off, there in ((frozenset[str](), True), (frozenset({"semantic_model"}), False)):
        settings = Settings(ask=AskSettings.model_validate({"without": off}))
        view = understand(Trail(), "What was the turnover?", (), indexes, settings)
        assert ("turnover: sum(orders.total)" in view.messages[-1].content) is there
