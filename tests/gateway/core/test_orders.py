"""What people decide is answered once, by one record, and nothing they send can make the site grow without bound."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.judgement import Activator
from contract.messages import PublicPicture, SiteState, decode
from contract.orders import (
    Absence,
    AckAlarm,
    Activation,
    Answer,
    CallOut,
    Command,
    Confirmation,
    Declaration,
    DeclaredRun,
    Delivery,
    NeedMark,
    NeedSaid,
    Notice,
    Order,
    OutOfService,
    Report,
    RunNote,
    ServiceVisit,
    Shelve,
    StepDone,
    What,
)
from contract.records import BODIES
from contract.words import ClockQuality, Declared, NeedKind
from gateway.core import announce
from gateway.core.facts import CallFacts, StepFacts
from gateway.core.moments import EARLIER
from gateway.core.orders.orders import HANDLERS
from gateway.core.pipeline import Numbered
from gateway.core.remembered import Memory

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


def _own(told: list[Numbered]) -> list[str]:
    """What was told, without what the site concluded from it."""
    return [one.kind for one in told if one.kind not in ("readiness_changed", "alarm_raised", "alarm_cleared")]


@pytest.mark.parametrize(("what", "expected"), ORDERS)
def test_each_order_is_answered_once(what: What, expected: list[str]) -> None:
    """The same id again, also after a restart, changes nothing and tells nothing."""
    story = Story(PEOPLE_ONLY)
    story.step(at(1), order(0, Report(observed_ms=WALL_MS)))
    first = _own(story.step(at(5), order(1, what)))
    memory = story.site.memory
    second = story.step(at(6), order(1, what))
    later = story.restarted()

    assert expected == first
    assert [] == second
    assert memory == story.site.memory
    assert [] == [one.kind for one in later.step(at(7), order(1, what)) if one.kind.startswith("order_")]


WORDS = st.text(min_size=1, max_size=80)
TEXTS = st.sampled_from(["", "x"]) | st.text(max_size=2000)
MS = st.integers(WALL_MS - 10**9, WALL_MS + 10**9) | st.integers(0, 2**53)
PEOPLE = st.sampled_from(["kim", "lo"]) | WORDS
CONFIRMED = st.sampled_from(["sot:shop", "activator:kim", "check:fuel", "sot:", ":", "x"]) | WORDS
CALL = CallFacts(
    activators=(Activator(id="kim", name="Kim"), Activator(id="lo", name="Lo")),
    approved_by="E",
    approved_on="2026-01-01",
    steps=(StepFacts(id="switch", sv="S", position="I"), StepFacts(id="load", sv="L", electrical=True)),
)
CROWDED = facts(call=CALL)
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
    st.builds(Shelve, key=WORDS, device=WORDS, for_s=st.integers(0, 28800), comment=WORDS),
    st.builds(OutOfService, key=WORDS, device=WORDS, out=st.booleans(), comment=WORDS),
    st.builds(ServiceVisit, for_s=st.integers(0, 43200), note=TEXTS),
    st.builds(Confirmation, what=CONFIRMED, ok=st.booleans(), observed_ms=MS, responsible=TEXTS, note=TEXTS),
    st.builds(Absence, activator=WORDS, from_ms=MS, until_ms=MS),
    st.builds(DeclaredRun, started_ms=MS, minutes=st.integers(0, 10_000), voltage=st.booleans(), comment=TEXTS),
    st.builds(RunNote, run_id=WORDS, who=TEXTS, comment=TEXTS),
    st.builds(
        Delivery,
        litres=st.floats(0.1, 1_000_000),
        product=st.sampled_from(["diesel", "diesel-fame-free", "hvo"]),
        delivered_ms=MS,
        cfpp_c=st.none() | st.floats(-60, 20),
        note=TEXTS,
    ),
    st.builds(CallOut, reason=TEXTS),
    st.builds(Answer, activator=PEOPLE, coming=st.booleans(), in_minutes=st.integers(0, 1440), note=TEXTS),
    st.builds(StepDone, step=st.sampled_from(["switch", "load", "x"]), position=st.sampled_from(["", "I"]), note=TEXTS),
    st.builds(NeedSaid, need=st.sampled_from("ab"), what=st.sampled_from(NeedKind), text=st.text(max_size=300)),
    st.builds(NeedMark, need=st.sampled_from("abc"), state=st.sampled_from(["read", "solved"]), note=TEXTS),
)
ORDER = st.builds(Order, id=WORDS, who=WORDS, role=WORDS, entered_ms=st.integers(0, 2**53), through=WORDS, what=WHAT)


def test_every_kind_of_order_has_a_handler() -> None:
    """None is answered with the sentence for programs that are too old."""
    assert set(What.__args__) == set(HANDLERS)


def test_an_order_of_a_newer_program_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """It never stops the gateway."""
    monkeypatch.delitem(HANDLERS, CallOut)
    told = Story(PEOPLE_ONLY).step(at(1), order(1, CallOut(reason="storm")))

    assert ["order_refused"] == _own(told)
    assert "newer version" in str(told[0].body["detail"])


@given(st.lists(ORDER, max_size=6), st.sampled_from([ClockQuality.SYNCED, ClockQuality.UNSYNCED]))
def test_whatever_may_be_sent_can_be_told_and_read_back(orders: list[Order], clock: ClockQuality) -> None:
    """Names and texts of full length: every record fits its body, every message its type, the memory its file.

    Each is answered once, and the same order again changes nothing that anybody entered.
    """
    story = Story(CROWDED)
    answered = set()
    for number, one in enumerate(orders):
        told = story.step(at(10 + number, clock=clock), one)
        for each in told:
            msgspec.convert(msgspec.json.decode(msgspec.json.encode(each.body)), BODIES[each.kind])
        answers = [each for each in told if each.kind in ("order_done", "order_refused")]
        assert (0 if one.id in answered else 1) == len(answers)
        answered.add(one.id)
        memory = story.site.memory
        again = story.step(at(10 + number, clock=clock), one)
        assert [] == [each.kind for each in again if each.kind.startswith(("order_", "need_", "call", "enter"))]
        assert (memory.call, memory.needs, memory.reports, memory.confirmed, memory.deliveries, memory.runs) == (
            story.site.memory.call, story.site.memory.needs, story.site.memory.reports, story.site.memory.confirmed,
            story.site.memory.deliveries, story.site.memory.runs,
        )  # fmt: skip

    assert story.site.memory == msgspec.json.decode(msgspec.json.encode(story.site.memory), type=Memory)
    decode(announce.state(story.site, CROWDED, at(60))[1], SiteState)
    decode(announce.public_picture(story.site, CROWDED, at(60))[1], PublicPicture)


def test_the_longest_name_still_fits_where_it_is_named() -> None:
    """As source of a power change, and as witness."""
    story = Story(PEOPLE_ONLY)
    what = Report(observed_ms=WALL_MS, power="none")
    told = story.step(at(1), order(1, what, who="Å" * 80))

    assert "power_changed" in [one.kind for one in told]
    for one in told:
        msgspec.convert(msgspec.json.decode(msgspec.json.encode(one.body)), BODIES[one.kind])
    assert 80 == len(decode(announce.state(story.site, PEOPLE_ONLY, at(2))[1], SiteState).witnesses[0].source)


def test_who_saw_it_is_the_witness_and_who_entered_it_stands_beside() -> None:
    """Two fields in the record; one name for people where the site's sources are listed, and at the need."""
    story = Story(PEOPLE_ONLY)
    what = Report(observed_ms=WALL_MS, power="none", needs="diesel", told_by="Lars")
    told = story.step(at(1), order(1, what, who="Carin"))
    (body,) = [one.body for one in told if one.kind == "report_entered"]
    state = decode(announce.state(story.site, PEOPLE_ONLY, at(2))[1], SiteState)

    assert ("Carin", "Lars") == (body["who"], body["report"]["told_by"])
    assert ["person/Lars (Carin)"] == [one.source for one in state.witnesses]
    assert ["Lars (Carin)"] == [one.who for one in state.needs]


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


