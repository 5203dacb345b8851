"""What one question and its answer look like."""

# mypy: disable-error-code="no-any-return"
# (Reflex hands its elements out untyped)

from typing import Any

import reflex as rx

from databaseai_web.icons import icon
from databaseai_web.in_view import InView
from databaseai_web.result_view import chart_view, table_view


def turn_view(
    state: Any,
    turn: Any,
    *,
    text: Any = None,
    steps: Any = None,
    table: Any = None,
    running: Any = False,
    anchor: Any = None,
) -> rx.Component:
    """One turn. What streams may come from vars of its own instead of the turn.

    Args:
        state: Whose events the buttons send.
        turn: Var of a `turn.Turn`.
        text: Instead of the turn's.
        steps: Instead of the turn's.
        table: Instead of the turn's.
        running: Whether it is being answered now.
        anchor: Changes with each new question, which is then scrolled into view; None for earlier turns.
    """
    text = turn.text if text is None else text
    table = turn.table if table is None else table
    element, where = rx.el.article, {}
    if anchor is not None:
        element, where = InView.create, {"id": "current", "when": anchor}
    return element(
        rx.el.h2(turn.question, class_name="question"),
        steps_view(turn, turn.steps if steps is None else steps, running),
        rx.cond(text != "", rx.el.p(text, class_name="sentence")),
        rx.foreach(turn.findings, lambda finding: finding_view(state, finding)),
        rx.cond(turn.readings.length() > 0, readings_view(state, turn)),
        rx.cond(turn.problem.title != "", problem_view(state, turn)),
        rx.cond(turn.chart.kind != "", chart_view(turn.chart)),
        rx.cond(table.columns.length() > 0, table_view(state, turn, table)),
        rx.cond(turn.confidence != "", confidence_view(turn)),
        rx.cond(turn.card.length() > 0, card_view(turn)),
        rx.cond(turn.sql != "", sql_view(state, turn)),
        class_name="turn",
        **where,
    )


def steps_view(turn: Any, steps: Any, running: Any) -> rx.Component:
    """The steps: open while they happen, folded away after."""
    return rx.el.details(
        rx.el.summary(
            rx.cond(running, rx.el.span(class_name="spinner", aria_hidden="true"), icon("chevron")),
            rx.cond(
                running,
                rx.cond(steps.length() > 0, f"{steps[-1].label}…", "Starting…"),
                turn.summary,
            ),
        ),
        rx.el.ol(
            rx.foreach(
                steps,
                lambda step: rx.el.li(
                    rx.el.span(class_name=f"dot {step.status}", aria_hidden="true"),
                    rx.el.span(step.label, class_name="label"),
                    rx.el.span(step.detail, class_name="detail"),
                    rx.el.span(step.time, class_name="time"),
                ),
            ),
        ),
        open=running,
        class_name="steps",
    )


def finding_view(state: Any, finding: Any) -> rx.Component:
    """A warning, where the number stands; a click shows it, the SQL is folded away."""
    return rx.el.div(
        icon("warning"),
        rx.el.div(
            rx.el.p(finding.text),
            rx.cond(
                finding.check != "",
                rx.cond(
                    state.checks.contains(finding.check),
                    rx.el.p(state.checks[finding.check], class_name="checked", role="status"),
                    rx.el.button(
                        "Check it", type="button", class_name="link", on_click=state.check(finding.check)
                    ),
                ),
            ),
            finding_sql("SQL of the check", finding.check),
            finding_sql("SQL without it", finding.corrected),
        ),
        class_name="finding",
        role="note",
    )


def finding_sql(heading: str, sql: Any) -> rx.Component:
    """A statement of the sentinel's, when there is one."""
    return rx.cond(
        sql != "",
        rx.el.details(
            rx.el.summary(icon("chevron"), heading),
            rx.el.pre(rx.el.code(sql), tab_index=0, aria_label=heading),
        ),
    )


def readings_view(state: Any, turn: Any) -> rx.Component:
    """What the question may mean; a click asks it that way."""
    return rx.el.div(
        rx.el.p("Which of these do you mean?"),
        rx.foreach(
            turn.readings,
            lambda reading: rx.el.button(
                reading, type="button", class_name="example", on_click=state.begin(reading)
            ),
        ),
        rx.el.button(
            "Answer it as it is",
            type="button",
            class_name="link",
            on_click=state.begin_as_it_is(turn.question),
        ),
        class_name="readings",
    )


def problem_view(state: Any, turn: Any) -> rx.Component:
    """What happened, what to do, and the question to try again with."""
    problem = turn.problem
    return rx.cond(
        problem.stopped,
        rx.el.p("You stopped this answer.", class_name="stopped"),
        rx.el.section(
            rx.el.h3(problem.title, rx.el.code(problem.code)),
            rx.cond(problem.detail != "", rx.el.p(problem.detail)),
            rx.cond(problem.hint != "", rx.el.p(problem.hint, class_name="hint")),
            rx.el.div(
                rx.cond(
                    problem.confirmable,
                    rx.el.button(
                        "Run it all the same",
                        type="button",
                        class_name="plain",
                        on_click=state.begin_anyway(turn.question),
                    ),
                ),
                rx.cond(
                    problem.doubted,
                    rx.el.button(
                        "Ask all the same",
                        type="button",
                        class_name="plain",
                        on_click=state.begin_as_it_is(turn.question),
                    ),
                    rx.el.button(
                        "Try again", type="button", class_name="plain", on_click=state.begin(turn.question)
                    ),
                ),
                rx.el.button(
                    "Edit the question", type="button", class_name="plain", on_click=state.edit(turn.question)
                ),
                class_name="buttons",
            ),
            class_name="problem",
            role="alert",
        ),
    )


def confidence_view(turn: Any) -> rx.Component:
    """How sure, in words, with the reasons."""
    return rx.el.p(
        rx.el.span(turn.confidence, class_name=f"level {turn.level}"),
        rx.el.span(turn.reasons),
        class_name="confidence",
    )


def card_view(turn: Any) -> rx.Component:
    """The proof card: what was counted, filtered and joined."""
    return rx.el.details(
        rx.el.summary(icon("chevron"), "How this was computed"),
        rx.el.dl(
            rx.foreach(
                turn.card,
                lambda line: rx.el.div(
                    rx.el.dt(line.heading),
                    rx.el.dd(rx.foreach(line.lines, rx.el.span)),
                ),
            ),
        ),
        class_name="card",
    )


def sql_view(state: Any, turn: Any) -> rx.Component:
    """The SQL with a button that copies it."""
    done = state.copied == turn.answer_id
    return rx.el.details(
        rx.el.summary(icon("chevron"), "SQL"),
        rx.cond(turn.explanation != "", rx.el.p(turn.explanation, class_name="explanation")),
        rx.el.div(
            rx.el.button(
                rx.cond(done, icon("check"), icon("copy")),
                rx.cond(done, "Copied", "Copy"),
                type="button",
                class_name="quiet copy",
                on_click=[rx.set_clipboard(turn.sql), state.mark_copied(turn.answer_id)],
            ),
            rx.el.pre(rx.el.code(turn.sql), tab_index=0, aria_label="SQL"),
            class_name="sql",
        ),
        class_name="card",
    )
