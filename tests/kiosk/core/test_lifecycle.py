"""One life cycle for every sender: what stands, what has ended and why, in whatever order it came."""

from itertools import permutations
from typing import Any

import pytest

from contract.words import Status
from kiosk.core.warnings.checks import Check, Time
from kiosk.core.warnings.lifecycle import lives, of_feed
from kiosk.feeds.alert import Alert, Area, Level, MsgType, Source

UPDATE, CANCEL = MsgType.UPDATE, MsgType.CANCEL


def fate(crisis: Any, *held: Any, minutes: float = 0, checked: float | None = 0, known: bool = True) -> dict[str, str]:
    """Why by id, "stands" for what stands (with "?" when not sure); checked minutes after noon in this boot."""
    time = Time(crisis.now(minutes, known=known), crisis.BOOT)
    checks = {}
    if checked is not None:
        checks = {
            source: Check(source=source, checked=crisis.at(checked, known=known), age=0, fresh=True, in_boot=True)
            for source in Source
        }
    messages = [of_feed(crisis.kept(one) if isinstance(one, Alert) else one) for one in held]
    found = lives(messages, crisis.PLACE, checks, time)
    return {one.alert.id: one.why or ("stands" if one.sure else "stands?") for one in found}


def test_update_replaces_transitively_in_any_order(crisis: Any) -> None:
    """An update of an update replaces both, a cancel of the last ends all three, whatever came first."""
    chain = [
        crisis.vma("a", 0, incidents=()),
        crisis.vma("b", 10, msg_type=UPDATE, references=("a",), incidents=()),
        crisis.vma("c", 20, msg_type=UPDATE, references=("b",), incidents=()),
    ]
    for order in permutations(chain):
        assert {"a": "replaced", "b": "replaced", "c": "stands"} == fate(crisis, *order)
    cancel = crisis.vma("d", 30, msg_type=CANCEL, references=("c",), incidents=())
    for order in permutations([*chain, cancel]):
        assert {"cancelled"} == set(fate(crisis, *order).values())


def test_a_cancel_without_its_update_ends_by_incident(crisis: Any) -> None:
    """The update was never seen: the shared incident still tells what the cancel is about."""
    alert = crisis.vma("a", 0)
    cancel = crisis.vma("c", 20, msg_type=CANCEL, references=("b",))

    assert {"a": "cancelled", "c": "cancelled"} == fate(crisis, cancel, alert)


def test_a_cancel_of_something_else_ends_nothing(crisis: Any) -> None:
    """Neither reference nor incident."""
    other = crisis.vma("c", 20, msg_type=CANCEL, references=("b",), incidents=("SRVMA-2",))

    assert "stands" == fate(crisis, crisis.vma("a", 0), other)["a"]


def test_an_older_message_never_replaces_a_newer_one(crisis: Any) -> None:
    """An update that was sent before what is shown arrives late: it is history, and so is a late cancel."""
    newest = crisis.vma("b", 20, msg_type=UPDATE, references=("a",))
    late = crisis.vma("a", 10, msg_type=CANCEL, references=("b",))

    assert {"b": "stands", "a": "replaced"} == fate(crisis, newest, late)


def test_in_one_second_a_cancel_is_later_than_what_it_ends(crisis: Any) -> None:
    """Same `sent`: alert, update, cancel."""
    both = (crisis.vma("z", 0), crisis.vma("a", 0, msg_type=CANCEL, references=("z",)))

    assert "cancelled" == fate(crisis, *both)["z"]


def test_two_that_refer_to_each_other_do_not_both_vanish(crisis: Any) -> None:
    """A ring of references is no reason to show nothing."""
    ring = [
        crisis.vma("a", 0, msg_type=UPDATE, references=("b",), incidents=()),
        crisis.vma("b", 0, msg_type=UPDATE, references=("a",), incidents=()),
    ]

    assert ["replaced", "stands"] == sorted(fate(crisis, *ring).values())


def test_ended_comes_back_only_with_a_later_message(crisis: Any) -> None:
    """A further update after the cancel stands; the same old alert again does not."""
    alert, cancel = crisis.vma("a", 0), crisis.vma("b", 10, msg_type=CANCEL, references=("a",))
    again = crisis.vma("c", 20, msg_type=UPDATE, references=("b",))

    assert "cancelled" == fate(crisis, alert, cancel)["a"]
    assert {"a": "replaced", "b": "replaced", "c": "stands"} == fate(crisis, alert, cancel, again)


