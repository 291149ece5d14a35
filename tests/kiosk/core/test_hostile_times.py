"""Times that cannot be: sent tomorrow, sent in 1970, an edition of the year 2099; and many sites that wake at once."""

import random
from itertools import permutations
from typing import Any

import pytest

from contract.words import ClockQuality
from kiosk.core.asking.catalogue import KINDS
from kiosk.core.asking.listing import fold, key_of
from kiosk.core.asking.polling import Tier, after_failure_s, first_s, network_back_s
from kiosk.core.warnings.checks import Check, Time
from kiosk.core.warnings.lifecycle import lives, of_feed
from kiosk.feeds.alert import Answer, MsgType, Source
from kiosk.feeds.reading import as_ms

UPDATE, CANCEL = MsgType.UPDATE, MsgType.CANCEL
YEAR_2099 = 60 * 24 * 365 * 74


def fates(crisis: Any, *kept: Any, minutes: float = 60) -> dict[str, str]:
    """Why by id; "stands" for what stands."""
    check = Check(source=Source.VMA, checked=crisis.at(minutes), age=0, fresh=True, in_boot=True)
    found = lives([of_feed(one) for one in kept], crisis.PLACE, {Source.VMA: check},
                  Time(crisis.now(minutes), crisis.BOOT))  # fmt: skip
    return {one.alert.id: one.why or "stands" for one in found}


@pytest.mark.parametrize("kind", [UPDATE, CANCEL])
def test_message_from_the_future_is_ended_by_what_comes_after_it(crisis: Any, kind: MsgType) -> None:
    """It says that it was sent in 2099: the update or the cancel of today is later all the same, in any order."""
    future = crisis.kept(crisis.vma("a", YEAR_2099), first=crisis.at(0))
    later = crisis.kept(crisis.vma("b", 20, msg_type=kind, references=("a",)), first=crisis.at(21))
    expected = {"a": "replaced", "b": "stands"} if kind is UPDATE else {"a": "cancelled", "b": "cancelled"}

    for order in permutations([future, later]):
        assert expected == fates(crisis, *order)


def test_message_from_the_future_is_told_with_when_it_came(crisis: Any) -> None:
    """Not "since 2099": nobody sent it after it was here; a sender's clock that is a little ahead is let be."""
    message = of_feed(crisis.kept(crisis.vma("a", YEAR_2099), first=crisis.at(0)))
    ahead = of_feed(crisis.kept(crisis.vma("a", 5), first=crisis.at(0)))
    unknown = of_feed(crisis.kept(crisis.vma("a", YEAR_2099), first=crisis.at(0, known=False)))

    assert crisis.NOON == message.alert.sent_ms
    assert crisis.NOON + 5 * crisis.MINUTE == ahead.alert.sent_ms
    assert crisis.NOON < unknown.alert.sent_ms


def test_cancel_from_the_future_is_not_told_for_ever(crisis: Any, house: Any) -> None:
    """Its end is told for half a day from when it came."""
    alert = crisis.kept(crisis.vma("a", 0), gone=crisis.at(10))
    cancel = crisis.kept(crisis.vma("c", YEAR_2099, msg_type=CANCEL, references=("a",)), first=crisis.at(10))
    screen = crisis.Screen(house, alerts=(alert, cancel))

    assert 1 == len(screen.checked(60).seen(60).ended)
    assert 0 == len(screen.checked(60 * 13).seen(60 * 13).ended)


def test_edition_from_the_future_does_not_freeze_the_words(crisis: Any) -> None:
    """A weather warning "published" in 2099, then put right: what is listed now is what is shown."""
    wrong = crisis.smhi(sent=YEAR_2099)
    kept = {key_of(wrong): crisis.kept(wrong, first=crisis.at(0))}
    right = crisis.smhi(sent=5, words={"sv": crisis.text("Hårda vindbyar")})

    assert right == fold(kept, Answer((right,)), crisis.at(6)).changed[0].alert


def test_time_before_any_feed_is_no_time() -> None:
    """1970 and the year 1 are how programs write that they have none."""
    assert [None] * 3 == [
        as_ms("1970-01-01T00:00:00Z"), as_ms("0001-01-01T00:00:00"), as_ms("1999-12-31T23:59:59Z"),
    ]  # fmt: skip
    assert 946_684_800_000 == as_ms("2000-01-01T00:00:00Z")


