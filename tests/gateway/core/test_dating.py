"""When the time of a boot becomes known, or turns out wrong, all of the boot gets its time; no timer notices."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from contract.dating import FLOOR_MS, STEP_MS
from contract.messages import NoticeNow, SiteState, decode
from contract.orders import Order, SetClock
from contract.wire import Moment
from contract.words import ClockQuality, ClockSource
from gateway.core import announce, dating, pipeline
from gateway.core.pipeline import Tick
from gateway.core.remembered import ClockMemory, Memory
from gateway.core.site import Now, Site

from .conftest import WALL_MS, facts

BOOT = "boot-a"
OFFSET_MS = WALL_MS - 1_000_000
HOUR_MS = 3_600_000
YEAR_MS = 365 * 24 * HOUR_MS
UNSYNCED, HOLDOVER, SYNCED = ClockQuality.UNSYNCED, ClockQuality.HOLDOVER, ClockQuality.SYNCED


def at(up_ms: int, clock: ClockQuality = UNSYNCED, *, offset_ms: int = OFFSET_MS, boot: str = BOOT) -> Now:
    """A step at an uptime."""
    wall_ms = None if clock is UNSYNCED else up_ms + offset_ms
    return Now(run="run-1", boot=boot, up_ms=up_ms, wall_ms=wall_ms, clock=clock)


def ticked(site: Site, *nows: Now) -> tuple[Site, list[tuple[str, dict[str, Any]]]]:
    """Time passes; the clock events that were told."""
    told: list[tuple[str, dict[str, Any]]] = []
    for now in nows:
        site, numbered = pipeline.step(site, Tick(), facts(), now)
        told += [(one.kind, one.body) for one in numbered if one.kind.startswith("clock_")]
    return site, told


def offered(site: Site, wall_ms: int, now: Now, who: str = "Anna", **of: Any) -> tuple[Site, dict[str, dict[str, Any]]]:
    """A phone's offer; the bodies of what was told, by kind."""
    what = SetClock(**({"wall_ms": wall_ms, "boot": now.boot, "up_ms": now.up_ms} | of))
    order = Order(id=f"o-{wall_ms}-{now.up_ms}", who=who, role="owner", entered_ms=0, through="owner-page", what=what)
    site, numbered = pipeline.step(site, order, facts(), now)
    return site, {one.kind: one.body for one in numbered}


def dark_site(events: Sequence[Moment] = ()) -> Site:
    """A site that began without a clock and remembers moments of that."""
    site, told = ticked(Site(memory=Memory()), at(1000))

    assert [] == told
    return remembering(site, *events)


def remembering(site: Site, *moments: Moment) -> Site:
    """The site with notices that were put up at these moments."""
    notices = tuple(
        NoticeNow(id=f"n-{number}", sv="Soppa", en="", since=moment, until_ms=None)
        for number, moment in enumerate(moments)
    )
    return msgspec.structs.replace(site, memory=msgspec.structs.replace(site.memory, notices=notices))


@pytest.mark.parametrize(("clock", "source"), [(SYNCED, "ntp"), (HOLDOVER, "rtc")])
def test_a_time_that_becomes_known_dates_all_of_the_boot_and_nothing_else(clock: ClockQuality, source: str) -> None:
    """Moments of the boot get wall time and quality; those of another boot and of none stay as they were."""
    mine, other = (Moment(boot=boot, up_ms=5000, wall_ms=None, clock=UNSYNCED) for boot in (BOOT, "boot-0"))
    site, told = ticked(dark_site([mine, other]), at(60_000, clock))

    assert [("clock_known", {"boot": BOOT, "offset_ms": OFFSET_MS, "quality": clock.value, "source": source,
                             "who": "", "by_ms": 0})] == told  # fmt: skip
    first, second = (notice.since for notice in site.memory.notices)
    assert Moment(boot=BOOT, up_ms=5000, wall_ms=5000 + OFFSET_MS, clock=clock) == first
    assert other == second
    assert OFFSET_MS + 60_000 == site.memory.clock.newest_ms


def test_a_boot_that_began_with_the_time_tells_nothing() -> None:
    """There is nothing to date, at the start and ever after."""
    nows = [at(1000 + 60_000 * minute, SYNCED) for minute in range(200)]
    site, told = ticked(Site(memory=Memory()), *nows)

    assert [] == told
    assert SYNCED is site.memory.clock.quality


