"""The door to an MQTT broker: one link that reconnects for ever and never trusts a session (MQTT 3.1.1).

aiomqtt (on paho-mqtt) does the protocol. After every connect the owner publishes its retained topics anew; nothing is
queued here: what must not be lost lies in the owner's store.
"""

import asyncio
import logging
import random
import re
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import aiomqtt
import msgspec
from msgspec import Meta

from contract.messages import MAX_MESSAGE, Refused

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
    if not _is_host(parts.hostname):
        return f"url: {parts.hostname!r} cannot be the name of a machine"
    if settings.password_file and not settings.user:
        return "password_file: says nothing without `user`; name the account too"
    if settings.ca_file and parts.scheme == "mqtt":
        return "ca_file: mqtt:// is not encrypted; write mqtts:// or take ca_file away"
    return None


def _is_host(name: str) -> bool:
    """Can it be looked up at all? A name that cannot would end the link instead of failing one attempt."""
    try:
        name.encode("idna")
    except UnicodeError:
        return False
    return not any(letter.isspace() for letter in name)


Handler = Callable[[str, bytes, bool], None]


class Link:
    """One connection to one broker.

    `on_message(topic, payload, retained)` may raise Refused: logged, and the link goes on. `on_up()` runs after every
    connect; when it ends with LinkDown, the link connects anew, so that nobody stays up half greeted.
    """

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
        self._said: set[str] = set()
        self._unanswered: set[asyncio.Timeout] = set()

    @property
    def up(self) -> bool:
        """Is the broker there now, as far as known?"""
        return self._client is not None

    @property
    def certificate(self) -> bytes | None:
        """The certificate (DER) that the broker showed on the link that is up now; None without encryption."""
        wire = self._client._client.socket() if self._client is not None else None  # aiomqtt shows no wire of its own
        if not isinstance(wire, ssl.SSLSocket):
            return None
        try:
            return wire.getpeercert(binary_form=True)
        except (OSError, ValueError):  # it went away just now
            return None

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False, qos: int = 1) -> None:
        """Hand a message to the broker (QoS 1: until it answers); raises LinkDown."""
        client = self._client
        if client is None:
            raise LinkDown(f"{self._name} broker is not there")
        try:
            async with asyncio.timeout(None) as answer:
                self._unanswered.add(answer)
                await client.publish(topic, payload, qos=qos, retain=retain, timeout=self._settings.answer_within_s)
        except TimeoutError as fault:
            raise LinkDown(f"{self._name} broker went away before it took {topic}") from fault
        except (aiomqtt.MqttError, ValueError) as fault:
            raise LinkDown(f"{self._name} broker did not take {topic}: {fault}") from fault
        finally:
            self._unanswered.discard(answer)
        _stop_if_told()

    async def run(self) -> None:
        """Connect, serve, wait, again; ends only by cancellation."""
        failures = 0
        while True:
            _stop_if_told()
            began = asyncio.get_running_loop().time()
            try:
                await self._serve()
            except (aiomqtt.MqttError, OSError, LinkDown) as fault:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    # a silent broker makes the goodbye fail, and that failure hides the order to stop
                    raise asyncio.CancelledError from fault
                self._say(f"{_plain(fault)}; trying again")
            finally:
                if self._client is not None:
                    self._client = None
                    self._on_down()
            held = asyncio.get_running_loop().time() - began
            failures = 0 if held >= STABLE_S else failures + 1
            # full jitter, so that a thousand sites do not come back in the same second
            ceiling = min(self._settings.reconnect_max_s, 0.25 * 2 ** min(failures, 12))
            await asyncio.sleep(random.uniform(0.05, max(0.1, ceiling)))  # noqa: S311 - not a secret

    async def _serve(self) -> None:
        async with self._open() as client:
            for topic in self._subscribe:
                codes = await client.subscribe(topic, qos=1)
                _stop_if_told()
                if any(getattr(code, "is_failure", False) for code in codes):
                    self._say(f"does not let this account read {topic}; check its access list")
            self._client = client
            log.info("%s broker: connected", self._name)
            # side by side: a greeting may wait for answers that only reading brings
            greeting = asyncio.create_task(self._greet(), name=f"{self._name}-greeting")
            reading = asyncio.create_task(self._read(client), name=f"{self._name}-reading")
            try:
                done, _ = await asyncio.wait({greeting, reading}, return_when=asyncio.FIRST_EXCEPTION)
                for task in done:
                    task.result()
            finally:
                for answer in self._unanswered:
                    # whoever waits for this broker's answer waits in vain, and need not wait out its time
                    answer.reschedule(asyncio.get_running_loop().time())
                greeting.cancel()
                reading.cancel()
                await asyncio.gather(greeting, reading, return_exceptions=True)

    async def _greet(self) -> None:
        await self._on_up()
        self._said.clear()

    async def _read(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            self._take(message)

    def _say(self, sentence: str) -> None:
        """Each sentence once, until the link is whole again."""
        if sentence not in self._said:
            self._said.add(sentence)
            log.warning("%s broker: %s", self._name, sentence)

    def _take(self, message: aiomqtt.Message) -> None:
        payload = message.payload if isinstance(message.payload, bytes) else b""
        if len(payload) > MAX_MESSAGE:
            log.warning("%s: %s of %d bytes refused, too large", self._name, message.topic, len(payload))
            return
        try:
            self._on_message(str(message.topic), payload, bool(message.retain))
        except Refused as fault:
            log.warning("%s: %s refused, %s", self._name, message.topic, fault)

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


def _stop_if_told() -> None:
    """Obey an order to stop that was swallowed on the way.

    The `wait_for` of Python 3.11, which aiomqtt uses, forgets a cancellation that comes in the very moment of the
    answer (CPython issue 86296); a task that loops would then never end.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _secret(path: str) -> str | None:
    if not path:
        return None
    try:
        return Path(path).read_text("utf-8").strip()
    except UnicodeDecodeError as fault:
        raise LinkDown(f"{path} is not a text file in UTF-8") from fault


_PLAIN = {
    "Operation timed out": "does not answer",
    "Disconnected during message iteration": "went away",
}
_NOT_THIS_ACCOUNT = (134, 135)
"""Bad user name or password; not authorised (as paho numbers them)."""


def _plain(fault: Exception) -> str:
    """What happened, as the rest of a sentence that begins with the broker."""
    if isinstance(fault, aiomqtt.MqttCodeError) and getattr(fault.rc, "value", None) in _NOT_THIS_ACCOUNT:
        return "refuses the account; check `user` and `password_file`"
    text = re.sub(r"^\[(Errno|code:) ?-?\d+\] ", "", str(fault))
    return _PLAIN.get(text, text)