def test_clock_that_goes_back_an_hour_ends_and_revives_nothing(crisis: Any) -> None:
    """Somebody sets the clock back: what stands stands on, what was cancelled stays so, ages are counted on uptime."""
    alert = crisis.kept(crisis.vma("a", 0, expires_ms=crisis.NOON + 600 * crisis.MINUTE))
    ended = [crisis.kept(crisis.vma("x", 0, incidents=("2",))),
             crisis.kept(crisis.vma("y", 10, msg_type=CANCEL, references=("x",), incidents=("2",)))]  # fmt: skip
    now = crisis.now(30)
    back = Time(type(now)(now.mono_ms, now.wall_ms - crisis.HOUR, ClockQuality.SYNCED), crisis.BOOT)
    check = Check(source=Source.VMA, checked=crisis.at(29), age=60_000, fresh=True, in_boot=True)
    found = lives([of_feed(one) for one in (alert, *ended)], crisis.PLACE, {Source.VMA: check}, back)

    assert {"a": None, "x": "cancelled", "y": "cancelled"} == {one.alert.id: one.why for one in found}
    assert 60_000 == back.age_ms(crisis.at(29))


def test_clock_that_jumps_ten_years_ends_nothing_until_a_check_has_worked_with_it(crisis: Any) -> None:
    """What runs out tomorrow stands, though the clock says 2035 and vouches for itself; on the day it runs out."""
    alert = of_feed(crisis.kept(crisis.vma("a", 0, expires_ms=crisis.NOON + 24 * crisis.HOUR)))
    later = 10 * 365 * 24 * 60

    def why(now: Any, checked: Any) -> str | None:
        check = Check(source=Source.VMA, checked=checked, age=60_000, fresh=True, in_boot=True)
        return lives([alert], crisis.PLACE, {Source.VMA: check}, Time(now, crisis.BOOT))[0].why

    now = crisis.now(30)
    jumped = type(now)(now.mono_ms, now.wall_ms + later * crisis.MINUTE, ClockQuality.SYNCED)
    assert None is why(jumped, crisis.at(29))
    assert "expired" == why(crisis.now(24 * 60 + 1), crisis.at(24 * 60))
    told = crisis.at(29)
    vouched = type(told)(told.boot, told.up_ms, told.wall_ms + later * crisis.MINUTE, told.clock)
    assert "expired" == why(jumped, vouched)


def busiest(moments: list[float], within_s: float) -> int:
    """The most that fall into any stretch of so many seconds."""
    moments = sorted(moments)
    return max(sum(one <= other < one + within_s for other in moments) for one in moments)


def test_two_hundred_sites_that_wake_at_once_are_spread() -> None:
    """The county's power comes back: VMA first and within two seconds, weather warnings over three quarters of one."""
    chance = random.Random(1)
    vma, smhi = KINDS["vma"].pace, KINDS["smhi"].pace
    firsts = {"vma": [first_s(60, vma, None, chance.random()) for _ in range(200)],
              "smhi": [first_s(300, smhi, None, chance.random()) for _ in range(200)]}  # fmt: skip

    assert 2.0 >= max(firsts["vma"])
    assert 60 > busiest(firsts["vma"], 0.25)
    assert 2.0 <= min(firsts["smhi"])
    assert 15 > busiest(firsts["smhi"], 1.0)


def test_two_hundred_sites_that_lost_the_network_do_not_come_back_in_step() -> None:
    """Half an hour without network, the others asked from the first sign on: no second sees a quarter of them."""
    chance = random.Random(2)
    pace, times = KINDS["vma"].pace, []
    for _ in range(200):
        at, failures = chance.random() * 60, 0
        while at < 1800:
            failures += 1
            at += after_failure_s(pace.at(Tier.PLENTY) or 0, pace, failures, None, chance.random())
        times.append(at)
    others = [at + network_back_s(KINDS["smhi"].pace, chance.random()) for at in times]

    assert 15 > busiest(times, 1.0)
    assert 15 > busiest(others, 1.0)
    assert 120 > max(others) - 1800
