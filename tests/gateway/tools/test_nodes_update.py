"""`nodes update`: what a node would refuse is not offered, and what goes wrong leaves the offers as they were."""

import os
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from contract.nodes import NodeWish
from gateway.__main__ import main
from gateway.io.firmware import FOLDER, OFFERS, keys_of, read_program
from gateway.io.offers import Offers
from tests.keys.conftest import quiet

NAMES = ("tank-1", "frys-1")
Said = tuple[int, str, str]


class House:
    """Settings with two nodes, a key, and a program that it has signed."""

    def __init__(self, home: Path) -> None:
        self.home, self.settings, self.program = home, home / "site.toml", home / "program"
        self.keys = home / "key/firmware.pub"
        nodes = "".join(
            f'[[node]]\nname = "{name}"\ntitle = "T"\n'
            f'[[node.channel]]\nsignal = "room.temperature"\nsensor = "played"\n'
            for name in NAMES
        )
        self.settings.write_text(
            f'[site]\nid = "test-kall"\nplace = "T"\nsimulated = true\n[store]\npath = "{home / "gateway.db"}"\n'
            f'[site_broker]\nurl = "mqtt://127.0.0.1:1883"\n[nodes]\nfirmware_keys = "{self.keys}"\n{nodes}',
            "utf-8",
        )
        quiet("firmware", "new", home / "key")
        (self.program / "node/core").mkdir(parents=True)
        (self.program / "node/app.py").write_bytes(b"x" * 3000)
        (self.program / "node/core/tank.py").write_bytes(b"")
        self.sign(1)

    def sign(self, version: int, key: str = "key") -> None:
        """As a person does."""
        quiet("firmware", "sign", self.program, "--key", self.home / key, "--version", version)

    def offers(self) -> Offers:
        """As the gateway reads them."""
        return Offers(self.home / "gateway.db", self.keys, NAMES)

    @property
    def place(self) -> Path:
        """Where they lie."""
        return self.home / FOLDER


@pytest.fixture
def house(tmp_path: Path) -> House:
    """One for each test."""
    return House(tmp_path)


