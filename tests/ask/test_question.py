import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databaseai.ask.question import read
from databaseai.errors import QuestionEmpty, QuestionTooLong, QuestionUnreadable


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("  How many? ", "How many?"),
        ("How\tmany\r\n people?", "How many people?"),
        ("有多少人", "有多少人"),
        ("كم عدد الأشخاص", "كم عدد الأشخاص"),
        (
            "how many \N{FAMILY}\N{ZERO WIDTH JOINER}\N{BOY}?",
            "how many \N{FAMILY}\N{ZERO WIDTH JOINER}\N{BOY}?",
        ),
        ("Zu\N{COMBINING DIAERESIS}rich", "Z\N{LATIN SMALL LETTER U WITH DIAERESIS}rich"),
    ],
)
def test_any_readable_text_becomes_one_line(text: str, question: str) -> None:
    assert read(text, 100) == question


@pytest.mark.parametrize("text", ["", " \n\t", "\N{NO-BREAK SPACE}"])
def test_nothing_but_space_is_no_question(text: str) -> None:
    with pytest.raises(QuestionEmpty):
        read(text, 100)


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[31m", "\x7f", "\ud800", "a\x85b"])
def test_control_characters_and_halves_are_refused(text: str) -> None:
    with pytest.raises(QuestionUnreadable) as caught:
        read(text, 100)
    assert caught.value.facts["position"] == len(text.split(text.strip("ab[31m"), maxsplit=1)[0])


def test_the_limit_counts_characters() -> None:
    assert read("ü" * 100, 100)
    with pytest.raises(QuestionTooLong):
        read("ü" * 101, 100)


@settings(deadline=None)
@given(st.text(max_size=50))
def test_what_passes_is_one_encodable_line(text: str) -> None:
    try:
        question = read(text, 100)
    except (QuestionEmpty, QuestionUnreadable):
        return
    assert question.encode()
    assert question == " ".join(question.split())
