"""What surrounds the conversation: header, theme, question box, examples, the notice of a lost connection."""

# mypy: disable-error-code="no-any-return"
# (Reflex hands its elements out untyped)

from typing import Any

import reflex as rx
from reflex.style import color_mode, set_color_mode
from reflex_components_core.core.banner import (  # type: ignore[import-untyped]  # no py.typed
    has_connection_errors,
)

from databaseai_web.icons import icon


def page_header(source: Any, empty: Any, running: Any, start_anew: Any) -> rx.Component:
    """Name, data source, new conversation, theme."""
    return rx.el.header(
        rx.el.span("DatabaseAI", class_name="brand"),
        rx.cond(source != "", rx.el.span(source, class_name="source", title="Data source, read-only")),
        rx.el.span(class_name="space"),
        rx.cond(
            ~empty,
            rx.el.button(
                icon("plus"),
                rx.el.span("New question", class_name="wide"),
                on_click=start_anew,
                disabled=running,
                class_name="quiet",
                aria_label="New question",
                type="button",
            ),
        ),
        theme_button(),
        rx.cond(
            has_connection_errors,
            rx.el.p("Connection lost. Trying to reach the server again…", class_name="lost", role="status"),
        ),
        class_name="top",
    )


def theme_button() -> rx.Component:
    """System, light, dark, in turn; kept in the browser."""
    following = rx.match(color_mode, ("system", "light"), ("light", "dark"), "system")
    return rx.el.button(
        rx.match(color_mode, ("light", icon("sun")), ("dark", icon("moon")), icon("screen")),
        on_click=set_color_mode(following),
        class_name="quiet",
        id="theme",
        type="button",
        title=f"Theme: {color_mode}",
        aria_label=f"Theme: {color_mode}. Change",
    )


def composer(state: Any, box: str, empty: Any) -> rx.Component:
    """The question box: Enter sends, Shift+Enter makes a line."""
    send = rx.el.button(icon("send"), type="submit", class_name="send", aria_label="Ask")
    stop = rx.el.button(
        icon("stop"),
        type="button",
        class_name="send stop",
        aria_label="Stop",
        on_click=state.stop,
        disabled=state.stopping,
    )
    form = rx.el.form(
        rx.el.textarea(
            id=box,
            name=box,
            rows=1,
            auto_focus=True,
            enter_key_submit=True,
            max_length=4000,
            auto_complete="off",
            spell_check=False,
            placeholder=rx.cond(empty, "Ask your data a question", "Ask a follow-up"),
            aria_label="Question",
        ),
        rx.cond(state.running, stop, send),
        on_submit=state.submit,
        class_name="composer",
    )
    return rx.el.div(form, class_name="dock")


def examples_list(questions: Any, ask: Any) -> rx.Component:
    """Questions to begin with; each is asked by a click."""
    return rx.el.ul(
        rx.foreach(
            questions,
            lambda question: rx.el.li(
                rx.el.button(question, type="button", on_click=ask(question), class_name="example")
            ),
        ),
        class_name="examples",
        aria_label="Examples",
    )