@pytest.fixture
def update(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Runs the command: exit code, what it says, why not."""

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(
            sys, "argv", ["x", "nodes", "update", *map(str, arguments), "--settings", str(house.settings)]
        )
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    return run


def test_each_node_is_offered_its_own(house: House, update: Callable[..., Said]) -> None:
    """All of them, or only one; the other keeps its offer. What nobody is offered any more is away."""
    assert "version 1 for esp32, pico-w is offered to tank-1, frys-1" in update(house.program)[1]
    house.sign(2)
    assert 0 == update(house.program, "--node", "frys-1")[0]
    mixed = house.offers()
    folders = {path.name for path in house.place.iterdir() if path.is_dir()}
    assert (0, "offered no more to frys-1, tank-1\n", "") == update("--stop")
    assert (0, "nothing was offered to them\n", "") == update("--stop")

    assert (1, 2) == (mixed.version("tank-1"), mixed.version("frys-1"))
    assert 2 == len(folders)
    assert {OFFERS, ".lock"} == {path.name for path in house.place.iterdir()}
    assert (None, b"") == (house.offers().version("tank-1"), house.offers().message("tank-1"))


def test_only_pieces_of_the_own_program_are_told(house: House, update: Callable[..., Said]) -> None:
    """Bytes of a file by its digest, the list of files too; nothing of other nodes, beyond the end, or unknown."""
    update(house.program, "--node", "tank-1")
    offers, rows = house.offers(), read_program(house.program, keys_of(house.keys)).rows
    name = {row.path: row.sha256[:40] for row in rows}

    def piece(node: str, digest: str, offset: int = 0) -> bytes:
        return offers.piece(node, NodeWish(want="piece", digest=digest, offset=offset, size=1024))

    assert [1024, 952, 0, 0] == [len(piece("tank-1", name["node/app.py"], at)) for at in (0, 2048, 3000, 2**31 - 1)]
    assert (house.program / "files.txt").read_bytes() == piece("tank-1", name["files.txt"])
    assert [b"", b"", b""] == [
        piece("frys-1", name["node/app.py"]), piece("tank-1", "ab" * 20), piece("nobody", name["node/app.py"])
    ]  # fmt: skip


WRONG: dict[str, Callable[[House], object]] = {
    "manifest.json: cannot be read": lambda house: (house.program / "manifest.json").unlink(),
    "tank.py: cannot be read": lambda house: (house.program / "node/core/tank.py").unlink(),
    "app.py: is not what was signed": lambda house: (house.program / "node/app.py").write_bytes(b"y" * 3000),
    "files.txt: is not what was signed": lambda house: (house.program / "files.txt").write_bytes(b""),
    "is not signed by a key": lambda house: (quiet("firmware", "new", house.home / "other"), house.sign(9, "other")),
    "no key of programs": lambda house: house.keys.write_text("none\n"),
    "firmware.pub: cannot be read": lambda house: house.keys.unlink(),
    "app.py: cannot be read": lambda house: (
        (house.program / "node/app.py").rename(house.home / "away"),
        (house.program / "node/app.py").symlink_to(house.home / "away"),
    ),
    "tank.py: is no file": lambda house: (
        (house.program / "node/core/tank.py").unlink(), os.mkfifo(house.program / "node/core/tank.py")
    ),
    "no such node": lambda house: house.settings.write_text(house.settings.read_text().replace("frys-1", "frys-2")),
}  # fmt: skip


@pytest.mark.parametrize("why", WRONG)
def test_what_no_node_would_take_is_not_offered(why: str, house: House, update: Callable[..., Said]) -> None:
    """One sentence, exit code 2, and what was offered before stays offered."""
    update(house.program)
    before = sorted(house.place.rglob("*"))
    WRONG[why](house)
    code, said, sentence = update(house.program, "--node", "frys-1")

    assert (2, "", 1) == (code, said, sentence.count("\n"))
    assert why in sentence
    assert before == sorted(house.place.rglob("*"))


def test_call_names_a_folder_or_stop(house: House, update: Callable[..., Said]) -> None:
    """Neither, or both, is a mistake."""
    assert (2, "", "give the folder of a signed program, or --stop\n") == update()
    assert 2 == update(house.program, "--stop")[0]


def test_what_is_damaged_on_the_card_is_not_offered(
    house: House, update: Callable[..., Said], caplog: pytest.LogCaptureFixture
) -> None:
    """The gateway looks at every byte when it reads the offers, and a new offer mends them."""
    update(house.program)
    copy = next(path for path in house.place.iterdir() if path.is_dir())
    (copy / "node/app.py").write_bytes(b"z" * 3000)
    offers = house.offers()
    damaged = offers.version("tank-1"), offers.look()
    assert 0 == update(house.program)[0]
    mended = offers.look(), offers.version("tank-1")
    (house.place / OFFERS).write_text('{"tank-1": "../../etc", "frys-1": 7}')
    offers.look()

    assert ((None, False), (True, 1), None) == (damaged, mended, offers.version("tank-1"))
    assert "is not what was signed" in caplog.text
    assert "is damaged" in caplog.text


def test_copy_that_does_not_come_through_leaves_the_offers(
    house: House, update: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card is full in the middle: said, and nothing half is left; the account of the gateway can read the rest."""
    update(house.program)
    house.sign(2)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as there:
        there.setattr(os, "fsync", full)
        assert (1, True) == ((told := update(house.program))[0], "No space left" in told[2])
    kept = sorted(house.place.rglob("*"))
    shutil.rmtree(house.program)

    assert 1 == house.offers().version("frys-1")
    assert not [path for path in kept if path.name.endswith(".new")]
    assert all(path.stat().st_mode & (stat.S_IROTH | stat.S_IRGRP) for path in kept if path.name != ".lock")
