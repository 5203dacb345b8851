"""What an operator sets: one typed tree, read from the environment and `.env` files.

`DATABASEAI_` + the path in capitals names a setting: `llm.base_url` is `DATABASEAI_LLM_BASE_URL`. A name
that is not in the tree is refused with the nearest right one. Units stand in the names.
"""

import difflib
import os
from collections.abc import Iterator, Mapping
from functools import reduce
from pathlib import Path
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le
from dotenv import dotenv_values
from platformdirs import user_cache_path, user_data_path
from pydantic import BaseModel, Field, SecretStr, ValidationError

from databaseai.errors import SettingsInvalid

PREFIX = "DATABASEAI_"
ROOT_HOME = Path("/var/lib/databaseai")
"""As root: outside every home, so that nothing above it needs a chmod (design.md, section 7)."""


StepSwitch = Literal[
    "linking",
    "values",
    "examples",
    "candidates",
    "constrained",
    "repair",
    "selection",
    "sentinel",
    "semantic_model",
]


class Group(BaseModel, extra="forbid", frozen=True):
    """A branch of the tree."""


class DataSourceSettings(Group):
    """The user's database."""

    url: SecretStr | None = None
    """`postgresql://reader:password@host/database`; without it, the embedded sample database."""
    allow_powerful_login: bool = False
    """Use a login that may do more than read. The other locks stay."""
    pool_size: Annotated[int, Ge(1), Le(100)] = 4
    connect_timeout_ms: Annotated[int, Gt(0)] = 5_000
    pool_timeout_ms: Annotated[int, Gt(0)] = 10_000
    """How long a question waits for a free connection."""
    identity: Literal["shared", "login", "signed"] = "shared"
    """As whom a question runs: the reader of `url` for all, the asker's own login, or the reader with the
    asker's name signed for row security."""
    asker: str | None = None
    """For `login` and `signed`: who asks at this desk, on the command line and, until there are accounts,
    through a server that listens on this machine only."""
    login_file: Path | None = None
    """For `login`: whose login is whose (TOML, mode 0600). Without it, askers bring their own."""
    connections_per_login: Annotated[int, Ge(1), Le(100)] = 3
    """For `login`; less where the login's CONNECTION LIMIT is not higher."""
    login_connections: Annotated[int, Ge(1), Le(1_000)] = 32
    """For `login`: of all askers together, in one process."""
    signing_key: SecretStr | None = None
    """For `signed`: what `SELECT databaseai.add_signing_key()` returned."""
    policy_file: Path | None = None
    """TOML: tables and columns that are allowed, denied or masked (`databaseai catalog` shows the result)."""
    semantic_model: Path | None = None
    """YAML: the business's words, metrics, joins and filters (`databaseai semantic check` reads it)."""


class StoreSettings(Group):
    """Our own database."""

    url: SecretStr | None = None
    """`postgresql://...`; without it, a database of the embedded PostgreSQL."""


class LanguageModelSettings(Group):
    """Any OpenAI-compatible endpoint."""

    base_url: str | None = None
    """For example `http://127.0.0.1:8000/v1`; without it, the embedded model."""
    model: str | None = None
    """Without it, the endpoint's only or first model."""
    api_key: SecretStr | None = None
    timeout_ms: Annotated[int, Gt(0)] = 120_000
    """For one whole reply."""
    connect_timeout_ms: Annotated[int, Gt(0)] = 5_000
    retries: Annotated[int, Ge(0), Le(10)] = 2
    """Further tries after 429, 5xx or a failed connect, with backoff and jitter."""
    context_tokens: Annotated[int, Gt(0)] = 8_192
    reply_tokens: Annotated[int, Gt(0)] = 512
    """Bound on one reply."""
    temperature: Annotated[float, Ge(0), Le(2)] = 0.0
    circuit_failures: Annotated[int, Gt(0)] = 5
    """Failures in a row after which the model is left alone."""
    circuit_reset_ms: Annotated[int, Gt(0)] = 15_000
    prompt_price_per_million: Annotated[float, Ge(0)] = 0.0
    """Cost accounting, in any currency."""
    reply_price_per_million: Annotated[float, Ge(0)] = 0.0


