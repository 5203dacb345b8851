"""Fixtures of the system tests."""

from pathlib import Path

import pytest

from tests.system import bare_machine

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> bare_machine.BareMachine:
    """A bare Debian 12 with a clone of this repository's HEAD."""
    return bare_machine.make(tmp_path_factory.mktemp("bare"), ROOT)
