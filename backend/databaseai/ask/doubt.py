"""One reason not to trust a candidate."""

from dataclasses import dataclass

FURTHER = {
    "again",
    "close",
    "column unused",
    "empty",
    "extra table",
    "mended",
    "null",
    "or",
    "unused value",
    "words unknown",
}
"""Signs for which another candidate is worth its seconds; the others only lower trust."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """By its name in `confidence.toml`, and in words."""

    sign: str
    text: str

    @property
    def asks_further(self) -> bool:
        """Another candidate may help."""
        return self.sign in FURTHER
