"""The query with each row added up once: counted distinctly, made distinct, or summed up before joining."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from databaseai.ask.repair.scopes import folded, output_name
from databaseai.ask.sentinel import fan_out
from databaseai.ask.sentinel.keys import determined
from databaseai.ask.sentinel.reading import Block, Source, column_of
from databaseai.ask.sentinel.writing import copied, rendered, set_where
from databaseai.catalog.snapshot import Catalog

ONCE = "once"
"""Alias of the rows made distinct."""


@dataclass(slots=True)
class Added:
    """One aggregate of the block."""

    node: exp.AggFunc
    source: Source | None
    """Whose rows it is about; None: the join's."""
    multiplied: tuple[Source, ...]
    """Sources that repeat those."""


def query(block: Block, source: Source, key: Sequence[str], catalog: Catalog) -> str:
    """The whole statement, corrected; empty where no way is known that keeps its meaning."""
    added = [
        added_up(block, node, catalog) for node in block.own(exp.AggFunc) if isinstance(node, exp.AggFunc)
    ]
    if any(a.node.find_ancestor(exp.Window) for a in added) or nested(block):
        return ""
    wrong = [a for a in added if a.multiplied]
    if all(isinstance(a.node, exp.Count) and a.source is source for a in wrong) and len(key) == 1:
        return with_distinct_counts(block, source, key[0], wrong)
    within = determined(block, [source], catalog)
    if all(a.source in within for a in added if isinstance(a.node, fan_out.SENSITIVE)):
        return with_distinct_rows(block, key, source, added, within)
    return summed_before(block, added)


def added_up(block: Block, node: exp.AggFunc, catalog: Catalog) -> Added:
    """An aggregate with what repeats its rows."""
    source = fan_out.measured(block, node, catalog)
    if source is None or not isinstance(node, fan_out.SENSITIVE) or isinstance(node.this, exp.Distinct):
        return Added(node, source, ())
    single = determined(block, [source], catalog)
    return Added(node, source, tuple(other for other in block.sources if other not in single))


def nested(block: Block) -> bool:
    """Queries inside what is selected, grouped or sorted: their columns are not rewritten here."""
    return any(part.find(exp.Query) for part in read_parts(block.select))


def read_parts(select: exp.Select) -> list[exp.Expr]:
    """What reads the joined rows: not FROM and WHERE, which make them."""
    parts = [select.args.get(name) for name in ("group", "having", "order")]
    return [*select.expressions, *(part for part in parts if part is not None)]


def with_distinct_counts(block: Block, source: Source, key: str, wrong: Iterable[Added]) -> str:
    """count(DISTINCT key) instead of counting rows."""
    again, select = copied(block)
    texts = {rendered(a.node) for a in wrong}
    for node in list(select.find_all(exp.Count)):
        if rendered(node) in texts and node.parent_select is select:
            counted = node.this
            keep = source.column(folded(counted.this)) if isinstance(counted, exp.Column) else None
            column = counted.copy() if keep is None or keep.nullable else column_of(source, key)
            node.set("this", exp.Distinct(expressions=[column]))
    return rendered(again)


def with_distinct_rows(
    block: Block, key: Sequence[str], source: Source, added: Sequence[Added], within: Sequence[Source]
) -> str:
    """Each row of the source once (for each group it falls into), then the aggregates."""
    if any(owner not in within for a in added for owner in block.owners(a.node)):
        return ""
    again, select = copied(block)
    names: dict[str, str] = {}
    inner = [exp.alias_(column_of(source, name), name_for(names, source.alias, name)) for name in key]
    name_outputs(select)
    for part in read_parts(select):
        for column in list(part.find_all(exp.Column)):
            owner = block.owner(column)
            if owner is None:
                continue
            name, fresh = folded(column.this), f"{owner.alias}.{folded(column.this)}" not in names
            alias = name_for(names, owner.alias, name)
            if fresh:
                inner.append(exp.alias_(column.copy(), alias))
            column.replace(exp.column(alias, table=ONCE, quoted=False))
    rows = exp.Select(expressions=inner, distinct=exp.Distinct())
    for part_name in ("from_", "joins", "where"):
        rows.set(part_name, select.args.get(part_name))
        select.set(part_name, None)
    select.set("from_", exp.From(this=rows.subquery(ONCE)))
    return rendered(again)


