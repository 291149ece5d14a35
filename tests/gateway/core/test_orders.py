"""What people decide is answered once, by one record, and nothing they send can make the site grow without bound."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import PublicPicture, SiteState, decode
from contract.orders import AckAlarm, Activation, Command, Declaration, Notice, Order, Report, What
from contract.records import BODIES
from contract.words import ClockQuality, Declared
from gateway.core import announce
from gateway.core.orders import EARLIER

from .conftest import WALL_MS, Story, at, facts, order, report

PEOPLE_ONLY = facts(controller=None, devices=())
ORDERS: list[tuple[What, list[str]]] = [
    (AckAlarm(key="earth-fault", device="genset", raised_run="r", raised_seq=1), ["order_refused"]),
    (Report(observed_ms=WALL_MS, power="mains"), ["report_entered", "order_done", "power_changed"]),
    (Activation(active=True, reason="storm"), ["activation_changed", "order_done"]),
    (Declaration(service="shop", declared=Declared.OPEN, until_ms=None), ["service_declared", "order_done"]),
    (Notice(notice="n1", sv="Kaffe finns"), ["notice_changed", "order_done"]),
    (Command(command="rebirth", expires_ms=WALL_MS + 60_000), ["order_done"]),
    (Command(command="rebirth", expires_ms=WALL_MS), ["order_refused"]),
]


@pytest.mark.parametrize(("what", "expected"), ORDERS)
def test_each_order_is_answered_once(what: What, expected: list[str]) -> None:
    """The same id again, also after a restart, changes nothing and tells nothing."""
    story = Story(PEOPLE_ONLY)
    story.step(at(1), order(0, Report(observed_ms=WALL_MS)))
    first = [one.kind for one in story.step(at(5), order(1, what))]
    memory = story.site.memory
    second = story.step(at(6), order(1, what))
    later = story.restarted()

    assert expected == first
    assert [] == second
    assert memory == story.site.memory
    assert [] == [one.kind for one in later.step(at(7), order(1, what)) if one.kind.startswith("order_")]


WORDS = st.text(min_size=1, max_size=80)
WHAT = st.one_of(
    st.builds(Activation, active=st.booleans(), reason=st.text(max_size=2000)),
    st.builds(
        Declaration, service=WORDS, declared=st.sampled_from(Declared), until_ms=st.none() | st.integers(0, 2**53)
    ),
    st.builds(Notice, notice=WORDS, sv=st.text(max_size=2000), en=st.text(max_size=2000), withdrawn=st.booleans()),
    st.builds(
        Report,
        observed_ms=st.integers(0, 2**53),
        power=st.sampled_from(["mains", "reserve", "none", None]),
        set_running=st.sampled_from([True, False, None]),
        services=st.dictionaries(WORDS, st.sampled_from(Declared), max_size=4),
    ),
    st.builds(AckAlarm, key=WORDS, device=WORDS, raised_run=WORDS, raised_seq=st.integers(1, 9)),
)
ORDER = st.builds(Order, id=WORDS, who=WORDS, role=WORDS, entered_ms=st.integers(0, 2**53), through=WORDS, what=WHAT)


@given(st.lists(ORDER, max_size=6), st.sampled_from([ClockQuality.SYNCED, ClockQuality.UNSYNCED]))
def test_whatever_may_be_sent_can_be_told_and_read_back(orders: list[Order], clock: ClockQuality) -> None:
    """Names and texts of full length: every record fits its body, every message its type, the memory its file."""
    story = Story(PEOPLE_ONLY)
    for number, one in enumerate(orders):
        for told in story.step(at(10 + number, clock=clock), one):
            msgspec.convert(msgspec.json.decode(msgspec.json.encode(told.body)), BODIES[told.kind])

    assert story.site.memory == story.restarted().site.memory
    decode(announce.state(story.site, PEOPLE_ONLY, at(60))[1], SiteState)
    decode(announce.public_picture(story.site, PEOPLE_ONLY, at(60))[1], PublicPicture)


def test_the_longest_name_still_fits_where_it_is_named() -> None:
    """As source of a power change, and as witness."""
    story = Story(PEOPLE_ONLY)
    what = Report(observed_ms=WALL_MS, power="none")
    told = story.step(at(1), order(1, what, who="Å" * 80))

    assert "power_changed" in [one.kind for one in told]
    for one in told:
        msgspec.convert(msgspec.json.decode(msgspec.json.encode(one.body)), BODIES[one.kind])
    assert 80 == len(decode(announce.state(story.site, PEOPLE_ONLY, at(2))[1], SiteState).witnesses[0].source)


def test_a_report_is_as_old_as_what_was_seen() -> None:
    """Observed at second 100, entered at 160, received at 400: it is from second 100."""
    story = Story(PEOPLE_ONLY)
    story.step(at(400), order(1, Report(observed_ms=WALL_MS + 100_000), entered_ms=WALL_MS + 160_000))
    seen = story.site.memory.reports[0].at

    assert (100_000, WALL_MS + 100_000) == (seen.up_ms, seen.wall_ms)


def test_without_a_clock_the_delay_before_entering_still_counts() -> None:
    """The phone knew both times, so their difference is known."""
    story = Story(PEOPLE_ONLY)
    told = order(1, Report(observed_ms=WALL_MS), entered_ms=WALL_MS + 60_000)
    story.step(at(400, clock=ClockQuality.UNSYNCED), told)
    seen = story.site.memory.reports[0].at

    assert (340_000, None) == (seen.up_ms, seen.wall_ms)


def test_what_was_seen_before_the_box_started_belongs_to_an_earlier_boot() -> None:
    """Uptime cannot tell its age, so the wall clocks must."""
    story = Story(PEOPLE_ONLY)
    story.step(at(60), report(1, -3600, power="mains"))

    assert EARLIER == story.site.memory.reports[0].at.boot
    assert WALL_MS - 3_600_000 == story.site.memory.reports[0].at.wall_ms


def test_services_and_notices_are_replaced_by_key() -> None:
    """The newest declaration of a service is the one that holds; a notice can be withdrawn."""
    story = Story(PEOPLE_ONLY)
    for number, declared in enumerate((Declared.OPEN, Declared.CLOSED)):
        story.step(at(number), order(number, Declaration(service="shop", declared=declared, until_ms=None)))
    story.step(at(5), order(5, Notice(notice="n1", sv="ett")))
    story.step(at(6), order(6, Notice(notice="n2", sv="två")))
    story.step(at(7), order(7, Notice(notice="n1", sv="", withdrawn=True)))

    assert [("shop", "closed")] == [(one.service, one.declared.value) for one in story.site.memory.services]
    assert ["n2"] == [notice.id for notice in story.site.memory.notices]


def test_there_is_room_for_twenty_notices_that_still_hold() -> None:
    """The next is refused with what to do; notices whose time is over take no room."""
    story = Story(PEOPLE_ONLY)
    for number in range(20):
        story.step(at(number), order(number, Notice(notice=f"n{number}", sv="x", until_ms=WALL_MS + 100_000)))
    full = story.step(at(50), order(50, Notice(notice="n50", sv="x")))
    later = story.step(at(200), order(51, Notice(notice="n51", sv="x")))

    assert ["order_refused"] == [one.kind for one in full]
    assert "withdraw one" in str(full[0].body["detail"])
    assert ["notice_changed", "order_done"] == [one.kind for one in later]


def test_invented_services_do_not_fill_the_memory() -> None:
    """Fifty services at most, by declaration or by report; a known one can always be changed."""
    story = Story(PEOPLE_ONLY)
    many = {f"service-{number}": Declared.OPEN for number in range(500)}
    story.step(at(1), order(1, Report(observed_ms=WALL_MS, services=many)))
    new = story.step(at(2), order(2, Declaration(service="new", declared=Declared.OPEN, until_ms=None)))
    known = story.step(at(3), order(3, Declaration(service="service-1", declared=Declared.CLOSED, until_ms=None)))

    assert 50 == len(story.site.memory.services)
    assert ["order_refused"] == [one.kind for one in new]
    assert ["service_declared", "order_done"] == [one.kind for one in known]
