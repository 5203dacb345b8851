"""A server that a test kills: `python -m tests.api.doomed STORE_URL` prints its URL and works for ever."""

import asyncio
import sys

from databaseai.ask.events import Step, Text
from databaseai.store import open_store
from tests.api.serving import Script, serve


async def main(url: str) -> None:
    """Serve until killed."""
    store = await open_store(url)
    script: Script = [Step("generation", "started"), Text("half an "), 0.3, Text("answ"), 3600.0]
    async with serve(store, script, lease_s=3600.0, keep_every_s=0.1) as served:
        sys.stdout.write(f"{served.url}\n")
        sys.stdout.flush()
        await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
