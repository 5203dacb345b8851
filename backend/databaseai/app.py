"""Composition root: settings -> tools -> ASGI app; nothing else builds tools."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from databaseai import __version__
from databaseai.ask.drift_watch import DriftWatch, plan
from databaseai.ask.pipeline import Pipeline, PipelineTools
from databaseai.ask.semantic_fit import SemanticFit
from databaseai.catalog.cache import CatalogCache, Finish
from databaseai.catalog.policy import read_policy
from databaseai.catalog.snapshot import Catalog
from databaseai.data_source import Asker, DataSource
from databaseai.errors import DataSourceMissing, NotFound, SettingsInvalid
from databaseai.language_model import OpenAICompatibleModel
from databaseai.settings import Settings

if TYPE_CHECKING:  # the API, the store and the batteries are imported where they are wanted
    from databaseai.api.tools import ApiTools, Source
    from databaseai.embedded.batteries import Started
    from databaseai.store import Store

Report = Callable[[str, float | None], None]


@dataclass(frozen=True)
class Tools:
    """What questions about one data source are answered with."""

    settings: Settings
    data_source: DataSource
    catalog: CatalogCache
    model: OpenAICompatibleModel
    pipeline: Pipeline
    verified: DriftWatch
    """Knows nothing until a server gives it its store: an evaluation is not answered from memory."""
    asker: Asker | None
    """Who asks where nobody else is named: `data_source.asker`."""


@asynccontextmanager
async def open_tools(
    settings: Settings, *, model: OpenAICompatibleModel | None = None
) -> AsyncIterator[Tools]:
    """Open the data source and the model.

    Args:
        settings: With a data source's URL, and a model's unless one is given.
        model: One that is open already, to share; it stays open.

    Raises:
        DataSourceError: The data source cannot be used. DBAI2xx.
        PolicyInvalid: The policy file cannot be read, or does not fit the data source. DBAI017.
        SemanticModelInvalid: The semantic model cannot be read. DBAI019.
    """
    if settings.data_source.url is None:
        hint = "Set DATABASEAI_DATA_SOURCE_URL, or start `databaseai up` with its sample data."
        raise DataSourceMissing("There is no data source.", hint=hint)
    asker = desk_asker(settings)
    async with AsyncExitStack() as stack:
        url = settings.data_source.url.get_secret_value()
        data_source = await DataSource.open(url, settings.data_source, settings.limits)
        stack.push_async_callback(data_source.close)
        verified = DriftWatch(data_source.name, shared=settings.data_source.identity == "shared")
        policy = await asyncio.to_thread(read_policy, settings.data_source.policy_file)
        catalog = CatalogCache(
            data_source.catalog_reader,
            settings.catalog,
            policy,
            whose=data_source.whose_catalog,
            finish=await finishing(settings, verified),
        )
        stack.push_async_callback(catalog.aclose)
        stack.push_async_callback(verified.aclose)
        if policy is not None and settings.data_source.identity == "shared":
            # one that does not fit the data source stops the start, not a question
            await catalog.get()
        if model is None:
            model = OpenAICompatibleModel(settings.llm)
            stack.push_async_callback(model.aclose)
        pipeline = Pipeline(PipelineTools(data_source, catalog, model, settings, verified))
        yield Tools(settings, data_source, catalog, model, pipeline, verified, asker)


async def finishing(settings: Settings, verified: DriftWatch) -> Finish:
    """What is done to each reading of the catalog: business words put in, verified queries checked.

    Raises:
        SemanticModelInvalid: The semantic model cannot be read. DBAI019.
    """
    file = settings.data_source.semantic_model
    wanted = file is not None and "semantic_model" not in settings.ask.without
    fit = await asyncio.to_thread(SemanticFit, file, settings.limits) if file and wanted else None

    async def finish(catalog: Catalog) -> Catalog:
        found = await fit(catalog) if fit else catalog
        verified.saw(found)
        return found

    return finish


def recall_from(store: "Store", tools: Tools, *, watch: bool = True) -> None:
    """Give the verified queries their store; with `watch`, what the catalog changed is checked."""
    tools.verified.attach(store.verified, lambda sql: planned(tools, sql), watch=watch)


async def planned(tools: Tools, sql: str) -> None:
    """Gate and EXPLAIN of a statement, as it would be asked; raises what refuses it."""
    door = PipelineTools(tools.data_source, tools.catalog, tools.model, tools.settings)
    await plan(door, sql, tools.asker)


def desk_asker(settings: Settings) -> Asker | None:
    """Who asks at this desk.

    Raises:
        SettingsInvalid: A name that would make no difference. DBAI001.
    """
    name, identity = settings.data_source.asker, settings.data_source.identity
    if name is not None and identity == "shared":
        raise SettingsInvalid(
            f"There is an asker, {name!r}, and all askers share one reader.",
            hint="DATABASEAI_DATA_SOURCE_IDENTITY=login or signed tells them apart.",
        )
    return None if name is None else Asker(name)


def batteries(
    settings: Settings, report: Report, *, store: bool = True, model: bool = True
) -> AbstractAsyncContextManager["Started"]:
    """Start the parts that nobody configured; see `embedded.batteries`."""
    from databaseai.embedded.batteries import batteries as start

    return start(settings, report, store=store, model=model)


async def built_ui(settings: Settings, report: Report) -> Path:
    """The UI's static files, built when they are not there."""
    from databaseai.embedded.ui import ensure_built

    return await asyncio.to_thread(ensure_built, settings.cache, report)


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator["Store"]:
    """Our own database, its tables brought to this version."""
    from databaseai.store import migrate
    from databaseai.store import open_store as open_at

    url = settings.store.url.get_secret_value() if settings.store.url else ""
    await migrate(url)
    store = await open_at(url)
    try:
        yield store
    finally:
        await store.close()


def create(tools: Tools, store: "Store", *, web_dir: Path | None, url: str) -> Any:
    """The ASGI application: the API, and the UI when its files are given.

    Args:
        tools: For the questions.
        store: For the answers.
        web_dir: What `built_ui` returned. The UI is imported last, and not at all without this.
        url: This process's own address, where the UI finds the API unless `api_url` says otherwise.
    """
    from databaseai.api import build, lifespan

    api_tools = for_api(tools, store)
    recall_from(store, tools)
    if web_dir is None:
        return build(api_tools, lifespan=lambda _: lifespan(api_tools))
    from databaseai_web.asgi import mount

    redis = tools.settings.redis_url
    return mount(
        build(api_tools),
        web_dir=web_dir,
        api_url=tools.settings.api_url or url,
        lifespan=lambda: lifespan(api_tools),
        redis_url=redis.get_secret_value() if redis else None,
    )


def for_api(tools: Tools, store: "Store") -> "ApiTools":
    """What the API is built from."""
    from databaseai.api.tools import ApiTools, Source

    only = Source(tools.data_source.name, tools.pipeline, tools.catalog)

    async def source(name: str | None) -> "Source":
        if name not in {None, "", only.name}:
            raise NotFound(f"There is no data source {name!r}.", hint=f"This server asks {only.name}.")
        return only

    health = {"data_source": tools.data_source.alive, "model": tools.model.condition}
    admit = tools.data_source.whose_catalog
    return ApiTools(tools.settings, store, source, health, admit, version=__version__)
