"""Updates from the command to the board: real gateway, broker as installed, the real program on its interpreter."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract import topics
from contract.nodes import NodePiece
from doors.clock import spec_of
from gateway.io.nodes import PIECE_EVERY_S
from tests.firmware.boards_played import HANGS, Board, program, release
from tests.gateway.conftest import ROOT, SITE, Gateway
from tests.gateway.node_door import NodeDoor
from tests.keys.conftest import eventually, quiet

MACHINE = "127.0.0.7"
"""An address of this machine that stands for the box's on the machine network."""
DEAD = {
    "crashes": {"node__app": "x = {}['tank']\n"},
    "hangs": {"node__app": f"print('{HANGS}')\nwhile True:\n    pass\n"},
    "mute": {"socket": "SOCK_STREAM = 1\n\n\ndef getaddrinfo(*_):\n    raise OSError(5)\n"},
    "babbles": {"json": "from ujson import *\n\n\ndef dumps(*_, **__):\n    return 'never mind'\n"},
}
"""Programs that do not work, as files of a slot; two never reach the broker, or tell what nobody understands."""
NODES = ("good", "weak", "strange", *DEAD, "calm", "asks", "waits")
WITHIN_S = 60.0


class Site(NodeDoor):
    """Broker, gateway and boards of one site, and the releases that were made for it."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, MACHINE, NODES, plain=True)
        self.programs = home / "programs"
        self.boards: dict[str, Board] = {}
        self._releases()
        self.gateway = Gateway(home, spec_of(20, 1_790_000_000_000, 600_000, "boot-of-the-box"), self._settings())
        self.gateway.start()
        self.ear = self.enter("gateway").asks(topics.node_birth(SITE, "+"), topics.node_status(SITE, "+"))

    def _releases(self) -> None:
        """Version 1 runs everywhere; the others are offered."""
        self.programs.mkdir()
        base = program(self.programs, "base")
        release(base, "v1", 1)
        release(base, "v2", 2)
        for number, (name, files) in enumerate(DEAD.items(), 3):
            release(base, name, number, **files)
        quiet("firmware", "new", self.programs / "foreign")

    def _settings(self) -> str:
        head = self.head() + f'[nodes]\nfirmware_keys = "{self.programs / "key/firmware.pub"}"\n'
        return head + "".join(
            f'[[node]]\nname = "{name}"\ntitle = "{name}"\n[[node.channel]]\nsignal = "room.temperature"\n'
            f'sensor = "played"\noptions = {{values = [2150]}}\n[[node.channel]]\nsignal = "node.supply_voltage"\n'
            f'sensor = "played"\noptions = {{file = "{self.home}/{name}-mv", look_ms = 100}}\n'
            for name in NODES
        )

    def board(self, name: str, key: str = "key", patience_s: float | None = None, **more: Any) -> Board:
        """A board of that name with version 1, switched on."""
        self.millivolt(name, 12600)
        link = {"user": name, "password": (self.home / name).read_text().strip(), "client": name, "host": MACHINE}
        waits = {"keepalive_s": 5, "answer_ms": 5000, "first_pause_ms": 50, "longest_pause_ms": 500}
        settings = {"site": SITE, "node": name, "link": link | waits | {"port": self.nodes_port}, "health_ms": 500}
        made = Board(
            self.home / f"board-{name}",
            self.programs / "v1",
            self.programs / key / "firmware.pub",
            settings | more,
            patience_s,
        )
        self.boards[name] = made
        made.switch_on()
        return made

    def millivolt(self, name: str, value: int) -> None:
        """What feeds a board."""
        new = self.home / f"{name}-mv.new"
        new.write_text(json.dumps({"value": value}), "utf-8")
        new.replace(self.home / f"{name}-mv")

    def command(self, *arguments: Any) -> subprocess.CompletedProcess[str]:
        """`sotpunkt-gateway nodes update`."""
        call = [sys.executable, "-m", "gateway", "nodes", "update", *map(str, arguments)]
        call += ["--settings", str(self.home / "site.toml")]
        return subprocess.run(call, cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_S)

    def offer(self, release: str, *names: str) -> None:
        """A person offers it."""
        told = self.command(self.programs / release, *(word for name in names for word in ("--node", name)))
        assert (0, "") == (told.returncode, told.stderr)

    def told(self, name: str) -> dict[str, Any]:
        """Birth and status of a node as they stand, in one."""
        said: dict[str, Any] = {}
        for topic in (topics.node_birth(SITE, name), topics.node_status(SITE, name)):
            bodies = [json.loads(body) for one, body in list(self.ear.heard) if one == topic and body[:1] == b"{"]
            said |= bodies[-1] if bodies else {}
        return said

    def until(self, name: str, **wanted: Any) -> None:
        """The node says so."""
        try:
            eventually(lambda: wanted.items() <= self.told(name).items(), f"{name}: {wanted}", WITHIN_S)
        except AssertionError as late:
            board = self.boards[name]
            raise AssertionError(f"{late}: {self.told(name)}, {board.lives} lives, {board.said[-2000:]}") from None


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all tests; each has boards of its own."""
    made = Site(tmp_path_factory.mktemp("site"))
    yield made
    made.ear.leave()
    made.gateway.end()
    made.broker.stop()


