"""`nodes provision` and `nodes replace`: by cable a board becomes a node, and is heard at the site's broker.

A cut at any moment leaves a board that only waits: `main.py` is taken away first and put there last. Given again, the
command writes what is still missing.
"""

import argparse
import asyncio
from hashlib import sha256

from contract import topics
from contract.firmware import MANIFEST
from contract.messages import decode
from contract.nodes import NodeBirth, NodeStatus
from contract.wire import Refused
from doors.settings import SettingsFault
from gateway.config import Plan, read
from gateway.tools.lines import FAILED, USAGE, fail, say, tell
from gateway.tools.nodes_board import Board, BoardFault, folders
from gateway.tools.nodes_heard import Ear, NoBroker, held, listening
from gateway.tools.nodes_parcel import NEEDS, BoardFacts, Parcel, parcel_of, room_for, unfit

ITS_LIFE = ("start/config.json", "records")
"""What belongs to a node and not to its program: stays when a board is provisioned again as the same node."""


def run_provision(args: argparse.Namespace) -> int:
    """`nodes provision`, `nodes replace`: 0 it reports, 1 it could not be done or is not heard, 2 a mistake."""
    try:
        if not 1 <= args.wait <= 3600:
            raise Refused(f"--wait: {args.wait:g} is not between 1 and 3600 seconds")
        plan = read(args.settings)
        parcel = parcel_of(plan, args.name)
    except (SettingsFault, Refused) as fault:
        return fail(fault, USAGE)
    try:
        others = asyncio.run(_already(plan, args.name))
        with Board(args.port) as board:
            facts = board.facts()
            _judge(plan, parcel, facts, args, others)
            tell(f"{facts.board} with MicroPython {facts.system[0]}.{facts.system[1]}: do not pull the cable out")
            prepare(board, parcel, facts, (plan.facts.site, args.name))
            sentence = asyncio.run(_start(plan, parcel, board, facts, args.wait))
    except Refused as fault:
        return fail(fault, USAGE)
    except (BoardFault, NoBroker) as fault:
        return fail(fault, FAILED)
    say(sentence)
    if args.replaces and any(one.calibration for one in parcel.node.channel):
        say("its calibration was measured with the old board: measure anew with `sotpunkt-gateway nodes calibrate`")
    return 0


async def _already(plan: Plan, name: str) -> NodeStatus | None:
    """What the broker holds of a node of that name."""
    topic = str(topics.node_status(plan.facts.site, name))
    stands = await held(plan, topic)
    try:
        return decode(stands[topic], NodeStatus) if topic in stands else None
    except Refused:
        return None


def _judge(plan: Plan, parcel: Parcel, facts: BoardFacts, args: argparse.Namespace, was: NodeStatus | None) -> None:
    """May this board become that node? Raises Refused before anything is changed on it."""
    name, itself = args.name, facts.identity == (plan.facts.site, args.name)
    if fault := unfit(parcel, facts, plan):
        raise Refused(fault)
    if facts.identity is not None and not itself and not args.anew:
        raise Refused(f"this board is {facts.identity[1]} of {facts.identity[0]}: give --anew to make it {name}")
    if itself or was is None:
        return
    if was.online and not was.asleep_s:
        raise Refused(f"{name} is connected now, by another board: switch that off first, or two would go by one name")
    if not args.replaces:
        raise Refused(f"{name} has a board already: `nodes replace` gives its name to this one, for good")


def prepare(board: Board, parcel: Parcel, facts: BoardFacts, identity: tuple[str, str]) -> None:
    """Put everything onto a board whose program stands still; it runs with its next reset. Raises BoardFault."""
    if program := board.files("main.py"):  # its watchdog runs, and would bite in the middle
        board.remove(["main.py"], program)
        board.restart(again=True)
    found = board.files("loader.py", "a", "b", "start", "records")
    _clear(board, parcel, found, keeps_life=facts.identity == identity)
    hashes = {path: sha256(body).hexdigest() for path, body in parcel.files.items()}
    wanted = {path: body for path, body in parcel.files.items() if found.get(path) != hashes[path]}
    free, needed = board.facts().free, room_for(wanted, fresh=f"a/{MANIFEST}" not in found)
    if free < needed:
        raise BoardFault(
            f"the flash of this board has {free // 1024} KiB free and {needed // 1024} are needed: erase it with its "
            "maker's tool, put MicroPython on it, then give the same command again"
        )
    for sensor in {one.sensor for one in parcel.node.channel} & NEEDS.keys():
        if not board.has_module(NEEDS[sensor]):
            raise BoardFault(
                f"this MicroPython lacks {NEEDS[sensor]}, which {sensor} needs: put the ordinary build for this board "
                f"on it, or run `mpremote mip install {NEEDS[sensor]}`, then give the same command again"
            )
    for path in sorted(wanted, key=lambda path: (path == f"a/{MANIFEST}", path)):
        board.put(path, wanted[path])
    after = board.files("loader.py", "a", "start")
    if wrong := [path for path, one in hashes.items() if after.get(path) != one]:
        raise BoardFault(f"{wrong[0]} is not on the board as it was sent; give the same command again")
    board.put("main.py", parcel.main)


def _clear(board: Board, parcel: Parcel, found: dict[str, str], *, keeps_life: bool) -> None:
    """Take away what is not this node's: foreign modules would be loaded, another node's records be told as its own."""
    stays = {"loader.py", *(part for path in parcel.files for part in (path, *folders(path)))}
    gone = [path for path in found if path not in stays and not (keeps_life and path.startswith(ITS_LIFE))]
    # a slot counts by its manifest: without it no half-cleared program can start
    board.remove(sorted(gone, key=lambda path: not path.endswith(MANIFEST)), found)


async def _start(plan: Plan, parcel: Parcel, board: Board, facts: BoardFacts, within_s: float) -> str:
    """Start the board, and wait until the broker hears it; the sentence that says so. Raises BoardFault, NoBroker."""
    name = parcel.node.name
    topic = str(topics.node_birth(plan.facts.site, name))
    async with listening(plan, topic) as ear:
        await asyncio.to_thread(board.restart, again=False)
        tell("started; waiting for its first report")
        try:
            async with asyncio.timeout(within_s):
                birth = await _birth(ear, parcel, facts)
        except TimeoutError as late:
            raise NoBroker(
                f"{name} is whole and was started, but is not heard within {within_s:g} s: look at Wi-Fi name and key, "
                f"at address and port of [provision], and whether the broker was reloaded after its key was made"
            ) from late
    return f"{name} reports: {birth.board}, program {birth.version}; the cable may be pulled out"


async def _birth(ear: Ear, parcel: Parcel, facts: BoardFacts) -> NodeBirth:
    """The next birth that is this board's."""
    while True:
        _, payload = await ear.news.get()
        try:
            birth = decode(payload, NodeBirth)
        except Refused:
            continue
        if (birth.board, birth.version) == (facts.board, parcel.program.version):
            return birth
