"""Which names a place in a statement can see."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from databaseai.catalog.snapshot import Catalog, Table


@dataclass(frozen=True, slots=True)
class Source:
    """One item of a FROM clause."""

    alias: str
    """As PostgreSQL folds it."""
    shown: str
    """As the statement may write it before a column."""
    table: Table | None
    """None for a subquery, a CTE, a function or values."""
    columns: frozenset[str] | None
    """None when they are not known: every name may be one of them."""
    node: exp.Expr

    def has(self, name: str) -> bool:
        """Whether the column is there, as far as is known."""
        return self.columns is None or name in self.columns


@dataclass(eq=False)
class Scope:
    """One SELECT: its own sources, and those around it."""

    select: exp.Select
    sources: list[Source]
    outer: "Scope | None"
    outputs: dict[str, exp.Expr] = field(default_factory=dict)
    """Output names with their expressions."""

    def visible(self) -> Iterator[Source]:
        """Own sources first, then those of the queries around."""
        yield from self.sources
        if self.outer is not None:
            yield from self.outer.visible()

    def base_tables(self) -> list[Source]:
        """Own sources that are tables of the catalog."""
        return [source for source in self.sources if source.table is not None]


def folded(identifier: exp.Expr | str | None) -> str:
    """The name as PostgreSQL reads it: lower case unless quoted."""
    if isinstance(identifier, exp.Identifier):
        return identifier.name if identifier.args.get("quoted") else identifier.name.lower()
    return str(identifier or "").lower()


def scopes(tree: exp.Expr, catalog: Catalog) -> dict[int, Scope]:
    """A scope for every SELECT of the tree, by the node's id."""
    found: dict[int, Scope] = {}
    for select in tree.find_all(exp.Select):  # breadth first: a query before those inside it
        outer = None if in_from(select) else found.get(id(select.parent_select))
        found[id(select)] = Scope(
            select, [source_of(item, catalog) for item in items(select)], outer, outputs(select)
        )
    return found


def in_from(select: exp.Select) -> bool:
    """A derived table or CTE sees nothing of the query around it."""
    node: exp.Expr | None = select.parent
    while node is not None and not isinstance(node, exp.Select):
        if isinstance(node, exp.Lateral):
            return False
        if isinstance(node, exp.From | exp.Join | exp.CTE):
            return not in_condition(select, node)
        node = node.parent
    return False


def in_condition(select: exp.Select, around: exp.Expr) -> bool:
    """Inside a join's ON rather than being what is joined."""
    on = around.args.get("on") if isinstance(around, exp.Join) else None
    return isinstance(on, exp.Expr) and any(node is select for node in on.walk())


def items(select: exp.Select) -> list[exp.Expr]:
    """What the FROM clause lists, joins included."""
    listed = [select.args.get("from_"), *(select.args.get("joins") or ())]
    found: list[exp.Expr] = []
    for item in listed:
        if item is not None:
            found.append(item.this)
            found += [join.this for join in item.this.args.get("joins") or ()]
    return found


def source_of(item: exp.Expr, catalog: Catalog) -> Source:
    """One FROM item with the columns it offers."""
    alias_node = item.args.get("alias")
    alias = folded(alias_node.this) if isinstance(alias_node, exp.TableAlias) and alias_node.this else ""
    renamed = bool(isinstance(alias_node, exp.TableAlias) and alias_node.args.get("columns"))
    if isinstance(item, exp.Table) and isinstance(item.this, exp.Identifier):
        name = folded(item.this)
        shown = (alias_node.this if alias_node and alias else item.this).sql(dialect="postgres")
        if not item.args.get("db") and (cte := cte_named(item, name)):
            return Source(alias or name, shown, None, None if renamed else offered(cte), item)
        table = catalog.resolve(name, folded(item.args["db"]) if item.args.get("db") else None)
        columns = None if table is None or renamed else frozenset(table.column)
        return Source(alias or name, shown, table, columns, item)
    columns = offered(item) if isinstance(item, exp.Subquery) and not renamed else None
    return Source(alias, alias, None, columns, item)


def cte_named(node: exp.Expr, name: str) -> exp.Expr | None:
    """The CTE that the name means at this place."""
    around: exp.Expr | None = node
    while around is not None:
        with_ = around.args.get("with_")
        for cte in with_.expressions if with_ is not None else ():
            if folded(cte.args["alias"].this) == name:
                return cte  # type: ignore[no-any-return]  # sqlglot's lists are untyped
        around = around.parent
    return None


def offered(item: exp.Expr) -> frozenset[str] | None:
    """Output columns of a subquery or CTE; None when a star hides them."""
    alias = item.args.get("alias")
    if isinstance(alias, exp.TableAlias) and alias.args.get("columns"):
        return frozenset(folded(getattr(column, "this", column)) for column in alias.args["columns"])
    query = item.this
    while isinstance(query, exp.SetOperation | exp.Subquery):
        query = query.this
    if not isinstance(query, exp.Select) or any(e.is_star for e in query.expressions):
        return None
    names = [output_name(expression) for expression in query.expressions]
    return None if None in names else frozenset(name for name in names if name is not None)


def outputs(select: exp.Select) -> dict[str, exp.Expr]:
    """Output names of a SELECT with what they stand for."""
    return {name: e.unalias() for e in select.expressions if (name := output_name(e))}


def output_name(expression: exp.Expr) -> str | None:
    """The name PostgreSQL gives an output column; None when only PostgreSQL knows."""
    if isinstance(expression, exp.Alias):
        return folded(expression.args["alias"])
    if isinstance(expression, exp.Column):
        return folded(expression.this)
    return expression.sql_name().lower() if isinstance(expression, exp.Func) else None