@pytest.fixture(autouse=True)
def dark(site: Site) -> Iterator[None]:
    """No board outlives its test."""
    yield
    for board in site.boards.values():
        board.switch_off()


def test_program_comes_from_the_command_to_the_board(site: Site) -> None:
    """Offered, fetched into the idle slot, tried, confirmed, and told; an older one is refused by its word."""
    board = site.board("good")
    site.until("good", version=1, trial=0, slot="a")
    site.offer("v2", "good")
    site.until("good", version=2, trial=0, slot="b", update="")
    site.offer("v1", "good")
    site.until("good", version=2, update="old")
    stopped = site.command("--stop", "--node", "good")
    site.until("good", version=2, update="")

    assert "2" == board.kept("floor")
    assert (0, "offered no more to good\n") == (stopped.returncode, stopped.stdout)
    eventually(lambda: "node good runs version 2" in site.gateway.said(), "a line of the gateway, which hears it too")


def test_dead_program_returns_by_itself_and_its_word_is_shown(site: Site) -> None:
    """It crashes, hangs, finds no broker or is not understood: the one before is back, and the log says why."""
    for name in DEAD:
        site.board(name, patience_s=1 if name in ("mute", "babbles") else None)
    for name in DEAD:
        site.until(name, version=1, trial=0)
        site.offer(name, name)
    for name in DEAD:
        eventually(lambda name=name: site.told(name).get("update", "").startswith("failed"), name, WITHIN_S)

    words = {name: site.told(name)["update"] for name in DEAD}
    assert dict.fromkeys(DEAD, "failed") | {"crashes": "failed: KeyError: tank"} == words
    assert dict.fromkeys(DEAD, (1, "a")) == {
        name: (site.told(name)["version"], site.told(name)["slot"]) for name in DEAD
    }
    vain = "node crashes, program version 3: it has tried the new program in vain"
    eventually(lambda: vain in site.gateway.said(), "a line of the gateway, which hears it too")
    assert [3, 5, 5, 5] <= [site.boards[name].lives for name in DEAD]


def test_what_is_refused_for_now_comes_later_by_itself(site: Site) -> None:
    """A battery that is too low is a word; when it is charged the offer is taken without being made anew."""
    site.board("weak", update_least_mv=11_800)
    site.until("weak", version=1, trial=0)
    site.millivolt("weak", 11_000)
    site.offer("v2", "weak")
    site.until("weak", version=1, update="battery")
    site.millivolt("weak", 12_600)

    site.until("weak", version=2, trial=0, update="")


def test_board_believes_only_its_own_key(site: Site) -> None:
    """Also when the gateway hands on what another has signed."""
    site.board("strange", key="foreign")
    site.until("strange", version=1)
    site.offer("v2", "strange")

    site.until("strange", version=1, update="signature")


def test_confirmed_program_is_healthy_again_after_crashes(site: Site) -> None:
    """Crashes count only in a row: some minutes of work without a fault, and they are forgotten."""
    board = site.board("calm")
    site.until("calm", version=1, trial=0)
    board.switch_off()
    turn = json.loads(board.kept("pointer"))["turn"]
    (board.folder / "start/count").write_text(f"{turn} 4", "utf-8")
    board.switch_on()

    eventually(lambda: board.kept("count") == f"{turn} 0", "healthy", WITHIN_S)


def test_pieces_are_told_at_a_limited_rate_and_nothing_else_is(site: Site) -> None:
    """A node that asks without end slows nobody; what is not of its own program stays untold."""
    site.offer("v2", "asks")
    listed = (site.programs / "v2/files.txt").read_text().split()
    own, foreign = listed[0][:40], listed[3][:40]
    asks, other = site.enter("asks").asks(f"sot/1/{SITE}/node/asks/#"), site.enter("waits")
    other.asks(topics.node_time(SITE, "waits"))
    eventually(lambda: topics.node_update(SITE, "asks") in dict(asks.heard), "an offer")
    bad = [("ab" * 20, 0), (own, 10**6)]
    begun_s = time.monotonic()
    wishes = [{"v": 1, "want": "piece", "digest": digest, "offset": at, "size": 1024} for digest, at in bad]
    for wish in [*wishes, *[wishes[0] | {"digest": own, "offset": 0}] * 500]:
        asks._client.publish(topics.node_wish(SITE, "asks"), json.dumps(wish))
    other.says(topics.node_wish(SITE, "waits"), '{"v":1,"want":"time"}')
    eventually(lambda: other.heard, "the time for somebody else")

    def told() -> list[NodePiece]:
        topic = topics.node_piece(SITE, "asks")
        return [NodePiece.unpacked(body) for one, body in list(asks.heard) if one == topic]

    eventually(told, "a piece")  # another client's messages may overtake it
    pieces, gone_s = told(), time.monotonic() - begun_s

    assert {(own, 0)} == {(piece.digest, piece.offset) for piece in pieces}
    assert max(100.0, 2 + (gone_s / PIECE_EVERY_S)) > len(pieces)
    assert foreign
    asks.leave()
    other.leave()
