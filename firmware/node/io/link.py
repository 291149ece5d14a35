"""The way to the broker: TCP, or TLS with a shared key, and MQTT 3.1.1 on it; nothing the other end does hangs it.

Three tasks serve a connection: one reads, one writes, and `_watch` holds every deadline: what the broker owes (its
CONNACK, a SUBACK, a PUBACK, a PINGRESP) stands in one list with the moment at which it must have come. Whatever fails
ends the connection, lets everybody go who waits for it, and after a random pause (full jitter under a growing ceiling)
the next one begins. The broker's session is never relied on: what was not confirmed is the sender's to send again.
"""

import asyncio
import binascii
import errno
import gc
import random
import select
import socket
import time

from micropython import const
from node.core import mqtt, ticks

_ANSWER_MS = const(10_000)
_CARRIER_MS = const(30_000)
_FIRST_PAUSE_MS = const(1_000)
_LONGEST_PAUSE_MS = const(60_000)
_STEADY_MS = const(60_000)
"""Only a connection that held so long makes the next pause short again: one that is closed at once must not storm."""
_WAITING = const(8)
"""Packets that wait to be written; more are refused to whoever sends."""
_LARGEST_IN = const(12_288)


class Down(Exception):
    """The connection is at its end; the text says why."""


class _Ack:
    """Somebody waits for the broker's answer to one packet."""

    def __init__(self):
        self.came = asyncio.Event()
        self.good = False


