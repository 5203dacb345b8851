"""`databaseai semantic`: a file held against a database, types included, and a draft."""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer import Exit

from databaseai import app
from databaseai.catalog.semantic.file import parse
from databaseai.cli import semantic
from databaseai.embedded import sample
from databaseai.embedded.batteries import Started
from databaseai.errors import SemanticModelInvalid, SettingsInvalid
from databaseai.settings import load

SCHEMA = "CREATE TABLE sale (id int PRIMARY KEY, total numeric, kind text); COMMENT ON TABLE sale IS 'sold'"
FITS = "version: 1\nmetrics:\n  revenue: {sql: sum(sale.total), table: sale}\n"
TYPES = """version: 1
metrics:
  revenue:
    sql: sum(sale.kind)
    table: sale
  gone: {sql: sum(sale.no), table: sale}
"""


@pytest.fixture
async def shop(database: str, reader_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The reader's URL; the desk has nothing configured."""
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute(SCHEMA)
    monkeypatch.setenv("DATABASEAI_HOME", str(tmp_path))
    return reader_dsn


async def held(url: str, file: Path | None) -> Any:
    return await semantic.checked(load(data_source__url=url), file)


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "words.yaml"
    file.write_text(text)
    return file


async def test_what_fits(shop: str, tmp_path: Path) -> None:
    model, misfits = await held(shop, written(tmp_path, FITS))
    assert [term.name for term in model.terms] == ["revenue"]
    assert misfits == []


async def test_names_and_types_that_do_not(shop: str, tmp_path: Path) -> None:
    """The gate knows the name, the planner the type; each with its line."""
    _, misfits = await held(shop, written(tmp_path, TYPES))
    assert [(each.line, each.where, each.code) for each in misfits] == [
        (3, "metrics.revenue", "DBAI705"),
        (6, "metrics.gone", "DBAI513"),
    ]


async def test_the_file_in_force_is_the_one_that_is_checked(
    shop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsInvalid, match="No semantic model"):
        await held(shop, None)
    monkeypatch.setenv("DATABASEAI_DATA_SOURCE_SEMANTIC_MODEL", str(written(tmp_path, FITS)))
    model, _ = await held(shop, None)
    assert model.terms


def test_the_verdict_is_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from databaseai.catalog.semantic.model import Misfit, SemanticModel

    async def found(*_: object) -> tuple[SemanticModel, list[Misfit]]:
        return SemanticModel(), [Misfit(3, "metrics.m", "no such column", "DBAI511")]

    monkeypatch.setattr(semantic, "checked", found)
    with pytest.raises(Exit) as caught:
        semantic.check(as_json=True)
    assert caught.value.exit_code == 1
    said = json.loads(capsys.readouterr().out)
    assert said["misfits"][0]["line"] == 3
    with pytest.raises(Exit):
        semantic.check()
    assert "line 3: metrics.m: no such column (DBAI511)" in capsys.readouterr().out


async def test_a_draft_is_a_file_that_fits(shop: str, tmp_path: Path) -> None:
    text = await semantic.suggested(load(data_source__url=shop))
    assert parse(text).file.metrics.keys() == {"total of sale"}
    assert (await held(shop, written(tmp_path, text)))[1] == []


async def test_a_wrong_file_stops_the_start_and_the_setting_is_in_force(shop: str, tmp_path: Path) -> None:
    settings = load(
        data_source__url=shop, data_source__semantic_model=written(tmp_path, "version: 1\nx: 1\n")
    )
    settings = settings.model_copy(
        update={"llm": settings.llm.model_copy(update={"base_url": "http://127.0.0.1:9"})}
    )
    with pytest.raises(SemanticModelInvalid, match="line 2: x is no part"):
        async with app.open_tools(settings):
            pass
    written(tmp_path, FITS + "tables:\n  sale: {description: What we sold}\n")
    async with app.open_tools(settings) as tools:
        catalog = await tools.catalog.get()
    assert catalog.semantic
    assert catalog.resolve("sale").comment == "What we sold"  # type: ignore[union-attr]  # it is there
    without = settings.ask.model_copy(update={"without": frozenset({"semantic_model"})})
    async with app.open_tools(settings.model_copy(update={"ask": without})) as tools:
        assert (await tools.catalog.get()).semantic is None


def test_the_sample_brings_its_own_words() -> None:
    assert sample.SEMANTIC_MODEL.is_file()
    assert Started(load({})).settings.data_source.semantic_model is None