def test_the_time_is_known_to_the_next_run_of_the_same_boot() -> None:
    """The program restarts between the dark and the light: all the same the boot is dated."""
    site = dark_site([Moment(boot=BOOT, up_ms=5000, wall_ms=None, clock=UNSYNCED)])
    kept = msgspec.json.decode(msgspec.json.encode(site.memory), type=Memory)
    _, told = ticked(Site(memory=kept), at(90_000, SYNCED))

    assert ["clock_known"] == [kind for kind, _ in told]


@pytest.mark.parametrize("by_ms", [-56 * YEAR_MS, -HOUR_MS, -41_000, 41_000, HOUR_MS, 12 * YEAR_MS])
def test_a_step_dates_the_boot_again_and_tells_by_how_much(by_ms: int) -> None:
    """What was dated by the wrong clock is dated by the right one; the uptime was right all the time."""
    wrong = OFFSET_MS - by_ms
    site, _ = ticked(dark_site(), at(10_000, HOLDOVER, offset_ms=wrong))
    site = remembering(site, at(10_000, HOLDOVER, offset_ms=wrong).moment())
    site, told = ticked(site, at(20_000, SYNCED), at(21_000, SYNCED))

    assert [("clock_stepped", by_ms, "ntp")] == [(kind, body["by_ms"], body["source"]) for kind, body in told]
    assert 10_000 + OFFSET_MS == site.memory.notices[0].since.wall_ms
    # time servers may show that the newest was not so new: a wrong 2038 must not lock out a right 2026
    assert 20_000 + OFFSET_MS == site.memory.clock.newest_ms


@pytest.mark.parametrize("by_ms", [-STEP_MS, -1, 1, STEP_MS])
def test_clocks_that_agree_do_not_step(by_ms: int) -> None:
    """What a time server trims is no step, and no write."""
    site, _ = ticked(dark_site(), at(10_000, SYNCED))
    after, told = ticked(site, at(20_000, SYNCED, offset_ms=OFFSET_MS + by_ms))

    assert [] == told
    assert site.memory.clock is after.memory.clock


def test_the_time_is_noted_once_an_hour() -> None:
    """A write of the memory each second would wear the card."""
    site, _ = ticked(Site(memory=Memory()), at(0, SYNCED))
    seen = {site.memory.clock.newest_ms}
    for minute in range(240):
        site, _ = ticked(site, at(60_000 * minute, SYNCED))
        seen.add(site.memory.clock.newest_ms)

    assert 4 == len(seen)


def test_holding_over_makes_no_source_younger() -> None:
    """Its age is counted from when somebody vouched for it."""
    site, _ = ticked(Site(memory=Memory()), at(1000, SYNCED))
    for hour in range(48):
        site, _ = ticked(site, at(1000 + hour * HOUR_MS, HOLDOVER))

    assert (1000, HOLDOVER, ClockSource.NTP) == (
        site.memory.clock.up_ms, site.memory.clock.quality, site.memory.clock.source
    )  # fmt: skip


def test_a_phone_sets_the_clock_with_its_name() -> None:
    """Taken as holdover; told in the state, in the timeline, and as the time of the boot."""
    now = at(60_000)
    site, told = offered(dark_site([Moment(boot=BOOT, up_ms=5000, wall_ms=None, clock=UNSYNCED)]), WALL_MS, now)

    assert ["clock_known", "clock_set", "order_done"] == list(told)
    assert ("person", "Anna", "holdover") == tuple(told["clock_known"][key] for key in ("source", "who", "quality"))
    assert ("clock_by", {"time": str(WALL_MS)}) == (told["clock_set"]["key"], told["clock_set"]["params"])
    assert WALL_MS - 55_000 == site.memory.notices[0].since.wall_ms

    after = at(70_000, HOLDOVER, offset_ms=WALL_MS - 60_000)
    site, more = ticked(site, after)
    state = decode(announce.state(site, facts(), after)[1], SiteState)
    assert [] == more
    assert state.clock is not None
    assert (ClockSource.PERSON, "Anna", WALL_MS) == (state.clock.source, state.clock.who, state.clock.at.wall_ms)


def test_an_offer_that_was_long_on_its_way_is_as_good_as_new() -> None:
    """It carries the uptime at which the phone showed its time."""
    site, told = offered(dark_site(), WALL_MS, at(7_200_000), up_ms=60_000)

    assert WALL_MS - 60_000 == told["clock_known"]["offset_ms"]
    assert WALL_MS - 60_000 == site.memory.clock.offset_ms


