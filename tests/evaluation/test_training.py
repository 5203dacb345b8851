"""Training data: the prompt that the product sends, the answer somebody answers for, and nothing unasked."""

import json
from io import StringIO
from pathlib import Path

import pytest
from psycopg import AsyncConnection
from pydantic import SecretStr
from typer.testing import CliRunner

from databaseai.ask.prompt import PROMPT_VERSION
from databaseai.cli import application
from databaseai.cli.exporting import lines_to, silent_tools, written
from databaseai.evaluation.dataset import Question
from databaseai.evaluation.training import Pair, gold_pairs
from databaseai.settings import Settings

PAIR = Pair("v-1", "shop", "verified", "How many items are there?", "SELECT count(*) FROM item")


@pytest.fixture
async def settings(database: str, reader_dsn: str) -> Settings:
    async with await AsyncConnection.connect(database, autocommit=True) as connection:
        await connection.execute("CREATE TABLE item (name text PRIMARY KEY, price int)")
        await connection.execute("INSERT INTO item VALUES ('Gravel bike', 9)")
    return Settings.model_validate({"data_source": {"url": SecretStr(reader_dsn)}})


async def test_a_line_is_the_products_own_prompt_and_the_answer(settings: Settings) -> None:
    """Schema, question and named values as they are sent, without any model being asked."""
    bike = Pair("v-2", "shop", "verified", "What does the gravel bike cost?", "SELECT price FROM item")
    file = StringIO()
    async with silent_tools(settings) as tools:
        assert await written([PAIR, bike], tools, file) == 2
    first, second = map(json.loads, file.getvalue().splitlines())
    assert (first["db_id"], first["source"], first["sql"]) == ("shop", "verified", PAIR.sql)
    assert first["prompt_version"] == PROMPT_VERSION
    system, *_, asked, answer = first["messages"]
    assert (system["role"], asked["role"], answer["role"]) == ("system", "user", "assistant")
    assert "item" in system["content"]
    assert PAIR.question in asked["content"]
    assert answer["content"] == PAIR.sql
    assert "'Gravel bike'" in second["messages"][-2]["content"]


async def test_what_has_no_prompt_is_left_out(settings: Settings, capfd: pytest.CaptureFixture[str]) -> None:
    empty = Pair("v-3", "shop", "verified", "   ", "SELECT 1")
    file = StringIO()
    async with silent_tools(settings) as tools:
        assert await written([empty, PAIR], tools, file) == 1
    assert [json.loads(line)["id"] for line in file.getvalue().splitlines()] == ["v-1"]
    assert "v-3" in capfd.readouterr().err


def test_of_several_golds_the_first_is_the_answer() -> None:
    question = Question(id="q", database="d", question="?", gold=("SELECT 1", "SELECT 2"))
    assert gold_pairs("made up", [question]) == [Pair("q", "d", "made up", "?", "SELECT 1")]


def test_a_broken_off_export_leaves_no_file(tmp_path: Path) -> None:
    place = tmp_path / "pairs.jsonl"
    with pytest.raises(ZeroDivisionError), lines_to(str(place)):
        raise ZeroDivisionError
    assert not place.exists()
    with lines_to(str(place)) as file:
        file.write("{}\n")
    assert place.read_text() == "{}\n"


@pytest.mark.parametrize("given", [["set", "--export", "-"], ["set", "--with-gold"], ["--with-gold"], []])
def test_golds_are_exported_only_when_they_are_asked_for(given: list[str]) -> None:
    """A dataset's golds may have a licence: naming the dataset is not enough."""
    found = CliRunner().invoke(application, ["evaluate", *given])
    assert found.exit_code == 2
    assert found.stdout == ""
