"""Composition root: settings -> tools -> ASGI app; nothing else builds tools."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from databaseai.errors import DataSourceMissing
from databaseai.settings import Settings

if TYPE_CHECKING:
    from databaseai.ask.pipeline import Pipeline
    from databaseai.catalog.cache import CatalogCache
    from databaseai.data_source import DataSource
    from databaseai.language_model import OpenAICompatibleModel
    from databaseai.store import Store

Report = Callable[[str, float | None], None]


@dataclass(frozen=True)
class Tools:
    """What one process works with."""

    settings: Settings
    data_source: "DataSource"
    catalog: "CatalogCache"
    model: "OpenAICompatibleModel"
    pipeline: "Pipeline"
    store: "Store | None"
