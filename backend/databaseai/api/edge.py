"""The outermost layer of every request: its id, whose page it comes from, how much it sends, safe headers.

One plain ASGI layer for all four: each layer more costs every request some microseconds.
"""

import ipaddress
import re
import secrets
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from databaseai.api import problem
from databaseai.api.run import log_unexpected
from databaseai.errors import DatabaseAIError, ForeignOrigin, RequestTooLarge, Unexpected
from databaseai.settings import Settings

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
HOST = re.compile(r"(?:\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::\d{0,5})?")
READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
DRAINED_BYTES = 16_000_000
"""Of a body that is too large, so much is read and dropped, so that the sender gets to see the refusal."""
SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
"""For the API's own replies; the UI says what its pages may do (`databaseai_web.secure_headers`)."""


class Edge:
    """Wraps the whole application, the UI and its websocket with it."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.request_bytes = settings.server.request_bytes
        self.hosts = known_hosts(settings)
        self.origins = frozenset(
            netloc(url) for url in (settings.public_url, settings.api_url) if url is not None
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope["headers"])
        request_id = headers.request_id or secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        reply = Reply(scope["path"], request_id, send)
        try:
            self.check(scope, headers)
            if scope["type"] == "http":
                if reply.is_api and scope["method"] not in READS:
                    receive = await self.body(headers, receive)
                await self.app(scope, receive, reply.send)
            else:
                await self.app(scope, receive, send)
        except DatabaseAIError as error:
            if not reply.started:
                await self.refuse(error, scope, receive, reply)
        except Exception as error:  # noqa: BLE001  # the last net: a problem instead of a trace
            log_unexpected(error, request_id)
            if not reply.started:
                await self.refuse(Unexpected(), scope, receive, reply)

    def check(self, scope: Scope, headers: "Headers") -> None:
        """Refuse a name that is not ours (DNS rebinding) and another site's page (cross-site request)."""
        if not self.ours(headers.host):
            raise ForeignOrigin(
                "The Host header names another host.",
                hint="Set DATABASEAI_PUBLIC_URL to the address that browsers use.",
            )
        writes = scope["type"] == "websocket" or scope["method"] not in READS
        if writes and headers.origin is not None:
            origin = netloc(headers.origin)
            if not origin or (origin != headers.host and origin not in self.origins):
                raise ForeignOrigin("The request comes from a page of another site.")

    def ours(self, host: str) -> bool:
        """Whether a Host header names this server: an address, a loopback name, or a configured name.

        Rebinding needs a name that its owner can point elsewhere; an address cannot be pointed.
        """
        if host in self.hosts:
            return True
        name = hostname(host)
        return name in self.hosts or is_address(name)

    async def body(self, headers: "Headers", receive: Receive) -> Receive:
        """Read the body, bounded, whether its length was announced or not; hand it on in one piece."""
        limit = self.request_bytes
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                break
            part = message.get("body", b"")
            size += len(part)
            if max(size, headers.length) <= limit:
                parts.append(part)
            elif size > DRAINED_BYTES or headers.length > DRAINED_BYTES:
                break
            if not message.get("more_body"):
                break
        if max(size, headers.length) > limit:
            raise RequestTooLarge(f"The request's body is larger than {limit:,} bytes.", limit=limit)
        whole: list[Message] = [{"type": "http.request", "body": b"".join(parts), "more_body": False}]

        async def again() -> Message:
            return whole.pop() if whole else await receive()

        return again

    async def refuse(self, error: DatabaseAIError, scope: Scope, receive: Receive, reply: "Reply") -> None:
        """Send the problem; a websocket is closed before it opens, which a browser sees as HTTP 403."""
        if scope["type"] == "websocket":
            await reply.raw({"type": "websocket.close", "code": 1008, "reason": error.title})
            return
        body = problem.response(error, instance=scope["path"], request_id=reply.request_id)
        await body(scope, receive, reply.send)


class Headers:
    """The few request headers that the edge reads."""

    __slots__ = ("host", "length", "origin", "request_id")

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self.host = ""
        self.length = 0
        self.origin: str | None = None
        self.request_id = ""
        for name, value in raw:
            if name == b"host":
                self.host = value.decode("latin-1").lower()
            elif name == b"origin":
                self.origin = value.decode("latin-1").lower()
            elif name == b"content-length":
                self.length = int(value) if value.isdigit() else 0
            elif name == b"x-request-id" and REQUEST_ID.fullmatch(value):
                self.request_id = value.decode("ascii")


class Reply:
    """Adds the safe headers and the request id to what is sent."""

    __slots__ = ("is_api", "raw", "request_id", "started")

    def __init__(self, path: str, request_id: str, send: Send) -> None:
        self.is_api = path.startswith(("/api/", "/docs"))
        self.raw = send
        self.request_id = request_id
        self.started = False

    async def send(self, message: Message) -> None:
        """ASGI send; a header that the route has set stays as it is."""
        if message["type"] == "http.response.start":
            self.started = True
            headers = list(message.get("headers", ()))
            given = {name for name, _ in headers}
            headers += [pair for pair in SAFE if self.is_api and pair[0] not in given]
            headers.append((b"x-request-id", self.request_id.encode()))
            message = {**message, "headers": headers}
        await self.raw(message)


def known_hosts(settings: Settings) -> frozenset[str]:
    """Names under which this server may be addressed."""
    named = [netloc(url) for url in (settings.public_url, settings.api_url) if url is not None]
    return frozenset({"localhost", settings.server.host, *named, *map(hostname, named)} - {""})


def netloc(url: str) -> str:
    """host:port of a URL, lower case; a port that the scheme implies is left out. Empty for `null`."""
    try:
        parts = urlsplit(url.lower())
    except ValueError:  # a bracket that is not closed
        return ""
    implied = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return parts.netloc.removesuffix(implied) if implied else parts.netloc


def hostname(host: str) -> str:
    """The host of a Host header, without port and brackets; empty when it is none."""
    found = HOST.fullmatch(host)
    return (found["address"] or found["name"]) if found else ""


def is_address(name: str) -> bool:
    """Whether it is an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
