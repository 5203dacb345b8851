"""`databaseai catalog` under a policy, and a start that a wrong policy stops."""

import json
from pathlib import Path

import pytest

from databaseai import app
from databaseai.cli.inspect import print_catalog
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.errors import PolicyInvalid
from databaseai.language_model import OpenAICompatibleModel
from databaseai.settings import load
from tests.clinic import build

FILE = """
[tables]
deny = ["public.vault"]
[masks]
"public.patient.email" = "hash"
"""


@pytest.fixture(scope="module")
async def clinic(postgres: EmbeddedPostgres) -> str:
    """The reader's URL."""
    return (await build(postgres, "clinic_cli"))[1]


@pytest.fixture
def policy_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "policy.toml"
    file.write_text(FILE)
    monkeypatch.setenv("DATABASEAI_HOME", str(tmp_path))
    monkeypatch.setenv("DATABASEAI_DATA_SOURCE_POLICY_FILE", str(file))
    return file


@pytest.mark.usefixtures("policy_file")
async def test_the_catalog_shows_masks_and_what_is_closed(
    clinic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await print_catalog(clinic, as_json=False)
    shown = capsys.readouterr().out
    assert "email text  -- how to reach them (masked: hash)" in shown
    assert "public.vault (closed: the policy denies it)" in shown
    assert "canary" not in shown


@pytest.mark.usefixtures("policy_file")
async def test_as_json_too(clinic: str, capsys: pytest.CaptureFixture[str]) -> None:
    await print_catalog(clinic, as_json=True)
    found = json.loads(capsys.readouterr().out)
    patient = next(table for table in found["tables"] if table["name"] == "patient")
    assert next(column["mask"] for column in patient["columns"] if column["name"] == "email") == "hash"
    assert ["public", "vault", "the policy denies it"] in found["closed"]


@pytest.fixture
def wrong_policy(policy_file: Path) -> None:
    policy_file.write_text('[columns]\ndeny = ["public.patient.sssn"]\n')


@pytest.mark.usefixtures("wrong_policy")
async def test_a_policy_that_names_nothing_stops_the_start(clinic: str) -> None:
    settings = load(data_source__url=clinic, llm__base_url="http://127.0.0.1:9/v1")
    model = OpenAICompatibleModel(settings.llm)
    with pytest.raises(PolicyInvalid, match="matches nothing"):
        async with app.open_tools(settings, model=model):
            pass
    await model.aclose()
