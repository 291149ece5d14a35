"""The box as a device: shares and silences counted on uptime, and no value without quality and reason."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import KioskStatus, Value
from contract.signals import catalogue
from contract.words import ClockQuality, Origin, Quality
from gateway.core import pipeline
from gateway.core.box import box
from gateway.core.box.box import Box
from gateway.core.box.machine import Look, Space, Supply
from gateway.core.pipeline import Batch
from gateway.core.remembered import Memory
from gateway.core.site import Now

from .conftest import at, facts, genset

WELL = Supply(alarm="0")
LOOK = Look(space=Space(50, 100), wear=("0x01 0x02",), heat="41000")
NAMES = {"one": "butiken", "two": "värmestugan"}


def seen(began_s: float = 0, **changes: Any) -> Box:
    """A box that has begun then, linked to a municipality."""
    return Box(began_ms=at(began_s).up_ms, **({"central": True, "encrypted": False} | changes))


def glanced(one: Box, second: float, supply: Supply = WELL, *, centre: bool = True, site: bool = True) -> Box:
    """A glance at a moment."""
    return box.glanced(one, supply, centre_up=centre, site_up=site, now=at(second))


def drew(
    one: Box, second: float, ago_s: float | None = 0, screen: str = "butiken", unchecked_ms: int | None = None
) -> Box:
    """A sign of life that comes at a moment and tells of a frame so long ago, on a computer of its own."""
    up_ms = 77_000_000
    drawn_ms = None if ago_s is None else up_ms - int(ago_s * 1000)
    status = KioskStatus(screen=screen, boot="other", up_ms=up_ms, drawn_up_ms=drawn_ms, unchecked_ms=unchecked_ms)
    return box.heard(one, status, at(second))


def value(one: Box, key: str, second: float, look: Look = LOOK, *, now: Now | None = None, **site: Any) -> Value:
    """What is told of one signal at a moment."""
    return box.batch(one, look, facts(**({"screens": 1} | site)), now or at(second))[1].values[f"box.{key}"]


def told(one: Value) -> tuple[object, Quality]:
    """Value and quality."""
    return one.value, one.quality


def test_the_box_is_a_device_like_any_other() -> None:
    """In the catalogue with its units; a batch of it holds every signal, marked as the site is."""
    device = box.facts_of_device()
    batch = box.batch(seen(), LOOK, facts(simulated=True), at(0))[1]

    assert ("box", "box", None) == (device.name, device.kind, device.place)
    assert {key: (signal.unit, 60.0, False) for key, signal in catalogue().items() if key.startswith("box.")} == (
        device.signals
    )
    assert ("box", set(device.signals)) == (batch.device, set(batch.values))
    assert {Origin.SIMULATED} == {one.origin for one in batch.values.values()}


def test_the_box_is_no_witness_of_power() -> None:
    """The state is judged in the moment of its batch, but not because of it; a controller's batch is named."""
    place = facts()
    before = msgspec.structs.replace(pipeline.awakened(Memory()), values={"genset": genset(0)})

    def source(batch: Batch) -> set[object]:
        told = pipeline.step(before, batch, place, at(1))[1]
        return {one.body["source"] for one in told if one.kind == "power_changed"}

    assert {"time"} == source(box.batch(seen(), LOOK, place, at(1))[1])
    assert {"genset"} == source(Batch(device="genset", values=genset(1)))


def test_what_the_machine_says_is_told() -> None:
    """With the moment of the look."""
    one = glanced(seen(), 0)

    assert (50.0, 20, 0, 41.0) == tuple(
        value(one, key, 7).value for key in ("disk_free", "card_worn", "undervoltage", "temperature")
    )
    assert at(7).up_ms == value(one, "temperature", 7).up_ms


def test_what_this_computer_never_had_is_not_fitted_and_what_it_had_is_a_fault() -> None:
    """A computer without a thermometer is whole; one whose thermometer vanished is not, until it is back."""
    bare = Look(space=Space(50, 100))
    never = box.batch(seen(), bare, facts(), at(0))[1].values["box.temperature"]
    had, _ = box.batch(seen(), LOOK, facts(), at(0))

    assert (None, Quality.NOT_FITTED) == told(never)
    assert (None, Quality.SENSOR_FAULT) == told(value(had, "temperature", 60, bare))
    assert (None, Quality.SENSOR_FAULT) == told(value(had, "card_worn", 60, bare))
    assert (41.0, Quality.GOOD) == told(value(box.batch(had, bare, facts(), at(60))[0], "temperature", 120))


