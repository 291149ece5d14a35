"""Folding what a site says: newest wins, whatever the order, and contact is only what was heard live."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.freshness import Now, age_ms
from contract.messages import DevicePicture, Head, SiteStatus
from contract.words import ClockQuality, Power, Status
from dashboard.core.hearing.picture import MAX_DEVICES, Ear, SitePicture, fold

EMPTY = SitePicture(site="are-kall")


def _head(boot: int, up_ms: int) -> Head:
    return Head(
        site="are-kall", run=f"run-{boot}", boot=f"boot-{boot}", up_ms=up_ms, wall_ms=10_000_000 * (boot + 1) + up_ms,
        clock=ClockQuality.SYNCED, status=Status.ACTUAL,
    )  # fmt: skip


def _message(kind: str, boot: int, up_ms: int) -> Any:
    if kind == "status":
        return SiteStatus(head=_head(boot, up_ms), online=True, heartbeat_s=60, version="1")
    return DevicePicture(head=_head(boot, up_ms), device=kind, values={})


MESSAGES = st.lists(
    st.tuples(st.sampled_from(["status", "genset", "meter"]), st.integers(0, 3), st.integers(0, 5000)), max_size=30
)


def _folded(messages: list[Any]) -> SitePicture:
    picture = EMPTY
    for message in messages:
        picture = fold(picture, message, None)
    return picture


@given(MESSAGES, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_picture(told: list[tuple[str, int, int]], chance: random.Random) -> None:
    """Messages in any order, some of them twice, make one and the same picture."""
    messages = [_message(*one) for one in told]
    shuffled = messages + [one for one in messages if chance.random() < 0.3]
    chance.shuffle(shuffled)

    one, other = _folded(messages), _folded(shuffled)

    assert (one.status, one.devices) == (other.status, other.devices)


def test_boot_without_clock_replaces_what_was_before(voice: Any) -> None:
    """A box that starts with its clock in 1970 is believed to be the newer one: it comes later."""
    before = voice("are-kall")
    after = voice("are-kall", boot="boot-2", run="run-2")
    after.up_ms, after.clock = 5000, ClockQuality.UNSYNCED

    picture = fold(fold(EMPTY, before.state(Power.DEAD), 0), after.state(Power.ON_MAINS), 10)

    assert Power.ON_MAINS is picture.state.power


def test_retained_message_is_no_contact(voice: Any) -> None:
    """What the broker had kept proves nothing about now."""
    now = Now(mono_ms=1000, wall_ms=None, clock=ClockQuality.UNSYNCED)

    picture = fold(EMPTY, voice("are-kall").alive(), None)

    assert (None, False) == (picture.silence(now), picture.in_contact(now))


@pytest.mark.parametrize(("gone_ms", "contact"), [(0, True), (180_000, True), (180_001, False)])
def test_silence_of_three_heartbeats_ends_contact(voice: Any, gone_ms: int, contact: bool) -> None:
    """A site is in contact for three heartbeats after its last live word, and not one millisecond more."""
    picture = fold(EMPTY, voice("are-kall").alive(heartbeat_s=60), 1000)

    assert contact is picture.in_contact(Now(mono_ms=1000 + gone_ms, wall_ms=None, clock=ClockQuality.UNSYNCED))


def test_last_will_ends_contact_though_it_is_older(voice: Any) -> None:
    """The broker's word that a site is gone was written at its connect; it ends the contact all the same."""
    site = voice("are-kall")
    will = site.alive(online=False)
    now = Now(mono_ms=60, wall_ms=None, clock=ClockQuality.UNSYNCED)

    alive = fold(EMPTY, site.tick().alive(), 50)
    gone = fold(alive, will, 60)
    back = fold(gone, site.tick().alive(), 70)

    assert [True, False, True] == [one.in_contact(now) for one in (alive, gone, back)]
    assert alive.status.head == gone.status.head


def test_message_held_up_on_its_way_makes_nothing_younger(voice: Any) -> None:
    """A message that waited twenty minutes in a queue must not turn old values fresh, nor prove contact."""
    site = voice("are-kall")
    late = site.alive()
    picture = fold(EMPTY, site.alive(), 0)

    picture = fold(picture, late, 1_200_000)

    now = Now(mono_ms=1_200_000, wall_ms=None, clock=ClockQuality.UNSYNCED)
    assert 1_200_000 == pytest.approx(age_ms(late.head.moment(), picture.contact, now), abs=1_200_000 * 0.0003)
    assert not picture.in_contact(now)
    site.tick(1_199_000)
    assert fold(picture, site.alive(), 1_200_000).in_contact(now)


def test_first_word_out_of_a_broker_that_stood_still_is_as_old_as_its_clock_says(voice: Any) -> None:
    """Twenty minutes in a queue, and nothing of that boot was heard before: only what comes after proves contact."""
    site, held_ms = voice("are-kall"), 1_200_000
    first = site.alive()
    now = Now(mono_ms=5_000_000, wall_ms=first.head.wall_ms + held_ms, clock=ClockQuality.SYNCED)
    ear = Ear("boot-of-the-centre", now.wall_ms, now.clock)

    late = fold(EMPTY, first, now.mono_ms, ear)
    site.tick(held_ms)
    there = fold(late, site.alive(), now.mono_ms, ear)

    assert held_ms == age_ms(first.head.moment(), late.contact, now)
    assert (False, True) == (late.in_contact(now), there.in_contact(now))


@pytest.mark.parametrize(("after_ms", "believed"), [(30_000, False), (300_000, True)])
def test_clock_of_a_site_that_is_an_hour_slow_does_not_silence_it(voice: Any, after_ms: int, believed: bool) -> None:
    """Whose words are late by the same for more than a minute is not held up: two clocks say two things."""
    site, slow_ms = voice("are-kall"), 3_600_000
    picture = EMPTY
    for mono_ms in (0, after_ms):
        said = site.tick(mono_ms).alive()
        picture = fold(picture, said, mono_ms, Ear("here", said.head.wall_ms + slow_ms, ClockQuality.SYNCED))

    assert believed is picture.in_contact(Now(mono_ms=after_ms, wall_ms=None, clock=ClockQuality.UNSYNCED))


def test_page_of_the_same_box_dates_every_word_exactly(voice: Any) -> None:
    """Both count on one uptime, so not even the first word can look younger than it is."""
    said = voice("are-kall").alive()
    mono_ms = said.head.up_ms + 1_200_000
    now = Now(mono_ms=mono_ms, wall_ms=None, clock=ClockQuality.UNSYNCED)

    assert 1_200_000 == age_ms(said.head.moment(), fold(EMPTY, said, mono_ms, Ear(said.head.boot)).contact, now)


def test_devices_of_one_site_are_bounded(voice: Any) -> None:
    """A site that invents devices does not fill the memory."""
    site = voice("are-kall")
    picture = EMPTY
    for number in range(MAX_DEVICES + 20):
        picture = fold(picture, site.device(f"device-{number}"), None)

    assert MAX_DEVICES == len(picture.devices)


def test_picture_survives_what_is_unknown(voice: Any) -> None:
    """Fields that a newer site adds are passed over."""
    told = msgspec.to_builtins(voice("are-kall").alive()) | {"mood": "fine"}

    assert fold(EMPTY, msgspec.convert(told, SiteStatus), None).status is not None
