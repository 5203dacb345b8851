"""What the scripted API says to which question."""

from typing import Any

from tests.frontend.scripted_api import BREAK, PAUSE, Script

COLUMNS = [
    {"name": "customer", "type": "text"},
    {"name": "city", "type": "text"},
    {"name": "orders", "type": "bigint"},
    {"name": "revenue", "type": "numeric(12,2)"},
]
ROWS: list[list[Any]] = [
    ["Northfield Interiors", "Leeds", 41, "128450.10"],
    ["Ateliers Maréchal", "Lyon", 38, "117204.00"],
    ["Keller & Söhne", None, 29, "98411.75"],
    ["Bluewater Hotels", "Cork", 52, "96020.40"],
    ["Studio Onda", "Porto", 17, "71233.90"],
]
SQL = """SELECT c.name AS customer, a.city, count(*) AS orders, sum(o.total_eur) AS revenue
FROM sales."order" AS o
JOIN sales.customer AS c ON c.customer_id = o.customer_id
LEFT JOIN sales.address AS a ON a.address_id = c.billing_address_id
WHERE o.ordered_on >= DATE '2025-01-01' AND o.ordered_on < DATE '2026-01-01'
GROUP BY c.customer_id, c.name, a.city
ORDER BY revenue DESC
LIMIT 5"""
TEXT = (
    "Northfield Interiors spent the most in 2025: 128,450.10 EUR in 41 orders, "
    "followed by Ateliers Maréchal with 117,204.00 EUR."
)


def step(name: str, detail: str, ms: float, pause_s: float = 0.0) -> Script:
    """A step that starts, waits and ends."""
    started = ("step", {"name": name, "status": "started", "detail": "", "ms": None})
    return [
        started,
        (PAUSE, {"s": pause_s}),
        ("step", {"name": name, "status": "done", "detail": detail, "ms": ms}),
    ]


def answered(pause_s: float = 0.05) -> Script:
    """An answer with everything in it."""
    return [
        *step("question", "", 1.2),
        *step("schema_linking", "linked 3 tables: customer, order, address", 8.4, pause_s),
        *step("prompt", "1,204 tokens", 2.0),
        *step("generation", "1 candidate, 118 tokens", 2210.0, 4 * pause_s),
        *step("guardrail", "reads 3 tables", 11.0, pause_s),
        ("sql", {"sql": SQL, "explanation": ""}),
        *step("planning", "cost 1,204, about 5 rows", 6.1, pause_s),
        *step("execution", "5 rows", 34.0, pause_s),
        ("rows", {"columns": COLUMNS, "rows": ROWS, "truncated": False}),
        (
            "sentinel",
            {
                "finding": [
                    {
                        "kind": "lost rows",
                        "text": "12 of 6,204 orders have no billing address: their city is NULL.",
                        "check": "SELECT count(*) FROM sales.order WHERE billing_address_id IS NULL",
                        "corrected": "",
                    }
                ]
            },
        ),
        *[("text", {"delta": piece}) for piece in TEXT.split(" ")[:1]],
        *[
            event
            for piece in TEXT.split(" ")[1:]
            for event in (("text", {"delta": " " + piece}), (PAUSE, {"s": pause_s / 3}))
        ],
        (
            "card",
            {
                "tables": ["sales.order (6,204 rows)", "sales.customer", "sales.address"],
                "joins": ["customer by customer_id", "address by billing_address_id (kept when missing)"],
                "filters": ["ordered_on from 2025-01-01 to before 2026-01-01"],
                "measures": ["orders = number of rows", "revenue = sum of total_eur"],
                "groups": ["customer"],
                "order": ["revenue, largest first"],
                "limit": "5 rows",
                "rows": "5 rows, complete",
                "notes": [],
            },
        ),
        (
            "chart",
            {
                "type": "bar",
                "x": "customer",
                "y": ["revenue"],
                "series": None,
                "title": "Revenue by customer",
            },
        ),
        (
            "confidence",
            {"level": "medium", "reason": ["one candidate, not compared", "all names found in the catalog"]},
        ),
        ("done", {"status": "answered", "model": "scripted", "usage": {}, "ms": 2840.0}),
    ]