def test_garbage_does_not_make_a_signal_fitted() -> None:
    """A file that never gave a number and then is gone was never a thermometer."""
    odd, _ = box.batch(seen(), msgspec.structs.replace(LOOK, heat="x"), facts(), at(0))

    assert Quality.NOT_FITTED is value(odd, "temperature", 60, msgspec.structs.replace(LOOK, heat=None)).quality


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        (100.0, [(0, True)]),
        (0.0, [(0, False)]),
        (50.0, [(0, True), (1800, False)]),
        (75.0, [(0, True), (600, False), (1500, True)]),
    ],
)
def test_the_uplink_is_the_share_of_the_last_hour(expected: float, changes: list[tuple[int, bool]]) -> None:
    """Never up is 0, which is a number."""
    one = seen()
    for second, up in changes:
        one = glanced(one, second, centre=up)

    assert expected == value(one, "uplink", 3600).value


def test_the_uplink_forgets_what_lies_before_the_hour() -> None:
    """An hour after a bad hour all is well again; what is held does not grow."""
    one = seen()
    for second in range(0, 4 * 3600, 5):
        one = glanced(one, second, centre=second >= 7200 or second % 10 == 0)
    flapping = one
    for second in range(0, 3600, 5):
        flapping = glanced(flapping, 14_400 + second, centre=second % 10 == 0)

    assert 100.0 == value(one, "uplink", 4 * 3600).value
    assert 1 == len(one.uplink)
    assert 50.0 == pytest.approx(value(flapping, "uplink", 18_000).value, abs=0.2)
    assert len(flapping.uplink) <= 722


def test_a_young_uplink_is_not_judged() -> None:
    """After a start nobody knows what the hour was like; after ten minutes it is the share of those."""
    one = glanced(glanced(seen(), 0), 300, centre=False)

    assert (None, Quality.NOT_YET_READ) == told(value(one, "uplink", 599))
    assert 50.0 == value(one, "uplink", 600).value
    assert Quality.NOT_YET_READ is value(seen(), "uplink", 9000).quality


def test_a_site_without_a_centre_has_no_uplink() -> None:
    """It works for itself, and nothing about that is weak."""
    one = glanced(seen(central=False), 0, centre=False)

    assert (None, Quality.NOT_FITTED) == told(value(one, "uplink", 9000))


@given(st.lists(st.tuples(st.integers(1, 900), st.booleans()), max_size=60))
def test_the_uplink_is_always_between_nothing_and_all(steps: list[tuple[int, bool]]) -> None:
    """However the link flaps; and it is all exactly where it was never seen down within the hour."""
    one, second, downs = seen(), 0, []
    for gap, up in steps:
        second += gap
        one = glanced(one, second, centre=up)
        downs.append((second, up))
    share = value(one, "uplink", second + 1).value
    since = [
        up for place, (_, up) in enumerate(downs) if place + 1 == len(downs) or downs[place + 1][0] > second - 3599
    ]

    assert share is None or 0 <= share <= 100
    if share is not None and all(since):
        assert 100 == share


def test_a_dip_of_the_supply_is_told_for_an_hour() -> None:
    """Seen in one glance and over in the next: the look once a minute, and a delayed alarm, must still find it."""
    one = glanced(glanced(seen(), 0), 5, Supply(alarm="1"))
    one = glanced(one, 10)

    assert 1 == value(one, "undervoltage", 60).value
    assert 1 == value(one, "undervoltage", 3604).value
    assert 0 == value(one, "undervoltage", 3605).value


def test_the_firmwares_note_counts_once() -> None:
    """Older firmware keeps its note until the next boot; an alarm must not stay for weeks because of one dip."""
    been = Supply(throttled="50000")
    one = glanced(glanced(seen(), 0, Supply(throttled="0")), 5, been)
    for second in range(10, 3700, 5):
        one = glanced(one, second, been)

    assert 1 == value(one, "undervoltage", 3600).value
    assert 0 == value(one, "undervoltage", 3700).value


