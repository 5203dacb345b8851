"""How long the command line takes to start, beside a bare Python."""

import asyncio
import functools

from tests.benchmarks.children import child
from tests.benchmarks.measure import interleave, show

ROUNDS, WARM_UP = 7, 1
COMMANDS = {
    "python -c pass": ("-c", "pass"),
    "import databaseai.cli": ("-c", "import databaseai.cli"),
    "databaseai --help": ("-m", "databaseai.cli", "--help"),
    "databaseai settings": ("-m", "databaseai.cli", "settings"),
    "import databaseai.app": ("-c", "import databaseai.app"),
    "import databaseai.ask.pipeline": ("-c", "import databaseai.ask.pipeline"),
    "import sqlglot, postgast": ("-c", "import sqlglot, postgast"),
    "import openai": ("-c", "import openai"),
    "import fastapi": ("-c", "import fastapi"),
}


async def run(arguments: tuple[str, ...]) -> None:
    """One start, to its end."""
    async with child(*arguments) as process:
        await process.communicate()
        assert process.returncode == 0, arguments


async def main() -> None:
    """Print the start times."""
    contenders = {name: functools.partial(run, arguments) for name, arguments in COMMANDS.items()}
    show(await interleave(contenders, rounds=ROUNDS, warm_up=WARM_UP), anchor="python -c pass")


if __name__ == "__main__":
    asyncio.run(main())
