"""A broker in pure Python, for machines without Mosquitto: `python -m demo.embedded_broker FILE`.

FILE is JSON: `port`, `accounts` {name: password}, `publish` and `receive` {account: topic filters}. Listens on this
machine only, keeps nothing on disk, ends on SIGTERM.
"""

import asyncio
import hmac
import json
import logging
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.plugins.topic_checking import TopicAccessControlListPlugin
from amqtt.session import Session


class Accounts(BaseAuthPlugin):
    """Lets in those who know the password of their account."""

    @dataclass
    class Config:
        """Account: password."""

        accounts: dict[str, str] = field(default_factory=dict)

    async def authenticate(self, *, session: Session) -> bool:
        """Is it so?"""
        known = self._get_config_option("accounts", {}).get(session.username)
        return known is not None and hmac.compare_digest(known.encode(), (session.password or "").encode())


class Rights(BaseTopicPlugin):
    """The lists of who may write and read what; what stands on no list is refused."""

    @dataclass
    class Config:
        """Account: topic filters."""

        publish: dict[str, list[str]] = field(default_factory=dict)
        receive: dict[str, list[str]] = field(default_factory=dict)

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        """May this account do this? Subscribing to more than one may read is refused as a whole."""
        if session is None or not topic:
            return False
        lists = self._get_config_option("publish" if action is Action.PUBLISH else "receive", {})
        allowed = lists.get(session.username, [])
        return any(TopicAccessControlListPlugin.topic_ac(topic, one) for one in allowed)


def config(port: int, accounts: dict[str, str], lists: dict[str, dict[str, list[str]]]) -> dict[str, Any]:
    """The broker's own configuration."""
    home = "demo.embedded_broker"
    return {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
        "plugins": {f"{home}.Accounts": {"accounts": accounts}, f"{home}.Rights": lists},
    }


async def serve(settings: dict[str, Any]) -> None:
    """Listen until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    lists = {"publish": settings["publish"], "receive": settings["receive"]}
    broker = Broker(config(settings["port"], settings["accounts"], lists))
    await broker.start()
    await stop.wait()
    await broker.shutdown()


def main() -> int:
    """Run the broker that the file describes."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        settings = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    except (IndexError, OSError, ValueError) as fault:
        print(f"embedded broker: give one readable JSON file ({fault})", file=sys.stderr)
        return 2
    asyncio.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