def test_a_note_from_before_the_start_counts_as_news() -> None:
    """Nobody has told of it yet, and nobody knows how old it is."""
    assert 1 == value(glanced(seen(), 0, Supply(throttled="50000")), "undervoltage", 60).value


def test_a_supply_that_is_not_told_is_missing_also_after_a_dip() -> None:
    """No computer but a Raspberry Pi tells; one that fell silent is a fault, and garbage is garbage."""
    never = glanced(seen(), 0, Supply())
    had, _ = box.batch(glanced(seen(), 0, Supply(alarm="1")), LOOK, facts(), at(0))

    assert (None, Quality.NOT_FITTED) == told(value(never, "undervoltage", 60))
    assert (None, Quality.SENSOR_FAULT) == told(value(glanced(had, 5, Supply()), "undervoltage", 60))
    assert (None, Quality.BAD_DATA) == told(value(glanced(had, 5, Supply(alarm="?")), "undervoltage", 60))


def test_certificates_are_asked_of_encrypted_links_only() -> None:
    """A link inside the box rests on none; an encrypted one whose server was not seen is unknown."""
    encrypted = seen(encrypted=True)
    timeless = at(0, clock=ClockQuality.UNSYNCED)

    assert Quality.NOT_FITTED is value(seen(), "certificate_days", 0).quality
    assert Quality.NOT_YET_READ is value(encrypted, "certificate_days", 0).quality
    assert Quality.NOT_YET_READ is value(encrypted, "certificate_days", 0, now=timeless).quality


def test_a_served_certificate_is_remembered_while_the_link_is_down() -> None:
    """What was seen this morning runs out on the same day, link or not."""
    ends_ms = at(0).wall_ms + 10 * 86_400_000
    one = seen(encrypted=True, served=ends_ms)

    assert 10 == value(one, "certificate_days", 0).value
    assert 9 == value(one, "certificate_days", 3600).value


def test_a_screen_is_silent_since_its_last_frame() -> None:
    """Counted on its own uptime and ours: no clock, and another computer's boot does no harm."""
    one = drew(glanced(seen(), 0), 100, ago_s=4)

    assert 4 == value(one, "kiosk_silent", 100).value
    assert 64 == value(one, "kiosk_silent", 160).value
    assert 604 == value(one, "kiosk_silent", 700, now=at(700, clock=ClockQuality.UNSYNCED)).value


def test_a_keeper_that_lives_does_not_hide_a_screen_that_is_dead() -> None:
    """Its word comes each minute, with an older frame each time."""
    one = drew(glanced(seen(), 0), 60, ago_s=0)
    for minute in range(2, 11):
        one = drew(one, 60 * minute, ago_s=60 * (minute - 1))

    assert 540 == value(one, "kiosk_silent", 600).value


def test_a_frame_from_before_the_start_is_as_old_as_it_is() -> None:
    """The gateway was restarted while the screen was dead: its keeper's first word tells since when."""
    one = drew(glanced(seen(9000), 9000), 9010, ago_s=7200)

    assert 7250 == value(one, "kiosk_silent", 9060).value


def test_a_keeper_that_starts_anew_takes_no_frame_back() -> None:
    """It has not seen one yet; the one before had."""
    one = drew(drew(glanced(seen(), 0), 600, ago_s=0), 630, ago_s=None)

    assert 60 == value(one, "kiosk_silent", 660).value


def test_a_screen_that_was_never_heard_has_been_silent_since_the_start() -> None:
    """After three minutes in which it could have spoken; whether nobody speaks or a keeper says that nothing draws."""
    nobody = glanced(seen(), 0)

    assert (None, Quality.NOT_YET_READ) == told(value(nobody, "kiosk_silent", 179))
    assert 180 == value(nobody, "kiosk_silent", 180).value
    assert Quality.NOT_YET_READ is value(drew(nobody, 60, ago_s=None), "kiosk_silent", 100).quality
    assert 240 == value(drew(nobody, 60, ago_s=None), "kiosk_silent", 240).value


