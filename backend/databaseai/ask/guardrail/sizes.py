"""Arguments that decide how much memory a call takes must be small literals."""

import re
from dataclasses import dataclass, field
from typing import Any

from databaseai.ask.guardrail.bounding import COUNTED, LARGEST, computed
from databaseai.ask.guardrail.bounding import bound as put_cast
from databaseai.ask.guardrail.first_parser import Node
from databaseai.ask.guardrail.lists import Lists
from databaseai.ask.guardrail.substitution import Edits
from databaseai.ask.guardrail.text import Source
from databaseai.errors import SizeRefused

PLAIN_TYPES = frozenset({"int2", "int4", "int8", "numeric", "text"})
PADDING = frozenset({"lpad", "rpad"})
LIKE = frozenset({"~~", "!~~", "~~*", "!~~*"})
FORMAT_WIDTH = re.compile(r"%(?:\d+\$)?-?(\*|\d+)?")


@dataclass
class SizeCheck:
    """One statement's sizes; their product is bounded too, since calls nest."""

    source: Source
    lists: Lists
    product: int = 1
    padded: int = 1
    """The largest length that a call pads to; a padded text is as long whatever it was made of."""
    unbounded: list[tuple[int, int]] = field(default_factory=list)
    """Byte offset of a call whose size only the data knows, and which argument that is."""

    def call(self, name: str, fields: Node) -> None:
        """Refuse an unbounded size (DBAI514)."""
        args = [unnamed(arg) for arg in fields.get("args", [])]
        limits = self.lists.sizes
        if name in limits.argument:
            place = limits.argument[name]
            size = bound(args[place]) if len(args) > place else None
            plain = fields.get("args", []) == args and not fields.get("func_variadic")
            if size is None and plain and len(args) > place and computed(args[place]):
                self.unbounded.append((fields.get("location", -1), place))
                size = LARGEST if name in PADDING else COUNTED
            self.count(name, size, limits.size, fields)
        elif name in limits.searched and len(args) > limits.searched[name]:
            self.pattern(name, args[limits.searched[name]], fields)
        elif name == "format":
            self.format(args, fields)
        elif name == "array_fill":
            self.count(name, dimensions(args), limits.array_fill, fields)
        elif name == "generate_series":
            self.series(args, fields)

    def cast(self, edits: Edits) -> None:
        """Bound what the data decides where it stands."""
        for location, place in self.unbounded:
            if not put_cast(edits, location, place):
                fields = {"location": location}
                raise self.refused("the size", f"a literal number up to {self.lists.sizes.size}", fields)

    def count(self, name: str, size: int | None, limit: int, fields: Node) -> None:
        """Refuse a size that is unknown or past the limit; multiply it into the statement's product."""
        if size is None or size > limit:
            raise self.refused(name, f"a literal number up to {limit}", fields)
        if name in PADDING:
            self.padded = max(self.padded, size)
        else:
            self.product *= max(size, 1)
        if self.product * self.padded > self.lists.sizes.product:
            raise self.refused(name, "smaller: sizes of nested calls multiply", fields)

    def pattern(self, name: str, value: Node, fields: Node) -> None:
        """Refuse a literal to search for that is past the limit; a column's value is as long as it is."""
        text = literal(value)
        if isinstance(text, str) and len(text) > self.lists.sizes.pattern:
            raise self.refused(name, f"a pattern of at most {self.lists.sizes.pattern} characters", fields)

    def like(self, fields: Node) -> None:
        """The right side of LIKE and its kin, with or without ESCAPE."""
        value = fields.get("rexpr", {})
        call = value.get("FuncCall", {}) if isinstance(value, dict) else {}
        if call.get("funcname", [])[-1:] == [{"String": {"sval": "like_escape"}}]:
            value = call["args"][0]
        if fields["name"][-1]["String"]["sval"] in LIKE and isinstance(value, dict):
            self.pattern("LIKE", value, fields)

    def format(self, args: list[Node], fields: Node) -> None:
        """A template must be a literal whose widths are small literals."""
        template = literal(args[0]) if args and not fields.get("func_variadic") else None
        if not isinstance(template, str):
            raise self.refused("format", "a literal template, without VARIADIC", fields)
        for width in FORMAT_WIDTH.findall(template):
            if width == "*" or (width and int(width[:9]) > self.lists.sizes.format_width):
                raise self.refused("format", f"widths up to {self.lists.sizes.format_width}", fields)

    def series(self, args: list[Node], fields: Node) -> None:
        """A series of numbers between literals; other series end at the time limit."""
        values = [literal(arg) for arg in args]
        if len(values) < 2 or not all(isinstance(value, int | float) for value in values):  # noqa: PLR2004
            return
        start, stop, step = (*values, 1)[:3]
        assert isinstance(start, int | float)  # noqa: S101  # for the type checker; seen above
        if not step or (stop - start) / step > self.lists.sizes.series_rows:
            raise self.refused("generate_series", f"at most {self.lists.sizes.series_rows} rows", fields)

    def modifiers(self, name: str, fields: Node) -> None:
        """char(n), bit(n): padded types with a small literal size."""
        limit = self.lists.type_bounds.get(name)
        if limit is None:
            return
        for modifier in fields.get("typmods", []):
            size = literal(modifier)
            if not isinstance(size, int) or size > limit:
                raise self.refused(name, f"a literal length up to {limit}", fields)

    def refused(self, name: str, need: str, fields: Node) -> SizeRefused:
        """The refusal."""
        return SizeRefused(
            f"{name} needs {need}.",
            hint="These calls take memory that PostgreSQL does not bound.",
            name=name,
            **self.source.position(fields.get("location")),
        )


