"""What the model used: tokens and money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from databaseai.language_model.protocol import Message
from databaseai.settings import LanguageModelSettings

CHARACTERS_PER_TOKEN = 4
"""Of English and SQL, for endpoints that count nothing themselves."""
MESSAGE_TOKENS = 4
"""Role and separators of one message in the usual chat templates."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Of one exchange."""

    prompt: int = 0
    cached: int = 0
    reply: int = 0
    estimated: bool = False


@dataclass(slots=True)
class Spent:
    """All that one client used since it was made."""

    calls: int = 0
    failures: int = 0
    retries: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    reply_tokens: int = 0
    estimated_calls: int = 0
    """Calls whose tokens were guessed."""
    cost: float = 0.0

    def add(self, tokens: Tokens, cost: float) -> None:
        """One more exchange."""
        self.calls += 1
        self.prompt_tokens += tokens.prompt
        self.cached_tokens += tokens.cached
        self.reply_tokens += tokens.reply
        self.estimated_calls += tokens.estimated
        self.cost += cost


def measured(usage: object) -> Tokens | None:
    """Tokens from the `usage` of a reply; None when it is not there or is not one."""
    if not isinstance(usage, Mapping):
        return None
    prompt, reply = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if not isinstance(prompt, int) or not isinstance(reply, int):
        return None
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, Mapping) else None
    return Tokens(prompt, cached if isinstance(cached, int) else 0, reply)


def estimated(messages: Sequence[Message], text: str, pieces: int) -> Tokens:
    """Tokens guessed: servers send about one piece a token; a prompt is guessed from its characters."""
    prompt = sum(len(m.content) // CHARACTERS_PER_TOKEN + MESSAGE_TOKENS for m in messages)
    return Tokens(prompt, 0, max(pieces, len(text) // CHARACTERS_PER_TOKEN), estimated=True)


def cost(tokens: Tokens, settings: LanguageModelSettings) -> float:
    """In the currency of the prices; cached tokens at the full price, since discounts differ."""
    prompt = tokens.prompt * settings.prompt_price_per_million
    return (prompt + tokens.reply * settings.reply_price_per_million) / 1e6
