"""What a node and its gateway say to each other: JSON of whole numbers and short strings, `piece` in binary.

The topics are spelled in `contract/topics.py`. What comes in is checked here down to its shape; `Refused` says in one
short text what is wrong with it, which the node tells in its status.
"""

import binascii
import json

VERSION = 1
UNSYNCED, HOLDOVER, SYNCED = 0, 1, 2
"""How far a wall clock can be believed."""
PIECE_HEAD = 24


class Refused(Exception):
    """A message that cannot be used; the text goes into the node's status."""


def _json(body):
    body["v"] = VERSION
    return json.dumps(body, separators=(",", ":")).encode()


def report(boot, up_s, records, clock=UNSYNCED, wall=None, oldest=None):
    """Measured values [(seq, up_s, channel, value or None, quality), …], at most some dozen, for the first time.

    `oldest`: the lowest number of this boot that the node still has, None if it cannot tell.
    """
    return _json({"boot": boot, "up": up_s, "clock": clock, "wall": wall, "oldest": oldest, "records": records})


def replay(boot, up_s, records, clock, wall0, oldest):
    """Values told late or again, of one boot, oldest first.

    `up_s` is the last that is known of that boot, `wall0` the epoch second at its uptime 0 or None, `clock` how far
    that can be believed, `oldest` the lowest number of that boot which the node still has.
    """
    body = {"boot": boot, "up": up_s, "clock": clock, "wall": None, "history": 1, "records": records}
    body["wall0"] = wall0
    body["oldest"] = oldest
    return _json(body)


def birth(boot, up_s, version, board, channels, reset):
    """Who the node is: channels [(id, signal key, unit), …], `reset` is the word for why it started."""
    return _json({"boot": boot, "up": up_s, "version": version, "board": board, "channels": channels, "reset": reset})


def status(boot, up_s, told):
    """A sign of life; `told` is the rest of it as a dict (see contract/README.md) and is not changed."""
    body = {"boot": boot, "up": up_s, "online": 1}
    body.update(told)
    return _json(body)


def will(boot):
    """The status that the broker tells when the node is gone without a word."""
    return _json({"boot": boot, "online": 0})


def wish_time(number):
    """Asks for the time; the answer counts only if it comes quickly and repeats the number."""
    return _json({"want": "time", "number": number})


def wish_piece(digest, offset, size):
    """Asks for bytes of a file that an update names; `digest` is 40 hex digits."""
    return _json({"want": "piece", "digest": digest, "offset": offset, "size": size})


def _read(payload):
    try:
        body = json.loads(payload)
    except (ValueError, MemoryError, RuntimeError):
        raise Refused("no JSON, or too large") from None
    if not isinstance(body, dict) or body.get("v") != VERSION:
        raise Refused("not version 1")
    return body


def _number(body, name, lowest, highest):
    value = body.get(name)
    if type(value) is not int or not lowest <= value <= highest:
        raise Refused("%s is no whole number from %d to %d" % (name, lowest, highest))
    return value


def config(payload):
    """The node's settings as a dict: revision, and channels, rates and limits, dicts that are checked further on."""
    body = _read(payload)
    kept = {"revision": _number(body, "revision", 0, 0x7FFFFFFF)}
    if "channels" not in body:
        raise Refused("channels is missing")
    for name in ("channels", "rates", "limits"):
        kept[name] = body.get(name, {})
        if not isinstance(kept[name], dict):
            raise Refused("%s is no table" % name)
    return kept


def mark(payload):
    """What the gateway has stored: {boot id of 8 hex digits: highest seq}."""
    boots = _read(payload).get("boots")
    if not isinstance(boots, dict):
        raise Refused("boots is missing")
    for boot in boots:
        if not is_boot(boot):
            raise Refused("no boot id of 8 hex digits")
        _number(boots, boot, 0, 0x7FFFFFFF)
    return boots


def is_boot(text):
    """Is it a boot id, 8 lower-case hex digits?"""
    return isinstance(text, str) and len(text) == 8 and all(letter in "0123456789abcdef" for letter in text)


def time(payload):
    """(epoch second, clock quality, number of the wish) that the gateway tells."""
    body = _read(payload)
    wall, clock = _number(body, "wall", 0, 0xFFFFFFFF), _number(body, "clock", UNSYNCED, SYNCED)
    return wall, clock, _number(body, "number", 0, 0x3FFFFFFF)


def update(payload):
    """(bytes of the manifest, 64 bytes of its signature); neither has been verified."""
    body = _read(payload)
    try:
        manifest = binascii.a2b_base64(body.get("manifest"))
        signature = binascii.a2b_base64(body.get("signature"))
    except (ValueError, TypeError):
        raise Refused("manifest or signature is no base64") from None
    if len(signature) != 64:
        raise Refused("a signature of %d bytes" % len(signature))
    return manifest, signature


def piece(payload):
    """(20 bytes of digest, offset, a view of the bytes) of one piece of a file."""
    if len(payload) <= PIECE_HEAD:
        raise Refused("a piece of %d bytes" % len(payload))
    offset = 0
    for byte in payload[20:PIECE_HEAD]:
        offset = offset << 8 | byte
    return bytes(payload[:20]), offset, memoryview(payload)[PIECE_HEAD:]
