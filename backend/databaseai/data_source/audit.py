"""What a login may do beyond reading."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A warning about the login or the server, and the SQL that mends it."""

    text: str
    hint: str = ""
