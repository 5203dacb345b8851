from databaseai.ask.memory import Exchange, recall


def test_the_last_answered_turns_are_recalled_oldest_first() -> None:
    turns = [Exchange(f"q{n}", f"SELECT {n}") for n in range(5)]
    assert recall(turns, 100) == tuple(turns[2:])


def test_unanswered_and_overlong_turns_are_left_out() -> None:
    good = Exchange("q", "SELECT 1")
    assert recall([Exchange("q", ""), good, Exchange("q", "x" * 101)], 100) == (good,)
    assert recall([], 100) == ()
