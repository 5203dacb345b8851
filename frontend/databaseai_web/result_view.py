"""The result: a table and a chart."""

# mypy: disable-error-code="no-any-return"
# (Reflex hands its elements out untyped)

from typing import Any

import reflex as rx

from databaseai_web.chart import SERIES

COMPACT = "(value) => value.toLocaleString(undefined, { notation: 'compact' })"
"""Axis numbers in the reader's own way of writing them."""
COLOURS = [f"var(--series-{number})" for number in range(SERIES)]


def table_view(state: Any, turn: Any, table: Any) -> rx.Component:
    """The first rows; it scrolls inside its own frame, so the page never does sideways."""
    return rx.el.figure(
        rx.el.div(
            rx.el.table(
                rx.el.thead(
                    rx.el.tr(
                        rx.foreach(
                            table.columns,
                            lambda column: rx.el.th(
                                column.name,
                                title=column.type,
                                scope="col",
                                class_name=rx.cond(column.numeric, "number", ""),
                            ),
                        )
                    )
                ),
                rx.el.tbody(
                    rx.foreach(
                        table.rows,
                        lambda row: rx.el.tr(
                            rx.foreach(
                                row,
                                lambda cell, place: rx.el.td(
                                    rx.cond(cell == None, rx.el.span("NULL", class_name="null"), cell),  # noqa: E711  # a Var compares, `is` cannot
                                    class_name=rx.cond(table.columns[place].numeric, "number", ""),
                                ),
                            )
                        ),
                    )
                ),
            ),
            class_name="frame",
            tab_index=0,
            role="region",
            aria_label="Result",
        ),
        rx.el.figcaption(
            rx.el.span(table.note, class_name=rx.cond(table.cut, "cut", "")),
            rx.cond(
                table.short,
                rx.el.button(
                    "Show the rows again",
                    type="button",
                    class_name="link",
                    on_click=state.show_all(turn.answer_id),
                ),
            ),
        ),
        class_name="result",
    )


def chart_view(chart: Any) -> rx.Component:
    """Bars, lines, areas or a circle, in colours that stay apart for every eye, light and dark."""
    return rx.el.figure(
        rx.cond(chart.title != "", rx.el.figcaption(chart.title, class_name="title")),
        rx.match(
            chart.kind,
            ("line", drawing(chart, "line")),
            ("area", drawing(chart, "area")),
            ("pie", circle(chart)),
            rx.cond(chart.horizontal, drawing(chart, "lying"), drawing(chart, "bar")),
        ),
        rx.cond(chart.note != "", rx.el.figcaption(chart.note)),
        class_name="chart",
        aria_label="Chart",
    )


def drawing(chart: Any, kind: str) -> rx.Component:
    """One chart of up to `SERIES` series."""
    plain = {"tick_line": False, "axis_line": False, "stroke": "var(--faint)"}
    number = {"custom_attrs": {"tickFormatter": rx.Var(COMPACT)}, **plain}
    lying = kind == "lying"
    parts = [
        *(rx.cond(chart.names.length() > place, mark(chart, place, kind)) for place in range(SERIES)),
        rx.recharts.cartesian_grid(vertical=lying, horizontal=not lying, stroke="var(--line)"),
        rx.recharts.x_axis(type_="number", **number) if lying else rx.recharts.x_axis(data_key="x", **plain),
        rx.recharts.y_axis(data_key="x", type_="category", width=150, **plain)
        if lying
        else rx.recharts.y_axis(width=52, **number),
        rx.recharts.graphing_tooltip(is_animation_active=False),
        rx.cond(chart.names.length() > 1, rx.recharts.legend()),
    ]
    size = {"data": chart.points, "width": "100%", "height": chart.height}
    if kind == "line":
        return rx.recharts.line_chart(*parts, **size)
    if kind == "area":
        return rx.recharts.area_chart(*parts, **size)
    return rx.recharts.bar_chart(
        *parts, bar_category_gap="22%", layout="vertical" if lying else "horizontal", **size
    )


def mark(chart: Any, number: int, kind: str) -> rx.Component:
    """One series; those of one stack stand upon each other."""
    key, name, colour = f"y{number}", chart.names[number], COLOURS[number]
    if kind == "line":
        return rx.recharts.line(
            data_key=key, name=name, stroke=colour, stroke_width=2, dot=False, is_animation_active=False
        )
    stack = rx.cond(chart.stacked, "all", key)
    if kind == "area":
        return rx.recharts.area(
            data_key=key, name=name, stroke=colour, fill=colour, stack_id=stack, is_animation_active=False
        )
    return rx.recharts.bar(
        data_key=key, name=name, fill=colour, radius=3, stack_id=stack, is_animation_active=False
    )


def circle(chart: Any) -> rx.Component:
    """Parts of one whole."""
    return rx.recharts.pie_chart(
        rx.recharts.pie(
            data=chart.points,
            data_key="y0",
            name_key="x",
            label=True,
            custom_attrs={"isAnimationActive": False},
        ),
        rx.recharts.graphing_tooltip(is_animation_active=False),
        rx.recharts.legend(),
        width="100%",
        height=chart.height,
    )
