"""`doctor --attack`: the shipped attacks on the operator's own data source, and what each lock did."""

import asyncio
from typing import TYPE_CHECKING

from databaseai.cli import show_doctor
from databaseai.cli.ask import tools_here
from databaseai.cli.console import reporting
from databaseai.cli.doctor import Report, examine_data_source
from databaseai.settings import Settings

if TYPE_CHECKING:
    from databaseai.ask.attacks import Campaign

DOOR_AND_ATTACKER = 2
"""Connections."""


def attack_and_tell(settings: Settings, *, as_json: bool) -> int:
    """Attack and report.

    Returns:
        1 when something came through the door or changed; else as `doctor`: 3 for a login to refuse, 0.

    Raises:
        AttackRefused: It could do harm here. DBAI018.
        DataSourceError: It cannot be reached.
    """
    campaign, report = asyncio.run(attacked(settings))
    code = 1 if campaign.failed else report.exit_code
    if as_json:
        show_doctor.as_json(report.wire() | {"exit_code": code, "attack": campaign.wire()})
    else:
        show_doctor.campaign(campaign)
        if report.examination is not None:
            show_doctor.brief(report)
    return code


async def attacked(settings: Settings) -> "tuple[Campaign, Report]":
    """Attack with small limits, and look at the login too.

    A login with powers is let in: `attack` itself refuses those with which it could do harm.
    """
    from databaseai.ask.attacks import attack
    from databaseai.ask.attacks.campaign import LIMITS

    source = settings.data_source
    changes = {"allow_powerful_login": True, "pool_size": max(source.pool_size, DOOR_AND_ATTACKER)}
    settings = settings.model_copy(
        update={"limits": LIMITS, "data_source": source.model_copy(update=changes)}
    )
    async with tools_here(settings, model=False) as tools:
        catalog = await tools.catalog.get(tools.asker)
        with reporting() as progress:
            campaign = await attack(tools.pipeline, tools.data_source, catalog, progress, asker=tools.asker)
        part, name, examination = await examine_data_source(tools.settings)
    return campaign, Report((part,), name, examination)
