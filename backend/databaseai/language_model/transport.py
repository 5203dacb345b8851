"""The HTTP client under the OpenAI client: what it trusts, what it sends, how much it reads."""

import importlib
import ipaddress
import ssl
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

from databaseai import __version__
from databaseai.errors import ModelKeyRefused, ModelReplyEndless, ModelUnreachable
from databaseai.settings import LanguageModelSettings

REPLY_BYTES = 16_000_000
"""Bound on one response's bytes, whatever they are: 32,768 tokens as events of 400 bytes fit."""
SENT_HEADERS = frozenset(
    {"host", "accept", "accept-encoding", "connection", "content-type", "content-length"}
)
"""The OpenAI client adds what it finds in the environment (OPENAI_CUSTOM_HEADERS, organisation) and facts
about the machine; only these and our own two go out."""


def checked(base_url: str) -> str:
    """The address without a trailing slash.

    Raises:
        ModelUnreachable: It is no http(s) address.
    """
    try:
        parts = urlsplit(base_url)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise ModelUnreachable(
            "The model's base URL is no http or https address.",
            hint="See DATABASEAI_LLM_BASE_URL, for example http://127.0.0.1:8000/v1.",
        )
    return base_url.rstrip("/")


def is_loopback(base_url: str) -> bool:
    """Whether the address never leaves this machine."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def place(base_url: str) -> str:
    """Host and port, for errors and logs: no user, no password, no path."""
    parts = urlsplit(base_url)
    return parts.netloc.rpartition("@")[2]


def load() -> None:
    """Import what is heavy (0.6 s). Called in a thread, so that the event loop goes on."""
    for module in ("httpx2", "openai", "openai.resources.models"):
        importlib.import_module(module)


def connect(settings: LanguageModelSettings, base_url: str) -> "AsyncOpenAI":
    """Make the client; nothing is sent yet.

    Raises:
        ModelUnreachable: The environment's proxy settings cannot be used.
    """
    import httpx2
    import openai

    key = settings.api_key.get_secret_value().strip() if settings.api_key else ""
    if not (key.isascii() and key.isprintable()):
        raise ModelKeyRefused("The key holds characters that no HTTP header carries.")
    try:
        http = httpx2.AsyncClient(
            # a proxy of the environment is for other hosts; loopback through it arrives elsewhere
            trust_env=not is_loopback(base_url),
            # plain http: no certificates to load (20 ms); https: the system's and certifi's
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if base_url.startswith("http://") else True,
            follow_redirects=False,  # a redirect would carry the prompt to a host nobody configured
            timeout=httpx2.Timeout(settings.timeout_ms / 1000, connect=settings.connect_timeout_ms / 1000),
            limits=httpx2.Limits(max_connections=None, max_keepalive_connections=20),
            event_hooks={"request": [_Headers(key)], "response": [_bound]},
        )
    except (ImportError, ValueError) as error:
        raise ModelUnreachable(
            "The proxy settings of the environment cannot be used.",
            hint=f"See HTTP_PROXY, HTTPS_PROXY and ALL_PROXY ({type(error).__name__}).",
        ) from None
    return openai.AsyncOpenAI(
        # never empty: the client would take OPENAI_API_KEY, which was meant for another host
        api_key=key or "none",
        base_url=base_url,
        max_retries=0,
        http_client=http,
    )


class _Headers:
    """Request hook: send what we mean to send, nothing else."""

    def __init__(self, key: str) -> None:
        self.key = key

    async def __call__(self, request: "httpx2.Request") -> None:
        for name in set(request.headers) - SENT_HEADERS:
            del request.headers[name]
        request.headers["user-agent"] = f"databaseai/{__version__}"
        if self.key:
            request.headers["authorization"] = f"Bearer {self.key}"


async def _bound(response: "httpx2.Response") -> None:
    """Response hook: cut off a body that never ends."""
    response.stream = _bounded(response.stream)


def _bounded(stream: Any) -> Any:
    import httpx2

    class Bounded(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for piece in stream:
                size += len(piece)
                if size > REPLY_BYTES:
                    raise ModelReplyEndless(f"The reply passed {REPLY_BYTES} bytes and was cut off.")
                yield piece

        async def aclose(self) -> None:
            await stream.aclose()

    return Bounded()
