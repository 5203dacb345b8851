"""The allow-lists: data files beside this module, each group with its reason, read once."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

NULLABLE = "?"


@dataclass(frozen=True, slots=True)
class NodeRule:
    """Fields a node of libpg_query may carry."""

    fields: dict[str, str | None]
    """Name to the type of a struct that stands without its type's name; None: a scalar or a named node."""
    nullable: frozenset[str]
    """Fields in which a JSON null (`{}`) may stand."""


@dataclass(frozen=True, slots=True)
class Functions:
    """What may be called."""

    names: frozenset[str]
    syntax: frozenset[str]
    """Written by the grammar, as pg_catalog.NAME."""
    whole_row: frozenset[str]
    constructs: dict[str, str]
    """Node type or `op` of the first parser to the function's name that the second one reads."""
    columns: dict[str, tuple[str, ...]]
    """Output columns in FROM, where they are not simply the alias."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bounds on arguments that decide how much memory a call takes."""

    argument: dict[str, int]
    size: int
    product: int
    series_rows: int
    format_width: int
    array_fill: int
    stored: frozenset[str]
    """Functions whose first argument is a literal or a column of a table."""
    searched: dict[str, int]
    """Functions that look for each character or start of one text in another, and where the other stands."""
    pattern: int
    nodes: int
    """Of a statement with its inner queries written out."""
    sources: int
    """Elements of one FROM."""


@dataclass(frozen=True, slots=True)
class Lists:
    """All lists together."""

    nodes: dict[str, NodeRule]
    values: dict[str, frozenset[str]]
    """Allowed `op` or `kind` of a node type."""
    functions: Functions
    operators: frozenset[str]
    types: frozenset[str]
    type_bounds: dict[str, int]
    sizes: Sizes
    second_nodes: frozenset[str]
    """Class names of sqlglot's tree."""
    second_functions: dict[str, frozenset[str]]
    """Class name of a sqlglot function to the names PostgreSQL may know it by."""


@cache
def lists() -> Lists:
    """The lists of this version of the product."""
    nodes, types = read("nodes"), read("types")
    return Lists(
        nodes={name: node_rule(text) for group in nodes["group"] for name, text in group["nodes"].items()},
        values={name: frozenset(values) for name, values in nodes["values"].items()},
        functions=functions(),
        operators=union(read("operators"), "names"),
        types=union(types, "names"),
        type_bounds=types["bounds"],
        sizes=sizes(),
        second_nodes=union(read("second"), "names"),
        second_functions={
            name: frozenset(words(names))
            for group in read("second")["group"]
            for name, names in group.get("functions", {}).items()
        },
    )


def read(name: str) -> dict[str, Any]:
    """One data file."""
    return tomllib.loads(resources.files(__package__).joinpath("lists", f"{name}.toml").read_text("utf-8"))


def words(value: str | list[str]) -> list[str]:
    """Names of a group: a list, or one text with blanks between."""
    return value.split() if isinstance(value, str) else value


def union(data: dict[str, Any], key: str) -> frozenset[str]:
    """The names of all groups."""
    return frozenset(name for group in data["group"] for name in words(group.get(key, [])))


def functions() -> Functions:
    """`functions.toml`."""
    data = read("functions")
    return Functions(
        names=union(data, "names"),
        syntax=union(data, "syntax"),
        whole_row=frozenset(words(data["whole_row"]["names"])),
        constructs=data["constructs"],
        columns={name: tuple(columns) for name, columns in data["columns"].items()},
    )


def sizes() -> Sizes:
    """`sizes.toml`."""
    data = read("sizes")
    stored = frozenset(words(data["stored"]["names"]))
    return Sizes(argument=data["argument"], stored=stored, searched=data["searched"], **data["limits"])


def node_rule(text: str) -> NodeRule:
    """`larg:SelectStmt items? location` as a rule."""
    fields: dict[str, str | None] = {}
    nullable = set()
    for word in text.split():
        name, _, struct = word.partition(":")
        if name.endswith(NULLABLE):
            name = name.removesuffix(NULLABLE)
            nullable.add(name)
        fields[name] = struct or None
    return NodeRule(fields, frozenset(nullable))