class Link:
    """One client of one broker. `on_message(topic, memoryview, retained)` is called for what comes, and must be quick.

    settings: host (in numbers, for looking up a name has no deadline on a board), port, client, keepalive_s; user and
    password, or psk_identity and psk_key (hex digits) for TLS; answer_ms, first_pause_ms, longest_pause_ms, first_id
    (of packets) if others are wanted. `carrier()` is awaited before each attempt: the Wi-Fi, up or OSError. `alive()`
    is called as long as the link gets on, at the latest after its longest pause and all deadlines.
    """

    def __init__(self, settings, filters, will, on_message, carrier=None, alive=None):
        self.settings = settings
        self.up = False
        self.ups = 0
        """Connections that came up so far: whoever greets the broker compares it."""
        self.word = "not yet tried"
        """Why the last connection ended."""
        self.refused = []
        """Filters that the broker did not grant."""
        self._filters = filters
        self._will = will
        self._on_message = on_message
        self._carrier = carrier
        self._alive = alive
        self._answer_ms = settings.get("answer_ms", _ANSWER_MS)
        self._first_pause_ms = self._pause_ms = settings.get("first_pause_ms", _FIRST_PAUSE_MS)
        self._last_id = settings.get("first_id", 0)
        self._address = None
        self._acks = {}
        self._owed = {}
        self._outbox = []
        self._something = asyncio.Event()
        self._ended = None
        self._tls = self._keyed()

    async def run(self):
        """Connect, serve, wait, for ever; ends only by being cancelled."""
        while True:
            self._tell_alive()
            before = self.ups
            try:
                await self._serve()
            except Exception as fault:  # whatever it was, the next attempt comes
                self.word = _word(fault)
                if isinstance(fault, MemoryError) and self.ups == before:
                    raise  # nor would the next one come up: better a restart, which the loader counts
            gc.collect()
            pause = self._pause_ms // 8 + random.randint(0, self._pause_ms)  # noqa: S311 - spreads load, no secret
            self._pause_ms = min(self._pause_ms * 2, self.settings.get("longest_pause_ms", _LONGEST_PAUSE_MS))
            await asyncio.sleep_ms(pause)

    async def publish(self, topic, payload, retain=False, qos=1):
        """Send; True when the broker has confirmed it (QoS 0: when it waits to be written), False when it did not.

        False says nothing about whether it arrived: to be on the safe side it is sent again.
        """
        if not self.up or len(self._outbox) >= _WAITING:
            return False
        if not qos:
            self._send(mqtt.publish(topic, payload, 0, retain))
            return True
        number = self._number()
        packet = mqtt.publish(topic, payload, number, retain)
        ack = self._acks[number] = _Ack()
        self._owe(number)
        self._send(packet)
        try:
            await ack.came.wait()
        finally:
            self._acks.pop(number, None)
        return ack.good

    async def goodbye(self):
        """End the connection politely, so that the will is not told: before a sleep. Waits at most for one deadline."""
        if self.up:
            self._send(mqtt.GOODBYE)
            until = ticks.after(time.ticks_ms(), self._answer_ms)
            while self._outbox and self.up and ticks.left(until, time.ticks_ms()) > 0:
                await asyncio.sleep_ms(5)
        self._ended = Down("said goodbye")

    def deaf(self):
        """What the broker does not let this node hear, as a sentence; "" when it hears all."""
        return "the broker does not let it hear " + self.refused[0].rsplit("/", 1)[-1] if self.refused else ""

    def _tell_alive(self):
        if self._alive:
            self._alive()

    def _number(self):
        number = mqtt.next_id(self._last_id)
        while number in self._acks:
            number = mqtt.next_id(number)
        self._last_id = number
        return number

    def _owe(self, what):
        self._owed[what] = ticks.after(time.ticks_ms(), self._answer_ms)

    def _send(self, packet):
        self._outbox.append(packet)
        self._something.set()

    async def _serve(self):
        """One connection from its beginning to its end, which is always an exception."""
        self._ended = None
        if self._carrier:
            await asyncio.wait_for_ms(self._carrier(), _CARRIER_MS)
        sock = _socket(self._where())
        tasks = []
        try:
            await asyncio.wait_for_ms(_connected(sock), self._answer_ms)
            sock = self._secured(sock)
            stream = asyncio.StreamReader(sock)
            self._hello()
            tasks = [asyncio.create_task(self._until_fault(one)) for one in (self._read(stream), self._write(stream))]
            await self._watch()
        finally:
            self._let_go()
            for task in tasks:
                task.cancel()
            await asyncio.sleep_ms(0)
            sock.close()

    def _where(self):
        if self._address is None:
            host = self.settings["host"]
            if host.strip("0123456789."):
                raise Down("host must be an address in numbers")
            self._address = socket.getaddrinfo(host, self.settings["port"], 0, socket.SOCK_STREAM)[0][-1]
        return self._address

    def _keyed(self):
        """What holds the key, or None without one: made once, at the start, for it needs 3 KiB in one piece."""
        key = self.settings.get("psk_key")
        if not key:
            return None
        import tls  # boards without it (before 1.29) use user and password

        context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
        context.psk_identity = self.settings["psk_identity"]
        context.psk_key = binascii.unhexlify(key)
        return context

    def _secured(self, sock):
        """The socket itself, or TLS on it; the handshake happens with the first write and stands under its deadline."""
        if not self._tls:
            return sock
        return self._tls.wrap_socket(sock, server_hostname=self.settings["host"], do_handshake_on_connect=False)

    def _hello(self):
        settings = self.settings
        self._owe("CONNACK")
        self._send(
            mqtt.connect(
                settings["client"],
                settings.get("user"),
                settings.get("password"),
                settings.get("keepalive_s", 60),
                self._will,
            )
        )

    async def _until_fault(self, work):
        """Run a task of the connection; its fault becomes the connection's."""
        try:
            await work
        except Exception as fault:
            self._ended = self._ended or fault

    async def _write(self, stream):
        while True:
            while self._outbox:
                stream.write(self._outbox[0])
                await stream.drain()
                self._outbox.pop(0)
            self._something.clear()
            await self._something.wait()

    async def _read(self, stream):
        incoming = mqtt.Incoming(_LARGEST_IN)
        while True:
            count = await stream.readinto(incoming.room())
            if count is None:
                continue  # TLS: a part of a record
            if not count:
                raise EOFError
            packet = incoming.filled(count)
            if packet:
                self._take(packet)

    def _take(self, packet):
        kind = packet[0]
        if kind == mqtt.CONNACK:
            self._admitted(packet[2])
        elif "CONNACK" in self._owed:
            raise mqtt.Broken("packet type %d before CONNACK" % kind)
        elif kind == mqtt.PUBLISH:
            self._hear(packet)
        elif kind == mqtt.PINGRESP:
            self._owed.pop("PINGRESP", None)
        elif kind == mqtt.PUBACK:
            self._owed.pop(packet[1], None)
            ack = self._acks.get(packet[1])
            if ack:
                ack.good = True
                ack.came.set()
        elif kind == mqtt.SUBACK and self._owed.pop(("SUBACK", packet[1]), None) is not None:
            if len(packet[2]) != len(self._filters):
                raise mqtt.Broken("SUBACK of a wrong length")
            self._begin(packet[2])

    def _admitted(self, code):
        """The broker's answer to CONNECT. A kept session (it must not be one) is as good as none."""
        if self._owed.pop("CONNACK", None) is None:
            raise mqtt.Broken("a second CONNACK")
        if code:
            raise Down("refused: " + (mqtt.REFUSALS[code] if code < len(mqtt.REFUSALS) else "code %d" % code))
        if not self._filters:
            self._begin(b"")
            return
        number = self._number()
        self._owe(("SUBACK", number))
        self._send(mqtt.subscribe(number, self._filters))

    def _begin(self, codes):
        """Up, also when a filter was refused: the node can still report, and its records wait for the mark."""
        self.refused = [one[0] for one, code in zip(self._filters, codes) if code == mqtt.SUBACK_REFUSED]
        self.up = True
        self.ups += 1
        self.word = ""

    def _hear(self, packet):
        _, topic, payload, qos, retained, number = packet
        try:
            self._on_message(topic, payload, retained)
        except Exception as fault:  # a message that its reader cannot take is no fault of the link
            self.word = "message not taken: " + repr(fault)
        if qos:
            if len(self._outbox) >= _WAITING * 4:
                raise Down("more messages than can be confirmed")
            self._send(mqtt.puback(number))

    async def _watch(self):
        """Hold the deadlines and ask for signs of life; always ends by raising."""
        beat = max(5, min(200, self._answer_ms // 20))
        keepalive_ms = self.settings.get("keepalive_s", 60) * 500
        ping = ticks.after(time.ticks_ms(), keepalive_ms)
        steady = ticks.after(time.ticks_ms(), _STEADY_MS)
        while True:
            await asyncio.sleep_ms(beat)
            self._tell_alive()
            if self._ended:
                raise self._ended
            now = time.ticks_ms()
            for what, deadline in self._owed.items():
                if ticks.left(deadline, now) <= 0:
                    raise Down("no answer in time: %s" % (what if isinstance(what, str) else "PUBACK or SUBACK"))
            if self.up and steady is not None and ticks.left(steady, now) <= 0:
                if self.refused:
                    raise Down(self.deaf())  # perhaps its rights were not yet read; what is reported meanwhile counts
                self._pause_ms = self._first_pause_ms
                steady = None
            if ticks.left(ping, now) <= 0:
                ping = ticks.after(now, keepalive_ms)
                if self.up and "PINGRESP" not in self._owed:
                    self._owe("PINGRESP")
                    self._send(mqtt.PING)

    def _let_go(self):
        """Nobody may wait any longer for a connection that is over."""
        self.up = False
        self._owed.clear()
        self._outbox.clear()
        self._something.clear()
        for ack in self._acks.values():
            ack.came.set()


def _word(fault):
    """Why a connection ended, in some words for logs and the node's status."""
    if isinstance(fault, EOFError):
        return "closed by the broker"
    if isinstance(fault, asyncio.TimeoutError):
        return "no connection in time"
    if isinstance(fault, OSError) and fault.args:
        return "network: " + errno.errorcode.get(fault.args[0], str(fault.args[0]))
    return str(fault) or type(fault).__name__


def _socket(address):
    sock = socket.socket()
    sock.setblocking(False)
    try:
        sock.connect(address)
    except OSError as fault:
        if fault.errno != errno.EINPROGRESS:
            sock.close()
            raise
    return sock


async def _connected(sock):
    """Until the socket is connected or has failed, which the first write then tells."""
    poll = select.poll()
    poll.register(sock, select.POLLOUT)
    while not poll.poll(0):
        await asyncio.sleep_ms(10)
