"""The command line. stdout carries data only; people are spoken to on stderr.

Exit codes: 0 answered, 1 not answered, 2 usage or settings, 3 data source or store, 4 model.
"""

import os
import sys

import typer

from databaseai import __version__
from databaseai.cli import ask, doctor, guard, inspect, life, models, semantic, verified
from databaseai.cli.console import tell_error
from databaseai.errors import DatabaseAIError

application = typer.Typer(
    name="databaseai",
    help="Ask your PostgreSQL in your own words, and get an answer you can check.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (life, ask, guard, inspect, doctor):
    for command in module.COMMANDS:
        application.command()(command)
application.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(life.test)
application.add_typer(models.application, name="model")
application.add_typer(semantic.application, name="semantic")
application.add_typer(verified.application, name="verified")


@application.callback(invoke_without_command=True)
def root(version: bool = typer.Option(default=False, help="Print the version.")) -> None:
    """Ask your PostgreSQL in your own words, and get an answer you can check."""
    if version:
        print(__version__)
        raise typer.Exit


def main() -> None:
    """Run one command; every foreseen error is one message with its code, and an exit code."""
    try:
        application()
    except DatabaseAIError as error:
        tell_error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of stdout went away: nothing left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