def name_for(names: dict[str, str], alias: str, column: str) -> str:
    """A plain name of its own for a column of a source."""
    whole = f"{alias}.{column}"
    if whole not in names:
        plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in f"{alias}_{column}".lower())
        names[whole] = plain if plain not in names.values() else f"{plain}_{len(names)}"
    return names[whole]


def name_outputs(select: exp.Select) -> None:
    """Bare columns keep their names when what they are read from changes."""
    for expression in list(select.expressions):
        if isinstance(expression, exp.Column) and (name := output_name(expression)):
            expression.replace(exp.alias_(expression.copy(), name, quoted=True))


def summed_before(block: Block, added: Sequence[Added]) -> str:
    """Each many side summed up by what it is joined on, before it is joined."""
    many = list({id(s): s for a in added for s in a.multiplied}.values())
    again, select = copied(block)
    for source in many:
        if not collapse(block, select, source):
            return ""
    return rendered(again)


def collapse(block: Block, select: exp.Select, source: Source) -> bool:
    """Replace one joined table by its sums; False when it is used for more than sums."""
    conditions = [c for c in [*source.on, *block.where] if source in block.owners(c)]
    links = [c for c in conditions if len(block.owners(c)) == 2 and isinstance(c, exp.EQ)]  # noqa: PLR2004
    own = [c for c in conditions if block.owners(c) == [source]]
    if source.table is None or source.kind not in {"inner", "left", "cross"} or not links:
        return False
    if len(links) + len(own) < len(conditions) or (source.kind == "left" and set(own) - set(source.on)):
        return False
    if any(source in block.owners(c) for other in block.sources if other is not source for c in other.on):
        return False
    joined = sorted(
        {folded(c.this) for link in links for c in link.find_all(exp.Column) if block.owner(c) is source}
    )
    sums: dict[str, exp.Expr] = {}
    for node in [a for part in read_parts(select) for a in part.find_all(exp.AggFunc)]:
        if block.owners(node) == [source] and not summed(node, source, sums):
            return False
    read = [c for part in read_parts(select) for c in part.find_all(exp.Column) if block.owner(c) is source]
    if any(folded(c.this) not in sums for c in read):
        return False
    replace_source(select, source, joined, own, sums)
    return True


def summed(node: exp.AggFunc, source: Source, sums: dict[str, exp.Expr]) -> bool:
    """Turn one aggregate into one over the sums; False for a kind that cannot be."""
    outer = {exp.Sum: exp.Sum, exp.Count: exp.Sum, exp.Min: exp.Min, exp.Max: exp.Max}.get(type(node))
    if outer is None or isinstance(node.this, exp.Distinct) or isinstance(node.parent, exp.Filter):
        return False
    name = f"{node.key}_{len(sums) + 1}"
    sums[name] = node.copy()
    node.replace(
        outer(this=exp.Column(this=exp.to_identifier(name), table=column_of(source, "x").args["table"]))
    )
    return True


def replace_source(
    select: exp.Select,
    source: Source,
    joined: Sequence[str],
    own: Sequence[exp.Expr],
    sums: dict[str, exp.Expr],
) -> None:
    """Put the subquery in the table's place, and its conditions into it."""
    inner = exp.Select(
        expressions=[
            *(column_of(source, name) for name in joined),
            *(exp.alias_(s, n) for n, s in sums.items()),
        ]
    )
    inner.set("from_", exp.From(this=source.node.copy()))
    set_where(inner, own)
    inner.set("group", exp.Group(expressions=[column_of(source, name) for name in joined]))
    texts = {rendered(condition) for condition in own}
    where = select.args.get("where")
    for holder in (where, *(join for join in select.args.get("joins") or ())):
        if holder is not None:
            without(holder, texts)
    for node in list(select.find_all(exp.Table)):
        if node.parent_select is select and rendered(node) == rendered(source.node):
            subquery = exp.Subquery(
                this=inner, alias=exp.TableAlias(this=column_of(source, "x").args["table"])
            )
            node.replace(subquery)
            break


def without(holder: exp.Expr, texts: set[str]) -> None:
    """Take conditions out of a WHERE or an ON."""
    name = "this" if isinstance(holder, exp.Where) else "on"
    condition = holder.args.get(name)
    if condition is None:
        return
    kept = [part for part in fan_parts(condition) if rendered(part) not in texts]
    if kept:
        holder.set(name, exp.and_(*(k.copy() for k in kept), copy=False))
    elif isinstance(holder, exp.Where):
        holder.pop()


def fan_parts(condition: exp.Expr) -> list[exp.Expr]:
    """Conditions joined by AND."""
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition]
