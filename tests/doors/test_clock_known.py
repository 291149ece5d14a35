"""What a clock door believes: the kernel, a clock with a battery, what was known before in this boot; nothing else."""

from pathlib import Path

import pytest

from contract.dating import AHEAD_MS, BEHIND_MS, CEILING_MS, FLOOR_MS, plausible
from contract.messages import Head
from contract.words import ClockQuality, Status
from doors import clock as door
from doors.clock import HOLDS_MS, Clock, spec_of
from doors.clock_rtc import AGREES_MS, rtc_holds

WALL_MS = 1_764_000_000_000
UNSYNCED, HOLDOVER, SYNCED = ClockQuality.UNSYNCED, ClockQuality.HOLDOVER, ClockQuality.SYNCED


def rtc(folder: Path, *, hctosys: str = "1\n", since: str = str(WALL_MS // 1000)) -> Path:
    """A real-time clock as sysfs shows it."""
    one = folder / "rtc0"
    one.mkdir(parents=True)
    (one / "hctosys").write_text(hctosys, "ascii")
    (one / "since_epoch").write_text(f"{since}\n", "ascii")
    return folder


def warped(quality: ClockQuality = UNSYNCED, up_ms: int = 600_000) -> Clock:
    """A clock that begins now."""
    return Clock.parse(spec_of(1.0, WALL_MS, up_ms, "boot-a", quality), allowed=True)


def head(boot: str = "boot-a", up_ms: int = 500_000, wall_ms: int | None = WALL_MS) -> Head:
    """What another program of the box says."""
    clock = UNSYNCED if wall_ms is None else HOLDOVER
    return Head(site="s", run="r", boot=boot, up_ms=up_ms, wall_ms=wall_ms, clock=clock, status=Status.ACTUAL)


def test_a_clock_with_a_battery_that_set_the_system_is_believed(tmp_path: Path) -> None:
    """The kernel says it took the time from it, and both still agree."""
    assert rtc_holds(WALL_MS + AGREES_MS, rtc(tmp_path / "rtc"), tmp_path)


@pytest.mark.parametrize(
    ("hctosys", "since"),
    [
        ("0", str(WALL_MS // 1000)),  # there, but the kernel did not take the time from it
        ("1", "60"),  # its battery is flat: it began in 1970, and systemd moved the system on to the last shutdown
        ("1", str(WALL_MS // 1000 - 61)),
        ("1", "4294967295"),
        ("1", ""),
        ("1", "-5"),
        ("1", "soon"),
        ("", str(WALL_MS // 1000)),
        ("ä", "1"),
    ],
)
def test_a_clock_that_proves_nothing_is_not_believed(tmp_path: Path, hctosys: str, since: str) -> None:
    """A Pi without a battery starts at the time of its last shutdown, which looks well and is wrong."""
    folder = rtc(tmp_path / "rtc", hctosys="", since=since)
    (folder / "rtc0" / "hctosys").write_text(hctosys, "utf-8")

    assert not rtc_holds(WALL_MS, folder, tmp_path)


def test_no_clock_at_all_is_no_clock(tmp_path: Path) -> None:
    """No folder, an empty folder, a clock without files."""
    (tmp_path / "bare" / "rtc0").mkdir(parents=True)

    assert [False] * 3 == [rtc_holds(WALL_MS, tmp_path / name, tmp_path) for name in ("none", ".", "bare")]


@pytest.mark.parametrize(
    ("expected", "wall_ms", "newest_ms"),
    [
        (True, WALL_MS, 0), (False, 0, 0), (False, FLOOR_MS - 1, 0), (False, CEILING_MS, 0),
        (True, WALL_MS - BEHIND_MS, WALL_MS), (False, WALL_MS - BEHIND_MS - 1, WALL_MS),
        (True, WALL_MS + AHEAD_MS, WALL_MS), (False, WALL_MS + AHEAD_MS + 1, WALL_MS),
        (False, CEILING_MS + 1, CEILING_MS),
    ],
)  # fmt: skip
def test_what_may_be_now(expected: bool, wall_ms: int, newest_ms: int) -> None:
    """Not before the newest ever seen, not years after it, never before this program was made."""
    assert expected is plausible(wall_ms, newest_ms)


def test_what_was_known_in_this_boot_is_held_over() -> None:
    """Told once, the wall clock goes on with the uptime."""
    clock = warped()
    clock.follow("boot-a", WALL_MS - 500_000, 500_000)
    read = clock.read()

    assert (HOLDOVER, "boot-a") == (read.quality, read.boot)
    assert read.wall_ms == read.up_ms + WALL_MS - 500_000


def test_of_another_boot_nothing_is_known() -> None:
    """Nobody knows how long the power was away."""
    clock = warped()
    clock.follow("boot-before", 0, 1)
    clock.hear(head(boot="boot-before"))

    assert (UNSYNCED, None) == (clock.quality(), clock.wall_ms())


def test_a_time_that_nobody_has_confirmed_for_long_is_not_known() -> None:
    """After ninety days a crystal is minutes off."""
    clock = warped(up_ms=HOLDS_MS + 600_000)
    clock.follow("boot-a", WALL_MS, 590_000)

    assert UNSYNCED is clock.quality()

    clock.follow("boot-a", WALL_MS, 660_000)

    assert HOLDOVER is clock.quality()


def test_a_program_follows_the_gateway_of_its_box() -> None:
    """The kiosk, and the owner's page: known when the gateway knows, unknown when it does not any more."""
    clock = warped()
    clock.hear(head())
    read = clock.read()
    clock.hear(head(up_ms=550_000, wall_ms=None))

    assert (HOLDOVER, read.up_ms + WALL_MS - 500_000) == (read.quality, read.wall_ms)
    assert UNSYNCED is clock.quality()


def test_an_older_word_of_the_gateway_brings_no_wrong_time_back() -> None:
    """A document still says what a wrong phone said; the broker repeats it after the picture that knows better."""
    clock = warped()
    clock.hear(head(up_ms=500_000))
    right = clock.read()
    clock.hear(head(up_ms=400_000, wall_ms=WALL_MS + 365 * 86_400_000))

    assert abs((clock.wall_ms() or 0) - (right.wall_ms or 0)) < 60_000


def test_a_synced_clock_follows_nobody() -> None:
    """Whoever knows better stays with it."""
    clock = warped(SYNCED)
    clock.hear(head(wall_ms=WALL_MS + 10**9))

    assert SYNCED is clock.quality()
    assert abs((clock.wall_ms() or 0) - WALL_MS) < 60_000


@pytest.mark.parametrize("wall_ms", [60_000, 2**53])
def test_a_kernel_that_vouches_for_nonsense_is_not_believed(monkeypatch: pytest.MonkeyPatch, wall_ms: int) -> None:
    """1970 is not now, whatever disciplines it; and the time that was known goes on."""
    monkeypatch.setattr(door, "_kernel_synced", lambda: True)
    monkeypatch.setattr(door.time, "time_ns", lambda: wall_ms * 1_000_000)
    clock = Clock()

    assert UNSYNCED is clock.quality()

    clock.follow(clock.boot, WALL_MS - clock.up_ms(), clock.up_ms())

    assert HOLDOVER is clock.quality()
    assert abs((clock.wall_ms() or 0) - WALL_MS) < 60_000


def test_a_step_that_nobody_vouches_for_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Known from time servers; then somebody sets the system's clock by hand, which the kernel calls unsynchronised."""
    told = {"synced": True, "wall_ms": WALL_MS}
    monkeypatch.setattr(door, "_kernel_synced", lambda: told["synced"])
    monkeypatch.setattr(door.time, "time_ns", lambda: told["wall_ms"] * 1_000_000)
    clock = Clock()
    first = clock.read()
    told |= {"synced": False, "wall_ms": WALL_MS - 10**10}
    after = clock.read()

    assert (SYNCED, HOLDOVER) == (first.quality, after.quality)
    assert (first.wall_ms or 0) - first.up_ms == (after.wall_ms or 0) - after.up_ms


def test_a_step_between_two_looks_is_not_told_with_the_time_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time servers step the clock and vouch for it while it is read: what it showed before was never vouched for."""
    told = {"wall_ms": WALL_MS - 10**9}

    def steps() -> bool:
        told["wall_ms"] = WALL_MS
        return True

    monkeypatch.setattr(door, "_kernel_synced", steps)
    monkeypatch.setattr(door.time, "time_ns", lambda: told["wall_ms"] * 1_000_000)
    read = Clock().read()

    assert (SYNCED, WALL_MS) == (read.quality, read.wall_ms)


def test_a_battery_clock_older_than_what_was_seen_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has stood still; one that is newer is taken as holdover."""
    monkeypatch.setattr(door, "_kernel_synced", lambda: False)
    monkeypatch.setattr(door, "rtc_holds", lambda _: True)
    monkeypatch.setattr(door.time, "time_ns", lambda: WALL_MS * 1_000_000)
    stood, went = Clock(), Clock()
    stood.newest_ms, went.newest_ms = WALL_MS + BEHIND_MS + 1, WALL_MS - 10**9

    assert (UNSYNCED, HOLDOVER) == (stood.quality(), went.quality())
