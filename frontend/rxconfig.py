"""What Reflex reads at build and at start; found only as a file in the working directory.

Self-contained on purpose: Reflex may load this file again, and drops what it imported from the project.
"""

import os
from typing import Any

import reflex as rx

ANCHOR = "const frontend_hostname = window.location.hostname;\n    endpoint.hostname = frontend_hostname;"
LAST = 'endpoint.port = ""; // Assume websocket is on https port via load balancer.'


def same_origin(js: str) -> str:
    """Make the compiled page find its server where it came from, whatever host and port that is.

    Reflex bakes the port of `api_url` into the build and offers no relative address.

    Raises:
        RuntimeError: `utils/state.js` is not the one this was written for; a wrong address is never shipped.
    """
    if "/* same-origin */" in js:
        return js
    if ANCHOR not in js or LAST not in js:
        raise RuntimeError("Reflex's state.js changed; the same-origin patch must be written anew.")
    mine = ANCHOR + "\n    endpoint.port = window.location.port; /* same-origin */"
    return js.replace(ANCHOR, mine).replace(LAST, "")


class SameOriginPlugin(rx.plugins.Plugin):
    """One build for every address."""

    def pre_compile(self, **context: Any) -> None:
        """Patch the websocket's address in the compiled page."""
        context["add_modify_task"]("utils/state.js", same_origin)


config = rx.Config(
    app_name="databaseai_web",
    api_url="http://localhost:8088",
    backend_port=8088,
    cors_allowed_origins=(),
    telemetry_enabled=False,
    show_built_with_reflex=False,
    default_color_mode="system",
    state_manager_mode=rx.constants.StateManagerMode(os.environ.get("REFLEX_STATE_MANAGER_MODE", "memory")),
    plugins=[SameOriginPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