def test_a_phone_that_is_wrong_does_not_lock_out_the_next_one() -> None:
    """A year ahead is believed, for nobody knows better; what people say is no measure of what can be."""
    site, _ = offered(dark_site(), WALL_MS + YEAR_MS, at(60_000))
    site, told = offered(site, WALL_MS, at(60_500, HOLDOVER, offset_ms=WALL_MS + YEAR_MS - 60_000), who="Bo")

    assert -YEAR_MS - 500 == told["clock_stepped"]["by_ms"]
    assert ("Bo", "Bo") == (told["clock_stepped"]["who"], site.memory.clock.who)


def test_time_servers_correct_a_phone() -> None:
    """The person's minutes are trimmed, and the state names nobody any more."""
    site, _ = offered(dark_site(), WALL_MS, at(60_000))
    right = at(120_000, SYNCED, offset_ms=WALL_MS - 60_000 - 90_000)
    site, told = ticked(site, right)

    assert [("clock_stepped", -90_000)] == [(kind, body["by_ms"]) for kind, body in told]
    assert dating.told(site) is None


SEEN = Memory(clock=ClockMemory(newest_ms=WALL_MS))


@pytest.mark.parametrize(
    ("reason", "memory", "wall_ms", "now", "of"),
    [
        ("clock_synced", SEEN, WALL_MS, at(60_000, SYNCED), {}),
        ("clock_elsewhere", SEEN, WALL_MS, at(60_000), {"boot": "boot-before"}),
        ("clock_elsewhere", SEEN, WALL_MS, at(60_000), {"up_ms": 70_000}),
        ("clock_before_newest", SEEN, WALL_MS - 61_000, at(60_000), {}),
        ("clock_before_newest", SEEN, 0, at(60_000), {}),
        ("clock_before_newest", Memory(), FLOOR_MS - HOUR_MS, at(60_000), {}),
        ("clock_far_ahead", SEEN, WALL_MS + 6 * YEAR_MS, at(60_000), {}),
        ("clock_far_ahead", SEEN, 2**53, at(60_000), {}),
        ("clock_far_ahead", Memory(), FLOOR_MS + 25 * YEAR_MS, at(60_000), {}),
    ],
)
def test_an_offer_that_cannot_be_is_refused(
    reason: str, memory: Memory, wall_ms: int, now: Now, of: dict[str, Any]
) -> None:
    """A box that knows better, another boot, a phone in the past, a phone years ahead: nothing moves."""
    site, told = offered(Site(memory=memory), wall_ms, now, **of)

    assert reason == told["order_refused"]["reason"]
    assert "clock_set" not in told
    assert ClockSource.PERSON is not site.memory.clock.source


def test_what_time_servers_said_in_this_boot_is_better_than_a_phone() -> None:
    """They are gone for ten hours; the box's crystal is still the better clock."""
    site, _ = ticked(Site(memory=Memory()), at(1000, SYNCED))
    _, told = offered(site, WALL_MS + 300_000, at(36_000_000, HOLDOVER))

    assert "clock_synced" == told["order_refused"]["reason"]


@pytest.mark.parametrize("wall_ms", [0, 2_147_483_648_000])
def test_a_jump_moves_no_timer(wall_ms: int) -> None:
    """An alarm is raised when its time is up on the uptime, whatever the wall clock shows from the middle on."""
    raised: list[int] = []
    site = Site(memory=Memory(), store_trouble=True)
    for tenth in range(100):
        offset_ms = OFFSET_MS if tenth < 20 else wall_ms
        site, numbered = pipeline.step(site, Tick(), facts(), at(1000 + 100 * tenth, SYNCED, offset_ms=offset_ms))
        raised += [tenth for one in numbered if one.kind == "alarm_raised" and "store-trouble" in str(one.body)]

    assert [50] == raised


def test_what_reserves_last_moves_with_the_clock() -> None:
    """The hours were right, the time of day at their end was not."""
    site, _ = ticked(dark_site(), at(10_000, HOLDOVER, offset_ms=OFFSET_MS - HOUR_MS))
    memory = msgspec.structs.replace(site.memory, bounds={"fuel": WALL_MS - HOUR_MS})
    site = msgspec.structs.replace(site, memory=memory, bounds={"fuel": WALL_MS - HOUR_MS})
    after, _ = dating.watch(site, at(20_000, SYNCED))

    assert {"fuel": WALL_MS} == after.bounds == after.memory.bounds
