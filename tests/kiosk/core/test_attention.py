"""Who owns the screen: at once, until read or ten minutes, one after the other; never an exercise over the real."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.words import Status
from kiosk.core.look.theme import Role
from kiosk.core.warnings.alert_view import AlertView
from kiosk.core.warnings.attention import HOLD_MS, READING_MS, Attention, Event, Shown, begin, owner, step
from kiosk.feeds.alert import Level, Source

SECOND, MINUTE = 1000, 60_000


def one(name: str, serial: int = 1, **changed: Any) -> AlertView:
    """A message in force that may take the screen."""
    fields: dict[str, Any] = dict.fromkeys(
        ("incident", "stamp", "shape", "kind", "headline", "description", "instruction", "area", "sender", "since",
         "until", "checked", "remark"), "",
    ) | {"status": Status.ACTUAL, "source": Source.VMA, "role": Role.BAD, "level": Level.NONE, "language": "sv",
         "takes": True, "sure": True}  # fmt: skip
    return AlertView(id=name, serial=serial, **(fields | changed))


A, B = one("a"), one("b")
EXERCISE = one("x", status=Status.EXERCISE, source=Source.MUNICIPALITY, stamp="ÖVNING")


class Play:
    """One screen over time: each call is a step, the answer who owns the screen, with "!" when a tone is due."""

    def __init__(self, *drawn: Shown) -> None:
        self.state = begin(drawn)
        self.ms = 0
        self(())

    def __call__(self, alerts: tuple[AlertView, ...], after_ms: int = 0, event: Event = Event.TICK) -> str:
        """One step."""
        self.ms += after_ms
        self.state = step(self.state, alerts, self.ms, event)
        found = owner(self.state, alerts)
        return (found.id if found else "") + ("!" if self.state.sound else "")


def test_a_warning_takes_the_screen_at_once_with_one_tone() -> None:
    """And holds it: the same again is silent."""
    play = Play()

    assert ["a!", "a", "a"] == [play((A,)), play((A,), SECOND), play((A,), MINUTE)]


def test_read_gives_the_screen_back_for_good() -> None:
    """It is a banner from then on."""
    play = Play()
    play((A,))

    assert ["", "", ""] == [play((A,), SECOND, Event.READ), play((A,), MINUTE), play((A,), HOLD_MS)]


def test_ten_minutes_are_enough() -> None:
    """An unread one holds for ten minutes, then it is a banner."""
    play = Play()
    play((A,))

    assert ["a", ""] == [play((A,), HOLD_MS - 1), play((A,), 1)]


def test_whoever_reads_is_not_interrupted_by_the_ten_minutes() -> None:
    """A touch shows that somebody is reading: fifteen seconds more, each time."""
    play = Play()
    play((A,))
    assert "a" == play((A,), HOLD_MS - SECOND, Event.TOUCHED)

    assert ["a", "a", ""] == [play((A,), 2 * SECOND), play((A,), 12 * SECOND), play((A,), 2 * SECOND)]


def test_a_changed_update_takes_it_again() -> None:
    """Also when the first was read; with a tone, for it is new."""
    play = Play()
    play((one("a", gist="g1"),))
    play((one("a", gist="g1"),), SECOND, Event.READ)

    assert "b!" == play((one("b", 2, gist="g2"),), MINUTE)


def test_an_update_that_changes_nothing_here_is_silent() -> None:
    """Whether the first was read or still holds the screen: the newer message stands in its place."""
    held, read = Play(), Play()
    for play in (held, read):
        play((one("a", gist="g"),))
    read((one("a", gist="g"),), 0, Event.READ)
    update = (one("b", 2, gist="g"),)

    assert ("b", "") == (held(update, SECOND), read(update, SECOND))
    assert "" == held(update, HOLD_MS - SECOND)


def test_the_same_words_for_the_third_time_are_news_again() -> None:
    """Orange, then yellow, then orange as before: the third is a change for whoever has read the second."""
    play = Play()
    for serial, gist in enumerate(("orange", "yellow"), 1):
        play((one("a", serial, gist=gist),))
        play((one("a", serial, gist=gist),), SECOND, Event.READ)

    assert "a!" == play((one("a", 3, gist="orange"),), SECOND)


def test_the_next_comes_after_fifteen_seconds_or_when_read() -> None:
    """All are shown in order, then the first comes back and stays."""
    waits, reads = Play(), Play()
    both = (A, B)

    assert ["a!", "a", "b", "b", "a", "a"] == [
        waits(both), waits(both, READING_MS - 1), waits(both, 1), waits(both, READING_MS - 1), waits(both, 1),
        waits(both, MINUTE),
    ]  # fmt: skip
    assert ["a!", "b", ""] == [reads(both), reads(both, SECOND, Event.READ), reads(both, SECOND, Event.READ)]


def test_a_graver_one_does_not_wait_and_a_lesser_one_does() -> None:
    """The order of the view is the order of the screen."""
    graver, lesser = Play(), Play()
    graver((B,))
    lesser((A,))

    assert "a!" == graver((A, B), SECOND)
    assert ["a!", "b"] == [lesser((A, B), SECOND), lesser((A, B), READING_MS)]


def test_what_has_ended_lets_go_at_once() -> None:
    """Nothing that is over keeps the screen, and what it had does not count for a later message."""
    play = Play()
    play((A,))

    assert ["", "a!"] == [play((), SECOND), play((one("a", 2),), SECOND)]


def test_an_exercise_never_takes_it_over_the_real() -> None:
    """Alone it may, without a tone; it goes when something real comes, and waits as long as that is in force."""
    play = Play()

    assert ["x", "a!", "", ""] == [
        play((EXERCISE,)), play((A, EXERCISE), SECOND), play((A, EXERCISE), SECOND, Event.READ),
        play((A, EXERCISE), MINUTE),
    ]  # fmt: skip
    assert "x" == play((EXERCISE,), SECOND)


def test_an_exercise_does_not_hide_the_banner_of_an_unsure_real_one() -> None:
    """It may still be in force."""
    assert "" == Play()((replace(A, sure=False), EXERCISE))


@pytest.mark.parametrize("changed", [{"takes": False}, {"sure": False}, {"all_clear": True}])
def test_what_may_not_take_it_does_not(changed: dict[str, bool]) -> None:
    """No tone either."""
    assert "" == Play()((replace(A, **changed),))


def test_what_becomes_sure_takes_it_without_a_tone() -> None:
    """A fresh check confirms what was there before the restart."""
    play = Play()
    play((replace(A, sure=False),))

    assert "a" == play((A,), SECOND)


def test_a_restart_does_not_take_it_again() -> None:
    """What was shown long ago, or nobody knows when, is a banner; within its ten minutes it stays for the rest."""
    for ago_ms in (HOLD_MS, None):
        assert "" == Play(Shown(A.key, ago_ms))((A,))
    play = Play(Shown(A.key, HOLD_MS - MINUTE))

    assert ["a", "a", ""] == [play((A,)), play((A,), MINUTE - 1), play((A,), 1)]


def test_a_restart_makes_no_tone_for_what_stands_at_the_first_look() -> None:
    """Though it takes the screen when it was never drawn."""
    state = step(begin(), (A,), 0)

    assert ("vma/a/1", False) == (state.shown, state.sound)
    assert step(state, (A, B), SECOND).sound


def test_a_restart_knows_an_unchanged_update_by_what_it_says() -> None:
    """The first wording was drawn, the second says the same: nothing new."""
    state = step(begin([Shown(("vma", "a", 1), None, gist="g")]), (one("b", 2, gist="g"),), 0)

    assert "" == state.shown


ALERTS = st.lists(
    st.builds(
        one, st.sampled_from("abcd"), st.integers(1, 3), takes=st.booleans(), sure=st.booleans(),
        all_clear=st.booleans(), status=st.sampled_from(Status), gist=st.sampled_from(["", "g", "h"]),
    ), max_size=4, unique_by=lambda one: one.matter,
).map(tuple)  # fmt: skip


@given(st.lists(st.tuples(ALERTS, st.integers(0, 700 * SECOND), st.sampled_from(Event)), max_size=12))
@settings(max_examples=60, deadline=None)
def test_nothing_that_happens_breaks_the_rules(steps: list[tuple[tuple[AlertView, ...], int, Event]]) -> None:
    """The owner is in force, may take it and is sure; an exercise only where nothing real may; a tone only for real."""
    state, now_ms, held = begin(), 0, ("", 0)
    for alerts, after_ms, event in steps:
        now_ms += after_ms
        before = state
        state = step(before, alerts, now_ms, event)
        found = owner(state, alerts)
        assert (found is None) == (not state.shown)
        real = [one for one in alerts if one.takes and one.real and not one.all_clear]
        if found is not None:
            assert not found.all_clear
            assert any(one.takes and one.sure for one in alerts if one.matter == found.matter)
            assert found.real or not real
        if state.sound:
            assert any(one.sure for one in real)
            assert not {one.matter for one in real} <= (before.known or {}).keys()
        held = held if held[0] == state.shown else (state.shown, now_ms)
        assert state == replace(step(state, alerts, now_ms), sound=state.sound)  # looking twice changes nothing


def test_the_first_state_owns_nothing() -> None:
    """Before the first look."""
    assert (Attention(), None) == (begin(), owner(begin(), (A,)))


def test_a_list_that_flips_takes_the_screen_once() -> None:
    """The very same message that leaves and comes back each minute makes one tone, and is not shown again when read."""
    play = Play()
    assert "a!" == play((A,))
    play((A,), SECOND, Event.READ)
    for _ in range(20):
        assert ["", ""] == [play((), MINUTE), play((A,), MINUTE)]


def test_two_texts_of_one_message_that_flip_are_each_shown_once() -> None:
    """Two servers that disagree on the words: each wording is news once, and no more."""
    first, second = replace(A, gist="one"), replace(A, gist="other")
    play = Play()
    owned = [play((text,), MINUTE) for _ in range(30) for text in (first, second)]

    assert 2 == sum(one.endswith("!") for one in owned)
    assert set(owned[-10:]) == {""}


def test_what_comes_back_later_or_as_another_message_is_news() -> None:
    """A later message with the same words takes the screen again, and so does the same after half a day."""
    play = Play()
    play((replace(A, gist="same"),))
    play((), MINUTE)

    assert "a!" == play((replace(A, gist="same", serial=2),), MINUTE)
    play((), MINUTE)
    assert "a!" == play((replace(A, gist="same", serial=2),), 13 * 60 * MINUTE)


def test_what_was_read_before_a_restart_stays_a_banner() -> None:
    """A screen that is killed a minute after somebody has read it does not show it to them again; an update it does."""
    unread, read = Shown(A.key, MINUTE, "g"), Shown(A.key, 30 * SECOND, "g", read=True)

    assert "a" == Play(unread)((one("a", gist="g"),))
    assert "" == Play(unread, read)((one("a", gist="g"),))
    assert "a!" == Play(unread, read)((one("a", serial=2, gist="other"),))


@pytest.mark.parametrize(
    ("changed", "owner_is"),
    [({"role": Role.BAD}, ""), ({"role": Role.LEVEL_YELLOW}, ""), ({"role": Role.INFORMATION}, "x"),
     ({"role": Role.GOOD, "all_clear": True}, "x")],
)  # fmt: skip
def test_an_exercise_hides_no_banner_of_danger(changed: dict[str, Any], owner_is: str) -> None:
    """A VMA of which nobody knows where takes no screen, and no drill may cover it; a small notice stops no drill."""
    play = Play()

    assert owner_is == play((one("a", takes=False, **changed), EXERCISE)).rstrip("!")
