"""The API's reference as one HTML page, drawn on the server: no script, nothing from another host."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
pre, code { font: 0.9rem/1.4 ui-monospace, monospace }
pre { overflow-x: auto; padding: 0.75rem; border: 1px solid #8886 }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0 }
section { border-top: 1px solid #8886; margin-top: 1.5rem } .method { font-weight: 700; margin-right: 0.5rem }
"""


def reference(document: dict[str, Any]) -> str:
    """The page for an OpenAPI document."""
    info = {name: escape(str(value)) for name, value in document["info"].items()}
    body = "".join(operations(document)) + "<h2 id=types>Types</h2>" + "".join(types(document))
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>{info['title']}: API</title><style>{STYLE}</style>"
        f"<h1>{info['title']} {info['version']}</h1><p>{info['description']}</p>"
        f"<p><a href='/api/v1/openapi.json'>OpenAPI document</a></p>{body}</html>"
    )


def operations(document: dict[str, Any]) -> Iterator[str]:
    """One section per route and method."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"<section><h2><span class=method>{method.upper()}</span><code>{escape(path)}</code></h2>"
            yield f"<p>{escape(operation.get('description', ''))}</p>"
            if parameters := operation.get("parameters"):
                yield table(("Parameter", "In", "Type", ""), (parameter(one) for one in parameters))
            yield from contents("Body", operation.get("requestBody", {}).get("content", {}))
            for status, response in operation["responses"].items():
                yield from contents(f"{status} {response['description']}", response.get("content", {}))
            yield "</section>"


def parameter(one: dict[str, Any]) -> tuple[str, ...]:
    """A parameter's cells."""
    name = escape(one["name"]) + ("" if one.get("required") else " (optional)")
    return name, one["in"], named(one["schema"]), escape(one.get("description", ""))


def contents(heading: str, content: dict[str, Any]) -> Iterator[str]:
    """A body's or reply's types and examples."""
    for media_type, what in content.items():
        schema = what.get("schema", {})
        yield f"<p><b>{escape(heading)}</b> <code>{escape(media_type)}</code> {named(schema)}</p>"
        examples = [what["example"]] if "example" in what else []
        examples += [one["value"] for one in what.get("examples", {}).values()]
        for example in examples:
            shown = example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)
            yield f"<pre>{escape(shown)}</pre>"


def types(document: dict[str, Any]) -> Iterator[str]:
    """One table per type."""
    for name, schema in sorted(document.get("components", {}).get("schemas", {}).items()):
        words = escape(schema.get("description", ""))
        yield f"<section><h3 id='{escape(name)}'>{escape(name)}</h3><p>{words}</p>"
        needed = schema.get("required", ())
        yield table(
            ("Member", "Type", ""),
            (
                (
                    escape(member) + ("" if member in needed else " (optional)"),
                    named(what),
                    escape(what.get("description", "")),
                )
                for member, what in schema.get("properties", {}).items()
            ),
        )
        yield "</section>"


def table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    """Cells are HTML already."""
    lines = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    titles = "".join(f"<th>{title}</th>" for title in head)
    return f"<table><tr>{titles}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def named(schema: dict[str, Any]) -> str:
    """A type in a few words, linked to its table."""
    if reference_to := schema.get("$ref"):
        name = escape(reference_to.rpartition("/")[2])
        return f"<a href='#{name}'>{name}</a>"
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(named(one) for one in choices)
    if values := schema.get("enum"):
        return " | ".join(escape(json.dumps(value)) for value in values)
    if schema.get("type") == "array":
        return f"array of {named(schema.get('items', {}))}"
    return escape(str(schema.get("type", "any")))
