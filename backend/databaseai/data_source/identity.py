"""Who asks, and the login that came with the question."""

from dataclasses import dataclass, field

from databaseai.errors import RequestInvalid

NAME_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Login:
    """An asker's own user and password of the data source; they live in memory only."""

    user: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        if not well_formed(self.user) or not self.password or "\0" in self.password:
            raise RequestInvalid("A login needs a user and a password.")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks; whoever makes one has made sure of the name.

    With `login` the asker brings their own; without, `data_source.identity` says what the name leads to.
    """

    name: str
    login: Login | None = None

    def __post_init__(self) -> None:
        if not well_formed(self.name):
            raise RequestInvalid(f"An asker's name has 1 to {NAME_CHARACTERS} printable characters.")


def well_formed(name: str) -> bool:
    """Printable, neither empty nor long, no blank around it."""
    return 0 < len(name) <= NAME_CHARACTERS and name.isprintable() and name == name.strip()