@pytest.mark.parametrize("expires", [None, 6000])
def test_what_its_source_lists_no_more_has_left_whatever_its_expiry_says(crisis: Any, expires: int | None) -> None:
    """Offline for longer than the cancel lived: the complete list does not have it any more."""
    alert = crisis.vma("a", 0, expires_ms=None if expires is None else crisis.NOON + expires * crisis.MINUTE)

    assert {"a": "left"} == fate(crisis, crisis.kept(alert, gone=crisis.at(500)), minutes=500, checked=500)


def test_gone_after_its_time_has_run_out(crisis: Any) -> None:
    """Then that is the reason."""
    alert = crisis.vma("a", 0, expires_ms=crisis.NOON + 60 * crisis.MINUTE)

    assert {"a": "expired"} == fate(crisis, crisis.kept(alert, gone=crisis.at(61)), minutes=61, checked=61)


def test_a_list_that_lags_behind_does_not_end_an_update(crisis: Any) -> None:
    """It still holds the first alert, so the matter has not left: the newest words stand. When both are gone it has."""
    alert = crisis.vma("a", 0)
    update = crisis.kept(crisis.vma("b", 10, msg_type=UPDATE, references=("a",)), gone=crisis.at(20))

    assert {"a": "replaced", "b": "stands"} == fate(crisis, alert, update, minutes=20)
    gone = crisis.kept(alert, gone=crisis.at(20))
    assert {"a": "replaced", "b": "left"} == fate(crisis, gone, update, minutes=20)


@pytest.mark.parametrize("boot", ["kiosk-boot", "before"])
def test_an_older_message_that_comes_first_afterwards_brings_nothing_back(crisis: Any, boot: str) -> None:
    """The update had left when the alert was heard for the first time, in whatever boot: it is over."""
    update = crisis.kept(crisis.vma("b", 10, msg_type=UPDATE), gone=crisis.at(20, boot=boot))
    late = crisis.kept(crisis.vma("a", 0), first=crisis.at(30))

    assert {"a": "replaced", "b": "left"} == fate(crisis, late, update, minutes=30)


def test_a_list_that_lags_behind_does_not_take_a_cancel_back(crisis: Any) -> None:
    """The alert is listed again, the cancel is not: it was cancelled all the same."""
    cancel = crisis.kept(crisis.vma("b", 10, msg_type=CANCEL, references=("a",)), gone=crisis.at(20))

    assert {"a": "cancelled", "b": "cancelled"} == fate(crisis, crisis.vma("a", 0), cancel, minutes=20)


@pytest.mark.parametrize(
    ("minutes", "checked", "fate_of"),
    [
        (59, 0, "stands"),
        (60, 60, "expired"),
        (60, 57, "expired"),
        (60, 50, "stands?"),
        (600, 50, "stands?"),
        (600, 57, "expired"),
        (60, None, "stands?"),
    ],
)
def test_expiry_counts_when_the_source_could_be_asked(
    crisis: Any, minutes: float, checked: float | None, fate_of: str
) -> None:
    """Offline at its end nobody knows whether it was prolonged: it stays, unsure. Ended once it does not come back."""
    alert = crisis.vma("a", 0, expires_ms=crisis.NOON + 60 * crisis.MINUTE)

    assert {"a": fate_of} == fate(crisis, alert, minutes=minutes, checked=checked)


def test_without_a_clock_nothing_runs_out(crisis: Any) -> None:
    """It stands, as sure as a check in this boot makes it; what was over for certain when it came is not sure."""
    alert = crisis.vma("a", 0, expires_ms=crisis.NOON + crisis.HOUR)
    over = crisis.vma("b", 0, expires_ms=crisis.NOON - crisis.HOUR)

    assert {"a": "stands"} == fate(crisis, alert, known=False)
    assert {"b": "stands?"} == fate(crisis, over, known=False)


def test_a_time_that_has_been_is_past_also_without_a_clock(crisis: Any) -> None:
    """The source was checked at a known time after the end; a restart without a clock does not bring it back."""
    alert = crisis.vma("a", 0, expires_ms=crisis.NOON + crisis.MINUTE)
    message = of_feed(crisis.kept(alert, first=crisis.at(0, boot="before")))
    check = Check(source=Source.VMA, checked=crisis.at(5, boot="before"))
    (life,) = lives([message], crisis.PLACE, {Source.VMA: check}, Time(crisis.now(known=False), crisis.BOOT))

    assert "expired" == life.why


