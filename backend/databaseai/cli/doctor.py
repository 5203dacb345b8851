"""`doctor`: what is wrong here and what mends it; `doctor --attack`: whether the locks hold."""

import asyncio
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from databaseai.cli import instance
from databaseai.cli.ask import As, DataSourceUrl
from databaseai.cli.checkup import Part, failed, parts
from databaseai.data_source.examination import Examination
from databaseai.errors import DatabaseAIError
from databaseai.settings import Settings, load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import AsyncConnection

    from databaseai.data_source import Finding

EXAMINING_S = 60.0
"""For all questions to the data source together."""
REFUSED = 3


@dataclass(frozen=True, slots=True)
class Report:
    """What the doctor found."""

    parts: tuple[Part, ...]
    name: str
    """The data source's `host:port/database`; empty without one."""
    examination: Examination | None

    @property
    def exit_code(self) -> int:
        """0 with nothing worse than warnings; 3 when the data source is of no use; else the first fault's."""
        codes = [part.exit_code for part in self.parts if part.state == "fail"]
        if REFUSED in codes or (self.examination is not None and self.examination.refused):
            return REFUSED
        return codes[0] if codes else 0

    def wire(self) -> dict[str, Any]:
        """As JSON."""
        found = self.examination
        return {
            "exit_code": self.exit_code,
            "parts": [asdict(part) for part in self.parts],
            "data_source": found and {
                "name": self.name,
                "login": found.login,
                "server_version": found.server_version,
                "standby": found.standby,
                "refused": found.refused,
                "reader_sql": found.reader_sql,
                "findings": [finding.wire() for finding in found.findings],
            },
        }  # fmt: skip


def doctor(
    data_source: DataSourceUrl = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report as one JSON object.")] = False,
    sql: Annotated[
        bool,
        typer.Option("--sql", help="Print the SQL that mends the data source, to be read before it is run."),
    ] = False,
    attack: Annotated[
        bool, typer.Option("--attack", help="Attack the data source, lock by lock; nothing stays.")
    ] = False,
    row_security_sql: Annotated[
        bool, typer.Option("--row-security-sql", help="Print the SQL that signed row security needs.")
    ] = False,
    asker: As = None,
) -> None:
    """Say what is wrong with the login, the server and the program's parts, and what mends it."""
    from databaseai.cli import show_doctor

    settings = load(data_source__url=data_source, data_source__asker=asker)
    if row_security_sql:
        from databaseai.data_source.reader_sql import LOGIN
        from databaseai.data_source.signed_sql import signed_identity_sql

        print(signed_identity_sql(login=login_of(settings) or LOGIN))
        return
    if attack:
        from databaseai.cli.attacking import attack_and_tell

        raise typer.Exit(attack_and_tell(settings, as_json=as_json))
    report = asyncio.run(examined(settings, everything=not sql))
    if sql:
        if report.examination is None:
            show_doctor.faults(report)
            raise typer.Exit(report.exit_code or REFUSED)
        print(report.examination.script())
        raise typer.Exit(report.exit_code)
    if as_json:
        show_doctor.as_json(report.wire())
    else:
        show_doctor.report(report)
    raise typer.Exit(report.exit_code)


def login_of(settings: Settings) -> str:
    """The login that the data source's URL names; empty without a URL, or where it names none.

    Raises:
        DataSourceUrlInvalid: It is no URL of PostgreSQL. DBAI201.
    """
    from psycopg.conninfo import conninfo_to_dict

    from databaseai.data_source.connecting import read_url

    if settings.data_source.url is None:
        return ""
    address = read_url(settings.data_source.url.get_secret_value())
    return str(conninfo_to_dict(address.conninfo).get("user") or "")


async def examined(settings: Settings, *, everything: bool = True) -> Report:
    """The whole report; a part that does not answer is told and the others are looked at all the same."""
    found = instance.running(settings)
    if found:
        settings = found.lend(settings)
    looked, (part, name, examination) = await asyncio.gather(
        parts(settings, found) if everything else nothing(), examine_data_source(settings)
    )
    return Report((*looked, part), name, examination)


async def nothing() -> list[Part]:
    """No parts."""
    return []


async def examine_data_source(settings: Settings) -> tuple[Part, str, Examination | None]:
    """The data source as a part, its name, and what was found; a powerful login is looked at, not refused."""
    import psycopg

    from databaseai.data_source.cancelling import cut_after
    from databaseai.data_source.connecting import connect, read_url
    from databaseai.data_source.examination import examine

    if settings.data_source.url is None:
        advice = "`databaseai up` starts one with sample data; DATABASEAI_DATA_SOURCE_URL names yours."
        return Part("data source", "off", "none is set, none is running", advice), "", None
    name = ""
    try:
        address = read_url(settings.data_source.url.get_secret_value())
        name = address.name
        connection = await connect(address, settings.data_source.connect_timeout_ms)
        async with connection:
            with cut_after(connection, EXAMINING_S):
                examination = await under_policy(await examine(connection), connection, settings)
                examination = await under_identity(examination, connection, settings)
    except DatabaseAIError as error:
        return failed("data source", error), name, None
    except (psycopg.Error, TimeoutError) as error:
        advice = "Ask the doctor again; `databaseai query 'SELECT 1'` says whether it answers at all."
        text = f"{name} broke off while it was examined ({type(error).__name__})."
        return Part("data source", "fail", text, advice, REFUSED), name, None
    major, minor = divmod(examination.server_version, 10_000)
    text = f"{name}, PostgreSQL {major}.{minor}{', a standby' if examination.standby else ''}"
    return Part("data source", "ok", text), name, examination


async def under_policy(
    examination: Examination, connection: "AsyncConnection[Any]", settings: Settings
) -> Examination:
    """With what the login could read that the policy closes.

    Raises:
        PolicyInvalid: The policy file cannot be read, or does not fit the data source. DBAI017.
    """
    from databaseai.catalog.policy import policy_findings, read_policy
    from databaseai.data_source import Finding

    policy = await asyncio.to_thread(read_policy, settings.data_source.policy_file)
    if policy is None:
        return examination
    found = [Finding(**asdict(each)) for each in await policy_findings(connection, policy)]
    return with_findings(examination, found)


async def under_identity(
    examination: Examination, connection: "AsyncConnection[Any]", settings: Settings
) -> Examination:
    """With what would let an asker past row security, where the reader names them."""
    from databaseai.data_source import signed_audit

    if settings.data_source.identity != "signed":
        return examination
    return with_findings(examination, await signed_audit.look(connection))


def with_findings(examination: Examination, found: "Sequence[Finding]") -> Examination:
    """With more of them, the worst first."""
    order = ("refuse", "warn", "note")
    every = sorted((*found, *examination.findings), key=lambda each: order.index(each.severity))
    return replace(examination, findings=tuple(every))


COMMANDS = (doctor,)
