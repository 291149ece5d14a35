"""The clock door: real, or the one of a demonstration, which several processes share."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.words import ClockQuality
from doors.clock import Clock, ClockFault, spec_of

ROOT = Path(__file__).parents[2]
SPEC = "rate=20,real_s={real},wall_ms=1764000000000,up_ms=600000,boot=demo-1,quality=synced"


def started(**changes: object) -> str:
    """A spec that begins now, with changes."""
    parts = dict(part.split("=") for part in SPEC.format(real=time.time()).split(","))
    return ",".join(f"{name}={said}" for name, said in (parts | changes).items())


def kernel_up_s() -> float:
    """Since the machine was switched on."""
    return float(Path("/proc/uptime").read_text("ascii").split()[0])


def test_real_clock_shows_what_the_system_knows() -> None:
    """Without a spec: the kernel's boot id, its uptime, and the wall clock only when something disciplines it."""
    clock = Clock.parse(None, allowed=False)
    before_s, up_ms, after_s = kernel_up_s(), clock.up_ms(), kernel_up_s()

    assert Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip() == clock.boot
    assert 1000 * before_s - 1000 < up_ms < 1000 * after_s + 1000
    assert 1.0 == clock.rate
    earlier_s, wall, later_s = time.time(), clock.wall_ms(), time.time()
    if clock.quality() is ClockQuality.SYNCED:
        assert wall is not None
        assert 1000 * earlier_s - 1000 < wall < 1000 * later_s + 1000
    else:
        assert (ClockQuality.UNSYNCED, None) == (clock.quality(), wall)


def test_real_quality_is_what_the_kernel_says() -> None:
    """adjtimex(2), read by another program's way, agrees that something holds the clock, or nothing."""
    flag = "import ctypes; b = (ctypes.c_long * 64)(); r = ctypes.CDLL(None).adjtimex(b); print(r < 0 or b[5] & 0x40)"
    told = subprocess.run([sys.executable, "-c", flag], capture_output=True, text=True, check=True).stdout.strip()

    unsynced = told not in ("0", "False")

    assert (ClockQuality.UNSYNCED if unsynced else ClockQuality.SYNCED) is Clock().quality()


