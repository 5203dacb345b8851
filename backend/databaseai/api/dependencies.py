"""What a route's signature may ask for."""

from typing import Annotated

from fastapi import Depends, Request

from databaseai.api.runs import Runs
from databaseai.api.tools import ApiTools

LOCAL = "local"
"""On one's own desk everyone is the same person; accounts come with the authentication issue."""


async def asker() -> str:
    """Who asks."""
    return LOCAL


async def the_tools(request: Request) -> ApiTools:
    """What `app.py` made."""
    tools: ApiTools = request.app.state.tools
    return tools


async def the_runs(request: Request) -> Runs:
    """The answers this process works on."""
    tools: ApiTools = request.app.state.tools
    return tools.runs


Asker = Annotated[str, Depends(asker)]
TheTools = Annotated[ApiTools, Depends(the_tools)]
TheRuns = Annotated[Runs, Depends(the_runs)]
