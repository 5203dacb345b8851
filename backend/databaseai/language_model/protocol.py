"""What the flow says to a language model, and what comes back."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Completion:
    """One whole reply and what it cost."""

    text: str
    model: str
    prompt_tokens: int = 0
    cached_tokens: int = 0
    """Of `prompt_tokens`, those that the endpoint had from an earlier prompt."""
    reply_tokens: int = 0
    cost: float = 0.0
    finish: Literal["stop", "length"] = "stop"
    estimated: bool = False
    """The endpoint sent no usage; the tokens are guessed from the characters."""
    shaped: Literal["", "grammar", "json_schema"] = ""
    """The part of the asked `Shape` that the endpoint is known to obey; empty: the model wrote freely."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a reply must look like; an endpoint that cannot obey is asked without it.

    With both given the grammar wins where it is obeyed: `Completion.shaped` says which it was.
    """

    grammar: str | None = None
    """GBNF, for llama.cpp (`grammar`) and vLLM (`structured_outputs`)."""
    json_schema: Mapping[str, Any] | None = None


class LanguageModel(Protocol):
    """What the flow needs of a model; one scripted fake stands behind it in unit tests."""

    @property
    def name(self) -> str:
        """The model's name, for people."""
        ...

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        temperature: float | None = None,
        reply_tokens: int | None = None,
        stop: Sequence[str] = (),
        shape: Shape | None = None,
    ) -> Completion:
        """One reply, whole. Raises a `LanguageModelError`."""
        ...

    def stream(
        self,
        messages: Sequence[Message],
        *,
        reply_tokens: int | None = None,
        stop: Sequence[str] = (),
        finished: Callable[[Completion], None] | None = None,
    ) -> AsyncIterator[str]:
        """The reply's text in pieces, as they come. Raises a `LanguageModelError`.

        `finished` is called once, after the last piece, with the whole reply and what it cost.
        """
        ...
