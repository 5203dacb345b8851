"""The UI before the scripted API, one process: `python -m tests.browser.serve WEB_DIR PORT`."""

import sys
from pathlib import Path

import uvicorn

from databaseai_web.asgi import mount
from tests.frontend.scripted_api import ScriptedApi
from tests.frontend.scripts import CATALOG, SCRIPTS

if __name__ == "__main__":
    web_dir, port = Path(sys.argv[1]), int(sys.argv[2])
    api = ScriptedApi(SCRIPTS, CATALOG)
    application = mount(api.app, web_dir=web_dir, api_url=f"http://127.0.0.1:{port}")
    uvicorn.run(application, host="127.0.0.1", port=port, ws="wsproto", log_level="warning")
