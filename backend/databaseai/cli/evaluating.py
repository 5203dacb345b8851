"""`evaluate`: the product's own pipeline over a question set, in the embedded PostgreSQL."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from databaseai import app
from databaseai.ask.pipeline import Pipeline
from databaseai.ask.prompt import PROMPT_VERSION
from databaseai.cli import instance
from databaseai.cli.console import Reporter, err, out, reporting
from databaseai.embedded import sample
from databaseai.embedded.postgres_url import database_of, with_database
from databaseai.embedded.reader import ensure_reader
from databaseai.embedded.sample_database import SCHEMAS
from databaseai.evaluation import comparison, report
from databaseai.evaluation.databases import Server
from databaseai.evaluation.dataset import read_ids
from databaseai.evaluation.records import read_header, read_records
from databaseai.evaluation.runner import Tools, evaluate, wide
from databaseai.language_model import OpenAICompatibleModel
from databaseai.settings import Settings

if TYPE_CHECKING:
    from databaseai.evaluation.report import Summary


async def evaluate_dataset(
    dataset: Path,
    given: Settings,
    *,
    ids: Path | None,
    limit: int | None,
    run: Path | None,
    compare: Path | None,
    as_json: bool,
) -> None:
    """Run or resume, then print the report; with `compare`, the paired comparison after it."""
    async with AsyncExitStack() as stack:
        report_progress = stack.enter_context(reporting())
        settings, admin_url = await parts(given, report_progress, stack)
        model = OpenAICompatibleModel(settings.llm)
        stack.push_async_callback(model.aclose)
        await model.ready()
        place, summary = await evaluate(
            dataset,
            tools=tools_over(settings, admin_url, model, report_progress),
            model=model.name,
            prompt_version=PROMPT_VERSION,
            settings=settings,
            ids=read_ids(ids) if ids else None,
            limit=limit,
            out=run,
        )
    show(place, summary, compare, as_json=as_json)


async def parts(
    settings: Settings, progress: Reporter, stack: AsyncExitStack, *, model: bool = True
) -> tuple[Settings, str]:
    """Settings with a model, if wanted, and the embedded PostgreSQL's superuser URL: borrowed, or started."""
    own = settings.model_copy(update={"data_source": settings.data_source.model_copy(update={"url": None})})
    found = instance.running(own)
    if found and found.admin_url:
        return found.lend(own), found.admin_url
    stack.enter_context(instance.hold(own))
    started = await stack.enter_async_context(app.batteries(own, progress, store=False, model=model))
    return started.settings, started.admin_url or ""


def server_over(settings: Settings, admin_url: str) -> Server:
    """The embedded PostgreSQL."""

    def admin_dsn(database: str) -> str:
        return with_database(admin_url, database)

    async def reader_dsn(database: str) -> str:
        schemas = SCHEMAS if database == sample.NAME else ("public",)
        return await ensure_reader(admin_dsn(database), database, settings.home, schemas=schemas)

    return Server(admin_dsn, reader_dsn)


def at_database(settings: Settings, dsn: str) -> Settings:
    """The settings for one database of the evaluation; the sample's semantic model is about the sample."""
    given = settings.data_source.semantic_model or sample.SEMANTIC_MODEL
    words = given if database_of(dsn) == sample.NAME else None
    reader = {"url": SecretStr(dsn), "identity": "shared", "asker": None, "semantic_model": words}
    return settings.model_copy(update={"data_source": settings.data_source.model_copy(update=reader)})


def tools_over(settings: Settings, admin_url: str, model: OpenAICompatibleModel, progress: Reporter) -> Tools:
    """What an evaluation runs with: databases of the embedded server, the product's door to each."""

    @asynccontextmanager
    async def open_door(dsn: str) -> AsyncIterator[Pipeline]:
        async with app.open_tools(at_database(wide(settings), dsn), model=model) as tools:
            yield tools.pipeline

    return Tools(server_over(settings, admin_url), open_door, progress)


def show(place: Path, summary: "Summary", compare: Path | None, *, as_json: bool) -> None:
    """The report on stdout, where the run lies on stderr."""
    paired = None
    if compare is not None:
        before = read_header(compare), read_records(compare)
        paired = comparison.compare(before, (read_header(place), read_records(place)))
    if as_json:
        print(json.dumps(summary.wire() | ({"comparison": paired.wire()} if paired else {}), default=str))
    else:
        out.print(report.render(summary))
        if paired is not None:
            out.print(comparison.render(paired))
    err.print(f"The run is kept in {place}.", markup=False, soft_wrap=True)
