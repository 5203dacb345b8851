"""What the data source holds."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.responses import Response

from databaseai.api.dependencies import Asker, TheTools
from databaseai.api.replies import json_reply, problems
from databaseai.api.schemas import CatalogOut
from databaseai.catalog.snapshot import Catalog, Table

router = APIRouter(prefix="/catalog", tags=["catalog"])
Name = Annotated[str | None, Query(description="Data source; without it, the default one.")]


@router.get("", responses=problems(403, 503, 504), response_model=CatalogOut)
async def catalog(
    asker: Asker, tools: TheTools, data_source: Name = None, if_none_match: Annotated[str, Header()] = ""
) -> Response:
    """Tables, columns, keys, comments and row estimates that the reader may see; never values."""
    source = await tools.source(data_source)
    return reply(source.name, await source.catalog.get(asker), if_none_match)


@router.post("/refresh", responses=problems(403, 503, 504), response_model=CatalogOut)
async def refresh(asker: Asker, tools: TheTools, data_source: Name = None) -> Response:
    """Read the catalog anew, now."""
    source = await tools.source(data_source)
    return reply(source.name, await source.catalog.refresh(asker), "")


def reply(name: str, snapshot: Catalog, if_none_match: str) -> Response:
    """The catalog, or 304 to who has it already. Weak: estimates may move under one fingerprint."""
    etag = f'W/"{snapshot.fingerprint}"'
    headers = {"etag": etag, "cache-control": "private, no-cache"}
    if etag in (tag.strip() for tag in if_none_match.split(",")):
        return Response(status_code=304, headers=headers)
    return json_reply(wire(name, snapshot), headers=headers)


def wire(name: str, snapshot: Catalog) -> dict[str, Any]:
    """The members of `schemas.CatalogOut`."""
    return {
        "data_source": name,
        "database": snapshot.database,
        "server_version": snapshot.server_version,
        "fingerprint": snapshot.fingerprint,
        "tables": [table_wire(table) for table in snapshot.tables],
    }


def table_wire(table: Table) -> dict[str, Any]:
    """The members of `schemas.TableOut`: sample values stay here."""
    return {
        "schema": table.schema,
        "name": table.name,
        "kind": table.kind,
        "comment": table.comment,
        "row_estimate": table.row_estimate,
        "columns": [
            {
                "name": column.name,
                "type": column.type,
                "nullable": column.nullable,
                "comment": column.comment,
                "labels": column.labels,
                "mask": column.mask,
            }
            for column in table.columns
        ],
        "primary_key": table.primary_key,
        "unique": table.unique,
        "foreign_keys": [asdict(key) for key in table.foreign_keys],
    }