class ExecutionLimits(Group):
    """Limits on one query, set inside its transaction."""

    statement_timeout_ms: Annotated[int, Gt(0)] = 15_000
    lock_timeout_ms: Annotated[int, Gt(0)] = 2_000
    row_limit: Annotated[int, Gt(0), Le(100_000)] = 1_000
    result_bytes: Annotated[int, Gt(0)] = 16_000_000
    cell_bytes: Annotated[int, Gt(0)] = 1_000_000
    work_mem_kb: Annotated[int, Gt(0)] = 65_536
    temp_file_mb: Annotated[int, Gt(0)] = 1_024
    server_memory_mb: Annotated[int, Ge(64)] = 1_024
    """What the server's processes may take for one query; held where the server runs on this machine."""
    plan_cost_limit: Annotated[float, Gt(0)] = 1e7
    """PostgreSQL planner units (`EXPLAIN` total cost), not milliseconds."""
    statement_characters: Annotated[int, Gt(0)] = 20_000


class AskSettings(Group):
    """How a question becomes an answer."""

    attempts: Annotated[int, Ge(1), Le(5)] = 2
    """Statements asked of the model for one candidate: the first and its repairs."""
    schema_tokens: Annotated[int, Gt(0)] = 2_400
    """For the tables in the prompt; when not all fit, the question chooses."""
    question_characters: Annotated[int, Gt(0)] = 4_000
    concurrent: Annotated[int, Ge(1)] = 64
    """Questions that run at once in one process; one more is refused."""
    candidates: Annotated[int, Ge(1), Le(10)] = 3
    """Asked of the model for one question, at most: more than one where the first leaves a doubt."""
    second_opinion: bool = False
    """Ask for a second candidate even where the first leaves no doubt: dearer, and confidence is surer."""
    candidates_ms: Annotated[int, Ge(0)] = 15_000
    """For all further candidates together; what is there by then is chosen from."""
    abstain_below: Annotated[float, Ge(0), Le(1)] = 0.3
    """Confidence (0 to 1) under which an answer says that it is not sure; 0: never."""
    without: frozenset[StepSwitch] = frozenset()
    """Steps switched off, to measure what each gives (comma-separated)."""


class CatalogSettings(Group):
    """What is read about the data source."""

    timeout_ms: Annotated[int, Gt(0)] = 30_000
    samples_per_column: Annotated[int, Ge(0), Le(20)] = 4
    samples_timeout_ms: Annotated[int, Gt(0)] = 3_000
    """For the sample values of all tables together."""
    samples_except: tuple[str, ...] = ()
    """Columns whose values are never sampled: `schema.table.column`, `*` allowed (comma-separated)."""
    refresh_interval_s: Annotated[int, Gt(0)] = 300
    identities: Annotated[int, Ge(1)] = 32
    """Catalogs kept at once, where each asker has a login, and so a catalog, of their own."""


class ServerSettings(Group):
    """The one ASGI process."""

    host: str = "127.0.0.1"
    port: Annotated[int, Ge(0), Le(65_535)] = 8088
    ui: bool = True
    request_bytes: Annotated[int, Gt(0)] = 1_000_000
    drain_ms: Annotated[int, Gt(0)] = 10_000
    """After SIGTERM, for what still runs."""


class EmbeddedSettings(Group):
    """The batteries."""

    postgres_bin: Path | None = None
    """`bin` directory of a PostgreSQL >= 15 tree, instead of the one in the package."""
    sample_scale: Annotated[float, Ge(0.05), Le(100)] = 1.0
    model: str = "qwen2.5-coder-1.5b"
    """A name from `databaseai model list`."""
    model_file: Path | None = None
    """A GGUF file of the operator's own."""
    model_mirror: str | None = None
    """A directory or base URL tried first by `model pull`."""
    model_threads: Annotated[int, Ge(0)] = 0
    """0: one per core that this process may use."""


