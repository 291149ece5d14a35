"""What people confirm and who is away: kept as said, refused kindly, and never believed longer than it holds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.orders import Absence, Confirmation
from contract.words import ClockQuality
from gateway.core.facts import CallFacts
from gateway.core.readiness import people
from gateway.core.readiness.found import REPORT_HOLDS_DAYS
from gateway.core.site import Now

from .conftest import WALL_MS, Story, at, order
from .well_kept import DAY_S, confirmed, kept, memory

DAY_MS = round(DAY_S * 1000)
HOUR_MS = 3_600_000


def answered(one: Story) -> tuple[str, str]:
    """(kind, detail) of the latest answer to an order."""
    last = [told for told in one.told if told.kind in ("order_done", "order_refused")][-1]
    return last.kind, str(last.body["detail"])


def absence(number: int, from_h: float, until_h: float, activator: str = "kim") -> Any:
    """An order: away from … until …, hours from the beginning."""
    ends = WALL_MS + round(until_h * HOUR_MS)
    return order(number, Absence(activator=activator, from_ms=WALL_MS + round(from_h * HOUR_MS), until_ms=ends))


def fresh() -> Story:
    """A site where nobody has said anything yet."""
    return Story(kept())


@pytest.mark.parametrize("what", ["sot:shop", "activator:kim", "check:battery", "check:road"])
def test_what_a_person_confirms_is_kept_with_who_and_when(what: str) -> None:
    """And told by one event."""
    one = fresh()
    one.step(at(100), confirmed(1, what, 40, responsible="Handlaren", note="sett på plats"))
    held = one.site.memory.confirmed[what]
    told = next(told for told in one.told if told.kind == "confirmed")

    assert ("order_done", "") == answered(one)
    assert (True, "Kim", 40_000, "Handlaren", "sett på plats") == (
        held.ok,
        held.who,
        held.at.up_ms,
        held.responsible,
        held.note,
    )
    assert {
        "detail": f"{what}: yes, Handlaren, sett på plats",
        "who": "Kim",
        "key": "confirmed",
        "params": {"what": what, "responsible": "Handlaren", "said": "sett på plats"},
    } == told.body


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("sot:bank", "sot:shop"),
        ("activator:nobody", "activator:kim, activator:sam"),
        ("check:clock", "check:battery"),
        ("check:activators", "check:mode"),
        ("rubbish", "sot:organisation"),
    ],
)
def test_what_nobody_can_confirm_is_refused_with_what_would_be_right(what: str, names: str) -> None:
    """Nothing is kept."""
    one = fresh()
    one.step(at(100), confirmed(1, what, 40))
    kind, sentence = answered(one)

    assert "order_refused" == kind
    assert names in sentence
    assert {} == one.site.memory.confirmed


def test_a_site_without_activators_says_so() -> None:
    """The refusal names the settings."""
    one = Story(kept(call=CallFacts()))
    one.step(at(100), confirmed(1, "activator:kim", 40))
    refused = answered(one)
    one.step(at(101), absence(2, 1, 2))

    assert (
        (
            "order_refused",
            "The site has no list of those who can open the point. Ask whoever looks after the box to enter them.",
        )
        == refused
        == answered(one)
    )


@pytest.mark.parametrize(
    ("clock", "entered_ahead_s", "seen_ahead_s", "expected"),
    [
        (ClockQuality.SYNCED, 3600, 3600, "order_refused"),
        (ClockQuality.SYNCED, 0, 60, "order_done"),
        (ClockQuality.UNSYNCED, 3600, 3600, "order_done"),
        (ClockQuality.UNSYNCED, 0, 3600, "order_refused"),
    ],
)
def test_nobody_has_seen_the_future(
    clock: ClockQuality, entered_ahead_s: int, seen_ahead_s: int, expected: str
) -> None:
    """By the site's clock; without one by that of the phone. Clocks may differ by a minute."""
    one = fresh()
    what = Confirmation(what="check:road", ok=True, observed_ms=WALL_MS + seen_ahead_s * 1000)
    one.step(at(0, clock=clock), order(1, what, entered_ms=WALL_MS + entered_ahead_s * 1000))

    assert expected == answered(one)[0]


def test_what_was_seen_last_holds_whatever_was_entered_last() -> None:
    """A note from yesterday does not undo what was seen today."""
    one = fresh()
    one.step(at(1000), confirmed(1, "check:battery", 900, ok=False))
    one.step(at(1010), confirmed(2, "check:battery", 100, ok=True))
    late = answered(one)
    one.step(at(1020), confirmed(3, "check:battery", 1000, ok=True))

    assert "order_refused" == late[0]
    assert late[1].startswith("Kim has looked later than that, and what was seen last holds.")
    assert one.site.memory.confirmed["check:battery"].ok is True


def test_what_the_settings_no_longer_name_is_forgotten() -> None:
    """The memory holds no more than can be confirmed."""
    one = Story(kept(call=CallFacts()), memory())
    one.step(at(100), confirmed(1, "sot:shop", 100))

    assert ["sot:shop"] == list(one.site.memory.confirmed)
    assert len(REPORT_HOLDS_DAYS) + 5 == len(people.confirmable(one.facts))


def _at_hand(one: Story, now: Now) -> list[str]:
    """Who can be counted on, in the order of the settings."""
    return [person.id for person in one.facts.call.activators if people.counts(one.site, person.id, now)]


