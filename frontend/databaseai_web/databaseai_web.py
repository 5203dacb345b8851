"""The app as Reflex finds it: pages, style, nothing of any address. `asgi.mount` serves it."""

import logging

import reflex as rx

from databaseai_web.ask import AskState, ask_page


def failed(exception: Exception) -> None:
    """An event handler raised: say so in the log, without what it was handling."""
    logging.getLogger(__name__).error(
        "An event handler failed: %s", type(exception).__name__, exc_info=exception
    )


app = rx.App(
    toaster=None,
    html_lang="en",
    stylesheets=["/style.css"],
    backend_exception_handler=failed,
    head_components=[
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.meta(name="color-scheme", content="light dark"),
    ],
)
app.app_wraps = {key: wrap for key, wrap in app.app_wraps.items() if key[1] == "ErrorBoundary"}
app.add_page(
    ask_page,
    route="/",
    title="DatabaseAI",
    description="Ask your PostgreSQL in your own words, and get an answer you can check.",
    on_load=AskState.opened,
)
