"""Which move of the judgement is news, and which only the time that goes."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.freshness import hours_left
from contract.judgement import Contradiction, Endurance, Reason, Witness
from contract.messages import SiteState
from contract.words import Clash, Origin, Power, Readiness
from gateway.core import announce
from gateway.core.activity import is_active
from gateway.core.material import is_news

from .conftest import Story, at, facts, genset, good, volts

HOUR_S = 3600.0


def lasting(second: float, low: float, high: float | None = 40.0, **parts: Any) -> Endurance:
    """Hours left as judged at that second."""
    known: dict[str, Any] = {"until_ms": 1, "usable_l": 500.0, "rate_lh": 5.0, "load_kw": 14.0, "basis": "model"}
    return Endurance(low_h=low, high_h=high, at=at(second).moment(), **(known | parts))


def state(second: float, power: Power = Power.ON_RESERVE, **parts: Any) -> SiteState:
    """A judgement at that second."""
    known: dict[str, Any] = {
        "since": at(1).moment(),
        "witnesses": (Witness(source="genset/engine.state", says="running", origin=Origin.MEASURED,
                              up_ms=round(second * 1000)),),
        "contradictions": (), "readiness": Readiness.READY, "reasons": (), "endurance": lasting(second, 20.0),
        "fuel": good(62.0 - second / 3600, second),
    }  # fmt: skip
    return SiteState(head=announce.head(facts(), at(second)), power=power, **(known | parts))


def test_the_time_that_goes_is_no_news() -> None:
    """Times of reading, hours that fall as fast as the clock goes, and a level that stands in its device's picture."""
    before = state(100, endurance=lasting(100, 20.0))
    after = state(100 + 6 * HOUR_S, endurance=lasting(100 + 6 * HOUR_S, 14.0, 34.0))

    assert not is_news(before, after)


@pytest.mark.parametrize(
    ("news", "low", "high"),
    [
        # told at 20 to 40 h one hour ago: a reader shows 19 h
        (False, 19.0, 39.0),
        (False, 18.7, 39.0),  # 2 % of 19 h
        (True, 18.5, 39.0),
        (False, 19.9, 39.0),  # 5 %
        (True, 20.1, 39.0),
        (False, 19.0, 42.0),
        (True, 19.0, 45.0),
        (True, 19.0, None),
    ],
)
def test_hours_are_news_when_they_leave_what_a_reader_shows(news: bool, low: float, high: float | None) -> None:
    """Less is told sooner than more."""
    assert news is is_news(state(0), state(HOUR_S, endurance=lasting(HOUR_S, low, high)))


@given(st.floats(0, 200), st.floats(0, 48), st.floats(-1, 1))
def test_a_reader_never_shows_much_more_than_the_site(low: float, gone_h: float, off: float) -> None:
    """As long as nothing was told, the low end that is shown is at most 2 % or 6 min above what the site has judged."""
    second = gone_h * HOUR_S
    told, judged = lasting(0, low, None), lasting(second, max(0.0, low - gone_h + off), None)
    shown = hours_left(told, Power.ON_RESERVE, round(second * 1000))

    assert shown is not None
    if not is_news(state(0, endurance=told), state(second, endurance=judged)):
        assert shown[0] <= judged.low_h + max(0.1, 0.02 * shown[0]) + 1e-6


@pytest.mark.parametrize(
    "parts",
    [
        {"power": Power.RETURNING},
        {"readiness": Readiness.REMARKS},
        {"reasons": (Reason(key="fuel_low", detail="23"),)},
        {"contradictions": (Contradiction(key=next(iter(Clash)), detail="a | b"),)},
        {"witnesses": ()},
        {"endurance": None},
        {"endurance": lasting(60, 20.0, basis="measured")},
        {"endurance": lasting(60, 20.0, until_ms=None)},
        {"endurance": lasting(60, 20.0, load_kw=20.0)},
        {"battery": lasting(60, 2.0)},
        {"active": True},
        {"since": at(5).moment()},
    ],
    ids=lambda parts: next(iter(parts)),
)
def test_what_people_decide_by_is_news(parts: dict[str, Any]) -> None:
    """A new word, a new basis, a new load, somebody's act."""
    assert is_news(state(0), state(60, **parts))


def test_a_number_in_the_small_print_is_no_news() -> None:
    """A reason stays the same reason while its number counts on."""
    before, after = (state(0, reasons=(Reason(key="test_overdue", detail=text),)) for text in ("32 days", "33 days"))

    assert not is_news(before, after)


def test_another_boot_is_news() -> None:
    """Uptimes of two boots cannot be compared, so hours are told anew."""
    before, after = state(100), state(100)
    held = after.endurance
    assert held is not None
    other = msgspec.structs.replace(held, at=msgspec.structs.replace(held.at, boot="boot-2"))

    assert is_news(before, msgspec.structs.replace(after, endurance=other))


@pytest.mark.parametrize(
    ("active", "mains", "engine", "load"),
    [(False, 230, "stopped", 230), (True, 0, "running", 230), (True, 0, "stopped", 0)],
)
def test_a_site_is_active_off_the_mains(active: bool, mains: float, engine: str, load: float) -> None:
    """On reserve and when dead."""
    story = Story(facts(rules={}))
    for second in (10, 20, 30):
        story.poll(at(second), "genset", genset(second, mains=mains, engine=engine, kw=14 if mains == 0 != load else 0))
        story.poll(at(second + 1), "meter", volts("meter", load, second + 1))

    assert active is is_active(story.site, at(40))


def test_an_alarm_that_nobody_has_seen_stirs_for_an_hour() -> None:
    """Then the site is told about at its idle pace again, however long it waits to be acknowledged."""
    story = Story(facts())
    for second in (10, 20, 30, 40):
        story.poll(at(second), "genset", genset(second) | {"alarm.earth-fault": good("trip", second)})
        story.poll(at(second + 1), "meter", volts("meter", 230, second + 1))

    assert story.site.memory.alarms
    assert [True, False] == [is_active(story.site, at(second)) for second in (60, 60 + 3600)]
