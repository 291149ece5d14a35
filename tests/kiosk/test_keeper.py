"""The keeper against a real broker: keeps, refuses, survives, and sends what was drawn."""

import signal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract import topics
from contract.bulletins import Receipt, ReceiptMark
from contract.messages import encode
from contract.words import Status
from kiosk.io.cache import CacheReader
from kiosk.io.drawn import Drawn, DrawnLog


def once(payloads: list[bytes]) -> list[Receipt]:
    """The receipts in their order; one that was sent again, as it may be until it is confirmed, counts once."""
    return [msgspec.json.decode(payload, type=Receipt) for payload in dict.fromkeys(payloads)]


def events(house: Any, gateway: Any, count: int) -> tuple[Any, ...]:
    """The first events of an outage."""
    kinds = [house.Event.MAINS_LOST, house.Event.ENGINE_STARTING, house.Event.ON_RESERVE]
    return tuple(
        house.PublicEvent(run="r", seq=n, kind=kind, at=gateway.now()) for n, kind in enumerate(kinds[:count], 1)
    )


def test_pictures_are_folded_and_events_kept_once(house: Any, kiosk: Any, gateway: Any) -> None:
    """Three pictures with overlapping events: three folded, each event once and in order, also over a kill -9."""
    gateway.picture(events=events(house, gateway, 1))
    keeper = kiosk.start("keeper")
    house.wait_until(lambda: len(kiosk.counts()["events"]) == 1)
    gateway.picture(events=events(house, gateway, 2))
    house.wait_until(lambda: len(kiosk.counts()["events"]) == 2)
    kiosk.stop(keeper, signal.SIGKILL)
    keeper = kiosk.start("keeper")
    gateway.picture(events=events(house, gateway, 3))

    house.wait_until(lambda: len(kiosk.counts()["events"]) == 3)
    assert [1, 2, 3] == [event["seq"] for event in kiosk.counts()["events"]]
    assert 3 <= kiosk.counts()["folded"]  # and the gateway's answer to the first sign of life, soon or late
    assert 0 == kiosk.stop(keeper)


def test_retained_picture_is_no_contact(house: Any, kiosk: Any, gateway: Any) -> None:
    """What the broker remembered proves nothing of now; what comes live does."""
    gateway.picture()
    gateway.last = None  # it answers no sign of life: that answer would be a contact, however late we look
    kiosk.start("keeper")
    reader = CacheReader(kiosk.cache, house.SITE, False)
    boot = gateway.clock.boot
    house.wait_until(lambda: reader.held(boot).picture)
    assert reader.held(boot).contact is None

    gateway.picture()

    assert "gw" == house.wait_until(lambda: reader.held(boot).contact).boot


def test_hostile_payloads_are_refused_and_counted(house: Any, kiosk: Any, gateway: Any) -> None:
    """Garbage, wrong types, deep nests, large and foreign messages: refused, told once; the next picture is taken."""
    keeper = kiosk.start("keeper")
    gateway.picture()
    house.wait_until(lambda: kiosk.counts()["folded"])
    topic = topics.public_picture(house.SITE)
    hostile = [b"{", b"\xff\xfe", b"[" * 100_000, b'{"head":1}', encode(house.picture(site="x")), b"x" * 300_000]
    for payload in (*hostile, *hostile, b""):
        gateway.say(payload, topic)
    gateway.say(b"{}", f"{topics.public_all(house.SITE)[:-1]}nonsense")
    gateway.picture(active=True)

    reader = CacheReader(kiosk.cache, house.SITE, False)
    house.wait_until(lambda: reader.held(gateway.clock.boot).picture.active)  # what was counted is written with it
    assert 11 == kiosk.counts()["refused"]
    assert keeper.poll() is None
    assert "Traceback" not in kiosk.said("keeper")
    assert 1 == kiosk.said("keeper").count("another site")


