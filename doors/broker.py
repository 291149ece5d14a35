"""The door to an MQTT broker: one link that reconnects for ever and never trusts a session (MQTT 3.1.1).

aiomqtt (on paho-mqtt) does the protocol. After every connect the owner publishes its retained topics anew; nothing is
queued here: what must not be lost lies in the owner's store.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import aiomqtt
import msgspec
from msgspec import Meta

from contract.messages import MAX_MESSAGE

log = logging.getLogger(__name__)

KEEPALIVE_S = 30
STABLE_S = 60.0
"""A link that held this long starts its waiting times from the beginning."""


class LinkDown(ConnectionError):
    """The broker did not take a message; keep it and try again when the link is up."""


class BrokerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a broker is. `mqtts` verifies the certificate against `ca_file` or the system's authorities."""

    url: str
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    reconnect_max_s: Annotated[float, Meta(ge=0.1, le=3600)] = 60.0
    answer_within_s: Annotated[float, Meta(ge=0.1, le=120)] = 10.0


def check(settings: BrokerSettings) -> str | None:
    """The fault of a broker's settings as one sentence, or None."""
    try:
        parts = urlsplit(settings.url)
        port = parts.port
    except ValueError as fault:
        return f"url: {settings.url!r} {fault}"
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        return f"url: {settings.url!r} is not like mqtt://host:1883 or mqtts://host:8883"
    if parts.username or parts.password:
        return "url: put the account in `user` and `password_file`, a settings file is no place for secrets"
    if port == 0:
        return f"url: {settings.url!r} has port 0"
    return None


Handler = Callable[[str, bytes, bool], None]


class Link:
    """One connection to one broker. `on_message(topic, payload, retained)`, `on_up()` after every connect."""

    def __init__(
        self,
        settings: BrokerSettings,
        *,
        name: str,
        client_id: str,
        subscribe: tuple[str, ...] = (),
        will: Callable[[], tuple[str, bytes]] | None = None,
        on_message: Handler,
        on_up: Callable[[], Awaitable[None]],
        on_down: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._name = name
        self._client_id = client_id
        self._subscribe = subscribe
        self._will = will
        self._on_message = on_message
        self._on_up = on_up
        self._on_down = on_down
        self._client: aiomqtt.Client | None = None

    @property
    def up(self) -> bool:
        """Is the broker there now, as far as known?"""
        return self._client is not None

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False, qos: int = 1) -> None:
        """Hand a message to the broker (QoS 1: until it answers); raises LinkDown."""
        client = self._client
        if client is None:
            raise LinkDown(f"{self._name} broker is not there")
        try:
            await client.publish(topic, payload, qos=qos, retain=retain, timeout=self._settings.answer_within_s)
        except (aiomqtt.MqttError, ValueError) as fault:
            raise LinkDown(f"{self._name} broker did not take {topic}: {fault}") from fault

    async def run(self) -> None:
        """Connect, serve, wait, again; ends only by cancellation."""
        failures = 0
        said = False
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._serve()
            except (aiomqtt.MqttError, OSError, LinkDown) as fault:
                if not said:
                    log.warning("%s broker: %s; trying again", self._name, fault)
                    said = True
            finally:
                if self._client is not None:
                    self._client = None
                    said = False
                    self._on_down()
            held = asyncio.get_running_loop().time() - began
            failures = 0 if held >= STABLE_S else failures + 1
            # full jitter, so that a thousand sites do not come back in the same second
            ceiling = min(self._settings.reconnect_max_s, 0.25 * 2 ** min(failures, 12))
            await asyncio.sleep(random.uniform(0.05, max(0.1, ceiling)))  # noqa: S311 - not a secret

    async def _serve(self) -> None:
        async with self._open() as client:
            for topic in self._subscribe:
                await client.subscribe(topic, qos=1)
            self._client = client
            log.info("%s broker: connected", self._name)
            # beside the reading, not before it: a greeting may wait for answers that only reading brings
            greeting = asyncio.create_task(self._greet(), name=f"{self._name}-greeting")
            try:
                async for message in client.messages:
                    self._take(message)
            finally:
                greeting.cancel()

    async def _greet(self) -> None:
        try:
            await self._on_up()
        except LinkDown as fault:
            log.warning("%s broker went away while greeting: %s", self._name, fault)

    def _take(self, message: aiomqtt.Message) -> None:
        payload = message.payload if isinstance(message.payload, bytes) else b""
        if len(payload) > MAX_MESSAGE:
            log.warning("%s: %s of %d bytes refused, too large", self._name, message.topic, len(payload))
            return
        self._on_message(str(message.topic), payload, bool(message.retain))

    def _open(self) -> aiomqtt.Client:
        parts = urlsplit(self._settings.url)
        tls = parts.scheme == "mqtts"
        will = self._will() if self._will else None
        return aiomqtt.Client(
            parts.hostname or "",
            parts.port or (8883 if tls else 1883),
            username=self._settings.user or None,
            password=_secret(self._settings.password_file),
            identifier=self._client_id,
            keepalive=KEEPALIVE_S,
            timeout=self._settings.answer_within_s,
            clean_session=True,
            tls_params=aiomqtt.TLSParameters(ca_certs=self._settings.ca_file or None) if tls else None,
            will=aiomqtt.Will(will[0], will[1], qos=1, retain=True) if will else None,
        )


def _secret(path: str) -> str | None:
    return Path(path).read_text("utf-8").strip() if path else None
