"""The real keeper on a card that is read-only, full or slow: what is fresh is shown, receipts wait."""

import asyncio
import itertools
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract.bulletins import Receipt
from contract.words import Power, Status
from doors.clock import Clock
from faults.disk.shim import Shim
from kiosk import config
from kiosk.io import memory
from kiosk.io.cache import CacheReader
from kiosk.io.drawn import Drawn, DrawnLog
from kiosk.io.wake import Doorbell, Waker
from kiosk.keeper import keeping as program
from kiosk.keeper import shelf
from tests.gateway.card import Card

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a file system of its own needs root")


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Card]:
    """What the cache lies on."""
    one = Card(tmp_path / "card")
    yield one
    memory.take_away(one.folder / "k.sqlite")
    one.leave()


@pytest.fixture
def on_card(kiosk: Any, card: Card) -> Any:
    """A kiosk whose cache lies on the card."""
    kiosk.file.write_text(kiosk.file.read_text("utf-8").replace('"k.sqlite"', f'"{card.folder}/k.sqlite"'), "utf-8")
    kiosk.cache = card.folder / "k.sqlite"
    return kiosk


def shown(kiosk: Any, house: Any) -> Callable[[], Power | None]:
    """What the screen would show."""

    def power() -> Power | None:
        reader = CacheReader(kiosk.cache, house.SITE, False)
        picture = reader.held("").picture
        reader._close()  # an open one would keep the card from being made read-only
        return picture.power if picture is not None else None

    return power


@needs_root
def test_a_keeper_started_on_a_read_only_card_shows_what_is_fresh_and_goes_back(
    house: Any, on_card: Any, gateway: Any, card: Card
) -> None:
    """In memory while the card takes nothing; receipts wait; on the card when it is well, and nothing is sent twice."""
    one = on_card.start("keeper")
    gateway.picture(Power.ON_MAINS)
    power = shown(on_card, house)
    house.wait_until(lambda: power() is Power.ON_MAINS)
    log = DrawnLog(card.folder / "drawn.jsonl")
    moment = house.moment()
    log.append(Drawn(screen="s", bulletin="b-1", serial=1, status=Status.ACTUAL, first_frame=moment))
    house.wait_until(lambda: len(gateway.heard) == 1)
    on_card.stop(one, signal.SIGKILL)
    log.append(Drawn(screen="s", bulletin="b-2", serial=1, status=Status.ACTUAL, first_frame=moment))
    card.read_only()
    one = on_card.start("keeper")
    gateway.picture(Power.ON_RESERVE)
    house.wait_until(lambda: power() is Power.ON_RESERVE)
    assert "what is shown is kept in memory, receipts wait" in on_card.said("keeper")
    waited = len(gateway.heard)
    on_card.stop(one)
    card.well()
    one = on_card.start("keeper")
    gateway.picture(Power.RETURNING)
    house.wait_until(lambda: power() is Power.RETURNING and len(gateway.heard) >= 2)
    house.wait_until(lambda: {"b-1", "b-2"} <= {_bulletin(body) for body in gateway.heard})

    assert 1 == waited
    assert memory.there(on_card.cache) is None
    assert 0 == on_card.stop(one)
    assert "Traceback" not in on_card.said("keeper")


def _bulletin(body: bytes) -> str:
    return msgspec.json.decode(body, type=Receipt).bulletin


