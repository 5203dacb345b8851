"""What a route's signature may ask for."""

import base64
from typing import Annotated

from fastapi import Depends, Header, Request

from databaseai import data_source
from databaseai.api.runs import Runs
from databaseai.api.tools import ApiTools
from databaseai.data_source import Login
from databaseai.errors import AskerMissing, RequestInvalid

LOCAL = "local"
"""On one's own desk everyone is the same person; accounts come with the authentication issue."""
BASIC = "basic "


async def asker(
    request: Request, authorization: Annotated[str, Header(include_in_schema=False)] = ""
) -> data_source.Asker:
    """Who asks, proved.

    Until there are accounts that is whoever sits at this desk: `data_source.asker`, or with a shared reader
    anybody. With `data_source.identity = login` an `Authorization: Basic` header may hold the asker's own
    user and password of the data source, which is asked whether they are right.

    Raises:
        AskerMissing: The data source answers each asker as themselves, and nobody proved who asks. DBAI211.
        AskerLoginRefused: The data source refused the login. DBAI214.
    """
    tools: ApiTools = request.app.state.tools
    settings = tools.settings.data_source
    if settings.identity == "shared":
        return data_source.Asker(LOCAL)
    if settings.identity != "login" or not authorization.lower().startswith(BASIC):
        if settings.asker is None:
            raise AskerMissing
        return data_source.Asker(settings.asker)
    login = basic(authorization)
    found = data_source.Asker(f"login:{login.user}", login)
    await tools.admit(found)
    return found


def basic(authorization: str) -> Login:
    """User and password of the header (RFC 7617)."""
    try:
        given = base64.b64decode(authorization[len(BASIC) :], validate=True).decode()
    except ValueError:  # no base64, no ASCII or no UTF-8
        raise RequestInvalid("The Authorization header cannot be read.") from None
    user, _, password = given.partition(":")
    return Login(user, password)


async def the_tools(request: Request) -> ApiTools:
    """What `app.py` made."""
    tools: ApiTools = request.app.state.tools
    return tools


async def the_runs(request: Request) -> Runs:
    """The answers this process works on."""
    tools: ApiTools = request.app.state.tools
    return tools.runs


Asker = Annotated[data_source.Asker, Depends(asker)]
TheTools = Annotated[ApiTools, Depends(the_tools)]
TheRuns = Annotated[Runs, Depends(the_runs)]
