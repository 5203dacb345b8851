"""The error tree: codes are unique, well-formed, of their stage, and never say too little."""

import re

import pytest

from databaseai import errors
from databaseai.errors import BY_CODE, DatabaseAIError

STAGES = (
    errors.StartError,
    errors.RequestError,
    errors.DataSourceError,
    errors.LanguageModelError,
    errors.UnderstandingError,
    errors.GuardrailError,
    errors.PlanningError,
    errors.ExecutionError,
    errors.AfterRowsError,
    errors.InternalError,
)


@pytest.mark.parametrize("error", BY_CODE.values(), ids=BY_CODE)
def test_a_code_belongs_to_its_stage(error: type[DatabaseAIError]) -> None:
    assert re.fullmatch(r"DBAI\d{3}", error.code)
    assert issubclass(error, STAGES[int(error.code[4])])
    assert error.__doc__
    assert error.title
    assert 400 <= error.status < 600
    assert error.exit_code in {1, 2, 3, 4}


def test_a_taken_code_cannot_be_used_again() -> None:
    with pytest.raises(TypeError, match="DBAI701"):
        type("Second", (errors.ExecutionError,), {"code": "DBAI701", "__doc__": "Twice."})


def test_an_error_says_its_code_and_what_happened() -> None:
    error = errors.StatementTimeout("It ran past 15000 ms.", hint="Ask for less.", limit_ms=15_000)
    assert str(error) == "DBAI701 Query timed out: It ran past 15000 ms."
    assert error.facts == {"limit_ms": 15_000}
    assert errors.StatementTimeout().detail  # the class's own words, when there is nothing more to say
