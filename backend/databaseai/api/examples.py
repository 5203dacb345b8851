"""Examples of the OpenAPI document, by route; a test holds each against its type."""

from typing import Any

ID = "01a1f7e3c9dbcaf979c86b63f4f5cdbb"
CONVERSATION = "01a1f7e3c9db86109f95a27c6079ea4a"
SQL = "SELECT count(*) AS customers FROM shop.customer"
COLUMNS = [{"name": "customers", "type": "bigint"}]
USAGE = {"calls": 1, "prompt_tokens": 900, "cached_tokens": 0, "reply_tokens": 20, "cost": 0.0}
SOURCE = "127.0.0.1:5432/shop"
STREAM = """id: 1
event: accepted
data: {"answer_id":"01a1f7e3c9dbcaf979c86b63f4f5cdbb","conversation":"01a1f7e3c9db86109f95a27c6079ea4a"}

id: 2
event: step
data: {"name":"generation","status":"done","detail":"1 candidate","ms":812.4}

id: 3
event: sql
data: {"sql":"SELECT count(*) AS customers FROM shop.customer","explanation":""}

id: 4
event: rows
data: {"columns":[{"name":"customers","type":"bigint"}],"rows":[[4000]],"truncated":false}

id: 5
event: text
data: {"delta":"There are 4,000 customers."}

id: 6
event: done
data: {"status":"answered","model":"qwen2.5-coder-1.5b","usage":{"calls":1,"prompt_tokens":900},"ms":1204.9}

"""
ANSWER = {
    "answer_id": ID,
    "conversation": CONVERSATION,
    "data_source": SOURCE,
    "question": "How many customers are there?",
    "status": "answered",
    "sql": SQL,
    "columns": COLUMNS,
    "rows": [[4000]],
    "truncated": False,
    "text": "There are 4,000 customers.",
    "chart": {"type": "table", "x": None, "y": [], "series": None, "title": ""},
    "card": {
        "tables": ["shop.customer"],
        "measures": ["count(*)"],
        "grain": "one row, over the rows of customer",
        "scanned": ["about 4,000 rows of shop.customer"],
    },
    "confidence": {"level": "medium", "reason": ["One candidate was tried."]},
    "sentinel": [
        {
            "kind": "filter drops NULLs",
            "text": "city <> 'Porto' leaves out 12 rows in which city is NULL.",
            "check": "SELECT count(*) FROM shop.customer WHERE city IS NULL",
            "corrected": "",
        }
    ],
    "reading": [],
    "problem": None,
    "model": "qwen2.5-coder-1.5b",
    "usage": USAGE,
    "started_at": "2026-11-20T07:48:13.030149Z",
    "finished_at": "2026-11-20T07:48:14.235049Z",
}
CATALOG = {
    "data_source": SOURCE,
    "database": "shop",
    "server_version": 180006,
    "fingerprint": "6f1c1f0f1d",
    "tables": [
        {
            "schema": "shop",
            "name": "customer",
            "kind": "table",
            "comment": "Who buys",
            "row_estimate": 4000,
            "columns": [
                {"name": "id", "type": "bigint", "nullable": False, "comment": "", "labels": []},
                {"name": "city", "type": "text", "nullable": True, "comment": "", "labels": []},
            ],
            "primary_key": ["id"],
            "unique": [],
            "foreign_keys": [],
        }
    ],
}
FINE = {"state": "ok", "detail": "", "code": "", "ms": 1.2}

PLAN = {
    "Node Type": "Aggregate",
    "Startup Cost": 74.0,
    "Total Cost": 74.01,
    "Plan Rows": 1,
    "Plan Width": 8,
    "Plans": [
        {
            "Node Type": "Seq Scan",
            "Relation Name": "customer",
            "Startup Cost": 0.0,
            "Total Cost": 64.0,
            "Plan Rows": 4000,
            "Plan Width": 0,
        }
    ],
}
PLAN_TEXT = [
    "Aggregate  (cost=74.00..74.01 rows=1 width=8)",
    "  ->  Seq Scan on customer  (cost=0.00..64.00 rows=4000 width=0)",
]

REQUESTS: dict[tuple[str, str], Any] = {
    ("post", "/ask"): {"question": "Which five customers spent the most last year?"},
    ("post", "/query"): {"sql": SQL},
    ("post", "/explain"): {"sql": SQL},
}
REPLIES: dict[tuple[str, str], Any] = {
    ("post", "/ask"): ANSWER,
    ("get", "/answers/{answer_id}"): ANSWER,
    ("get", "/answers/{answer_id}/rows"): {"columns": COLUMNS, "rows": [[4000]], "next": None},
    ("post", "/query"): {"sql": SQL, "columns": COLUMNS, "rows": [[4000]], "truncated": False, "ms": 3.1},
    ("post", "/explain"): {
        "sql": SQL,
        "total_cost": 74.01,
        "row_estimate": 1,
        "plan": PLAN,
        "text": PLAN_TEXT,
        "ms": 2.4,
    },
    ("get", "/catalog"): CATALOG,
    ("post", "/catalog/refresh"): CATALOG,
    ("get", "/health/live"): {"state": "ok"},
    ("get", "/health/ready"): {"state": "ok", "version": "0.1.0", "dependencies": {"store": FINE}},
    ("get", "/health"): {
        "state": "degraded",
        "version": "0.1.0",
        "running": 1,
        "dependencies": {
            "store": FINE,
            "model": {
                "state": "failing",
                "detail": "The model's endpoint does not answer.",
                "code": "DBAI301",
            },
        },
    },
    ("get", "/problems/{code}"): {
        "code": "DBAI102",
        "title": "Empty question",
        "status": 422,
        "repairable": False,
        "help": "There is no question in the request.",
    },
}
