"""The accepted query's tree as blocks: one SELECT each, with what its FROM lists and how that is joined."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from databaseai.ask.repair.scopes import cte_named, folded, output_name
from databaseai.ask.schema_text import RESERVED
from databaseai.catalog.snapshot import Catalog, Column, Table

NULL_SAFE = (exp.Is, exp.Coalesce, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Case, exp.Exists)
"""What may hold of a row that a left join made up."""


@dataclass(eq=False)
class Source:
    """One item of a FROM."""

    alias: str
    """As PostgreSQL folds it."""
    shown: str
    """As it must stand before a column."""
    node: exp.Expr
    table: Table | None = None
    query: exp.Query | None = None
    """What a subquery or CTE stands for."""
    kind: str = "inner"
    """`inner`, `left`, `right`, `full` or `cross`: how it is joined to those before it."""
    on: list[exp.Expr] = field(default_factory=list)
    """What must all hold of the join."""
    join: exp.Join | None = None

    @property
    def name(self) -> str:
        """For people: the table's or CTE's name, else the alias."""
        if self.table is not None:
            return self.table.name
        return folded(self.node.this) if isinstance(self.node, exp.Table) else self.alias

    def columns(self) -> set[str] | None:
        """Names it offers; None when they are not known."""
        if self.table is not None:
            return set(self.table.column)
        select = leftmost(self.query)
        if select is None or select.is_star:
            return None
        return {name for e in select.expressions if (name := output_name(e))}

    def column(self, name: str) -> Column | None:
        """A column of its table."""
        return self.table.column.get(name) if self.table else None


@dataclass(eq=False)
class Block:
    """One SELECT."""

    select: exp.Select
    sources: list[Source]
    where: list[exp.Expr]
    """What must all hold."""
    readable: bool
    """Every column's source is known, and none stands outside."""

    def owner(self, column: exp.Column) -> Source | None:
        """The source a column is of; None: not of this block, or not known."""
        if qualifier := folded(column.args.get("table")):
            return next((source for source in self.sources if source.alias == qualifier), None)
        name = folded(column.this)
        known = [source for source in self.sources if name in (source.columns() or ())]
        if not known and len(self.sources) == 1 and self.sources[0].columns() is None:
            return self.sources[0]
        return known[0] if known else None

    def owners(self, node: exp.Expr) -> list[Source]:
        """The sources a part reads, once each; columns of queries inside it are looked at too."""
        found = {id(s): s for column in node.find_all(exp.Column) if (s := self.owner(column))}
        return list(found.values())

    def own(self, *kinds: type[exp.Expr]) -> Iterator[exp.Expr]:
        """Nodes of this SELECT, not of one inside it."""
        return (node for node in self.select.find_all(*kinds) if node.parent_select is self.select)

    def equalities(self) -> Iterator[tuple[exp.Column, exp.Column]]:
        """Column pairs that are equal in each row of the join (outer joins: in each matched row)."""
        conditions = [c for source in self.sources for c in source.on] + self.where
        for condition in conditions:
            if isinstance(condition, exp.EQ):
                left, right = condition.this, condition.expression
                if isinstance(left, exp.Column) and isinstance(right, exp.Column):
                    yield left, right

    def constants(self, source: Source) -> set[str]:
        """Columns of a source that are fixed to one value."""
        conditions = [*source.on, *self.where]
        sides = [(c.this, c.expression) for c in conditions if isinstance(c, exp.EQ)]
        return {
            folded(one.this)
            for left, right in sides
            for one, other in ((left, right), (right, left))
            if isinstance(one, exp.Column)
            and self.owner(one) is source
            and other.find(exp.Column, exp.Query) is None
        }


def blocks(tree: exp.Query, catalog: Catalog) -> list[Block]:
    """Each SELECT of the tree, outer ones first."""
    return [block(select, catalog) for select in tree.find_all(exp.Select)]


def block(select: exp.Select, catalog: Catalog) -> Block:
    """One SELECT as a block."""
    where = select.args.get("where")
    sources, plain = listed(select, catalog)
    made = Block(select, sources, conjuncts(where.this) if where else [], readable=plain)
    own = [c for c in made.own(exp.Column) if isinstance(c, exp.Column) and not isinstance(c.this, exp.Star)]
    outputs = {output_name(e) for e in select.expressions if isinstance(e, exp.Alias)}
    made.readable = plain and all(
        made.owner(c) or (not c.args.get("table") and folded(c.this) in outputs) for c in own
    )
    correlated = [c for c in select.find_all(exp.Column) if c.args.get("table") and stands_outside(c, select)]
    made.readable = made.readable and not correlated
    return made