@needs_root
async def test_a_card_that_fills_up_in_a_run_is_left_for_memory_and_taken_again(
    house: Any, on_card: Any, gateway: Any, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was shown stays, what is new comes; when there is room it lies on the card."""
    monkeypatch.setattr(shelf, "LOOK_AGAIN_S", 0.2)
    monkeypatch.setattr(shelf, "BEHIND_S", 0.2)
    keeper = program.Keeper(config.load(on_card.file), Clock())
    task = asyncio.create_task(keeper.run())
    power = shown(on_card, house)

    async def until(happened: Callable[[], Any]) -> None:
        for _ in range(600):
            if happened():
                return
            await asyncio.sleep(0.05)
        raise AssertionError("not in time")

    try:
        await until(lambda: keeper._link.up)
        gateway.say(house.bulletin(at=gateway.now()))
        gateway.picture(Power.ON_MAINS)
        await until(lambda: power() is Power.ON_MAINS)
        card.fill()
        numbers = itertools.count(1)

        def left() -> bool:
            gateway.picture(Power.ON_RESERVE, place=f"Kall {next(numbers)}" + "x" * 60)
            return memory.there(on_card.cache) is not None

        await until(left)
        gateway.picture(Power.ON_RESERVE)
        await until(lambda: power() is Power.ON_RESERVE)
        in_memory = (keeper._sentence(), CacheReader(on_card.cache, house.SITE, False).held("").bulletins)
        card.well()
        await until(lambda: memory.there(on_card.cache) is None)
        after = CacheReader(on_card.cache, house.SITE, False).held("")
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert "what is shown lies in memory, receipts wait" in in_memory[0]
    assert ["b-1"] == [one.bulletin.id for one in in_memory[1]]
    assert ["b-1"] == [one.bulletin.id for one in after.bulletins]
    assert after.picture is not None
    assert Power.ON_RESERVE is after.picture.power


def test_syncs_of_two_seconds_delay_receipts_and_no_picture(
    house: Any, kiosk: Any, gateway: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start on a slow card, with pictures every fifth of a second: what is shown is never far behind."""
    (tmp_path / "card").mkdir()
    kiosk.file.write_text(kiosk.file.read_text("utf-8").replace('"k.sqlite"', '"card/k.sqlite"'), "utf-8")
    kiosk.cache = tmp_path / "card" / "k.sqlite"
    quick = kiosk.start("keeper")
    house.wait_until(kiosk.cache.exists)
    kiosk.stop(quick)
    shim = Shim(tmp_path / "card", tmp_path / "room")
    shim.control.sync_ms = 2000
    for name, value in shim.environment.items():
        monkeypatch.setenv(name, value)
    one = kiosk.start("keeper")
    for name in shim.environment:
        monkeypatch.delenv(name)
    power = shown(kiosk, house)
    house.wait_until(lambda: (gateway.picture(Power.ON_MAINS), power())[1] is Power.ON_MAINS, 40)
    log = DrawnLog(tmp_path / "card" / "drawn.jsonl")
    log.append(Drawn(screen="s", bulletin="b-1", serial=1, status=Status.ACTUAL, first_frame=house.moment()))
    for turn in range(3):
        wanted = Power.ON_RESERVE if turn % 2 == 0 else Power.ON_MAINS
        gateway.picture(wanted)
        house.wait_until(lambda wanted=wanted: power() is wanted, 15)  # a pause of the machine, too
    house.wait_until(lambda: gateway.heard, 40)

    assert one.poll() is None


@needs_root
def test_keeper_and_screen_find_each_other_where_no_socket_can_be_made(card: Card) -> None:
    """The knock and the answer go through memory."""
    card.read_only()
    path = card.folder / "wake.sock"
    bell, waker = Doorbell(path), Waker(path)
    waker.knock()
    rung = bell.rung()
    asked = waker.ask()
    bell.rung()
    bell.answer(77)
    answer = waker.answered()
    bell.close()
    waker.close()

    assert (True, True, 77) == (rung, asked, answer)
    assert not memory.beside(path).exists()


def test_a_folder_in_memory_that_is_open_to_others_is_not_believed(tmp_path: Path) -> None:
    """Somebody else on this computer could have put a picture there."""
    path = tmp_path / "k.sqlite"
    place = memory.made(path)
    place.write_bytes(b"x")
    before = memory.there(path)
    place.parent.chmod(0o755)
    after = memory.there(path)
    place.parent.chmod(0o700)
    memory.take_away(path)
    assert not place.parent.exists()

    assert (place, None) == (before, after)
