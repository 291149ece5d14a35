"""The door to the world's messengers (Apprise): e-mail, SMS gateways, push, rooms, webhooks. Addresses are secrets.

Each try runs in a thread of its own with a deadline, one at a time for each channel: one that hangs holds up nobody
else. The library writes addresses into its log, so its log is silenced.
"""

import asyncio
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from typing import Any

import apprise

from dashboard.core.notify import channels

DEADLINE_S = 25.0
"""Real seconds for one try."""
CONNECT_S, READ_S = 8.0, 15.0
MOST = 32
"""Tries under way at a time."""
BODY_READ = 1024


def _silence() -> None:
    for name in ("apprise", "urllib3", "requests", "requests_oauthlib", "oauthlib"):
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)


_silence()
ASSET = apprise.AppriseAsset(
    app_id="sotpunkt", app_desc="sotpunkt", secure_logging=True, plugin_paths=[], async_mode=False,
    image_url_mask="", image_url_logo="", image_path_mask="",
)  # fmt: skip
"""Nothing of our own is loaded from folders, and no picture of somebody else's server is asked for."""


def fault(address: str) -> str:
    """The key of the sentence about an address that can not be used, "" when it can."""
    key = channels.fault(address)
    return key or ("" if _made(address) is not None else "notify_wrong_address")


def _made(address: str) -> Any:
    """The messenger behind an address, None when it is none. Nothing is sent."""
    if channels.fault(address):
        return None
    try:
        plugin = apprise.Apprise.instantiate(address, asset=ASSET, suppress_exceptions=True)
    except Exception:  # whatever a plugin makes of an odd address must not carry it into a log
        return None
    if plugin is not None:
        plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT_S, READ_S
    return plugin


def send(address: str, title: str, body: str) -> str:
    """One message, now: "" when the other end has taken it, else the key of why not. Blocks."""
    plugin = _made(address)
    if plugin is None:
        return "wrong_address"
    try:
        # a messenger without a subject line would put it before the text, which is as long as it may be
        taken = plugin.notify(body=body, title=title if plugin.title_maxlen > 0 else "")
    except Exception:  # as above
        return "refused"
    return "" if taken else "refused"


class _NoOther(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def ping(address: str) -> str:
    """Tell a watcher that the dashboard lives: "" when it has heard, else the key of why not. Blocks."""
    if not address.startswith(("https://", "http://")):
        return send(address, "sotpunkt", "sotpunkt")
    try:
        opener = urllib.request.build_opener(_NoOther, urllib.request.ProxyHandler({}))
        with opener.open(address, timeout=READ_S) as answer:  # the scheme is one of the two above
            answer.read(BODY_READ)
    except urllib.error.HTTPError:
        return "refused"
    except (OSError, HTTPException, ValueError):
        return "no_answer"
    return ""


class Sender:
    """Tries under way. `try_()` never takes longer than the deadline, whatever the other end does."""

    def __init__(self, deadline_s: float = DEADLINE_S) -> None:
        self._deadline_s = deadline_s
        self._busy: set[object] = set()

    def free(self, channel: object) -> bool:
        """May a try over this channel begin?"""
        return channel not in self._busy and len(self._busy) < MOST

    async def try_(self, channel: object, job: Callable[[], str]) -> str:
        """What came of it. After the deadline nobody waits, and the channel stays busy until its thread ends."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[str] = loop.create_future()

        def tell(result: str) -> None:
            self._busy.discard(channel)
            if not done.done():
                done.set_result(result)

        def work() -> None:
            try:
                result = job()
            except Exception:  # no address may reach a traceback
                result = "refused"
            try:
                loop.call_soon_threadsafe(tell, result)
            except RuntimeError:
                return  # the program has ended meanwhile

        self._busy.add(channel)
        threading.Thread(target=work, daemon=True, name="notify").start()
        try:
            async with asyncio.timeout(self._deadline_s):
                return await asyncio.shield(done)
        except TimeoutError:
            return "no_answer"
