"""What the gateway offers its sensor nodes just now, and the pieces that they ask for."""

import logging
from collections.abc import Sequence
from pathlib import Path

from contract.firmware import Row
from contract.messages import encode
from contract.nodes import NodeUpdate, NodeWish
from contract.wire import Refused
from gateway.io.firmware import FOLDER, OFFERS, Offered, Program, keys_of, offered, read_program

log = logging.getLogger(__name__)


class Offers:
    """The folder beside the store as it was read last; of each program only the places of its files are in memory."""

    def __init__(self, store: Path, keys: Path, nodes: Sequence[str]) -> None:
        """`store`: the file beside which the folder lies; `keys`: file of the public keys that are believed."""
        self._place = store.parent / FOLDER
        self._keys, self._nodes = keys, nodes
        self._stamp: tuple[int, ...] | None = None
        self._offered: Offered = {}
        self._programs: dict[str, Program] = {}
        self._paths: dict[str, dict[str, Row]] = {}
        self.look()

    def look(self) -> bool:
        """Read it anew when it was changed; True when it was."""
        try:
            told = (self._place / OFFERS).stat()
            stamp = (told.st_mtime_ns, told.st_ino, told.st_size)
        except OSError:
            stamp = ()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        self._read()
        return True

    def _read(self) -> None:
        programs: dict[str, Program] = {}
        told: Offered = {}
        try:
            told = offered(self._place)
        except Refused as fault:
            log.warning("no program is offered to sensor nodes: %s", fault)
        for digest in sorted({told[name] for name in self._nodes if name in told}):
            try:
                program = read_program(self._place / digest, keys_of(self._keys))
                if program.digest == digest:
                    programs[digest] = program
            except Refused as fault:
                log.warning("a program is not offered to sensor nodes: %s", fault)
        self._programs, self._paths = programs, {digest: one.paths() for digest, one in programs.items()}
        self._offered = {name: told[name] for name in self._nodes if told.get(name) in programs}

    def version(self, node: str) -> int | None:
        """Of the program that it is offered."""
        digest = self._offered.get(node)
        return self._programs[digest].version if digest else None

    def message(self, node: str) -> bytes:
        """The manifest for that node, or nothing, which takes back what the broker keeps."""
        digest = self._offered.get(node)
        if digest is None:
            return b""
        program = self._programs[digest]
        return encode(NodeUpdate(manifest=program.manifest, signature=program.signature))

    def piece(self, node: str, wish: NodeWish) -> bytes:
        """Of a file of the program that this node is offered; nothing of anything else, or beyond its end."""
        digest = self._offered.get(node)
        row = self._paths[digest].get(wish.digest or "") if digest else None
        if digest is None or row is None or wish.offset >= row.size:
            return b""
        try:
            with (self._programs[digest].folder / row.path).open("rb") as file:
                file.seek(wish.offset)
                return file.read(min(wish.size, row.size - wish.offset))
        except OSError as fault:
            log.debug("a piece of %s cannot be read: %s", row.path, fault)
            return b""