REFUSED: dict[str, Any] = {
    "code": "DBAI507",
    "title": "Only queries may run",
    "status": 422,
    "detail": "The statement changes data (DELETE), and this product only reads.",
    "hint": "Ask for what you want to see instead.",
    "sql": "DELETE FROM sales.customer WHERE city IS NULL",
}
HEAVY = {
    "code": "DBAI601",
    "title": "Query too heavy",
    "status": 422,
    "detail": "The plan costs 81,000,000 for about 1 rows; the limit is 10,000,000.",
    "hint": "Narrow it.",
    "cost": 81e6,
    "row_estimate": 1,
    "limit": 1e7,
    "confirmable": True,
}
UNANSWERABLE = {
    "code": "DBAI402",
    "title": "Not answerable from this data",
    "status": 422,
    "detail": "The data has no word about \u201cweather\u201d; it has customers, orders and products.",
    "hint": "Ask all the same, and it is tried.",
}
WIDE = {
    "columns": [
        {"name": f"measure_{number}", "type": "integer" if number % 2 else "text"} for number in range(14)
    ],
    "rows": [
        [row * number if number % 2 else f"a longer value {row}.{number}" for number in range(14)]
        for row in range(240)
    ],
    "truncated": True,
}
HOSTILE = "<img src=x onerror=window.__broken=1><script>window.__broken=1</script>"

SCRIPTS: dict[str, Script] = {
    "": answered(),
    "Slow": answered(0.8),
    "Never ends": [
        *step("question", "", 1),
        ("step", {"name": "generation", "status": "started"}),
        (PAUSE, {"s": 600}),
        ("done", {"status": "answered"}),
    ],
    "Delete all customers": [
        *step("question", "", 1),
        *step("generation", "", 800),
        ("step", {"name": "guardrail", "status": "started"}),
        ("problem", REFUSED),
    ],
    "Too heavy": [*step("planning", "", 3), ("problem", HEAVY)],
    "Too heavy, confirmed": answered(),
    "No model": [
        (
            "refuse",
            {
                "code": "DBAI301",
                "title": "Model unreachable",
                "status": 503,
                "detail": "The language model does not answer.",
                "hint": "Is its server running?",
            },
        )
    ],
    "Wide": [
        *step("execution", "240 rows", 90),
        ("rows", WIDE),
        ("text", {"delta": "Here they are."}),
        ("done", {"status": "answered", "ms": 120}),
    ],
    "Hostile": [
        ("sql", {"sql": f"SELECT '{HOSTILE}'"}),
        ("rows", {"columns": [{"name": HOSTILE, "type": "text"}], "rows": [[HOSTILE]], "truncated": False}),
        ("text", {"delta": HOSTILE}),
        ("done", {"status": "answered"}),
    ],
    "Broken off": [
        *step("question", "", 1),
        (BREAK, {}),
        ("text", {"delta": "Still "}),
        (BREAK, {}),
        ("text", {"delta": "whole."}),
        ("done", {"status": "answered", "ms": 3}),
    ],
    "What will the weather be like?": [("problem", UNANSWERABLE)],
    "Which one?": [
        ("clarify", {"reading": ["Top customers by revenue", "Top customers by number of orders"]}),
        ("done", {"status": "clarify"}),
    ],
}
CATALOG: dict[str, Any] = {
    "data_source": "127.0.0.1:5432/shop",
    "database": "shop",
    "tables": [
        {
            "schema": "sales",
            "name": "order",
            "row_estimate": 6204,
            "columns": [
                {"name": "placed_on", "type": "date"},
                {"name": "status", "type": "order_status", "labels": ["open"]},
            ],
            "foreign_keys": [{"referenced_table": "customer"}],
        },
        {"schema": "sales", "name": "customer", "row_estimate": 900},
    ],
}
