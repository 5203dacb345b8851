"""From what went wrong on the wire to an error of ours; and how long to wait before the next try.

The endpoint's own words are read to find out what happened and never passed on: servers quote keys and
prompts in their errors.
"""

import email.utils
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from databaseai.errors import (
    LanguageModelError,
    ModelContextExceeded,
    ModelFault,
    ModelKeyRefused,
    ModelNotFound,
    ModelRateLimited,
    ModelReplyMalformed,
    ModelRequestRefused,
    ModelTimeout,
    ModelUnreachable,
)

AGAIN = (ModelUnreachable, ModelRateLimited, ModelFault)
"""Worth another try."""
STRIKES = (*AGAIN, ModelTimeout, ModelReplyMalformed)
"""Count against the endpoint in its circuit; a refused key or a long prompt does not."""
CONTEXT_WORDS = (
    "exceed_context_size", "context_length_exceeded", "context length", "context size", "context window",
    "maximum model length", "max_model_len", "too many tokens", "prompt is too long",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits between tries."""

    base_ms: int = 500
    cap_ms: int = 8_000
    retry_after_cap_ms: int = 30_000
    """An endpoint that asks for more is not waited for."""

    def wait_s(self, tried: int, retry_after_s: float | None) -> float | None:
        """Seconds to wait after `tried` tries; None when the endpoint asks for too much.

        Full jitter: anything up to the doubling bound, so that many askers do not come back at once.
        """
        bound_s = min(self.cap_ms, self.base_ms * 2 ** (tried - 1)) / 1000
        jitter_s = random.uniform(0, bound_s)  # noqa: S311  # no secret
        if retry_after_s is None:
            return jitter_s
        if retry_after_s * 1000 > self.retry_after_cap_ms:
            return None
        return retry_after_s + jitter_s / 4


def from_openai(error: Exception, where: str, model: str) -> LanguageModelError:
    """Name what the OpenAI client raised.

    Args:
        error: An `openai.OpenAIError`, or what its parser let through (ValueError, TypeError and the like).
        where: Host and port.
        model: The model that was asked for.
    """
    import openai

    match error:
        case openai.APITimeoutError():
            if type(error.__cause__).__name__ in {"ConnectTimeout", "PoolTimeout"}:
                return ModelUnreachable(f"{where} does not accept a connection in time.")
            return ModelTimeout(f"{where} did not finish in time.")
        case openai.APIConnectionError():
            return ModelUnreachable(f"{where} cannot be reached or broke off ({cause(error)}).")
        case openai.APIStatusError():
            return from_status(error.status_code, error.body, error.response.headers, where, model)
        case openai.APIError() if (
            error.body is not None
        ):  # an error event inside a stream that began with 200
            return from_event(error.body, where, model)
        case _:
            return ModelReplyMalformed(f"{where} answers, but not as an OpenAI-compatible API.")


def from_event(error: object, where: str, model: str) -> LanguageModelError:
    """Name an error object that came although the status was 200."""
    code = str(error.get("code")) if isinstance(error, Mapping) else ""
    return from_status(int(code) if code.isdigit() else 500, error, {}, where, model)


def cause(error: BaseException) -> str:
    """The kind of the innermost cause, such as ConnectionRefusedError; kinds only, no text."""
    while following := error.__cause__ or error.__context__:
        error = following
    return type(error).__name__


def from_status(  # noqa: PLR0911  # a table
    status: int, body: object, headers: Mapping[str, str], where: str, model: str
) -> LanguageModelError:
    """Name an HTTP status above 299."""
    words = str(body)[:4_000].lower()
    match status:
        case 401 | 403:
            return ModelKeyRefused(
                f"{where} refused the key (HTTP {status}).", hint="Set DATABASEAI_LLM_API_KEY."
            )
        case 404:
            return ModelNotFound(
                f"{where} has no model {model!r}, or the base URL is wrong (HTTP 404).",
                hint="See DATABASEAI_LLM_MODEL and DATABASEAI_LLM_BASE_URL (most end in /v1).",
            )
        case 408:
            return ModelTimeout(f"{where} did not finish in time (HTTP 408).")
        case 429:
            return ModelRateLimited(f"{where} takes no more requests now (HTTP 429).", **retry_after(headers))
        case _ if 400 <= status < 500 and any(word in words for word in CONTEXT_WORDS):  # noqa: PLR2004
            return ModelContextExceeded(f"The prompt does not fit the context of {model!r}.", **sizes(body))
        case _ if 400 <= status < 500:  # noqa: PLR2004
            return ModelRequestRefused(f"{where} refused the request (HTTP {status}).", http_status=status)
        case _ if status >= 500:  # noqa: PLR2004
            return ModelFault(f"{where} failed (HTTP {status}).", http_status=status, **retry_after(headers))
        case _:
            return ModelReplyMalformed(
                f"{where} sends us elsewhere (HTTP {status}).", hint="See DATABASEAI_LLM_BASE_URL."
            )


def sizes(body: object) -> dict[str, Any]:
    """llama.cpp says how long the prompt is and how long it may be."""
    error = body.get("error", body) if isinstance(body, Mapping) else {}
    known = {"n_prompt_tokens": "prompt_tokens", "n_ctx": "context_tokens"}
    return {
        ours: error[theirs]
        for theirs, ours in known.items()
        if isinstance(error, Mapping) and isinstance(error.get(theirs), int)
    }


def retry_after(headers: Mapping[str, str]) -> dict[str, Any]:
    """Seconds that the endpoint asks us to wait (RFC 9110, 10.2.3: a number or a date)."""
    given = headers.get("retry-after", "").strip()
    try:
        return {"retry_after_s": max(0.0, float(given))} if given else {}
    except ValueError:
        pass
    try:
        at = email.utils.parsedate_to_datetime(given).timestamp()
    except (TypeError, ValueError):
        return {}
    return {"retry_after_s": max(0.0, at - time.time())}