def default_home() -> Path:
    """State directory when `DATABASEAI_HOME` is not set."""
    return ROOT_HOME if os.geteuid() == 0 else user_data_path("databaseai")


class Settings(Group):
    """The whole tree. `load` makes it."""

    home: Path = Field(default_factory=default_home)
    cache: Path = Field(default_factory=lambda: user_cache_path("databaseai"))
    """Model weights and the built UI: large, and made again when lost."""
    public_url: str | None = None
    """Address under which browsers reach the server, when a proxy stands before it."""
    api_url: str | None = None
    """Where the UI finds the API; without it, the same process."""
    redis_url: SecretStr | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    data_source: DataSourceSettings = DataSourceSettings()
    store: StoreSettings = StoreSettings()
    llm: LanguageModelSettings = LanguageModelSettings()
    limits: ExecutionLimits = ExecutionLimits()
    ask: AskSettings = AskSettings()
    catalog: CatalogSettings = CatalogSettings()
    server: ServerSettings = ServerSettings()
    embedded: EmbeddedSettings = EmbeddedSettings()


def names(
    model: type[BaseModel] = Settings, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every environment name with its path in the tree."""
    for field, info in model.model_fields.items():
        here = (*path, field)
        if isinstance(info.annotation, type) and issubclass(info.annotation, Group):
            yield from names(info.annotation, here)
        else:
            yield PREFIX + "_".join(here).upper(), here


def load(
    environment: Mapping[str, str] | None = None,
    *,
    env_files: tuple[Path, ...] = (Path(".env"),),
    **overrides: object,
) -> Settings:
    """Read the settings; the environment wins over `.env`, `overrides` (the command line) over both.

    Args:
        environment: Instead of the process's.
        env_files: Read in order, later ones win; missing ones are passed over.
        overrides: By field path with double underscores, `server__port=9000` for one; None is passed over.

    Raises:
        SettingsInvalid: An unknown name, or a value the field cannot have. Values of secrets are not shown.
    """
    given: dict[str, str] = {}
    for file in env_files:
        given |= {name: value or "" for name, value in dotenv_values(file).items()}
    given |= os.environ if environment is None else environment
    paths = dict(names())
    tree: dict[str, Any] = {}
    for name, value in given.items():
        if not name.startswith(PREFIX):
            continue
        if name not in paths:
            raise SettingsInvalid(f"{name} is not a setting.", hint=nearest(name, paths), name=name)
        if value != "":
            plant(tree, paths[name], as_list(paths[name], value))
    for name, override in overrides.items():
        if override is not None:
            plant(tree, tuple(name.split("__")), override)
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsInvalid(f"{name}: {first['msg']}.", name=name) from None


def as_list(path: tuple[str, ...], value: str) -> str | list[str]:
    """Comma-separated text for the fields that hold several values."""
    return [item.strip() for item in value.split(",")] if path[-1] in {"samples_except", "without"} else value


def plant(tree: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    """Set one leaf, growing the branches to it."""
    reduce(lambda branch, key: branch.setdefault(key, {}), path[:-1], tree)[path[-1]] = value


def nearest(name: str, known: Mapping[str, object]) -> str:
    """A sentence that names the most similar setting."""
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"Did you mean {found[0]}?" if found else "`databaseai settings` lists all names."


def in_force(settings: Settings) -> dict[str, str]:
    """Every setting under its environment name, secrets masked."""
    values: dict[str, str] = {}
    for name, path in names():
        value: object = reduce(getattr, path, settings)
        if isinstance(value, tuple | frozenset):
            value = ",".join(sorted(value) if isinstance(value, frozenset) else value)
        values[name] = "" if value is None else str(value)  # SecretStr prints as asterisks
    return values
