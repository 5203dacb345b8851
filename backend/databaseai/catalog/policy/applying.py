"""A catalog under a policy: what is closed is not in it, what is masked says so, and how to read the rest."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from databaseai.catalog.policy.facts import MARK, MASKED_SCHEMA, Attribute, Facts, Name, Relation
from databaseai.catalog.policy.masks import expression, masked_type
from databaseai.catalog.policy.rules import Rule, Rules, dotted
from databaseai.catalog.snapshot import Column, ForeignKey, Table, TableKind
from databaseai.errors import PolicyInvalid

KINDS: dict[str, TableKind] = {
    "r": "table",
    "p": "partitioned table",
    "v": "view",
    "m": "materialised view",
    "f": "foreign table",
}
JOINING = {"", "hash"}
"""Masks under which equal values stay equal, so that keys stay keys."""
NAME_BYTES = 63


@dataclass(frozen=True, slots=True)
class Open:
    """What is left of the tables."""

    tables: tuple[Table, ...]
    closed: tuple[tuple[str, str, str], ...] = ()
    """Schema, name and why, of the relations that the policy closes."""


def apply(tables: Sequence[Table], rules: Rules, facts: Facts) -> Open:
    """The tables as the policy leaves them.

    Args:
        tables: What the login may select from, by its rights alone.
        rules: By oid.
        facts: All that the server holds.

    Raises:
        PolicyInvalid: A masked column is closed to the login, and the view that shows it masked is of another
            policy. DBAI017.
    """
    known = facts.by_name()
    given = {table.qualified: table for table in tables if table.qualified not in facts.masked}
    for relation in facts.by_oid.values():  # the login may read nothing of it but its view
        if relation.qualified not in given and rules[relation.oid].masks and view_of(relation, facts):
            given[relation.qualified] = Table(*relation.qualified, KINDS[relation.kind], ())
    kept: dict[Name, Table] = {}
    closed = []
    for name in sorted(known):
        rule = rules[known[name].oid]
        if rule.closed in {"denied", "exposing"} or (rule.closed and name in given):
            closed.append((*name, rule.why))
        elif name in given and (table := narrowed(given[name], known[name], rule, facts)).columns:
            kept[name] = table
    return Open(tuple(with_keys(table, kept) for table in kept.values()), tuple(closed))


def narrowed(table: Table, relation: Relation, rule: Rule, facts: Facts) -> Table:
    """One table without its denied columns, with its masks, and the query that reads it so."""
    if not rule.denied and not rule.masks:
        body = selecting([quoted(each.name) for each in table.columns], table.qualified)
        return replace(table, guard=body) if rule.watched else table
    readable = {name for name, each in relation.columns.items() if each.readable}
    view = None if rule.masks.keys() <= readable else view_of(relation, facts)
    if view is not None and view.comment != mark(relation, rule):
        raise PolicyInvalid(
            f"{dotted(view.qualified)} shows {dotted(table.qualified)} under another policy.",
            hint="Run the SQL that `databaseai doctor` prints for this policy.",
            name=dotted(view.qualified),
        )
    names = open_columns(relation, rule)
    if view is None:
        names = [each for each in names if each.name in readable]
        body = shown(relation, rule, names)
    else:
        names = [each for each in names if each.name in view.columns]
        body = selecting([quoted(each.name) for each in names], view.qualified)
    columns = tuple(column(table, each, rule) for each in names)
    return replace(table, columns=columns, reads=body, closed=tuple(sorted(rule.denied)))


def open_columns(relation: Relation, rule: Rule) -> list[Attribute]:
    """The columns that are not denied, in order."""
    return [each for each in relation.columns.values() if each.name not in rule.denied]


def shown(relation: Relation, rule: Rule, names: Iterable[Attribute] | None = None) -> str:
    """The query that reads a table with its masks written in."""
    listed = []
    for each in open_columns(relation, rule) if names is None else names:
        name = quoted(each.name)
        mask = rule.masks.get(each.name)
        listed.append(f"{expression(mask, name, each.kind)} AS {name}" if mask else name)
    return selecting(listed, relation.qualified)


def selecting(listed: Sequence[str], name: Name) -> str:
    """`SELECT ... FROM schema.table`."""
    return f"SELECT {', '.join(listed)} FROM {quoted(*name)}"  # noqa: S608  # names are quoted


def column(table: Table, attribute: Attribute, rule: Rule) -> Column:
    """One column of the narrowed table; a masked one keeps no labels and says what it gives."""
    known = table.column.get(attribute.name)
    mask = rule.masks.get(attribute.name)
    if mask is None:
        return known or Column(attribute.name, attribute.kind.shown)
    comment = known.comment if known else ""
    return Column(
        attribute.name,
        masked_type(mask, attribute.kind) or attribute.kind.shown,
        nullable=mask.kind == "null" or known is None or known.nullable,
        comment=f"{comment} (masked: {mask})".lstrip(),
        mask=str(mask),
    )


def with_keys(table: Table, kept: dict[Name, Table]) -> Table:
    """Only the keys whose columns are there, and still equal where they were."""
    return replace(
        table,
        primary_key=table.primary_key if joins(table, table.primary_key) else (),
        unique=tuple(key for key in table.unique if joins(table, key)),
        foreign_keys=tuple(key for key in table.foreign_keys if leads(table, key, kept)),
    )


def joins(table: Table, names: Iterable[str]) -> bool:
    """All these columns are there, plain or hashed."""
    return all((found := table.column.get(name)) is not None and found.mask in JOINING for name in names)


def leads(table: Table, key: ForeignKey, kept: dict[Name, Table]) -> bool:
    """Both ends are there, plain or hashed alike."""
    other = kept.get((key.referenced_schema, key.referenced_table))
    if other is None or not joins(table, key.columns) or not joins(other, key.referenced_columns):
        return False
    return all(
        table.column[here].mask == other.column[there].mask
        for here, there in zip(key.columns, key.referenced_columns, strict=True)
    )


def view_of(relation: Relation, facts: Facts) -> Relation | None:
    """The view that shows a masked table, when the login may read all of it."""
    view = facts.masked.get((masked_schema(relation.schema), relation.name))
    readable = view is not None and all(each.readable for each in view.columns.values())
    return view if readable else None


def masked_schema(schema: str) -> str:
    """Where the views of a schema's masked tables are; a long name is cut and told apart by a digest."""
    name = MASKED_SCHEMA + schema
    if len(name.encode()) <= NAME_BYTES:
        return name
    digest = hashlib.sha256(schema.encode()).hexdigest()[:8]
    return f"{name.encode()[: NAME_BYTES - 9].decode(errors='ignore')}_{digest}"


def mark(relation: Relation, rule: Rule) -> str:
    """The comment of a view that shows a table with these masks."""
    masks = [
        (name, expression(rule.masks[name], quoted(name), relation.columns[name].kind))
        for name in sorted(rule.masks)
    ]
    return MARK + hashlib.sha256(repr(masks).encode()).hexdigest()[:32]


def quoted(*names: str) -> str:
    """An SQL identifier, with its schema."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)