def test_a_clock_that_was_ahead_takes_no_notice_down() -> None:
    """Another one was put up while the clock showed next year; when it is right again both stand there."""
    story = Story(PEOPLE_ONLY)
    story.step(at(5), order(5, Notice(notice="n1", sv="ett", until_ms=WALL_MS + 100_000)))
    ahead = msgspec.structs.replace(at(6), wall_ms=WALL_MS + 365 * 86_400_000)
    story.step(ahead, order(6, Notice(notice="n2", sv="två")))
    shown = decode(announce.public_picture(story.site, PEOPLE_ONLY, at(7))[1], PublicPicture)

    assert ["n1", "n2"] == [notice.id for notice in shown.notices]


def test_there_is_room_for_twenty_notices_that_still_hold() -> None:
    """The next is refused with what to do; notices whose time is over take no room."""
    story = Story(PEOPLE_ONLY)
    for number in range(20):
        story.step(at(number), order(number, Notice(notice=f"n{number}", sv="x", until_ms=WALL_MS + 100_000)))
    full = story.step(at(50), order(50, Notice(notice="n50", sv="x")))
    later = story.step(at(200), order(51, Notice(notice="n51", sv="x")))

    assert ["order_refused"] == _own(full)
    assert "Withdraw one" in str(full[0].body["detail"])
    assert ["notice_changed", "order_done"] == _own(later)


def test_invented_services_do_not_fill_the_memory() -> None:
    """Fifty services at most, by declaration or by report; a known one can always be changed."""
    story = Story(PEOPLE_ONLY)
    many = {f"service-{number}": Declared.OPEN for number in range(500)}
    story.step(at(1), order(1, Report(observed_ms=WALL_MS, services=many)))
    new = story.step(at(2), order(2, Declaration(service="new", declared=Declared.OPEN, until_ms=None)))
    known = story.step(at(3), order(3, Declaration(service="service-1", declared=Declared.CLOSED, until_ms=None)))

    assert 50 == len(story.site.memory.services)
    assert ["order_refused"] == _own(new)
    assert ["service_declared", "order_done"] == _own(known)


def test_the_fuel_stations_own_tank_is_the_newest_report_of_it() -> None:
    """A report that was long on its way does not undo a newer one."""
    story = Story(PEOPLE_ONLY)
    story.step(at(500), report(1, 480, station_litres=4200.0))
    story.step(at(510), report(2, 100, station_litres=9000.0))
    story.step(at(520), report(3, 505, power="mains"))
    held = story.site.memory.station
    said = decode(announce.state(story.site, PEOPLE_ONLY, at(521))[1], SiteState).station

    assert held is not None
    assert (4200.0, "Kim", 480_000) == (held.value, held.who, held.at.up_ms)
    assert held == said


def test_a_report_that_was_long_on_its_way_opens_nothing_again() -> None:
    """What was said last of a service holds."""
    story = Story(PEOPLE_ONLY)
    closed = Declaration(service="food", declared=Declared.CLOSED, until_ms=None)
    story.step(at(500), order(1, closed, entered_ms=WALL_MS + 500_000))
    story.step(at(510), report(2, 100, services={"food": Declared.OPEN, "fuel": Declared.OPEN}))

    assert {"food": "closed", "fuel": "open"} == {one.service: one.declared.value for one in story.site.memory.services}