def test_what_was_drawn_is_sent_until_confirmed(house: Any, kiosk: Any, gateway: Any) -> None:
    """A line in the screen's log becomes a receipt; it is sent again after a kill -9 until the mark covers it."""
    keeper = kiosk.start("keeper")
    log = DrawnLog(kiosk.folder / "drawn.jsonl")
    for number in (1, 2):
        log.append(
            Drawn(
                screen="butiken", bulletin=f"b{number}", serial=number, status=Status.ACTUAL, first_frame=gateway.now()
            )
        )
    house.wait_until(lambda: len(set(gateway.heard)) >= 2)
    receipts = once(gateway.heard)
    assert [(1, "b1"), (2, "b2")] == [(one.number, one.bulletin) for one in receipts]
    assert 1 == len({one.kiosk_run for one in receipts})

    kiosk.stop(keeper, signal.SIGKILL)
    gateway.heard.clear()
    kiosk.start("keeper")
    house.wait_until(lambda: len(set(gateway.heard)) >= 2)
    assert receipts == once(gateway.heard)

    gateway.say(ReceiptMark(marks={receipts[0].kiosk_run: 2}), topics.receipt_mark(house.SITE))
    house.wait_until(lambda: kiosk.counts()["receipts_waiting"] == 0)


def test_unchanged_pictures_spare_the_card(house: Any, kiosk: Any, gateway: Any) -> None:
    """Many pictures that say the same are one write within a period."""
    kiosk.start("keeper")
    house.wait_until(lambda: gateway.screens)
    reader = CacheReader(kiosk.cache, house.SITE, False)
    boot = gateway.clock.boot
    gateway.picture()
    first = house.wait_until(lambda: reader.held(boot).contact)
    for _ in range(30):
        gateway.picture()
    gateway.say(house.bulletin(at=gateway.now()))
    house.wait_until(lambda: reader.held(boot).bulletins)

    assert first.up_ms < reader.held(boot).contact.up_ms
    assert kiosk.counts()["folded"] == 31


def test_gateway_that_goes_silent_grows_old(house: Any, kiosk: Any, gateway: Any) -> None:
    """A short period, then silence: fresh becomes stale by the clock that all share."""
    from contract.freshness import Now
    from contract.words import ClockQuality
    from kiosk.core.view import view
    from kiosk.io.texts import words

    kiosk.start("keeper")
    house.wait_until(lambda: "connected" in kiosk.said("keeper"))
    gateway.picture(period_s=0.3, heartbeat_s=0.5)
    reader = CacheReader(kiosk.cache, house.SITE, False)
    house.wait_until(lambda: reader.held(gateway.clock.boot).contact)

    def seen() -> bool:
        now = Now(gateway.clock.up_ms(), None, ClockQuality.UNSYNCED)
        return view(reader.held(gateway.clock.boot), now, words("sv"), house.SITE, False).fresh

    house.wait_until(lambda: not seen())


@pytest.mark.parametrize(
    ("change", "code", "sentence"),
    [
        (('id = "are-kall"', 'id = "Åre Kall"'), 2, "is not like are-kall"),
        (("[cache]", "[cash]"), 2, "did you mean"),
        (("mqtt://", "http://"), 2, "is not like mqtt://"),
        (('name = "butiken"', 'name = "b"\npx_per_mm = 19'), 2, "too small for large buttons"),
        (('path = "k.sqlite"', 'path = "/proc/none/k.sqlite"'), 1, "check"),
    ],
)
def test_wrong_settings_are_one_clear_answer(kiosk: Any, change: tuple[str, str], code: int, sentence: str) -> None:
    """Faults of the file are told at once, with what to do, and nothing starts."""
    kiosk.file.write_text(kiosk.file.read_text("utf-8").replace(*change), "utf-8")

    answer = kiosk.call("keeper")

    assert (code, True) == (answer.returncode, sentence in answer.stderr), answer.stderr
    assert "Traceback" not in answer.stderr


def test_check_and_clock(kiosk: Any) -> None:
    """A good file is good; another clock is refused on a real site; counts before a keeper is one sentence."""
    assert 0 == kiosk.call("check").returncode
    answer = kiosk.call("keeper", "--clock", "rate=20")
    assert (2, True) == (answer.returncode, "simulated = true" in answer.stderr)
    assert 1 == kiosk.call("counts").returncode


def test_example_settings_are_good() -> None:
    """The example beside the program is taken as it stands."""
    from kiosk import config

    example = Path(config.__file__).with_name("example.toml")

    assert "are-kall" == config.load(example).site.id
