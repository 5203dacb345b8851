"""What one endpoint understands beyond the common ground, found out once and remembered."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from databaseai.language_model.protocol import Message, Shape

Kind = Literal["grammar", "json_schema"]
WORD = "databaseai"
"""What a probe's shape demands; no model says it unasked to the probe's question."""
PROBE = (Message("user", "Reply with the one word: hello"),)
PROBE_TOKENS = 24
PROBE_GRAMMAR = f'root ::= "{WORD}"'
PROBE_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"word": {"type": "string", "enum": [WORD]}},
    "required": ["word"],
    "additionalProperties": False,
}
Ways = tuple[Literal["llama.cpp", "vllm", "response_format"], ...]
KINDS: tuple[Kind, ...] = ("grammar", "json_schema")
WAYS: Mapping[Kind, Ways] = {"grammar": ("llama.cpp", "vllm"), "json_schema": ("response_format",)}


def fields(way: str, shape: Shape) -> dict[str, Any]:
    """The request's fields that ask for a shape in one server's way."""
    match way:
        case "llama.cpp":
            return {"grammar": shape.grammar}
        case "vllm":  # not `guided_grammar`, which newer servers accept and ignore (notes/models.md)
            return {"structured_outputs": {"grammar": shape.grammar}}
        case _:
            schema = {"name": "reply", "schema": dict(shape.json_schema or {}), "strict": True}
            return {"response_format": {"type": "json_schema", "json_schema": schema}}


def probe(kind: Kind) -> Shape:
    """A shape that no reply has by chance."""
    return Shape(grammar=PROBE_GRAMMAR) if kind == "grammar" else Shape(json_schema=PROBE_SCHEMA)


def obeyed(kind: Kind, text: str) -> bool:
    """Whether a probe's reply has the shape it was asked for."""
    if kind == "grammar":
        return text.strip() == WORD
    try:
        return bool(json.loads(text) == {"word": WORD})
    except ValueError:
        return False


@dataclass(slots=True)
class Dialect:
    """What is known about one endpoint."""

    ways: dict[Kind, str] = field(default_factory=dict)
    """How a shape of this kind is asked for; "" when the endpoint does not obey."""
    reply_bound: str = "max_tokens"
    """Newer hosted models refuse it and take `max_completion_tokens`."""
    without: set[str] = field(default_factory=set)
    """Parameters that this endpoint refuses and that a reply can do without."""

    def learn(self, words: str) -> bool:
        """Take a refusal's words in; True when the request is worth sending again in another form."""
        if self.reply_bound == "max_tokens" and "max_completion_tokens" in words:
            self.reply_bound = "max_completion_tokens"
            return True
        for name in ("stream_options", "temperature", "stop"):
            if name not in self.without and re.search(rf"['\"`]{name}['\"`]", words):
                self.without.add(name)
                return True
        return False

    def spell(self, request: dict[str, Any]) -> dict[str, Any]:
        """The request in the words that this endpoint takes."""
        spelt = {name: value for name, value in request.items() if name not in self.without}
        if self.reply_bound != "max_tokens":
            spelt[self.reply_bound] = spelt.pop("max_tokens")
        return spelt
