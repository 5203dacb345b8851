"""Names, values and questions meet in the same words."""

import pytest

from databaseai.catalog.words import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("orderDate", ["order", "date"]),
        ("order_dates", ["order", "date"]),
        ("XMLFile2", ["xml", "file2"]),
        ("Zürich ZURICH", ["zurich", "zurich"]),
        ("categories boxes addresses houses", ["category", "box", "address", "house"]),
        ("status analysis gas", ["status", "analysis", "gas"]),
        ("有多少人", ["有多少人"]),
        ("--", []),
    ],
)
def test_text_is_cut_into_comparable_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected
