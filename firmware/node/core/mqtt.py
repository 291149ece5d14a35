"""MQTT 3.1.1 (OASIS standard, 2014) as far as a node speaks it: QoS 0 and 1, bytes to tuples and back, no socket.

A packet that comes in is a tuple: (CONNACK, session present, code), (PUBLISH, topic, payload, qos, retain, id or 0),
(PUBACK, id), (SUBACK, id, codes), (PINGRESP,); a payload is a memoryview, nothing is copied. What the standard forbids
raises `Broken`: the peer is no MQTT broker, or what comes from it can no longer be trusted, and the connection ends.
"""

CONNACK, PUBLISH, PUBACK, SUBACK, PINGRESP = 2, 3, 4, 9, 13
PING = b"\xc0\x00"
GOODBYE = b"\xe0\x00"
LARGEST_ID = 65535
LARGEST_OUT = 8192
"""Bytes of a packet that a node sends; a longer one is a fault of the program."""
REFUSALS = ("", "wrong protocol", "client id refused", "broker unavailable", "wrong user or password", "not authorised")
"""Return codes of CONNACK (section 3.2.2.3)."""
SUBACK_REFUSED = 0x80


class Broken(Exception):
    """What came is not what a broker may send; the text says which rule it broke."""


def next_id(last):
    """The packet id after `last`: 1 to 65535 and round again, never 0 (section 2.3.1)."""
    return last % LARGEST_ID + 1


def connect(client, user=None, password=None, keepalive_s=60, will=None):
    """CONNECT with a clean session; `will` is (topic, payload), retained and QoS 1."""
    flags = 0x02
    body = _text(client)
    if will:
        flags |= 0x04 | 0x08 | 0x20
        body += _text(will[0]) + _text(will[1])
    if user is not None:
        flags |= 0x80
        body += _text(user)
    if password is not None:
        flags |= 0x40
        body += _text(password)
    return _packet(0x10, b"\x00\x04MQTT\x04" + bytes((flags, keepalive_s >> 8, keepalive_s & 255)) + body)


def publish(topic, payload, packet_id=0, retain=False):
    """PUBLISH; QoS 1 when it has a packet id, QoS 0 without."""
    if packet_id:
        return _packet(0x32 | bool(retain), _text(topic) + _number(packet_id) + _bytes(payload))
    return _packet(0x30 | bool(retain), _text(topic) + _bytes(payload))


def subscribe(packet_id, filters):
    """SUBSCRIBE to [(filter, qos), …]."""
    body = _number(packet_id)
    for topic, qos in filters:
        body += _text(topic) + bytes((qos,))
    return _packet(0x82, body)


def puback(packet_id):
    """PUBACK for a message that came with QoS 1."""
    return b"\x40\x02" + _number(packet_id)


def _bytes(text):
    return text.encode() if isinstance(text, str) else text


def _number(value):
    return bytes((value >> 8, value & 255))


def _text(text):
    text = _bytes(text)
    if len(text) > 65535:
        raise ValueError("longer than MQTT can carry")
    return _number(len(text)) + text


def _packet(first, body):
    size = len(body)
    if size > LARGEST_OUT:
        raise ValueError("a packet of %d bytes; at most %d" % (size, LARGEST_OUT))
    length = b""
    while True:
        size, low = size >> 7, size & 127
        length += bytes((low | (128 if size else 0),))
        if not size:
            return bytes((first,)) + length + body


class Incoming:
    """Cuts a stream of bytes into packets without ever holding more than `largest` bytes.

    `room()` is where the next bytes belong, `filled(n)` tells that n have come and answers with a packet or None.
    A longer packet is read past and comes out as (0, its size): a retained message that is too large must not end
    every connection anew.
    """

    def __init__(self, largest=8192):
        self._largest = largest
        self._head = memoryview(bytearray(5))
        self._start()

    def _start(self):
        self._have = 0
        self._want = 2
        self._size = -1
        self._body = None

    def room(self):
        """A memoryview, never empty, into which the next bytes are to be read."""
        if self._size < 0:
            return self._head[self._have : self._want]
        if self._body is None:
            return memoryview(bytearray(min(64, self._size - self._have)))
        return memoryview(self._body)[self._have :]

    def filled(self, count):
        """So many bytes have come into the room; a whole packet as a tuple, else None."""
        self._have += count
        if self._size < 0 and (self._have < self._want or not self._measure()):
            return None
        if self._have < self._size:
            return None
        first, size, body = self._head[0], self._size, self._body
        self._start()
        return (0, size) if body is None else read(first, body)

    def _measure(self):
        """Is the length known (section 2.2.3: one to four bytes, seven bits each)?"""
        if self._head[self._have - 1] & 128:
            if self._have == 5:
                raise Broken("a length of more than four bytes")
            self._want += 1
            return False
        size = 0
        for place in range(self._have - 1, 0, -1):
            size = size << 7 | self._head[place] & 127
        self._size = size
        self._have = 0
        if size <= self._largest:
            try:
                self._body = bytearray(size)
            except MemoryError:
                pass  # read past it, as past one that is too large
        return True


def read(first, body):
    """One packet from its first byte and its body; see the top of this file for the tuples."""
    kind, flags = first >> 4, first & 15
    if kind == PUBLISH:
        return _published(flags, body)
    if flags:
        raise Broken("flags on packet type %d" % kind)
    if kind == CONNACK:
        if len(body) != 2 or body[0] > 1:
            raise Broken("CONNACK of a wrong form")
        return (CONNACK, body[0], body[1])
    if kind == PUBACK:
        if len(body) != 2:
            raise Broken("PUBACK of a wrong length")
        return (PUBACK, body[0] << 8 | body[1])
    if kind == SUBACK:
        if len(body) < 3:
            raise Broken("SUBACK without a code")
        return (SUBACK, body[0] << 8 | body[1], body[2:])
    if kind == PINGRESP:
        if body:
            raise Broken("PINGRESP of a wrong length")
        return (PINGRESP,)
    raise Broken("packet type %d does not come from a broker" % kind)


def _published(flags, body):
    qos = flags >> 1 & 3
    if qos > 1:
        raise Broken("QoS %d was not asked for" % qos)
    at = 2 + (body[0] << 8 | body[1]) if len(body) >= 2 else 0
    if at <= 2 or len(body) < at + 2 * qos:
        raise Broken("PUBLISH shorter than it says")
    view = memoryview(body)
    try:
        topic = str(view[2:at], "utf-8")
    except UnicodeError:
        raise Broken("a topic that is no UTF-8") from None
    if not qos:
        return (PUBLISH, topic, view[at:], 0, flags & 1, 0)
    packet_id = body[at] << 8 | body[at + 1]
    if not packet_id:
        raise Broken("packet id 0")
    return (PUBLISH, topic, view[at + 2 :], 1, flags & 1, packet_id)
