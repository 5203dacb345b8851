"""Line icons, drawn here: no icon font, no icon package."""

# mypy: disable-error-code="no-any-return"
# (Reflex hands its elements out untyped)

import reflex as rx

PATHS = {
    "send": "M12 19V5M5 12l7-7 7 7",
    "stop": "M7 7h10v10H7z",
    "plus": "M12 5v14M5 12h14",
    "copy": "M9 9h10v10H9zM5 15V5h10",
    "check": "M5 12.5l4.5 4.5L19 7.5",
    "warning": "M12 4.5l8.5 14.5h-17zM12 10v4M12 16.6v.2",
    "sun": "M12 8a4 4 0 100 8 4 4 0 000-8M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21"
    "M5.6 5.6l1 1M17.4 17.4l1 1M5.6 18.4l1-1M17.4 6.6l1-1",
    "moon": "M19.5 14.2A8 8 0 119.8 4.5a6.3 6.3 0 009.7 9.7z",
    "screen": "M4 5.5h16v10.5H4zM9 20h6M12 16v4",
    "chevron": "M9 6l6 6-6 6",
}


def icon(name: str) -> rx.Component:
    """An icon of 18 px in the colour of the text beside it; screen readers get the button's name instead."""
    return rx.el.svg(
        rx.el.path(d=PATHS[name]),
        view_box="0 0 24 24",
        class_name="icon",
        custom_attrs={"aria-hidden": "true"},
    )
