"""What of the data source's own words a statement may use: types, and vetted extensions in safe schemas.

A query runs with an empty search_path, so that no function, operator or type of the user's stands in for
one of PostgreSQL's. An extension's operators are then not found either, or worse: citext's = becomes
text's, which minds case. So a schema is searched after pg_catalog when nothing in it can be mistaken:

- the reader may not create objects in it;
- each operator in it belongs to an extension of `catalog/extensions.toml`;
- each function in it that bears a name of the allow-list belongs to one of them.

All of it is computed from the server's catalog when that is read. What is not safe is refused where it
would change a meaning: a column of such a type may be shown, sorted, grouped and cast to text, nothing else
(DBAI517).
"""

from dataclasses import dataclass, field, replace
from weakref import ReferenceType, WeakKeyDictionary, ref

from databaseai.ask.guardrail.identifiers import unquoted
from databaseai.ask.guardrail.lists import Lists
from databaseai.ask.guardrail.scope import ColumnName, Columns
from databaseai.catalog.snapshot import Catalog, Table
from databaseai.catalog.vocabulary import Extension, ExtensionSchema, Key, Use, UserType, extensions
from databaseai.errors import Unexpected

made: "WeakKeyDictionary[Catalog, OwnWords]" = WeakKeyDictionary()


@dataclass(slots=True)
class OwnWords:
    """Of one catalog."""

    source: ReferenceType[Catalog]
    """The catalog; held by whoever asks, else `made` would keep every one that was ever read."""
    given: Lists
    """The product's lists."""
    lists: Lists
    """The same, and what the data source's extensions add."""
    path: tuple[str, ...]
    """Schemas that may be searched after pg_catalog."""
    functions: dict[str, str]
    """Functions that are not PostgreSQL's: name to schema, for their place in the text."""
    names: frozenset[str]
    """Of types of the data source's own that may be named, and of fields in them."""
    tables: dict[Key, Columns] = field(default_factory=dict)

    @property
    def catalog(self) -> Catalog:
        """The catalog; whoever asks holds it."""
        found = self.source()
        if found is None:
            raise Unexpected("A catalog was let go while a statement was checked against it.")
        return found

    def columns(self, table: Table) -> Columns:
        """A table's columns, with what is known of their values."""
        if (found := self.tables.get(table.qualified)) is None:
            uses = self.catalog.vocabulary.columns
            found = tuple(
                self.column(
                    each.name,
                    Use() if each.mask else uses.get((*table.qualified, each.name), Use()),
                    stored=True,
                )
                for each in table.columns
            )
            self.tables[table.qualified] = found
        return found

    def column(self, name: str, use: Use, *, stored: bool = False) -> ColumnName:
        """One column or field."""
        fields = use.type.fields if use.type else ()
        row = tuple(self.column(*each) for each in fields) or None
        guard = self.guard(use.type)
        if guard == "check" and use.type and use.type.kind == "domain" and not use.array and not row:
            guard = "checked"
        return ColumnName(name, row=row, array=use.array, guard=guard, stored=stored)

    def guard(self, kind: UserType | None) -> str:
        """Why an operation on such a value cannot be judged.

        `extension`; `cast`: any may run a function of the user's; `check`: making a value like it does, as an
        operation does of a literal beside it (of a plain domain, `checked`, only some functions do: for most
        it is a value of its base type); `asked`: a cast does; or nothing.
        """
        if kind is None:
            return ""
        if kind.user_cast:
            return "cast"
        if not kind.castable:
            return "check"
        if not kind.extension:
            return "asked" if kind.asked_cast else ""
        return "" if kind.extension in extensions() and kind.key[0] in self.path else "extension"

    def type(self, path: list[str]) -> UserType | None:
        """The type that a name means: qualified, or along the login's path, or the only one so called."""
        types = self.catalog.vocabulary.types
        if len(path) > 1:
            return types.get((path[-2], path[-1])) if len(path) == 2 else None  # noqa: PLR2004
        along = [types[schema, path[0]] for schema in self.catalog.search_path if (schema, path[0]) in types]
        named = [kind for key, kind in types.items() if key[1] == path[0]]
        return along[0] if along else named[0] if len(named) == 1 else None

    def nameable(self, kind: UserType) -> bool:
        """A statement may name it: no function of the user's runs when a value becomes one, or leaves it."""
        if kind.extension and kind.kind == "base":
            entry = extensions().get(kind.extension)
            return entry is not None and kind.key[1] in entry.types and not self.guard(kind)
        return kind.castable and self.guard(kind) in {"", "asked"}


def own_words(catalog: Catalog, known: Lists) -> OwnWords:
    """Of this catalog; worked out once."""
    found = made.get(catalog)
    if found is None or found.given is not known:
        found = made[catalog] = worked_out(catalog, known)
    return found


def worked_out(catalog: Catalog, known: Lists) -> OwnWords:
    """See the module's docstring."""
    schemas = [schema for schema in catalog.vocabulary.schemas if safe(schema, known)]
    path = tuple(schema.name for schema in schemas)
    functions = constructors(catalog)
    columns: dict[str, Columns] = {}
    for schema in catalog.vocabulary.schemas:
        for name, owner in schema.functions.items():
            if name in entry(owner).functions and name not in known.functions.names:
                functions[name] = schema.name
                columns |= {name: entry(owner).columns[name]} if name in entry(owner).columns else {}
    operators = {
        name
        for schema in schemas
        for name, owner in schema.operators.items()
        if any(name in each.operators for each in extensions().values()) and owner
    }
    names = known.functions
    lists = known
    if functions or operators:
        names = replace(names, names=names.names | functions.keys(), columns=names.columns | columns)
        lists = replace(known, functions=names, operators=known.operators | operators)
    found = OwnWords(ref(catalog), known, lists, path, functions, frozenset())
    kinds = [kind for kind in catalog.vocabulary.types.values() if found.nameable(kind) or kind.fields]
    fields = {name for kind in kinds for name, _ in kind.fields}
    found.names = frozenset({kind.key[1] for kind in kinds} | fields | enums(catalog))
    return found


def enums(catalog: Catalog) -> set[str]:
    """Names of the enum types that the catalog tells by its columns."""
    columns = (column for table in catalog.tables for column in table.columns if column.labels)
    return {unquoted(column.type.removesuffix("[]"))[-1] for column in columns}


def constructors(catalog: Catalog) -> dict[str, str]:
    """Functions that make a range of a user's type, to the schema in which the login finds them."""
    found: dict[str, str] = {}
    for schema in reversed(catalog.search_path):
        for (home, name), only in catalog.vocabulary.constructors.items():
            kind = catalog.vocabulary.types.get((home, name))
            if home == schema and only and kind and kind.castable:
                found[name] = home
    return found


def safe(schema: ExtensionSchema, known: Lists) -> bool:
    """Nothing in the schema can be mistaken for what a statement means."""
    allowed = known.functions.names | known.functions.syntax
    strangers = (name for name, owner in schema.functions.items() if not owner)
    return not schema.creatable and all(schema.operators.values()) and allowed.isdisjoint(strangers)


def entry(extension: str) -> Extension:
    """An extension's entry; an empty one for a stranger."""
    return extensions().get(extension, NOTHING)


NOTHING = Extension(frozenset(), frozenset(), frozenset(), {})
