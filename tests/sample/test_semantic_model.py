"""The sample's semantic model fits the sample, to the last expression."""

import dataclasses

from psycopg import AsyncConnection

from databaseai.ask.semantic_fit import gate
from databaseai.catalog.introspection import introspect
from databaseai.catalog.semantic.file import read_semantic_model
from databaseai.catalog.semantic.fitting import fit
from databaseai.embedded.sample import SEMANTIC_MODEL
from databaseai.settings import CatalogSettings, ExecutionLimits


async def test_it_fits(retail: AsyncConnection) -> None:
    catalog = await introspect(retail, CatalogSettings(samples_per_column=0))
    model = fit(read_semantic_model(SEMANTIC_MODEL), catalog, gate(ExecutionLimits()))
    assert model.misfits == ()
    assert len([term for term in model.terms if term.kind == "metric"]) >= 15
    for term in model.terms:
        if term.sql:
            await retail.execute(f"EXPLAIN {term.sql}".encode())  # types too


async def test_it_speaks_of_all_that_is_there(retail: AsyncConnection) -> None:
    """A table that is added later wants its words."""
    catalog = await introspect(retail, CatalogSettings(samples_per_column=0))
    model = fit(read_semantic_model(SEMANTIC_MODEL), catalog, gate(ExecutionLimits()))
    silent = [table.name for table in catalog.tables if not model.synonyms(table.qualified)]
    assert silent == []
    assert dataclasses.replace(model, terms=()).synonyms(("public", "orders"))
