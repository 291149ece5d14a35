"""The door to an MQTT broker: one link that reconnects for ever and never trusts a session (MQTT 3.1.1).

aiomqtt (on paho-mqtt) does the protocol. After every connect the owner publishes its retained topics anew; nothing is
queued here: what must not be lost lies in the owner's store.
"""

import asyncio
import logging
import random
import re
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import aiomqtt

from contract.messages import MAX_MESSAGE
from contract.wire import Refused
from doors.broker_settings import KEEPALIVE_S, BrokerSettings, LinkDown, check, encryption, plain_tls, secret
from doors.broker_wire import Wire

__all__ = ["BrokerSettings", "Handler", "Link", "LinkDown", "check"]

log = logging.getLogger(__name__)

STABLE_S = 60.0
"""A link that held this long starts its waiting times from the beginning."""
BACK_PER_S = 80.0
"""Clients that a broker can greet in a second, with encryption, on a small machine."""
DOUBTFUL = 3
"""Links in a row that the broker ended soon after they were made: is somebody else here under our name?"""
MOST_COMPLAINTS = 100
"""Topics of one link of which a bad message is told, each once: whoever may write to the broker fills no log."""
GOODBYE_S = 1.0
"""Longest goodbye to a broker that does not answer."""


Handler = Callable[[str, bytes, bool], None]