def test_an_absence_is_kept_told_and_over_by_itself() -> None:
    """A past one counts no more, but is kept while there is room: the clock may have been wrong."""
    one = Story(kept(), memory())
    one.step(at(10), absence(1, 1, 2))
    told = one.told[0]
    hands = [_at_hand(one, at(hour * 3600)) for hour in (0.5, 1.5, 2.5)]
    one.step(at(3 * 3600), absence(2, 4, 5, "sam"))

    assert "entered" == told.kind
    assert "kim: away from 2025-11-24 17:00 UTC until 2025-11-24 18:00 UTC" == told.body["detail"]
    assert ("away", ["activator", "from", "until"]) == (told.body["key"], list(told.body["params"]))
    assert [["kim", "sam"], ["sam"], ["kim", "sam"]] == hands
    assert ["kim", "sam"] == [away.activator for away in one.site.memory.away]


@pytest.mark.parametrize(
    ("from_h", "until_h", "activator", "part"),
    [
        (2, 1, "kim", "ends before it begins"),
        (-5, -1, "kim", "over already"),
        (1, 2, "nobody", "Choose one of kim, sam"),
        (1, 1, "kim", "not entered as away at that time"),
    ],
)
def test_an_absence_that_cannot_be_is_refused(from_h: float, until_h: float, activator: str, part: str) -> None:
    """With a sentence that says what to do."""
    one = fresh()
    one.step(at(10), absence(1, from_h, until_h, activator))
    kind, sentence = answered(one)

    assert "order_refused" == kind
    assert part in sentence
    assert () == one.site.memory.away


def test_an_absence_can_be_taken_back() -> None:
    """From and until the same moment, at its beginning or within it; that of somebody else stays."""
    one = fresh()
    one.step(at(10), absence(1, 1, 8))
    one.step(at(10), absence(2, 1, 8, "sam"))
    one.step(at(20), absence(3, 1, 1))

    assert ["sam"] == [away.activator for away in one.site.memory.away]
    assert ("order_done", "") == answered(one)


def test_the_same_absence_twice_is_one() -> None:
    """A form that was sent twice."""
    one = fresh()
    one.step(at(10), absence(1, 1, 8))
    one.step(at(10), absence(2, 1, 8))

    assert 1 == len(one.site.memory.away)


def test_absences_are_bounded() -> None:
    """The next one is refused, and says what to do; those that are over make room."""
    one = fresh()
    for number in range(people.MAX_AWAY + 1):
        one.step(at(10), absence(number, 1, 2 + number))

    assert people.MAX_AWAY == len(one.site.memory.away)
    assert ("order_refused", "There are 100 absences already. Take one of them back first.") == answered(one)

    one.step(at(200 * 3600), absence(1000, 300, 301))
    assert 1 == len(one.site.memory.away)


def test_without_a_clock_nobody_who_has_an_absence_counts() -> None:
    """It may be now."""
    one = Story(kept())
    one.step(at(10), confirmed(1, "activator:kim", 10))
    one.step(at(10), confirmed(2, "activator:sam", 10))
    one.step(at(10), absence(3, 100, 200))
    now = at(20, clock=ClockQuality.UNSYNCED)

    assert ["sam"] == _at_hand(one, now)
    assert people.counts(one.site, "kim", now) is None


def test_a_word_given_in_this_boot_has_an_age_without_any_clock() -> None:
    """By uptime, also over a restart of the program; after another boot nobody knows."""
    one = Story(kept())
    one.step(at(10, clock=ClockQuality.UNSYNCED), confirmed(1, "activator:kim", 10))
    again = one.restarted()
    here, later = at(5000, clock=ClockQuality.UNSYNCED), at(50, boot="boot-2", clock=ClockQuality.UNSYNCED)

    assert people.counts(again.site, "kim", here) is True
    assert people.counts(again.site, "kim", at(31 * DAY_S, clock=ClockQuality.UNSYNCED)) is False
    assert people.counts(again.site, "kim", later) is None
    assert [] == _at_hand(again, later)


def test_somebody_who_said_no_does_not_count() -> None:
    """Nor does somebody who never said anything."""
    one = fresh()
    one.step(at(10), confirmed(1, "activator:kim", 10, ok=False))

    assert [] == _at_hand(one, at(10))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["sot:shop", "activator:kim", "check:mode", "check:x", "", ":", "activator:"]),
            st.booleans(),
            st.integers(0, 2**53),
            st.sampled_from(["kim", "sam", "x"]),
            st.integers(0, 2**53),
            st.integers(0, 2**53),
        ),
        max_size=6,
    ),
    st.sampled_from(ClockQuality),
)
def test_any_confirmation_and_any_absence_is_answered(said: list[Any], clock: ClockQuality) -> None:
    """Done or refused in one sentence, and never more than can be held."""
    one = fresh()
    for number, (what, ok, seen, activator, begins, ends) in enumerate(said):
        now = at(10 + number, clock=clock)
        if what:
            one.step(now, order(2 * number, Confirmation(what=what, ok=ok, observed_ms=seen)))
        one.step(now, order(2 * number + 1, Absence(activator=activator, from_ms=begins, until_ms=ends)))
    answers = [told for told in one.told if told.kind in ("order_done", "order_refused")]

    assert sum(1 + bool(what) for what, *_ in said) == len(answers)
    assert set(one.site.memory.confirmed) <= set(people.confirmable(one.facts))
