"""MQTT packets, deadlines, the time of day. Runs under CPython and MicroPython: plain functions, plain asserts."""

from node.core import mqtt, quality, telling, ticks, wire
from node.core.progress import Progress
from node.core.wall import Wall

CONNACK = b"\x20\x02\x01\x00"
PUBLISH = b"\x33\x0a\x00\x03t/1\x12\x34abc"
PUBACK = b"\x40\x02\x12\x34"
SUBACK = b"\x90\x04\x00\x07\x01\x80"
PINGRESP = b"\xd0\x00"


def _cut(stream, size, largest=100):
    """All packets of a stream that comes in pieces of `size` bytes."""
    incoming, found = mqtt.Incoming(largest), []
    at = 0
    while at < len(stream):
        room = incoming.room()
        count = min(len(room), size, len(stream) - at)
        room[:count] = stream[at : at + count]
        at += count
        packet = incoming.filled(count)
        if packet:
            found.append(tuple(bytes(one) if isinstance(one, (memoryview, bytearray)) else one for one in packet))
    return found


def _broken(stream):
    try:
        _cut(stream, 1)
    except mqtt.Broken as fault:
        return str(fault)
    return ""


def test_packets_are_whole_however_the_stream_is_cut():
    """A packet is the same whether it comes at once or byte by byte; a kept session is no fault."""
    wanted = [
        (mqtt.CONNACK, 1, 0),
        (mqtt.PUBLISH, "t/1", b"abc", 1, 1, 0x1234),
        (mqtt.PUBACK, 0x1234),
        (mqtt.SUBACK, 7, b"\x01\x80"),
        (mqtt.PINGRESP,),
    ]

    for size in range(1, 12):
        assert wanted == _cut(CONNACK + PUBLISH + PUBACK + SUBACK + PINGRESP, size)


def test_too_large_packet_is_read_past():
    """Its size is told, its bytes are not kept, and the next packet is understood."""
    large = b"\x30\x88\x27" + bytes(5000)

    assert [(0, 5000), (mqtt.PINGRESP,)] == _cut(large + PINGRESP, 64)


def test_what_no_broker_may_send_is_named():
    """Each rule of the standard that is broken ends the connection with a word."""
    assert "a length of more than four bytes" == _broken(b"\x30\x80\x80\x80\x80\x01")
    assert "QoS 2 was not asked for" == _broken(b"\x34\x07\x00\x03t/1\x00\x01")
    assert "QoS 3 was not asked for" == _broken(b"\x36\x07\x00\x03t/1\x00\x01")
    assert "packet id 0" == _broken(b"\x32\x07\x00\x03t/1\x00\x00")
    assert "PUBLISH shorter than it says" == _broken(b"\x30\x03\x00\x09t")
    assert "PUBLISH shorter than it says" == _broken(b"\x30\x00")
    assert "PUBLISH shorter than it says" == _broken(b"\x32\x06\x00\x03t/1\x00")
    assert "a topic that is no UTF-8" == _broken(b"\x30\x04\x00\x02\xff\xfe")
    assert "CONNACK of a wrong form" == _broken(b"\x20\x02\x02\x00")
    assert "PUBACK of a wrong length" == _broken(b"\x40\x03\x00\x01\x00")
    assert "SUBACK without a code" == _broken(b"\x90\x02\x00\x01")
    assert "packet type 1 does not come from a broker" == _broken(b"\x10\x00")


def test_packet_ids_go_round_without_zero():
    """1 to 65535 and 1 again."""
    last = 0
    for _ in range(65535):
        last = mqtt.next_id(last)
        assert 0 < last < 65536

    assert 65535 == last
    assert 1 == mqtt.next_id(last)


def test_packets_out_are_as_the_standard_wants():
    """CONNECT with will, user and password; PUBLISH of both kinds; a length of two bytes; too much is refused."""
    hello = mqtt.connect("n1", "n1", "pw", 60, ("t", "w"))
    refused = ""
    try:
        mqtt.publish("t", bytes(9000))
    except ValueError as fault:
        refused = str(fault)

    assert b"\x10\x1c\x00\x04MQTT\x04\xee\x00\x3c\x00\x02n1\x00\x01t\x00\x01w\x00\x02n1\x00\x02pw" == hello
    assert b"\x30\x04\x00\x01tx" == mqtt.publish("t", "x")
    assert b"\x33\x06\x00\x01t\xff\xffx" == mqtt.publish("t", b"x", 65535, True)
    assert b"\x30\xcb\x01" == mqtt.publish("t", bytes(200))[:3]
    assert refused.startswith("a packet of 9003 bytes")


def test_deadlines_survive_the_wrap():
    """A board's counter begins anew after 2^30 ms; the Linux interpreter's does not, and both agree."""
    late = ticks.PERIOD - 100

    assert 900 == ticks.after(late, 1000)
    assert 1000 == ticks.left(900, late)
    assert -100 == ticks.left(late, ticks.PERIOD)
    assert -100 == ticks.left(late, 5 * ticks.PERIOD)
    assert ticks.FARTHEST == ticks.left(ticks.after(late, ticks.FARTHEST), late)


