"""For the real interpreter: one link that publishes 1, 2, 3 … until it is told `stop`, or until it has sent enough.

Arguments: the link's settings as JSON, and how: {"topic", "ends": topic of `stop`, "count", "lanes"}.
Says what happens as JSON lines.
"""

import asyncio
import gc
import json
import sys

from node.io.link import Link

gc.collect()
settings, play = json.loads(sys.argv[1]), json.loads(sys.argv[2])
total = gc.mem_free() + gc.mem_alloc()
done = asyncio.Event()
counts = {"next": 1, "confirmed": 0, "failed": 0, "heard": 0}


def say(**told):
    """One line to the test."""
    sys.stdout.write(json.dumps(told) + "\n")


def hear(topic, payload, retained):
    """What comes from the broker."""
    counts["heard"] += 1
    if bytes(payload) == b"raise":
        raise ValueError("not to be taken")
    if bytes(payload) == b"stop":
        done.set()


link = Link(settings, [(play["ends"], 1)], (play["topic"], "gone"), hear)


async def publish():
    """Numbers in order, each until it is confirmed; several lanes share them."""
    while not done.is_set():
        number, counts["next"] = counts["next"], counts["next"] + 1
        while not await link.publish(play["topic"], str(number)):
            counts["failed"] += 1
            await asyncio.sleep_ms(10)
            if done.is_set():
                return
        counts["confirmed"] += 1
        if counts["confirmed"] == play.get("count"):
            done.set()
        if play.get("slowly"):
            await asyncio.sleep_ms(20)


async def tell():
    """Every change of the link, once."""
    was = None
    while True:
        now = (link.up, link.ups, link.word)
        if now != was:
            was = now
            say(up=link.up, ups=link.ups, word=link.word, confirmed=counts["confirmed"])
        await asyncio.sleep_ms(2)


async def main():
    """Until `stop`, or enough."""
    running = asyncio.create_task(link.run())
    telling = asyncio.create_task(tell())
    lanes = [asyncio.create_task(publish()) for _ in range(play.get("lanes", 1))]
    await done.wait()
    await link.goodbye()
    running.cancel()
    for task in [telling] + lanes:
        task.cancel()
    gc.collect()
    say(end=1, free=gc.mem_free(), total=total, refused=link.refused, **counts)


asyncio.run(main())
