"""What every page of the UI says to the browser about what it may do."""

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
NOT_OURS = ("/api/", "/metrics", "/_event")
"""The API sets its own headers."""


def policy(client: Path) -> str:
    """The Content-Security-Policy of an export: its own scripts, and its inline scripts by hash.

    Styles may be inline (React sets `style` attributes); scripts may not, nothing comes from another host.

    Args:
        client: The export's `build/client`.
    """
    pages = client.rglob("*.html")
    scripts = {script for page in pages for script in INLINE_SCRIPT.findall(page.read_bytes())}
    digests = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in scripts)
    hashes = sorted(f"'sha256-{digest}'" for digest in digests)
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(("'self'", *hashes)),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class SecureHeaders:
    """Adds the headers to the UI's responses; the rest passes through."""

    def __init__(self, app: App, content_policy: str) -> None:
        self.app = app
        fixed = {
            "content-security-policy": content_policy,
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
        }
        self.headers = [(name.encode(), value.encode()) for name, value in fixed.items()]
        self.names = {b"cache-control", *(name for name, _ in self.headers)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap `send` where the path is the UI's."""
        if scope["type"] != "http" or scope["path"].startswith(NOT_OURS):
            await self.app(scope, receive, send)
            return
        hashed = scope["path"].startswith("/assets/")  # its name changes with its content
        caching = b"public, max-age=31536000, immutable" if hashed else b"no-cache"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                ok = message["status"] < 400  # noqa: PLR2004  # an error is not worth a year in the cache
                cache = (b"cache-control", caching if ok else b"no-store")
                others = [pair for pair in message.get("headers", ()) if pair[0].lower() not in self.names]
                message["headers"] = [*others, *self.headers, cache]
            await send(message)

        await self.app(scope, receive, send_with_headers)