def test_real_boot_id_is_the_same_in_every_process() -> None:
    """Two programs of one boot can count ages with each other's uptime."""
    here = Clock()
    before_ms = here.up_ms()
    other = subprocess.run(
        [sys.executable, "-c", "from doors.clock import Clock; c = Clock(); print(c.boot, c.up_ms())"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    boot, up_ms = other.stdout.split()

    assert here.boot == boot
    assert before_ms <= int(up_ms) <= here.up_ms()


def test_real_uptime_never_runs_backwards() -> None:
    """Read again and again it stays or grows."""
    clock = Clock()
    seen = [clock.up_ms() for _ in range(1000)]

    assert sorted(seen) == seen


@pytest.mark.parametrize("spec", [None, ""])
def test_no_spec_is_the_real_clock(spec: str | None) -> None:
    """Nothing said, nothing warped, allowed or not."""
    for allowed in (True, False):
        assert 1.0 == Clock.parse(spec, allowed=allowed).rate


@pytest.mark.parametrize("spec", [SPEC.format(real=1), "rate=1", "nonsense"])
def test_spec_is_refused_where_it_is_not_allowed(spec: str) -> None:
    """A real site runs on real time, whatever the spec says."""
    with pytest.raises(ClockFault, match=r"only a site with `simulated = true` may run on another clock"):
        Clock.parse(spec, allowed=False)


def test_spec_shows_what_it_says() -> None:
    """Just begun, the clock shows the figures of the spec."""
    began_s = time.time()
    clock = Clock.parse(started(real_s=began_s), allowed=True)
    up_ms, wall = clock.up_ms(), clock.wall_ms()
    gone_ms = 20 * 1000 * (time.time() - began_s)

    assert (20.0, "demo-1", ClockQuality.SYNCED) == (clock.rate, clock.boot, clock.quality())
    assert -1 <= up_ms - 600_000 <= gone_ms + 1
    assert wall is not None
    assert -1 <= wall - 1_764_000_000_000 <= gone_ms + 1


def test_rate_is_product_seconds_per_real_second() -> None:
    """After 100 real seconds at rate 20, 2 000 s have gone on both of the product's clocks."""
    began_s = time.time()
    clock = Clock.parse(started(real_s=began_s - 100), allowed=True)
    up_ms, wall = clock.up_ms(), clock.wall_ms()
    gone_ms = 20 * 1000 * (time.time() - began_s)

    assert -1 <= up_ms - 2_600_000 <= gone_ms + 1
    assert wall is not None
    assert -1 <= wall - 1_764_002_000_000 <= gone_ms + 1
    assert 3.0 == clock.real_seconds(60.0)


async def test_sleep_is_in_product_seconds() -> None:
    """A minute at rate 1000 is over in 60 ms, and no earlier than a minute on the product's clock."""
    clock = Clock.parse(started(rate=1000), allowed=True)
    began, real = clock.up_ms(), time.monotonic()

    async with asyncio.timeout(30):
        await clock.sleep(60)

    assert clock.up_ms() - began >= 59_000
    assert 0.055 <= time.monotonic() - real < 30


@pytest.mark.parametrize("seconds", [0, -1, -1e9])
async def test_sleep_of_nothing_returns(seconds: float) -> None:
    """A time that has passed already is not waited for."""
    async with asyncio.timeout(30):
        await Clock().sleep(seconds)


def test_two_clocks_of_one_spec_agree() -> None:
    """Every process of a demonstration shows the same time: a reading in between lies in between."""
    spec = started(rate=20)
    one, other = Clock.parse(spec, allowed=True), Clock.parse(spec, allowed=True)

    for _ in range(200):
        before, between, after = one.up_ms(), other.up_ms(), one.up_ms()
        assert before <= between <= after


def test_clock_of_another_process_agrees() -> None:
    """Another process with the same spec, read between two readings here, lies between them."""
    spec = started(rate=20)
    show = "import sys; from doors.clock import Clock; print(Clock.parse(sys.argv[1], allowed=True).up_ms())"
    here = Clock.parse(spec, allowed=True)

    before = here.up_ms()
    other = subprocess.run([sys.executable, "-c", show, spec], cwd=ROOT, capture_output=True, text=True, check=True)
    after = here.up_ms()

    assert before <= int(other.stdout) <= after


@pytest.mark.parametrize("quality", ClockQuality)
def test_wall_clock_is_shown_only_when_it_is_known(quality: ClockQuality) -> None:
    """Unsynced is None, never 1970; the uptime goes on."""
    clock = Clock.parse(started(quality=quality.value), allowed=True)

    assert quality is clock.quality()
    assert (clock.wall_ms() is None) == (quality is ClockQuality.UNSYNCED)
    assert clock.up_ms() >= 600_000


def test_clock_in_1970_can_be_played() -> None:
    """A box without a battery for its clock: unsynced, and no wall time to be believed."""
    clock = Clock.parse(started(wall_ms=0, quality="unsynced"), allowed=True)

    assert clock.wall_ms() is None


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("speed=3", "--clock: unknown part 'speed'; known are rate, real_s, wall_ms, up_ms, boot, quality"),
        ("fast", "--clock: unknown part 'fast'; known are"),
        ("rate", "--clock: rate='' is not a number"),
        ("rate=fast", "--clock: rate='fast' is not a number"),
        ("rate=0", "--clock: rate=0 is not between 0 and 100000"),
        ("rate=-1", "--clock: rate=-1 is not between 0 and 100000"),
        ("rate=nan", "--clock: rate=nan is not between 0 and 100000"),
        ("rate=inf", "--clock: rate=inf is not between 0 and 100000"),
        ("rate=100001", "--clock: rate=100001 is not between 0 and 100000"),
        ("real_s=soon", "--clock: real_s='soon' is not a number"),
        ("real_s=nan", "--clock: real_s=nan is no moment"),
        ("real_s=inf", "--clock: real_s=inf is no moment"),
        ("wall_ms=1.5", "--clock: wall_ms='1.5' is not a whole number"),
        ("wall_ms=-1", "--clock: wall_ms=-1 is not between 0 and 9007199254740992"),
        ("up_ms=x", "--clock: up_ms='x' is not a whole number"),
        ("up_ms=-1", "--clock: up_ms=-1 is not between 0 and 9007199254740992"),
        (f"up_ms={10**30}", f"--clock: up_ms={10**30} is not between 0 and"),
        ("boot=", "--clock: boot='' is not 1 to 80 letters"),
        (f"boot={'x' * 81}", "is not 1 to 80 letters"),
        ("quality=good", "--clock: quality='good' is not one of synced, holdover, unsynced"),
        ("", "--clock: unknown part ''"),
    ],
)
def test_fault_of_a_spec_is_one_sentence(part: str, sentence: str) -> None:
    """The part and what is wrong with it, on one line."""
    with pytest.raises(ClockFault) as told:
        Clock.parse(f"rate=20,{part}", allowed=True)

    assert sentence in str(told.value)
    assert 1 == len(str(told.value).splitlines())


def test_parts_may_be_left_out() -> None:
    """A rate alone is a clock that begins now at nothing."""
    began_s = time.time()
    clock = Clock.parse("rate=2", allowed=True)
    up_ms = clock.up_ms()

    assert 2.0 == clock.rate
    assert 0 <= up_ms <= 2000 * (time.time() - began_s)


@given(
    rate=st.floats(0.001, 100_000),
    wall=st.integers(0, 2**52),
    up=st.integers(0, 2**52),
    quality=st.sampled_from(ClockQuality),
)
def test_spec_made_is_a_spec_taken(rate: float, wall: int, up: int, quality: ClockQuality) -> None:
    """What `spec_of` writes, every process reads back as the same clock, beginning now."""
    began_s = time.time()
    clock = Clock.parse(spec_of(rate, wall, up, "demo-7", quality), allowed=True)
    up_ms = clock.up_ms()

    assert (rate, "demo-7", quality) == (clock.rate, clock.boot, clock.quality())
    # a spec is written to the millisecond, a clock read to the millisecond
    assert -rate - 1 <= up_ms - up <= 1000 * rate * (time.time() - began_s) + rate + 1


@given(st.text(max_size=60))
def test_any_spec_is_a_clock_or_one_sentence(spec: str) -> None:
    """Whatever stands on a command line, there is a clock or a ClockFault."""
    try:
        clock = Clock.parse(spec, allowed=True)
    except ClockFault:
        return
    assert clock.up_ms() >= 0
