"""The sample database's catalog without a server: from its `schema.sql`, with a few of its values."""

import re
from functools import cache
from importlib import resources

from databaseai.catalog.snapshot import Catalog, Column, ForeignKey, Table

VALUES = {
    ("customers", "city"): ("Berlin", "Hamburg", "Munich", "Vienna", "Kraków", "Paris"),
    ("stores", "city"): ("Berlin", "Hamburg", "Munich", "Vienna"),
    ("countries", "name"): ("Germany", "France", "Poland", "Spain", "Austria", "Portugal"),
    ("categories", "name"): ("Tents", "Lamps", "Camping", "Kitchen", "Furniture"),
    ("employees", "department"): ("Sales", "Service", "Management"),
    ("employees", "job_title"): ("Sales assistant", "Service agent", "Store manager"),
    ("companies", "industry"): ("Hospitality", "Construction", "Education"),
    ("web_visits", "device"): ("phone", "desktop", "tablet"),
    ("web_visits", "source"): ("search", "direct", "newsletter", "social", "ad", "partner"),
}
REFERS = re.compile(
    r"FOREIGN KEY \((?P<own>[\w, ]+)\) REFERENCES (?P<target>[\w.]+)(?: ?\((?P<there>[\w, ]+)\))?"
)
LABELS = re.compile(r"CREATE TYPE (\w+) AS ENUM \((.*?)\);")
COMMENTS = re.compile(r"COMMENT ON (?:TABLE|VIEW|COLUMN) ([\w.]+) IS '((?:[^']|'')*)';")
TABLES = re.compile(r"CREATE TABLE ([\w.]+) \(\n(.*?)\n\)", re.DOTALL)
COLUMN = re.compile(r"    ([a-z_0-9]+) ([a-z_0-9]+(?:\([\d, ]+\))?(?:\[\])?)")
MONTHLY = ("month", "country_code", "channel", "orders", "revenue_eur")


@cache
def retail() -> Catalog:
    """Tables, columns, comments, labels and keys."""
    folder = resources.files("databaseai.embedded.sample")
    schema, keys = (folder.joinpath(name).read_text("utf-8") for name in ("schema.sql", "keys.sql"))
    labels = {name: tuple(re.findall(r"'(\w+)'", body)) for name, body in LABELS.findall(schema)}
    comments = {name: text.replace("''", "'") for name, text in COMMENTS.findall(schema)}
    tables = [
        Table(
            name.partition(".")[0] if "." in name else "public",
            name.rpartition(".")[2],
            "table",
            columns(name, body, labels, comments),
            comment=comments.get(name, ""),
            row_estimate=100,
            foreign_keys=foreign_keys(name, keys),
        )
        for name, body in TABLES.findall(schema)
    ]
    view = Table("public", "monthly_sales", "view", tuple(Column(name, "text") for name in MONTHLY))
    return Catalog("retail", 180_000, (*tables, view), "retail")


def columns(
    name: str, body: str, labels: dict[str, tuple[str, ...]], comments: dict[str, str]
) -> tuple[Column, ...]:
    """The columns of one CREATE TABLE."""
    found = []
    for line in body.splitlines():
        if match := COLUMN.match(line):
            column, kind = match.groups()
            values = VALUES.get((name.rpartition(".")[2], column), ())
            comment = comments.get(f"{name}.{column}", "")
            found.append(
                Column(
                    column,
                    kind,
                    comment=comment,
                    labels=labels.get(kind, ()),
                    samples=values[:3],
                    values=values,
                    values_complete=bool(values),
                )
            )
    return tuple(found)


def foreign_keys(name: str, keys: str) -> tuple[ForeignKey, ...]:
    """What one table's ALTER TABLE adds."""
    return tuple(
        ForeignKey(
            tuple(key["own"].split(", ")),
            "hr" if key["target"].startswith("hr.") else "public",
            key["target"].rpartition(".")[2],
            tuple((key["there"] or "id").split(", ")),
        )
        for statement in keys.split(";")
        if f"ALTER TABLE {name} " in statement
        for key in REFERS.finditer(statement)
    )
