"""A broker that refuses an encrypted link again and again leaves nothing behind: no task, no reader, no socket."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiomqtt
import msgspec

from doors.broker_wire import Wire

from .test_broker_certificates import SITE, as_site, authority, strict

__all__ = ["as_site", "authority", "strict"]
ROOT = Path(__file__).parents[2]
PROGRAM = """
import asyncio, gc, logging, os, sys, warnings
from doors.broker import BrokerSettings, Link
import msgspec
warnings.simplefilter("always")
logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
settings = msgspec.json.decode(sys.argv[1], type=BrokerSettings)

async def up():
    pass

def link():
    return Link(settings, name="test", client_id="are-kall", on_message=lambda *_: None, on_up=up)

async def many():
    one = link()
    task = asyncio.create_task(one.run())
    while one.attempts < int(sys.argv[2]):
        await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

async def cut_off(ms):
    task = asyncio.create_task(link().run())
    await asyncio.sleep(ms / 1000)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

asyncio.run(many())
for ms in range(0, 60, 3):
    asyncio.run(cut_off(ms))
gc.collect()
sockets = [one for one in os.listdir("/proc/self/fd")
           if os.path.exists(f"/proc/self/fd/{one}") and "socket" in os.readlink(f"/proc/self/fd/{one}")]
print(len(sockets))
"""


def outcome(settings: Any, attempts: int = 12) -> subprocess.CompletedProcess[str]:
    """What the program above says."""
    told = msgspec.json.encode(settings).decode()
    return subprocess.run(
        [sys.executable, "-X", "dev", "-c", PROGRAM, told, str(attempts)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=100,
    )  # fmt: skip


def test_a_refused_certificate_leaves_nothing_behind(as_site: Any, authority: Any, tmp_path: Path) -> None:
    """Refused after the handshake, when the wire is just being handed over; also cut off at any moment of it."""
    other = type(authority)(tmp_path, "other")
    other.make("stranger", SITE)
    told = outcome(as_site("stranger.pem", "stranger.key"))

    assert "" == told.stderr
    assert "0\n" == told.stdout


def test_no_certificate_at_all_leaves_nothing_behind(as_site: Any) -> None:
    """The broker ends the link in the middle of our first words."""
    told = outcome(as_site(""))

    assert "" == told.stderr
    assert "0\n" == told.stdout


def test_an_accepted_link_that_is_cut_off_leaves_nothing_behind(as_site: Any, authority: Any) -> None:
    """At any moment of being welcomed."""
    authority.make(SITE, SITE)
    told = outcome(as_site(), attempts=0)

    assert "" == told.stderr
    assert "0\n" == told.stdout


async def test_end_of_a_link_that_nobody_waits_for_any_more_is_no_fault() -> None:
    """Whoever waited for the welcome was cut off, and then the broker hangs up: nothing is raised into the loop."""
    client = aiomqtt.Client("127.0.0.1", 1)
    Wire(client, aiomqtt.MqttError)
    client._connected.cancel()
    client._client.on_disconnect(client._client, None, None, 7, None)  # type: ignore[misc, call-arg, arg-type]

    assert not client._disconnected.done()
