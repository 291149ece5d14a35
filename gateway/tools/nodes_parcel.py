"""What goes onto the board of a node: program, loader, believed keys, and the node's own identity with its key."""

from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path

import msgspec

from contract.firmware import MANIFEST, opened
from contract.wire import Refused
from doors.secrets import secret_fault
from gateway.config import Plan
from gateway.config_node import NodeTable
from gateway.config_provision import ProvisionTable
from gateway.io.firmware import Program, keys_of, read_program
from gateway.tools.nodes_heard import node_of

BOARDS = {"esp32": "esp32", "rp2": "pico-w", "linux": "unix"}
"""MicroPython's word for its platform → the board's name in manifests."""
TLS_SINCE = (1, 29)
"""MicroPython that can share a key with a broker."""
NEEDS = {"ds18b20": "onewire"}
"""Sensor → driver of micropython-lib that the builds for both boards carry already."""
KEEPALIVE_S = 60
BLOCK = 4096
"""Of littlefs: as good as every file takes one of its own (measured with the block and page of a Pico W)."""
RECORDS = 64 * BLOCK
"""All segments of records that a node keeps (`firmware/node/app.py`)."""
ROOM = 112 * 1024
"""Besides two programs and the records, on a new board: folders, for each of which littlefs takes two blocks and more,
and small files; measured in `tests/firmware/test_release.py`."""
NO_TABLE = "the settings have no [provision]: say there where nodes find the box, and their Wi-Fi (gateway/README.md)"


class BoardFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a board is. `free`: bytes of its flash; `identity`: (site, node) that it has already."""

    board: str
    system: tuple[int, int]
    wifi: bool
    free: int
    identity: tuple[str, str] | None


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """All files of a board by their path; `main` is put there last of all."""

    node: NodeTable
    program: Program
    files: dict[str, bytes]
    main: bytes


def parcel_of(plan: Plan, name: str) -> Parcel:
    """What the board of a node gets; raises Refused in one sentence."""
    node = node_of(plan, name)
    table = plan.settings.provision
    if table is None:
        raise Refused(NO_TABLE)
    try:
        ip_address(table.address)
    except ValueError as fault:
        raise Refused(f"[provision] address: {table.address!r} is no address in numbers, as nodes need one") from fault
    believed = Path(plan.settings.nodes.firmware_keys)
    program = read_program(Path(table.program), keys_of(believed))
    bodies = {f"a/{row.path}": (program.folder / row.path).read_bytes() for row in program.rows}
    loader = files("firmware")
    bodies |= {
        f"a/{MANIFEST}": program.manifest,
        "loader.py": loader.joinpath("loader.py").read_bytes(),
        "start/firmware.pub": believed.read_bytes(),
        "start/node.json": msgspec.json.encode(_identity(plan, table, node)),
    }
    return Parcel(node=node, program=program, files=bodies, main=loader.joinpath("main.py").read_bytes())


def unfit(parcel: Parcel, facts: BoardFacts, plan: Plan) -> str:
    """Why this board cannot be the node, as one sentence with what to do; "" when it can."""
    least = opened(parcel.program.manifest).min_board.get(facts.board)
    version = ".".join(map(str, facts.system))
    if not facts.wifi:
        return "this board has no Wi-Fi; take an ESP32 or a Raspberry Pi Pico W"
    if parcel.node.board not in (None, facts.board):
        return f"the settings say that {parcel.node.name} is {parcel.node.board}, and this board is {facts.board}"
    if least is None:
        boards = ", ".join(parcel.program.boards)
        return f"program {parcel.program.version} is for {boards}, and this board is {facts.board}; sign one for it"
    if plan.settings.provision is not None and not plan.settings.provision.plain:
        least = max(least, TLS_SINCE)
    if facts.system < least:
        return f"MicroPython {version} is on this board; put {least[0]}.{least[1]} or newer on it"
    if facts.board != "unix" and not (plan.settings.provision and plan.settings.provision.wifi):
        return "[provision] wifi: the settings do not name the Wi-Fi that nodes use"
    return ""


def _identity(plan: Plan, table: ProvisionTable, node: NodeTable) -> dict[str, object]:
    """`start/node.json`."""
    told: dict[str, object] = {"site": plan.facts.site, "node": node.name, "link": _link(table, node.name)}
    if table.wifi:
        told["wifi"] = [table.wifi, _secret(table.wifi_key_file, "[provision] wifi_key_file")]
    own = {"sleep_s": node.sleep_s, "least_mv": node.least_mv, "update_least_mv": node.update_least_mv}
    return told | {key: value for key, value in own.items() if value is not None}


def _link(table: ProvisionTable, name: str) -> dict[str, object]:
    option = "--plain " if table.plain else ""
    file = Path(table.keys) / f"{name}.key"
    asked = f"sotpunkt-keys node {name} {option}--dir /etc/sotpunkt/broker --secret {file}"
    key = _secret(str(file), f"make it with `{asked}`")
    where = {"host": table.address, "port": table.door, "client": name, "keepalive_s": KEEPALIVE_S}
    if table.plain:
        return {**where, "user": name, "password": key}
    if len(key) % 2 or not 32 <= len(key) <= 128 or not set(key) <= set("0123456789abcdef"):
        raise Refused(f"{file}: is no key of a node; is it a password, and `plain = true` missing in [provision]?")
    return {**where, "psk_identity": name, "psk_key": key}


def _secret(path: str, hint: str) -> str:
    """What a small file holds; the text is never told."""
    if fault := secret_fault(path) if path else "no file is named":
        raise Refused(f"{fault} ({hint})")
    try:
        text = Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        why = fault.strerror if isinstance(fault, OSError) else "no text"
        raise Refused(f"{path}: {why}; {hint}") from fault
    if not text:
        raise Refused(f"{path}: is empty; {hint}")
    return text


def room_for(bodies: dict[str, bytes], *, fresh: bool) -> int:
    """Bytes of flash that these files take; on a fresh board with what it will need later."""
    taken = sum(-(-len(body) // BLOCK) * BLOCK for body in bodies.values())
    return 2 * taken + RECORDS + ROOM if fresh else taken
