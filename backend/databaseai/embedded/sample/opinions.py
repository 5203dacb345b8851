"""What reviewers write."""

from databaseai.embedded.sample.dice import Choice, Dice

POOR_EACH, GOOD_EACH = 11, 4
POOR = 3
STARS = (
    Choice({"5": 58, "4": 26, "3": 9, "2": 4, "1": 3}),
    Choice({"5": 44, "4": 30, "3": 14, "2": 7, "1": 5}),
    Choice({"5": 22, "4": 24, "3": 22, "2": 17, "1": 15}),
)
"""Good, ordinary and poor products."""

TITLES = {
    1: ("Very disappointed", "Sent it back", "Broken after a week", "Do not buy"),
    2: ("Not what I hoped for", "Too expensive for what it is", "Could be better", "Poor finish"),
    3: ("It does the job", "Average", "Good idea, weak details", "Fine for the price"),
    4: ("Very good, small flaws", "Happy with it", "Nearly perfect", "Good quality"),
    5: (
        "Love it",
        "Would buy again",
        "Exactly what I needed",
        "Beautiful and sturdy",
        "Best purchase this year",
    ),
}
GOOD = (
    "Easy to clean and well made.",
    "Survived a week of heavy rain without a drop inside.",
    "The colour is even nicer than in the picture.",
    "My children use it every day.",
    "Delivery was quick and the packaging had no plastic.",
    "Light enough to carry all day.",
    "A gift for my sister, she was delighted.",
    "The stitching is solid and nothing squeaks.",
)
BAD = (
    "The zipper broke on the second trip.",
    "One handle was loose from the start.",
    "It leaks at the seam as soon as it rains.",
    "The colour faded in the sun.",
    "A screw was missing and the manual is useless.",
    "Smaller than the description says.",
    "The battery is empty after one hour.",
    "Rust after one winter in the garden.",
)
PLAIN = (
    "Bought it in spring.",
    "I have used it for two months now.",
    "Replaces an older one.",
    "Ordered two of them.",
)


MIDDLE = 3
"""Stars with which people say something good and something bad."""


def rating(dice: Dice, product: int) -> int:
    """Stars; every eleventh product is poor, every fourth of the others good."""
    poor, good = product % POOR_EACH == POOR, product % GOOD_EACH == 0
    return int(STARS[2 if poor else 0 if good else 1].of(dice))


def title(dice: Dice, stars: int) -> str:
    """A title that goes with the stars."""
    return dice.pick(TITLES[stars])


def body(dice: Dice, stars: int) -> str | None:
    """Up to three sentences; None from those who only leave a title."""
    if dice.chance(21):
        return None
    said = [dice.pick(PLAIN)] if dice.chance(45) else []
    if stars >= MIDDLE or dice.chance(20):
        said.append(dice.pick(GOOD))
    if stars <= MIDDLE or dice.chance(9):
        said.append(dice.pick(BAD))
    return " ".join(said)
