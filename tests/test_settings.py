"""Settings: the contract's names, refusals that teach, secrets that stay hidden."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from databaseai.errors import SettingsInvalid
from databaseai.settings import in_force, load, names

CONTRACT = {
    "DATABASEAI_DATA_SOURCE_URL",
    "DATABASEAI_STORE_URL",
    "DATABASEAI_LLM_BASE_URL",
    "DATABASEAI_LLM_MODEL",
    "DATABASEAI_LLM_API_KEY",
    "DATABASEAI_HOME",
    "DATABASEAI_API_URL",
    "DATABASEAI_REDIS_URL",
    "DATABASEAI_PUBLIC_URL",
}


def test_the_contract_names_exist() -> None:
    assert {name for name, _ in names()} >= CONTRACT


def test_names_reach_their_place_in_the_tree() -> None:
    settings = load({"DATABASEAI_LLM_BASE_URL": "http://127.0.0.1:1/v1", "DATABASEAI_LIMITS_ROW_LIMIT": "7"})
    assert settings.llm.base_url == "http://127.0.0.1:1/v1"
    assert settings.limits.row_limit == 7


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("DATABASEAI_LLM_BASEURL", "DATABASEAI_LLM_BASE_URL"),
        ("DATABASEAI_DATASOURCE_URL", "DATABASEAI_DATA_SOURCE_URL"),
        ("DATABASEAI_PORT", "DATABASEAI_SERVER_PORT"),
        ("DATABASEAI_HOMES", "DATABASEAI_HOME"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        load({name: "x"}, env_files=())
    assert nearest in refused.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASEAI_SERVER_PORT", "http"),
        ("DATABASEAI_SERVER_PORT", "70000"),
        ("DATABASEAI_LIMITS_ROW_LIMIT", "0"),
        ("DATABASEAI_LIMITS_STATEMENT_TIMEOUT_MS", "-1"),
        ("DATABASEAI_SERVER_UI", "perhaps"),
    ],
)
def test_an_impossible_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsInvalid, match=name):
        load({name: value}, env_files=())


def test_the_environment_wins_over_the_file_and_options_over_both(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("DATABASEAI_SERVER_PORT=1\nDATABASEAI_LLM_MODEL=file\nOTHER_PROGRAM=1\n")
    settings = load({"DATABASEAI_SERVER_PORT": "2"}, env_files=(file,), llm__model=None)
    assert (settings.server.port, settings.llm.model) == (2, "file")
    assert load({"DATABASEAI_SERVER_PORT": "2"}, env_files=(file,), server__port=3).server.port == 3


def test_an_unknown_name_in_the_file_is_refused_too(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("DATABASEAI_MODEL=x\n")
    with pytest.raises(SettingsInvalid):
        load({}, env_files=(file,))


def test_secrets_are_masked() -> None:
    secret = "postgresql://reader:very-secret@db/shop"
    settings = load(
        {"DATABASEAI_DATA_SOURCE_URL": secret, "DATABASEAI_LLM_API_KEY": "very-secret"}, env_files=()
    )
    shown = in_force(settings)
    assert "very-secret" not in repr(settings)
    assert "very-secret" not in repr(shown)
    assert shown["DATABASEAI_LLM_API_KEY"]  # set, and seen to be set
    assert set(shown) == {name for name, _ in names()}


def test_a_list_is_written_with_commas() -> None:
    settings = load({"DATABASEAI_CATALOG_SAMPLES_EXCEPT": "public.person.*, *.*.password"}, env_files=())
    assert settings.catalog.samples_except == ("public.person.*", "*.*.password")


@given(st.text(st.characters(codec="ascii", categories=("Lu", "Nd")), min_size=1, max_size=30))
def test_no_made_up_name_is_taken(suffix: str) -> None:
    """Whatever follows the prefix is either in the tree or refused."""
    name = f"DATABASEAI_Q{suffix}"
    with pytest.raises(SettingsInvalid):
        load({name: "1"}, env_files=())


def test_steps_are_switched_off_by_name() -> None:
    """For ablations; a name that is no step is refused, and the list is shown as it is written."""
    settings = load({"DATABASEAI_ASK_WITHOUT": "values, repair"}, env_files=())
    assert settings.ask.without == {"values", "repair"}
    assert in_force(settings)["DATABASEAI_ASK_WITHOUT"] == "repair,values"
    with pytest.raises(SettingsInvalid):
        load({"DATABASEAI_ASK_WITHOUT": "guardrail"}, env_files=())