@pytest.mark.parametrize(
    ("first", "checked", "known", "sure"),
    [
        ("before", "before", False, False),
        ("before", "now", False, True),
        ("now", "before", False, True),
        ("before", "before", True, True),
        ("before", None, False, False),
    ],
)
def test_after_a_restart_without_a_clock_old_ones_are_unsure(
    crisis: Any, first: str, checked: str | None, known: bool, sure: bool
) -> None:
    """Until a good check in this boot; a known clock tells the age instead."""
    boots = {"now": crisis.BOOT, "before": "before"}
    message = of_feed(crisis.kept(crisis.vma("a"), first=crisis.at(boot=boots[first])))
    checks = {}
    if checked:
        checks = {
            Source.VMA: Check(source=Source.VMA, checked=crisis.at(boot=boots[checked]), in_boot=checked == "now")
        }
    (life,) = lives([message], crisis.PLACE, checks, Time(crisis.now(known=known), crisis.BOOT))

    assert (None, sure) == (life.why, life.sure)


@pytest.mark.parametrize("unreal", [Status.EXERCISE, Status.TEST])
def test_exercise_and_real_never_touch_each_other(crisis: Any, unreal: Status) -> None:
    """Same incident, references both ways: each lives by itself."""
    real, exercise = crisis.vma("a", 0), crisis.vma("x", 5, status=unreal, references=("a",))

    assert {"a": "stands", "x": "stands"} == fate(crisis, real, exercise)
    for kind in (UPDATE, CANCEL):
        ends_real = crisis.vma("y", 10, msg_type=kind, status=unreal, references=("a", "x"))
        ends_exercise = crisis.vma("z", 10, msg_type=kind, references=("a", "x"))
        assert "stands" == fate(crisis, real, exercise, ends_real)["a"]
        assert "stands" == fate(crisis, real, exercise, ends_exercise)["x"]


def test_all_clear_ends_the_matter_and_is_told_for_twelve_hours(crisis: Any) -> None:
    """It stands to be shown, and is no warning."""
    both = (crisis.vma("a", 0), crisis.vma("b", 10, msg_type=UPDATE, references=("a",), all_clear=True))

    assert {"a": "all_clear", "b": "stands"} == fate(crisis, *both, minutes=11, checked=11)
    assert "all_clear" == fate(crisis, *both, minutes=10 + 721, checked=731)["b"]


def test_an_update_for_another_place_ends_it_here(crisis: Any) -> None:
    """The area has shrunk: the message no longer concerns this place."""
    shrunk = crisis.vma("b", 10, msg_type=UPDATE, references=("a",), area=Area(codes=("2380",)))

    assert {"a": "elsewhere", "b": "elsewhere"} == fate(crisis, crisis.vma("a", 0), shrunk)


def test_a_further_alert_of_one_incident_elsewhere_ends_nothing_here(crisis: Any) -> None:
    """One event, two alerts for two places: ours stands."""
    other = crisis.vma("b", 10, area=Area(codes=("2380",)))

    assert {"a": "stands", "b": "elsewhere"} == fate(crisis, crisis.vma("a", 0), other)


def test_areas_of_one_weather_warning_live_each_by_itself(crisis: Any) -> None:
    """SMHI's areas may share a warning: a newer one replaces only itself."""
    parts = [crisis.smhi("1", 0, incidents=("w",)), crisis.smhi("2", 10, level=Level.YELLOW, incidents=("w",))]

    assert {"1": "stands", "2": "stands"} == fate(crisis, *parts)


def test_of_one_id_the_newest_edition_counts(crisis: Any) -> None:
    """In whatever order two editions are held."""
    older, newer = crisis.smhi("1", 0, Level.YELLOW), crisis.smhi("1", 10, Level.RED)
    for order in ((older, newer), (newer, older)):
        messages = [of_feed(crisis.kept(one)) for one in order]
        found = lives(messages, crisis.PLACE, {}, Time(crisis.now(10), crisis.BOOT))
        assert [Level.RED] == [one.alert.level for one in found if one.why is None]


def test_sources_do_not_end_each_other(crisis: Any) -> None:
    """The same id and incident of two senders are two messages."""
    clash = crisis.smhi("a", 5, incidents=("SRVMA-1",), references=("a",))

    messages = [of_feed(crisis.kept(one)) for one in (crisis.vma("a", 0), clash)]
    found = lives(messages, crisis.PLACE, {}, Time(crisis.now(5), crisis.BOOT))

    assert [None, None] == [one.why for one in found]
