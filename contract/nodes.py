"""Sensor nodes and the gateway: small, whole numbers only, for a board counts with 32 bits. Only on the site's broker.

Seconds unless the name says otherwise. `boot` is drawn anew at every start of a board, `up` counts from there: a node
may never learn the time of day. What its `channel` and `quality` numbers mean stands in the node's own tables
(`firmware/node/core/channels.py`, `quality.py`).
"""

import struct
from typing import Annotated, Any, Literal

from msgspec import Meta

from contract.wire import Refused, Wire

VERSION = 1
MAX_NODE_MESSAGE = 16 * 1024
"""Bytes. Nothing larger is decoded of a node, or sent to one."""
MAX_RECORDS = 200
"""In one report."""
MAX_PIECE = 1024
"""Bytes of a program in one piece."""
LONGEST_SLEEP_S = 86_400
DIGEST = 20
_PIECE = struct.Struct(f">{DIGEST}sI")

Boot = Annotated[str, Meta(pattern="^[0-9a-f]{8}$")]
Whole = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
Seconds = Annotated[int, Meta(ge=0, le=2**32)]
"""Of uptime, or since 1970 in UTC."""
Number = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Seq = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Small = Annotated[int, Meta(ge=0, le=255)]
Clock = Annotated[int, Meta(ge=0, le=2)]
"""0 unsynced, 1 holdover, 2 synced."""
Flag = Annotated[int, Meta(ge=0, le=1)]
Version = Annotated[int, Meta(ge=VERSION, le=2**31 - 1)]
Short = Annotated[str, Meta(max_length=40)]
Word = Annotated[str, Meta(max_length=200)]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{40}$")]


class NodeBirth(Wire):
    """Who a node is and what it can tell: said once after every connect. `version`: of its program."""

    boot: Boot
    up: Seconds
    version: Number
    board: Short
    channels: Annotated[tuple[tuple[Small, Short, Short], ...], Meta(max_length=64)]
    """(id, signal, unit of its whole numbers)"""
    reset: Short = "unknown"
    v: Version = VERSION


class NodeStatus(Wire):
    """How a node is. As its last will it says `online` 0 and nothing else.

    `asleep_s`: so long it will now say nothing, and that is no fault.
    """

    boot: Boot
    online: Flag
    up: Seconds | None = None
    asleep_s: Annotated[int, Meta(ge=0, le=LONGEST_SLEEP_S)] = 0
    awake_ms: Number | None = None
    radio_ms: Number | None = None
    sleeping_ms: Number | None = None
    """Of a day, as a node that sleeps has measured it: awake, of that with its radio on, asleep."""
    heap: Number | None = None
    """Bytes free."""
    rssi: Whole | None = None
    """dBm."""
    queued: Number = 0
    dropped: Number = 0
    """Records that wait, and that were given up for want of room, of all boots."""
    clock: Clock = 0
    wall: Seconds | None = None
    slot: Short = ""
    trial: Flag = 0
    config: Number = 0
    """Revision of the configuration that it works with; 0: it has none."""
    refused: Word = ""
    """Why it does not work with the newest one."""
    update: Word = ""
    """Of the program that it is offered: "coming", or why it was not taken, a word of
    `firmware/node/core/update.py`."""
    v: Version = VERSION


class NodeReport(Wire):
    """Records of one boot, (seq, up, channel, value, quality); `seq` counts from 1 without gaps in each boot.

    `up` is now, or for a boot that is over the last that is known of it. `history`: sent late or again; those of one
    boot come in order, oldest first. `wall0`: when that boot's uptime was 0; `oldest`: the lowest number of that boot
    that the node still has: what lies below it and never came is lost.
    """

    boot: Boot
    up: Seconds
    records: Annotated[
        tuple[tuple[Seq, Seconds, Small, Whole | None, Small], ...], Meta(min_length=1, max_length=MAX_RECORDS)
    ]
    clock: Clock = 0
    wall: Seconds | None = None
    history: Flag = 0
    wall0: Seconds | None = None
    oldest: Seq | None = None
    v: Version = VERSION


class NodeWish(Wire):
    """A node asks: for the time, or for `size` bytes from `offset` of the file with that digest.

    `number`: of a wish for the time; its answer repeats it.
    """

    want: Literal["time", "piece"]
    digest: Digest | None = None
    offset: Number = 0
    size: Annotated[int, Meta(ge=0, le=MAX_PIECE)] = 0
    number: Number | None = None
    v: Version = VERSION

    def __post_init__(self) -> None:
        """Which piece must be said."""
        if self.want == "piece" and (self.digest is None or not self.size):
            raise ValueError("a wish for a piece names digest, offset and size")


class NodeConfig(Wire):
    """How a node is to measure, by channel id: kept in its flash, so that it works without the gateway.

    `rates`: seconds; `limits`: channel id → (least, most) in the channel's whole numbers: beyond them it reports at
    once.
    """

    revision: Number
    channels: dict[str, dict[str, Any]]
    rates: dict[str, Number] = {}
    limits: dict[str, tuple[Whole | None, Whole | None]] = {}
    v: Version = VERSION


class NodeMark(Wire):
    """Boot → number up to which all records are on the gateway's disk, or known to be lost: the node forgets them."""

    boots: Annotated[dict[str, Number], Meta(max_length=64)]
    v: Version = VERSION


class NodeTime(Wire):
    """The time of day, answered at once; a node takes it only if it has just asked, by the `number` of that wish."""

    wall: Seconds
    clock: Clock
    number: Number | None = None
    v: Version = VERSION


class NodeUpdate(Wire):
    """The next program: a manifest as it was signed, and the signature (64 bytes, ECDSA P-256 over SHA-256)."""

    manifest: bytes
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]
    v: Version = VERSION


class NodePiece(Wire):
    """Some bytes of a file. On the wire it is no JSON: `packed` and `unpacked`."""

    digest: Digest
    offset: Number
    body: Annotated[bytes, Meta(min_length=1, max_length=MAX_PIECE)]

    def packed(self) -> bytes:
        """20 bytes of digest, 4 of offset (big end first), then the bytes."""
        return _PIECE.pack(bytes.fromhex(self.digest), self.offset) + self.body

    @classmethod
    def unpacked(cls, message: bytes) -> "NodePiece":
        """From the wire; raises Refused."""
        if not _PIECE.size < len(message) <= _PIECE.size + MAX_PIECE:
            raise Refused(f"NodePiece: {len(message)} bytes are no piece")
        digest, offset = _PIECE.unpack_from(message)
        return cls(digest=digest.hex(), offset=offset, body=message[_PIECE.size :])
