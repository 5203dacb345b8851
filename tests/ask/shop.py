"""A small catalog for tests of the steps that need no database."""

from databaseai.catalog.snapshot import Catalog, Column, ForeignKey, Table

CATALOG = Catalog(
    database="shop",
    server_version=180_000,
    fingerprint="shop",
    tables=(
        Table(
            "public",
            "country",
            "table",
            (
                Column("code", "character(2)", samples=("PT", "DE"), values=("PT", "DE", "FR")),
                Column("name", "text", values=("Portugal", "Germany", "Côte d'Ivoire")),
            ),
            comment="where people live",
            primary_key=("code",),
        ),
        Table(
            "public",
            "person",
            "table",
            (
                Column("id", "bigint"),
                Column("name", "character varying(40)", comment="given and\nfamily name"),
                Column("country_code", "character(2)", values=("PT", "DE")),
                Column("born", "date"),
                Column("mood", "mood", labels=("sad", "happy")),
            ),
            primary_key=("id",),
            foreign_keys=(ForeignKey(("country_code",), "public", "country", ("code",)),),
        ),
        Table(
            "hr",
            "Odd Table",
            "view",
            (Column("order", "integer"), Column("group", "text", values=("a", "b"), values_complete=True)),
        ),
    ),
)
