"""The cache keeps each event once, survives trouble with its file, and never mixes simulation with the real."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract import topics
from contract.freshness import Now, age_ms, silence_ms
from contract.messages import encode
from contract.words import ClockQuality, Status
from kiosk.core.picture import Held
from kiosk.io.cache import Cache, CacheReader, Heard, counts
from kiosk.io.drawn import Drawn

OWN = "own-boot"


def heard(
    house: Any, message: Any, *, retained: bool = False, mono_ms: int = 1000, said_after_ms: int | None = None
) -> Heard:  # fmt: skip
    """A picture as the keeper hands it over."""
    topic = topics.public_picture(house.SITE)
    return Heard(
        topic=topic, payload=encode(message), message=message, retained=retained, own_boot=OWN, mono_ms=mono_ms,
        said_after_ms=said_after_ms,
    )  # fmt: skip


def test_events_are_kept_once(house: Any, tmp_path: Path) -> None:
    """The same events in two pictures are two events, in order."""
    cache = Cache(tmp_path / "k.sqlite", house.SITE, False)
    kinds = (house.Event.MAINS_LOST, house.Event.ON_RESERVE)
    events = tuple(house.PublicEvent(run="r", seq=n, kind=kind, at=house.moment()) for n, kind in enumerate(kinds, 1))
    for known in (events[:1], events, events):
        cache.keep([heard(house, house.picture(events=known))], {"folded": 1})
    cache.close()

    found = counts(tmp_path / "k.sqlite")

    assert [("r", 1, "mains_lost"), ("r", 2, "on_reserve")] == [
        (e["run"], e["seq"], e["kind"]) for e in found["events"]
    ]
    assert 3 == found["folded"]


def test_contact_counts_only_since_this_boot(house: Any, tmp_path: Path) -> None:
    """After a restart of the computer the old contact says nothing; a word that answers none of ours is no contact."""
    cache = Cache(tmp_path / "k.sqlite", house.SITE, False)
    reader = CacheReader(tmp_path / "k.sqlite", house.SITE, False)
    cache.keep([heard(house, house.picture(), retained=True)], {})

    assert house.picture() == reader.held(OWN).picture
    assert reader.held(OWN).contact is None
    cache.keep([heard(house, house.picture(), mono_ms=77)], {})
    assert reader.held(OWN).contact is None
    cache.keep([heard(house, house.picture(), mono_ms=79, said_after_ms=77)], {})
    assert 77 == reader.held(OWN).contact.mono_ms
    assert reader.held("next-boot").contact is None


def test_a_picture_that_was_held_up_makes_nothing_younger(house: Any, tmp_path: Path) -> None:
    """Said 10 s after the one before and come 32 s after it: 22 s old; also when the keeper has begun anew between."""
    file = tmp_path / "k.sqlite"
    cache = Cache(file, house.SITE, False)
    cache.keep([heard(house, house.picture(at=house.moment()), mono_ms=100_000, said_after_ms=100_000)], {})
    cache.close()
    cache = Cache(file, house.SITE, False)
    late = house.picture(at=house.moment(-10_000))
    cache.keep([heard(house, late, mono_ms=132_000)], {})

    contact = CacheReader(file, house.SITE, False).held(OWN).contact
    now = Now(132_000, None, ClockQuality.UNSYNCED)
    assert 22_000 == pytest.approx(age_ms(late.head.moment(), contact, now), abs=10)
    assert 22_000 == pytest.approx(silence_ms(contact, now), abs=10)


def test_what_counts_on_our_own_uptime_is_dated_by_it(house: Any, tmp_path: Path) -> None:
    """A gateway on the screen's own computer: the first picture after a start tells its age, however it came."""
    file = tmp_path / "k.sqlite"
    cache, reader = Cache(file, house.SITE, False), CacheReader(file, house.SITE, False)
    now = Now(144_000, None, ClockQuality.UNSYNCED)
    for retained in (True, False):
        own = house.picture(at=house.moment(boot=OWN, up_ms=100_000))
        cache.keep([heard(house, own, retained=retained, mono_ms=124_000)], {})

        assert 44_000 == age_ms(own.head.moment(), reader.held(OWN).contact, now)
    older = house.picture(at=house.moment(boot=OWN, up_ms=90_000))
    cache.keep([heard(house, older, mono_ms=124_000)], {})
    assert 44_000 == silence_ms(reader.held(OWN).contact, now)