class Link:
    """One connection to one broker.

    `on_heard()`: the broker has just said something: a message, or its answer to one of ours or to a subscription.
    `on_message(topic, payload, retained)` may raise Refused: logged, and the link goes on. `on_up()` runs after every
    connect; when it ends with LinkDown, the link connects anew, so that nobody stays up half greeted. `subscribe`: what
    is heard, one after the other; filters that stand together are asked for together. `prompt`: no
    message waits for the answer to the one before it, as small ones do on TCP; costs bytes where they are paid for.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        *,
        name: str,
        client_id: str,
        subscribe: tuple[str | tuple[str, ...], ...] = (),
        will: Callable[[], tuple[str, bytes]] | None = None,
        on_message: Handler,
        on_up: Callable[[], Awaitable[None]],
        on_down: Callable[[], None] = lambda: None,
        on_heard: Callable[[], None] = lambda: None,
        prompt: bool = False,
    ) -> None:
        self._settings = settings
        self._name = name
        self._client_id = client_id
        self._subscribe = subscribe
        self._will = will
        self._on_message = on_message
        self._on_up = on_up
        self._on_down = on_down
        self._on_heard = on_heard
        self._prompt = prompt
        self._client: aiomqtt.Client | None = None
        self._said: set[str] = set()
        self._complained: set[tuple[str, int]] = set()
        self._unanswered: set[asyncio.Timeout] = set()
        self._silent = asyncio.Event()
        self._up_s: float | None = None
        self._failures = 0
        self._overheard = _Overheard()
        self.attempts = 0
        """How often a connect was begun."""
        self.cut_short = 0
        """Links in a row that came up and were ended by the other side before they were stable."""

    @property
    def spread_s(self) -> float:
        """Over how many seconds those who share this broker spread what they do after an outage."""
        return self._settings.shared_by / BACK_PER_S

    @property
    def contested(self) -> bool:
        """Is the link ended again and again, as when two boxes have one identity?"""
        return self.cut_short >= DOUBTFUL and not self._holds()

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
        if client is None or self._silent.is_set():
            raise LinkDown(f"{self._name} broker is not there")
        try:
            async with asyncio.timeout(None) as answer:
                self._unanswered.add(answer)
                await client.publish(topic, payload, qos=qos, retain=retain, timeout=self._settings.answer_within_s)
        except TimeoutError as fault:
            raise LinkDown(f"{self._name} broker went away before it took {topic}") from fault
        except aiomqtt.MqttError as fault:
            if str(fault) in _PLAIN and client is self._client:
                self._silent.set()  # the wire may look whole for long, but nobody is there
            raise LinkDown(f"{self._name} broker did not take {topic}: {_plain(fault)}") from fault
        except ValueError as fault:
            raise LinkDown(f"{self._name} broker did not take {topic}: {fault}") from fault
        finally:
            self._unanswered.discard(answer)
        if qos:
            _spoke(client)
            self._on_heard()
        _stop_if_told()

    async def run(self) -> None:
        """Connect, serve, wait, again; ends only by cancellation."""
        while True:
            _stop_if_told()
            self._up_s = None
            try:
                await self._serve()
            except (aiomqtt.MqttError, OSError, LinkDown) as fault:
                task = asyncio.current_task()
                if task is not None and task.cancelling():
                    # a silent broker makes the goodbye fail, and that failure hides the order to stop
                    raise asyncio.CancelledError from fault
                self._judge(fault)
            finally:
                if self._client is not None:
                    self._client = None
                    self._on_down()
            await asyncio.sleep(self._pause_s())

    def _holds(self) -> bool:
        """Has the link that is up, or was until just now, been up for long?"""
        return self._up_s is not None and asyncio.get_running_loop().time() - self._up_s >= STABLE_S

    def _judge(self, fault: Exception) -> None:
        """Say what ended the link, and how it looks together with how the ones before it ended."""
        stable = self._holds()
        self._failures = 0 if stable else self._failures + 1
        went_away = self._up_s is not None and not self._silent.is_set()
        self.cut_short = self.cut_short + 1 if went_away and not stable else 0
        if self.contested:
            self._say(
                f"has ended the link {DOUBTFUL} times in a row soon after it was made; is there another box with our "
                f"name {self._client_id} (a copied memory card), or does the broker restart?"
            )
        else:
            told = plain_tls(self._overheard.fault) if self._up_s is None else None
            self._say(f"{told or _plain(fault)}; trying again")

    def _pause_s(self) -> float:
        """Full jitter, so that a thousand sites do not come back in the same second.

        The ceiling doubles until a link has held for STABLE_S: being let in and thrown out is a failure too.
        """
        ceiling = min(self._settings.reconnect_max_s, 0.25 * 2 ** min(self._failures, 12))
        ceiling = max(0.1, ceiling, min(self.spread_s, self._settings.reconnect_max_s))
        return random.uniform(0.05, ceiling)  # noqa: S311 - not a secret

    async def _serve(self) -> None:
        self.attempts += 1
        opened, wire = self._open()
        try:
            async with opened as client:
                _stop_if_told()
                if client._client.socket() is None:
                    # thrown out in the moment of the welcome: aiomqtt has forgotten it already, and would wait for ever
                    self._up_s = asyncio.get_running_loop().time()
                    raise LinkDown("went away")
                await self._subscribe_all(client)
                self._client = client
                self._up_s = asyncio.get_running_loop().time()
                log.info("%s broker: connected", self._name)
                await self._work(client)
        finally:
            wire.hang_up()

    async def _subscribe_all(self, client: aiomqtt.Client) -> None:
        for told in self._subscribe:
            topics = (told,) if isinstance(told, str) else told
            codes = await client.subscribe([(topic, 1) for topic in topics])
            self._on_heard()
            _stop_if_told()
            for topic, code in zip(topics, codes, strict=False):
                if getattr(code, "is_failure", False):
                    self._say(f"does not let this account read {topic}; check its access list")

    async def _work(self, client: aiomqtt.Client) -> None:
        """Greet and read side by side, for a greeting may wait for answers that only reading brings."""
        greeting = asyncio.create_task(self._greet(), name=f"{self._name}-greeting")
        reading = asyncio.create_task(self._read(client), name=f"{self._name}-reading")
        silence = asyncio.create_task(self._notice_silence(client), name=f"{self._name}-silence")
        tasks = {greeting, reading, silence}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            for answer in self._unanswered:
                # whoever waits for this broker's answer waits in vain, and need not wait out its time
                answer.reschedule(asyncio.get_running_loop().time())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _notice_silence(self, client: aiomqtt.Client) -> None:
        """An answer that did not come ends the link, long before the keep-alive would."""
        await self._silent.wait()
        client.timeout = min(client.timeout, GOODBYE_S)
        raise LinkDown(_SILENT)

    async def _greet(self) -> None:
        await self._on_up()
        if not self.contested:
            self._said.clear()
            self._complained.clear()

    async def _read(self, client: aiomqtt.Client) -> None:
        async for message in client.messages:
            self._take(message)

    def _say(self, sentence: str) -> None:
        """Each sentence once, until the link is whole again."""
        if sentence not in self._said:
            self._said.add(sentence)
            log.warning("%s broker: %s", self._name, sentence)

    def _take(self, message: aiomqtt.Message) -> None:
        self._on_heard()
        payload = message.payload if isinstance(message.payload, bytes) else b""
        topic = str(message.topic)
        if len(payload) > MAX_MESSAGE:
            self._complain(logging.WARNING, topic, f"of {len(payload)} bytes refused, too large")
            return
        try:
            self._on_message(topic, payload, bool(message.retain))
        except Refused as fault:
            self._complain(logging.WARNING, topic, f"refused, {fault}")
        except Exception as fault:
            # a message that finds a fault of ours must not stop a program: a retained one would meet it at every start
            self._complain(logging.ERROR, topic, f"could not be understood: {fault!r}")
            log.debug("where", exc_info=True)

    def _complain(self, level: int, topic: str, sentence: str) -> None:
        if (topic, level) not in self._complained and len(self._complained) < MOST_COMPLAINTS:
            self._complained.add((topic, level))
            log.log(level, "%s: %s %s", self._name, topic, sentence)

    def _open(self) -> tuple[aiomqtt.Client, Wire]:
        parts = urlsplit(self._settings.url)
        tls = encryption(self._settings)
        will = self._will() if self._will else None
        self._silent.clear()
        self._overheard = _Overheard()
        client = aiomqtt.Client(
            parts.hostname or "",
            parts.port or (8883 if tls else 1883),
            username=self._settings.user or None,
            password=secret(self._settings.password_file),
            identifier=self._client_id,
            keepalive=self._settings.keepalive_s or KEEPALIVE_S,
            timeout=self._settings.answer_within_s,
            clean_session=True,
            tls_context=tls,
            logger=self._overheard.logger,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)] if self._prompt else [],
            will=aiomqtt.Will(will[0], will[1], qos=1, retain=True) if will else None,
        )
        # paho's own five seconds for the connection and the handshake are too few on a bad mobile link
        client._client.connect_timeout = self._settings.answer_within_s
        return client, Wire(client, aiomqtt.MqttError)


class _Overheard(logging.Handler):
    """What paho tells its log and nobody else: the fault that broke the wire."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.fault: OSError | None = None
        self.logger = logging.Logger("mqtt", logging.WARNING)  # noqa: LOG001 - of this connection, heard by nobody else
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the fault, drop the words."""
        for told in record.args if isinstance(record.args, tuple) else ():
            if isinstance(told, OSError):
                self.fault = told


def _spoke(client: aiomqtt.Client) -> None:
    """Something was said and answered just now, so that no ping is needed for a keep-alive.

    paho 2.2 notes what it sends only where the wire could not take all of it at once, and would ping each keep-alive
    however much was said: a megabyte a month where every byte is paid for.
    """
    client._client._last_msg_out = time.monotonic()


def _stop_if_told() -> None:
    """Obey an order to stop that was swallowed on the way.

    The `wait_for` of Python 3.11, which aiomqtt uses, forgets a cancellation that comes in the very moment of the
    answer (CPython issue 86296); a task that loops would then never end.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


_SILENT = "does not answer"
_PLAIN = {
    "Operation timed out": _SILENT,
    "timed out": _SILENT,
    "The read operation timed out": _SILENT,
    "The handshake operation timed out": _SILENT,
    "Disconnected during message iteration": "went away",
}
_NOT_THIS_ACCOUNT = (134, 135)
"""Bad user name or password; not authorised (as paho numbers them)."""


def _plain(fault: Exception) -> str:
    """What happened, as the rest of a sentence that begins with the broker."""
    if isinstance(fault, aiomqtt.MqttCodeError) and getattr(fault.rc, "value", None) in _NOT_THIS_ACCOUNT:
        return "refuses the account; check `user` and `password_file`"
    if isinstance(fault, LinkDown):
        return str(fault)
    told = plain_tls(fault) or plain_tls(fault.__context__) or plain_tls(fault.__cause__)
    if told is not None:
        return told
    text = re.sub(r"^(\[(Errno|code:) ?-?\d+\]|_ssl\.c:\d+:) ", "", str(fault))
    return _PLAIN.get(text, text)
