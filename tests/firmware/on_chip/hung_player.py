"""For the real interpreter: the node with one task that stands still without a fault. Arguments: folder, task."""

import asyncio
import sys

from node import app, talking, updating
from node.io import link


async def stand_still(_):
    """Alive, and never gets on."""
    while True:
        await asyncio.sleep_ms(100)


WHOSE = {"talk": talking.Talk, "link": link.Link, "update": updating.Updating}
task = sys.argv[2]
setattr(WHOSE.get(task, app.App), "run" if task in WHOSE else task, stand_still)
app.main(sys.argv[1], "a", 0)
