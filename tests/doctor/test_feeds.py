"""How the screen's sources stand: what the kiosk's own cache says, a sentence each."""

import contextlib
import sqlite3
from typing import Any

import pytest
import sqlite_utils

from contract.freshness import Now
from contract.wire import Moment
from contract.words import ClockQuality
from doctor.core.feeds import FeedLook, FeedsLook, judge
from doors.clock import Clock
from kiosk.core.asking.feed import FeedState
from kiosk.core.asking.listing import Folded
from kiosk.io import cache_feeds
from kiosk.io.cache_schema import upgrade

PLACE = '[place]\ncounty = "23"\nmunicipality = "2321"\n'


def _kiosk(box: Any, *states: FeedState, feeds: str = PLACE) -> None:
    """A kiosk's settings, and a cache as its keeper writes it."""
    path = box.state / "kiosk.sqlite"
    box.settings()
    (box.etc / "kiosk.toml").write_text(
        f'[site]\nid = "are-kall"\n[cache]\npath = "{path}"\n[broker]\nurl = "mqtt://127.0.0.1:1"\n{feeds}', "utf-8"
    )
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        upgrade(sqlite_utils.Database(connection), "are-kall", False)
        for one in states:
            row = cache_feeds.FeedRow(state=one, kind=one.name.split("-")[0], url="https://example.se/")
            cache_feeds.write_feed(connection, row, Folded(changed=(), dropped=()))
    path.chmod(0o600)


def _ago(seconds: int) -> Moment:
    """In this boot, of which a fresh machine has only some minutes."""
    read = Clock().read()
    return Moment(boot=read.boot, up_ms=read.up_ms - 1000 * seconds, wall_ms=None, clock=ClockQuality.UNSYNCED)


def _state(name: str, ago_s: int | None, **more: Any) -> FeedState:
    told = {"every_s": 60.0, "checked": None if ago_s is None else _ago(ago_s)}
    return FeedState(name=name, **(told | more))


def test_every_source_has_a_sentence_of_when_it_was_checked(box: Any, doctor: Any) -> None:
    """Fresh ones are well; an old or never checked source of warnings is a fault, one of everyday things a note."""
    _kiosk(
        box, _state("vma", 20), _state("smhi", 90, every_s=1.0, fault="no answer within 10 s"),
        _state("departures-kall", 90, every_s=1.0),
    )  # fmt: skip
    said = doctor("--language", "sv", *box.call)
    told = said.of("feeds")

    assert ["feeds.fresh", "feeds.old", "feeds.never", "feeds.old"] == told
    assert ("ok", "fault") == (said.grade("feeds.fresh"), said.grade("feeds.old"))
    assert "remark" == said.grade("feeds.never")
    assert "Källan vma kontrollerades för" in said.sentence("feeds.fresh")
    assert 'smhi kontrollerades senast för 1 min sedan (det senaste försöket gav "no answer within 10 s")' in (
        said.sentence("feeds.old")
    )
    assert "krisinformation har aldrig" in said.sentence("feeds.never")


def test_screen_that_asks_nobody_is_a_note(box: Any, doctor: Any) -> None:
    """Without [place] nobody warns the visitors but the municipality, and whoever looks is told."""
    _kiosk(box, feeds="")
    said = doctor("--language", "en", *box.call)

    assert ["feeds.none"] == said.of("feeds")
    assert "[place]" in said.sentence("feeds.none")


@pytest.mark.parametrize("how", ["gone", "damaged"])
def test_cache_that_cannot_be_read_is_a_note(box: Any, doctor: Any, how: str) -> None:
    """What cannot be known is never well."""
    _kiosk(box)
    path = box.state / "kiosk.sqlite"
    path.unlink() if how == "gone" else path.write_bytes(b"x" * 5000)

    assert ["feeds.unseen"] == doctor(*box.call).of("feeds")


def test_feed_that_is_switched_off_is_not_missed(box: Any, doctor: Any) -> None:
    """`on = false` is an answer too; without a kiosk there is nothing to say."""
    _kiosk(box, _state("vma", 5), _state("krisinformation", 5), feeds=f"{PLACE}[feeds.smhi]\non = false\n")
    with_kiosk = doctor(*box.call).of("feeds")
    (box.etc / "kiosk.toml").unlink()

    assert ["feeds.fresh", "feeds.fresh"] == with_kiosk
    assert [] == doctor(*box.call).of("feeds")


def test_source_that_nobody_has_asked_yet_is_not_called_neglected(box: Any, doctor: Any) -> None:
    """Just after the start no try has been noted; only one that was tried can have been left alone for long."""
    _kiosk(box, FeedState(name="vma", every_s=60.0), FeedState(name="smhi", every_s=60.0, tried=_ago(90)))
    said = doctor(*box.call, "--language", "en").out

    assert "vma has never been checked (no try has been noted yet)" in said
    assert "smhi has never been checked (nobody has tried for long)" in said


def test_check_of_another_boot_without_a_clock_has_no_age() -> None:
    """Nobody knows how long the box was off; entries nobody could read are told of a fresh check."""
    now = Now(1000, None, ClockQuality.UNSYNCED)
    before = Moment(boot="old", up_ms=5, wall_ms=None, clock=ClockQuality.UNSYNCED)
    here = Moment(boot="new", up_ms=900, wall_ms=None, clock=ClockQuality.UNSYNCED)
    rows = (
        FeedLook(name="vma", kind="vma", checked=before),
        FeedLook(name="smhi", kind="smhi", checked=here, rejected=2),
    )
    found = judge(FeedsLook(wanted=("vma", "smhi"), feeds=rows), now, "new")

    assert [("feeds.timeless", "fault"), ("feeds.unread", "remark")] == [(one.text, one.grade.value) for one in found]