def test_broken_file_is_put_aside(house: Any, tmp_path: Path) -> None:
    """A cache that is no database is kept beside, and a new one made; the screen meanwhile sees nothing."""
    file = tmp_path / "k.sqlite"
    file.write_bytes(b"this is no database" * 100)

    assert Held() == CacheReader(file, house.SITE, False).held(OWN)
    assert str(tmp_path / "k.sqlite.aside") == Cache(file, house.SITE, False).set_aside
    assert Held() == CacheReader(file, house.SITE, False).held(OWN)


def test_simulated_cache_never_becomes_real(house: Any, tmp_path: Path) -> None:
    """The settings turn from simulated to real: the old picture is off the screen, before the keeper is up."""
    file = tmp_path / "k.sqlite"
    cache = Cache(file, house.SITE, True)
    cache.keep([heard(house, house.picture(simulated=True))], {})
    cache.close()

    assert CacheReader(file, house.SITE, True).held(OWN).picture
    assert Held() == CacheReader(file, house.SITE, False).held(OWN)
    assert Cache(file, house.SITE, False).set_aside
    assert Held() == CacheReader(file, house.SITE, False).held(OWN)


def test_receipts_are_numbered_without_gaps(house: Any, tmp_path: Path) -> None:
    """Each drawn line gets the next number once, and is forgotten only by the mark."""
    cache = Cache(tmp_path / "k.sqlite", house.SITE, False)
    lines = [
        Drawn(screen="s", bulletin=f"b{n}", serial=n, status=Status.ACTUAL, first_frame=house.moment())
        for n in (1, 2, 3)
    ]

    assert 2 == cache.take_drawn(lines[:2], "run", 0, 100)
    assert 3 == cache.take_drawn(lines, "run", 2, 150)
    assert [("run", 1), ("run", 2), ("run", 3)] == [row[:2] for row in cache.receipts()]
    assert 150 == cache.drawn_offset()
    dark = msgspec.structs.replace(lines[0], bulletin="b4", serial=4, first_frame=None, why_not="asleep_closed")
    lit = msgspec.structs.replace(dark, first_frame=house.moment(), why_not="")
    assert 5 == cache.take_drawn([dark, dark, lit, dark], "run", 3, 200)  # dark first, then lit: a receipt each
    assert None is cache.forget_receipts({"run": 2, "other": 9}, "new")
    assert [("run", 3), ("run", 4), ("run", 5)] == [row[:2] for row in cache.receipts()]


def test_receipts_go_on_with_a_gateway_that_has_forgotten(house: Any, tmp_path: Path) -> None:
    """A gateway that waits for a receipt which is gone would take no other: what waits begins a new count, once."""
    cache = Cache(tmp_path / "k.sqlite", house.SITE, False)
    lines = [
        Drawn(screen="s", bulletin=f"b{n}", serial=n, status=Status.ACTUAL, first_frame=house.moment())
        for n in (1, 2, 3, 4)
    ]
    cache.take_drawn(lines, "run", 0, 100)
    cache.forget_receipts({"run": 2}, "unused")

    assert 2 == cache.forget_receipts({"run": 1}, "new")
    assert [("new", 1, "b3"), ("new", 2, "b4")] == [
        (run, number, json.loads(payload)["bulletin"]) for run, number, payload in cache.receipts()
    ]
    assert [("new", 1), ("new", 2)] == [
        (told["kiosk_run"], told["number"]) for told in (json.loads(payload) for _, _, payload in cache.receipts())
    ]
    assert None is cache.forget_receipts({"run": 1, "new": 1}, "newer")
    assert [("new", 2)] == [row[:2] for row in cache.receipts()]


def test_wal_lets_the_screen_read_while_the_keeper_writes(house: Any, tmp_path: Path) -> None:
    """A write that is not finished neither blocks nor shows."""
    cache = Cache(tmp_path / "k.sqlite", house.SITE, False)
    reader = CacheReader(tmp_path / "k.sqlite", house.SITE, False)
    cache.keep([heard(house, house.picture())], {})
    with sqlite3.connect(tmp_path / "k.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM newest")

        assert house.picture() == reader.held(OWN).picture
        other.execute("ROLLBACK")
