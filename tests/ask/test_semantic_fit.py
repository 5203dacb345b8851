"""A semantic model under the real gate: what the gate refuses is left out, what people edit comes in."""

import logging
import os
from pathlib import Path

import pytest

from databaseai.ask.semantic_fit import SemanticFit
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import SemanticModelInvalid
from databaseai.settings import ExecutionLimits

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