def test_silence_without_a_broker_proves_nothing() -> None:
    """While the site's broker is away no screen can be heard; when it is back, the screen gets its three minutes."""
    one = drew(glanced(seen(), 0), 60)
    away = glanced(one, 100, site=False)
    back = glanced(away, 5000)

    assert (None, Quality.COMM_ERROR) == told(value(away, "kiosk_silent", 4000))
    assert (None, Quality.NOT_YET_READ) == told(value(back, "kiosk_silent", 5100))
    assert 40 == value(drew(back, 5060), "kiosk_silent", 5100).value
    assert 5120 == value(back, "kiosk_silent", 5180).value
    assert (None, Quality.NOT_YET_READ) == told(value(glanced(seen(), 0, site=False), "kiosk_silent", 60))


def test_a_word_that_comes_before_the_link_is_seen_to_hold_counts() -> None:
    """The links are looked at every few seconds only."""
    one = glanced(drew(glanced(seen(), 0, site=False), 2), 5)

    assert 58 == value(one, "kiosk_silent", 60).value


def test_of_several_screens_the_most_silent_counts() -> None:
    """As many as are expected; one that was renamed or taken away does not stay dark for ever."""
    one = drew(drew(glanced(seen(), 0), 60), 400, screen="värmestugan")

    assert 100 == value(one, "kiosk_silent", 500).value
    assert 440 == value(one, "kiosk_silent", 500, screens=2).value
    assert 500 == value(one, "kiosk_silent", 500, screens=3).value


def test_a_site_without_screens_misses_none() -> None:
    """The settings say 0."""
    assert (None, Quality.NOT_FITTED) == told(value(glanced(seen(), 0), "kiosk_silent", 9000, screens=0))


def test_source_of_warnings_that_nobody_can_check_is_told_of_the_worst_screen() -> None:
    """As the keepers say it, while they are heard; a screen that asks nobody tells nothing of it."""
    none = drew(glanced(seen(), 0), 60)
    fresh = drew(none, 60, unchecked_ms=0)
    worse = drew(fresh, 61, screen="värmestugan", unchecked_ms=900_000)

    assert (None, Quality.NOT_FITTED) == told(value(none, "kiosk_unchecked", 100))
    assert 0 == value(fresh, "kiosk_unchecked", 100).value
    assert 900 == value(worse, "kiosk_unchecked", 100, screens=2).value
    assert 900 == value(worse, "kiosk_unchecked", 300).value
    assert (None, Quality.COMM_ERROR) == told(value(worse, "kiosk_unchecked", 1000))
    assert (None, Quality.NOT_FITTED) == told(value(worse, "kiosk_unchecked", 100, screens=0))


def test_screens_that_are_made_up_fill_no_memory() -> None:
    """Somebody sends names without end: the newest are held."""
    one = glanced(seen(), 0)
    for number in range(500):
        one = drew(one, number, screen=f"s{number}")

    assert box.MAX_SCREENS == len(one.screens)
    assert "s499" in one.screens


@given(
    space=st.builds(Space, st.integers(-9, 2**70), st.integers(-9, 2**70)) | st.text(min_size=1, max_size=3000),
    heat=st.none() | st.text(max_size=60),
    wear=st.lists(st.text(max_size=20), max_size=3).map(tuple),
    served=st.none() | st.binary(max_size=80),
    synced=st.booleans(),
)
def test_whatever_a_machine_says_a_batch_can_travel(
    space: Any, heat: Any, wear: Any, served: bytes | None, synced: bool
) -> None:
    """Every value is a number or missing with a reason; nothing is raised, and JSON takes it."""
    look = Look(space=space, heat=heat, wear=wear, served=served)
    now = at(0, clock=ClockQuality.SYNCED if synced else ClockQuality.UNSYNCED)
    one, batch = box.batch(glanced(seen(encrypted=True), 0), look, facts(screens=1), now)

    assert batch.values == msgspec.json.decode(msgspec.json.encode(batch.values), type=dict[str, Value])
    assert all(one.value is not None or one.reason for one in batch.values.values())
    assert one.had == {key for key, one in batch.values.items() if one.value is not None}