def unnamed(arg: Node) -> Node:
    """The value of `name => value`."""
    named: Node | None = arg.get("NamedArgExpr")
    return named["arg"] if named else arg


def literal(node: Node) -> Any:
    """The int, float or str of a literal, through plain casts and a sign; None for anything else."""
    if cast := node.get("TypeCast"):
        return literal(cast["arg"]) if keeps_value(cast) else None
    if (sign := node.get("A_Expr")) and "lexpr" not in sign and sign.get("rexpr"):
        value = literal(sign["rexpr"])
        plain = isinstance(value, int | float) and sign["name"] == [{"String": {"sval": "-"}}]
        return -value if plain else None
    constant: Node = node.get("A_Const", {})
    if "ival" in constant:
        return constant["ival"].get("ival", 0)
    if "fval" in constant:
        return decimal(constant["fval"]["fval"])
    return constant["sval"].get("sval", "") if "sval" in constant else None


def decimal(digits: str) -> float | None:
    """A number with a point, an exponent, or more digits than an int4; hexadecimal ones are not read."""
    try:
        return float(digits)
    except ValueError:
        return None


def bound(node: Node) -> int | None:
    """Upper bound of a whole number: a literal, or LEAST with one."""
    value = literal(node)
    if isinstance(value, int):
        return value
    least = node.get("MinMaxExpr", {})
    if least.get("op") == "IS_LEAST":
        bounds = [found for arg in least["args"] if (found := bound(arg)) is not None]
        return min(bounds, default=None)
    if (cast := node.get("TypeCast")) and keeps_value(cast):
        return bound(cast["arg"])
    return None


def keeps_value(cast: Node) -> bool:
    """A cast between plain numbers and text; 1::bit(1)::bit(31)::int is 2^30."""
    return cast["typeName"]["names"][-1]["String"]["sval"] in PLAIN_TYPES


def dimensions(args: list[Node]) -> int | None:
    """Elements that array_fill makes: the product of a literal array's numbers."""
    elements = args[1].get("A_ArrayExpr", {}).get("elements") if len(args) > 1 else None
    total = 1
    for element in elements or ():
        size = literal(element)
        if not isinstance(size, int):
            return None
        total *= max(size, 1)
    return total if elements else None