def test_uptime_does_not_wrap():
    """Forty days in steps of five, over three wraps; a counter that steps back stands still."""
    five_days = 5 * 86_400_000
    uptime = ticks.Uptime(ticks.PERIOD - 1)
    for step in range(1, 9):
        seen = uptime.ms((ticks.PERIOD - 1 + step * five_days) % ticks.PERIOD)

    assert 8 * five_days == seen
    assert 8 * 5 * 86_400 == uptime.seconds((ticks.PERIOD - 2 + 8 * five_days) % ticks.PERIOD)


def test_time_is_taken_only_when_it_comes_quickly():
    """Two seconds after the wish, once and only for the last wish, and never a worse clock than the one there is."""
    wall = Wall()
    unasked = wall.answered(1_000, 1_800_000_000, 2, 0)
    wall.wished(1_000)
    late = wall.answered(3_001, 1_800_000_000, 2, 1_000)
    wall.wished(10_000)
    former = wall.answered(11_000, 1_700_000_000, 2, 1_000)
    good = wall.answered(12_000, 1_800_000_000, 2, 10_000)
    twice = wall.answered(12_001, 1_900_000_000, 2, 10_000)
    wall.wished(20_000)
    worse = wall.answered(20_001, 1_700_000_000, 1, 20_000)

    assert (False, False, False, True, False, False) == (unasked, late, former, good, twice, worse)
    assert (2, 1_800_000_008) == wall.told(20_500)
    assert (1, 1_800_086_488) == wall.told(86_500_500)


def test_news_is_told_at_once_and_the_rest_in_its_turn():
    """A start is no event; a change, a fault and a limit are; a wild sensor is held to one a second.

    What the sensor itself calls urgent waits for that second; whoever listens anew hears the present.
    """
    flag = telling.Told(60_000, flag=True)
    place = telling.Told(60_000, (None, 800))
    seen = [flag.feed(0, None, quality.NOT_YET_READ), flag.feed(10, 1, quality.GOOD)]
    flag.told(10, 1, quality.GOOD)
    seen += [flag.feed(500, 0, quality.GOOD), flag.feed(1_010, 0, quality.GOOD), flag.feed(1_010, 1, quality.GOOD)]
    place.feed(0, 500, quality.GOOD)
    place.told(0, 500, quality.GOOD)
    seen += [place.feed(2_000, 700, quality.GOOD), place.feed(3_000, 801, quality.GOOD)]
    place.told(3_000, 801, quality.GOOD)
    seen += [place.feed(5_000, None, quality.COMM_ERROR), place.feed(63_000, 801, quality.GOOD)]

    flag.told(1_010, 1, quality.GOOD)
    tank = telling.Told(60_000)
    tank.told(0, 500, quality.GOOD)
    seen += [tank.feed(900, 700, quality.GOOD, True), tank.feed(1_000, 700, quality.GOOD)]
    tank.told(1_000, 700, quality.GOOD)
    seen += [tank.feed(5_000, 700, quality.GOOD)]
    tank.again()
    seen += [tank.feed(5_001, 700, quality.GOOD)]

    assert [0, 1, 0, 2, 0, 0, 2, 2, 1] + [0, 2, 0, 1] == seen


def test_one_silent_task_is_named():
    """All others may get on."""
    progress = Progress({"measure": 100, "talk": 1_000}, 0)
    before = progress.late(100)
    progress.made("talk", 101)
    named = progress.late(101)
    progress.made("measure", 102)

    assert (None, "measure", None) == (before, named, progress.late(110))


def _refusal(reader, payload):
    try:
        reader(payload)
    except wire.Refused as fault:
        return str(fault)
    return ""


def test_broken_messages_are_refused_by_word():
    """Whatever the gateway's topics bring, one short text says what is wrong with it."""
    assert "no JSON, or too large" == _refusal(wire.config, b"{")
    assert "not version 1" == _refusal(wire.config, b"[1]")
    assert "not version 1" == _refusal(wire.mark, b'{"v":2,"boots":{}}')
    assert "revision is no whole number from 0 to 2147483647" == _refusal(wire.config, b'{"v":1,"revision":true}')
    assert "channels is missing" == _refusal(wire.config, b'{"v":1,"revision":1}')
    assert "rates is no table" == _refusal(wire.config, b'{"v":1,"revision":1,"channels":{},"rates":1}')
    assert "no boot id of 8 hex digits" == _refusal(wire.mark, b'{"v":1,"boots":{"0000000G":1}}')
    assert "wall is no whole number from 0 to 4294967295" == _refusal(wire.time, b'{"v":1,"wall":1.5,"clock":2}')
    assert "clock is no whole number from 0 to 2" == _refusal(wire.time, b'{"v":1,"wall":1,"clock":3}')
    assert "number is no whole number from 0 to 1073741823" == _refusal(wire.time, b'{"v":1,"wall":1,"clock":2}')
    assert "manifest or signature is no base64" == _refusal(wire.update, b'{"v":1,"manifest":1}')
    assert "a signature of 1 bytes" == _refusal(wire.update, b'{"v":1,"manifest":"YQ==","signature":"YQ=="}')
    assert "a piece of 24 bytes" == _refusal(wire.piece, bytes(24))
