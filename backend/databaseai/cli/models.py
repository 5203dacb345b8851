"""`model pull`, `model list`, `model verify`: the embedded model's weights."""

from typing import Annotated

import typer

from databaseai.cli.console import out, reporting, tell
from databaseai.settings import load

application = typer.Typer(help="The embedded model's weights.", no_args_is_help=True)
Name = Annotated[str | None, typer.Argument(help="A name from `model list`; the configured one without it.")]


@application.command("list")
def list_models() -> None:
    """List the models that can be pulled."""
    from databaseai.embedded import model_files

    settings = load()
    for model in model_files.known():
        here = "here" if model_files.present(settings, model.name) else "not here"
        line = f"{model.name}\t{model.size_bytes / 1e6:.0f} MB\t{model.licence}\t{here}"
        out.print(line, markup=False, soft_wrap=True)


@application.command()
def pull(
    name: Name = None,
    source: Annotated[
        str | None, typer.Option("--from", help="A GGUF file, a directory of one, or a base URL.")
    ] = None,
) -> None:
    """Fetch a model's weights and verify their SHA-256; a broken download is resumed."""
    from databaseai.embedded import model_files

    settings = load(embedded__model=name, embedded__model_mirror=source)
    with reporting() as report:
        tell(f"{model_files.pull(settings, report)}")


@application.command()
def verify(name: Name = None) -> None:
    """Compare the weights' SHA-256 with the pinned one."""
    from databaseai.embedded import model_files

    settings = load(embedded__model=name)
    tell(f"{model_files.verify(settings)}: as pinned")