def stands_outside(column: exp.Column, select: exp.Select) -> bool:
    """A column that neither this SELECT nor one inside it has a source for."""
    alias, inner = folded(column.args["table"]), column.parent_select
    while inner is not None:
        if alias in {folded(name) for name in aliases(inner)}:
            return False
        if inner is select:
            return True
        inner = inner.parent_select
    return False


def aliases(select: exp.Select) -> Iterator[exp.Expr | str]:
    """Names of what a FROM lists."""
    for item in [select.args.get("from_"), *(select.args.get("joins") or ())]:
        if item is not None:
            alias = item.this.args.get("alias")
            yield alias.this if isinstance(alias, exp.TableAlias) and alias.this else item.this.this


def listed(select: exp.Select, catalog: Catalog) -> tuple[list[Source], bool]:
    """What FROM lists, and whether all of it is of a form that is read here."""
    first = select.args.get("from_")
    if first is None or select.args.get("laterals"):
        return [], False
    plain = True
    sources = [source_of(first.this, catalog)]
    for join in select.args.get("joins") or ():
        source = source_of(join.this, catalog)
        source.join, source.kind = join, kind_of(join)
        if on := join.args.get("on"):
            source.on = conjuncts(on)
        elif join.args.get("using"):
            source.on = [equal(name, source, sources) for name in join.args["using"]]
        elif str(join.args.get("method") or "").upper() == "NATURAL":
            plain = False
        sources.append(source)
    nested = any(item.node.args.get("joins") for item in sources)
    known = all(source.table or source.query for source in sources)
    names = [source.alias for source in sources]
    return sources, plain and known and not nested and len(set(names)) == len(names)


def kind_of(join: exp.Join) -> str:
    """`left` for LEFT OUTER JOIN, `cross` for a comma; an inner join has its condition in ON or WHERE."""
    side, kind = str(join.args.get("side") or "").lower(), str(join.args.get("kind") or "").lower()
    return side or (kind if kind == "cross" else "inner")


def equal(name: exp.Expr, source: Source, before: list[Source]) -> exp.Expr:
    """What USING (name) means."""
    left = next((s for s in before if folded(name) in (s.columns() or ())), before[0])
    return exp.EQ(this=column_of(left, folded(name)), expression=column_of(source, folded(name)))


def source_of(item: exp.Expr, catalog: Catalog) -> Source:
    """One item of a FROM."""
    given = item.args.get("alias")
    given = given if isinstance(given, exp.TableAlias) else exp.TableAlias()
    alias = folded(given.this) if given.this else ""
    renamed = bool(given.args.get("columns"))
    shown = given.this.sql(dialect="postgres") if alias else ""
    if isinstance(item, exp.Table) and isinstance(item.this, exp.Identifier):
        name = folded(item.this)
        shown = shown or item.this.sql(dialect="postgres")
        if not item.args.get("db") and (cte := cte_named(item, name)):
            plain = not (renamed or cte.args["alias"].args.get("columns"))
            return Source(alias or name, shown, item, query=cte.this if plain else None)
        table = catalog.resolve(name, folded(item.args["db"]) if item.args.get("db") else None)
        return Source(alias or name, shown, item, table=None if renamed else table)
    if isinstance(item, exp.Subquery) and isinstance(item.this, exp.Query) and not renamed:
        return Source(alias, shown, item, query=item.this)
    return Source(alias, shown, item)


def column_of(source: Source, name: str) -> exp.Column:
    """`alias.name`, written so that PostgreSQL reads it."""
    qualifier = exp.maybe_parse(source.shown, into=exp.Identifier, dialect="postgres")
    return exp.Column(this=exp.to_identifier(name, quoted=needs_quotes(name)), table=qualifier)


def needs_quotes(name: str) -> bool:
    """Whether PostgreSQL would read the bare name otherwise; quoting more than needed is harmless."""
    return not (name.isascii() and name.isidentifier() and name == name.lower()) or name in RESERVED


def conjuncts(condition: exp.Expr) -> list[exp.Expr]:
    """The conditions that must all hold."""
    found: list[exp.Expr] = []
    for part in condition.flatten() if isinstance(condition, exp.And) else [condition]:
        bare = part.unnest()
        found += conjuncts(bare) if isinstance(bare, exp.And) else [bare]
    return found


def leftmost(query: exp.Expr | None) -> exp.Select | None:
    """The SELECT that names a query's output columns."""
    while isinstance(query, exp.SetOperation | exp.Subquery):
        query = query.this
    return query if isinstance(query, exp.Select) else None


def rejects_null(condition: exp.Expr) -> bool:
    """Whether a condition fails where its columns are NULL."""
    return not isinstance(condition, exp.Or) and condition.find(*NULL_SAFE) is None


def once(sources: Iterable[Source]) -> list[Source]:
    """Each source once, in order."""
    return list({id(source): source for source in sources}.values())
