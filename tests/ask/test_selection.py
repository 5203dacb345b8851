"""The candidate whose result most speaks for is taken; of equals the first."""

import pytest

from databaseai.ask.candidate import Candidate
from databaseai.ask.selection import choose, settled
from databaseai.catalog.snapshot import Catalog
from tests.ask.candidate_cases import candidate

A, B, C = [("a",)], [("b",)], [("c",)]


@pytest.mark.parametrize(
    ("results", "taken", "agreeing"),
    [
        ([A], 0, 1),
        ([A, B], 0, 1),
        ([A, B, C], 0, 1),
        ([A, B, B], 1, 2),
        ([B, A, B], 0, 2),
        ([[], A], 1, 1),
        ([[], [], A], 2, 1),
        ([[(None,)], A], 1, 1),
        ([[], []], 0, 2),
    ],
)
def test_agreement_counts_and_emptiness_counts_little(
    catalog: Catalog, results: list[list[tuple[str]]], taken: int, agreeing: int
) -> None:
    found = [candidate(catalog, rows) for rows in results]
    choice = choose(found)
    assert found.index(choice.candidate) == taken
    assert (choice.agreeing, choice.of) == (agreeing, len(found))
    assert 0 < choice.share <= 1


def test_what_needed_mending_says_less(catalog: Catalog) -> None:
    mended = candidate(catalog, A, mended=("joined",), attempts=2)
    clean = candidate(catalog, B)
    assert choose([mended, clean]).candidate is clean


def test_of_equal_results_the_cleaner_statement_is_taken(catalog: Catalog) -> None:
    mended, clean = candidate(catalog, A, mended=("joined",)), candidate(catalog, A)
    assert choose([mended, clean]).candidate is clean


@pytest.mark.parametrize(("strength", "taken"), [(0.9, 1), (0.2, 0)])
def test_a_variant_takes_its_part_of_its_origins_vote(catalog: Catalog, strength: float, taken: int) -> None:
    """Two readings of one reply are not two witnesses."""
    found = [candidate(catalog, A), candidate(catalog, B, strength=strength)]
    choice = choose(found)
    assert choice.candidate is found[taken]
    assert choice.of == 1


def test_two_others_outvote_a_strong_variant(catalog: Catalog) -> None:
    found: list[Candidate] = [
        candidate(catalog, A),
        candidate(catalog, B, strength=0.7),
        candidate(catalog, C),
        candidate(catalog, C),
    ]
    assert choose(found).candidate is found[2]


def test_two_agree_on_something_and_that_settles_it(catalog: Catalog) -> None:
    assert settled(choose([candidate(catalog, A), candidate(catalog, A)]))
    assert settled(
        choose(
            [
                candidate(catalog, A),
                candidate(catalog, B),
                candidate(catalog, B, strength=0.6),
                candidate(catalog, A, strength=0.9),
            ]
        )
    )
    assert not settled(choose([candidate(catalog, A), candidate(catalog, A, strength=0.9)]))
    assert not settled(choose([candidate(catalog, ()), candidate(catalog, ())]))


def test_the_order_of_rows_counts_when_the_question_asks_one(catalog: Catalog) -> None:
    up, down = [("a",), ("b",)], [("b",), ("a",)]
    loose = [candidate(catalog, rows) for rows in (up, down, down)]
    assert choose(loose).agreeing == 3
    strict = [candidate(catalog, rows, asked="Names in descending order?") for rows in (up, down, down)]
    assert choose(strict).candidate is strict[1]


def test_the_choice_is_the_same_each_time(catalog: Catalog) -> None:
    found = [candidate(catalog, rows) for rows in (A, B, C, B, A)]
    assert {id(choose(found).candidate) for _ in range(5)} == {id(found[0])}
