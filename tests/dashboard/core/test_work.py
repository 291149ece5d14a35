"""Who has what: seen is not looked after, two at once lose nothing, what is due and not done is said."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from contract.freshness import Now
from contract.messages import AlarmState
from contract.words import ClockQuality
from dashboard.core.forms.fields import BadOrder
from dashboard.core.reader import Reader
from dashboard.core.work import mass_ack
from dashboard.core.work.asking import asked
from dashboard.core.work.holding_words import HoldingRow, fact_rows, holding_row
from dashboard.core.work.mass_ack import Named, order_key
from dashboard.core.work.ownership import AckTried, Act, Fact, Holding, Wanted, decided, holding

NOON_MS = 1_764_241_200_000
HOUR = 3_600_000
KEY = {"idempotency_key": "key-000001", "who": "Bo", "saw": "0"}


def _did(act: Act, who: str = "Eva", at_ms: int = 0, **parts: Any) -> Fact:
    return Fact(id=f"w-{who}-{act}", subject="site:are-kall", act=act, who=who, role="coordinator", boot="b",
                up_ms=at_ms, wall_ms=NOON_MS + at_ms, clock=ClockQuality.SYNCED, **parts)  # fmt: skip


def _held(*facts: Fact) -> Holding:
    return holding("site:are-kall", [replace(one, number=n) for n, one in enumerate(facts, 1)])


def _row(held: Holding, reader: Reader) -> HoldingRow:
    return holding_row(held, reader, "b")


def test_looked_after_needs_a_taker_and_a_next_time(reader: Callable[..., Reader]) -> None:
    """Taken, with a time: looked after. Given and not taken, or taken without a time: not."""
    taken = _row(_held(_did(Act.TAKE, in_ms=HOUR, next_ms=NOON_MS + HOUR)), reader())
    given = _row(_held(_did(Act.GIVE, to="Bo", next_ms=NOON_MS + HOUR)), reader())
    open_ = _row(_held(_did(Act.TAKE)), reader())

    assert "Tas om hand av Eva sedan 12:00, nästa gång 13:00." == taken.sentence
    assert ("good", True) == (taken.role, taken.looked_after)
    assert [("remark", False)] * 2 == [(one.role, one.looked_after) for one in (given, open_)]
    assert "Lämnat till Bo av Eva 12:00. Bo har inte tagit emot än." == given.sentence


def test_a_note_takes_nothing(reader: Callable[..., Reader]) -> None:
    """Nor does an acknowledgement of all alarms: that is no more than seen."""
    row = _row(_held(_did(Act.NOTE, text="sett"), _did(Act.ACK_ALL)), reader())

    assert ("unknown", "", "Ingen har tagit det här.") == (row.role, row.owner, row.sentence)


def test_time_that_has_passed_is_said_and_rises(reader: Callable[..., Reader]) -> None:
    """Overdue stands before what nobody has, and that before what is looked after."""
    held = _held(_did(Act.TAKE, in_ms=HOUR, next_ms=NOON_MS + HOUR))
    late, good, none = _row(held, reader(gone_ms=HOUR + 1)), _row(held, reader()), _row(_held(), reader())

    assert (True, "bad") == (late.overdue, late.role)
    assert "Eva har det sedan 12:00. Nästa gång skulle vara 13:00: tiden har gått." == late.sentence
    assert [late, none, good] == sorted([good, none, late], key=lambda one: one.rank)


def test_length_holds_without_a_clock(reader: Callable[..., Reader]) -> None:
    """In an hour is in an hour by the uptime; a time of day cannot be judged, and is not called looked after."""
    length = _held(replace(_did(Act.TAKE, in_ms=HOUR), wall_ms=None))
    exact = _held(_did(Act.TAKE, next_ms=NOON_MS + HOUR))
    blind = reader(gone_ms=HOUR // 2, wall=False)

    assert "Tas om hand av Eva sedan 30\xa0min tillbaka, nästa gång om 30\xa0min." == _row(length, blind).sentence
    assert _row(length, reader(gone_ms=HOUR + 1, wall=False)).overdue
    assert (False, "remark") == (_row(exact, blind).looked_after, _row(exact, blind).role)


def test_length_of_another_boot_needs_the_wall() -> None:
    """The uptime began anew; without a time of day nobody can tell."""
    held = _held(_did(Act.TAKE, in_ms=HOUR, next_ms=NOON_MS + HOUR))

    assert HOUR - 5 == held.left_ms(Now(99, NOON_MS + 5, ClockQuality.SYNCED), "another")
    assert held.left_ms(Now(99, None, ClockQuality.UNSYNCED), "another") is None


def test_second_taker_changes_nothing_and_is_kept(reader: Callable[..., Reader]) -> None:
    """Who saw nobody finds that Eva has it; what was written stays as a line."""
    held = _held(_did(Act.TAKE, in_ms=HOUR))
    second = decided(held, Wanted(act=Act.TAKE, saw=0, in_ms=HOUR, text="åker dit"), _did(Act.NOTE, "Bo"))
    after = holding("site:are-kall", [replace(_did(Act.TAKE, in_ms=HOUR), number=1), replace(second, number=2)])
    (line, _) = fact_rows([replace(second, number=2), replace(_did(Act.TAKE), number=1)], reader())

    assert (Act.LATE, "take", "åker dit") == (second.act, second.meant, second.text)
    assert held == after
    assert ("ville ta det, men någon annan hann före", True) == (line.what, line.late)


@pytest.mark.parametrize(
    ("wanted", "who", "became"),
    [
        (Wanted(act=Act.TAKE, saw=1, over=True), "Bo", Act.TAKE),
        (Wanted(act=Act.TAKE, saw=0, over=True), "Bo", Act.LATE),
        (Wanted(act=Act.TAKE, saw=1), "Bo", Act.LATE),
        (Wanted(act=Act.TAKE, saw=0), "Eva", Act.TAKE),
        (Wanted(act=Act.DONE, saw=1), "Eva", Act.DONE),
        (Wanted(act=Act.DONE, saw=1), "Bo", Act.LATE),
        (Wanted(act=Act.GIVE, saw=1, to="Bo"), "Eva", Act.GIVE),
        (Wanted(act=Act.GIVE, saw=0, to="Bo"), "Eva", Act.LATE),
        (Wanted(act=Act.NOTE, saw=0), "Bo", Act.NOTE),
    ],
)
def test_what_is_too_late(wanted: Wanted, who: str, became: Act) -> None:
    """Taking over needs to be said, and from whom one saw; notes and one's own are never late."""
    assert became is decided(_held(_did(Act.TAKE, in_ms=HOUR)), wanted, _did(Act.NOTE, who)).act


def test_given_keeps_the_time_that_was_set(reader: Callable[..., Reader]) -> None:
    """Whoever gets it sees when it was due; ended, nobody has it."""
    held = _held(_did(Act.TAKE, in_ms=HOUR, next_ms=NOON_MS + HOUR), _did(Act.GIVE, to="Bo"))
    ended = _row(_held(_did(Act.TAKE), _did(Act.DONE)), reader())

    assert ("Bo", "Eva", "13:00") == (held.owner, held.giver, _row(held, reader()).next)
    assert ("unknown", "Eva sade 12:00 att inget är kvar att göra.") == (ended.role, ended.sentence)


@pytest.mark.parametrize(
    ("act", "body", "field"),
    [
        ("take", KEY, "next_ms"), ("take", KEY | {"next_in": "61"}, "next_in"),
        ("take", KEY | {"next_ms": NOON_MS - 1}, "next_ms"),
        ("take", KEY | {"next_ms": NOON_MS + 8 * 24 * HOUR}, "next_ms"),
        ("take", KEY | {"next_ms": "2025-11-27T11:00"}, "next_ms"),
        ("take", KEY | {"next_in": "60", "saw": "x"}, "saw"),
        ("give", KEY, "to"), ("note", KEY, "text"), ("note", KEY | {"text": "x" * 1001}, "text"),
        ("note", KEY | {"text": "x", "who": " "}, "who"), ("note", {"text": "x", "who": "Bo"}, "idempotency_key"),
        ("note", [], ""), ("burn", KEY, ""), ("note", KEY | {"text": {"a": 1}}, "text"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_gets_a_sentence(act: str, body: Any, field: str, reader: Callable[..., Reader]) -> None:
    """At its field, and nothing is done."""
    with pytest.raises(BadOrder) as fault:
        asked(act, body, reader())

    assert field == fault.value.field
    assert str(fault.value)


def test_next_time_as_length_and_as_time_of_day(reader: Callable[..., Reader]) -> None:
    """A time of day wins over the length that stands in the list."""
    length = asked("take", KEY | {"next_in": "120"}, reader()).wanted
    exact = asked("take", KEY | {"next_in": "120", "next_ms": "2025-11-27T15:30"}, reader()).wanted

    assert (2 * HOUR, NOON_MS + 2 * HOUR) == (length.in_ms, length.next_ms)
    assert (None, NOON_MS + 7 * HOUR // 2) == (exact.in_ms, exact.next_ms)


def test_mass_acknowledgement_names_what_was_seen(voice: Any) -> None:
    """Only what waits; the same press is the same keys, and another press others."""
    site = voice("are-kall")
    told = {"are-kall": (site.alarm(), site.alarm("mains-lost", 8, state=AlarmState.ACKED))}
    (one,) = mass_ack.open_alarms(told, {})

    assert [one] == mass_ack.named(one.text)
    assert order_key("press-1", one) == order_key("press-1", one)
    assert order_key("press-1", one) != order_key("press-2", one)
    assert order_key("press-1", one) != order_key("press-1", Named(site="are-huso", key=one.key, device=one.device,
                                                                   run=one.run, seq=one.seq))  # fmt: skip
    assert mass_ack.named("a|b") is None


def test_results_hide_nothing_that_failed(reader: Callable[..., Reader]) -> None:
    """What failed stands first with why; a silent site waits and says so; done is only what the site confirmed."""
    tried = [AckTried(site="a", alarm="fuel-low", order="o1"), AckTried(site="b", alarm="fuel-low", order="o2"),
             AckTried(site="c", alarm="fuel-low", order="o3"), AckTried(site="d", alarm="fuel-low", fault="gone"),
             AckTried(site="e", alarm="fuel-low", order="o5")]  # fmt: skip
    answers = {"o1": "order_done", "o2": None, "o3": None, "o5": "larmet är ett annat"}
    rows = mass_ack.tried_rows(tried, answers, str.upper, lambda site: site == "c", reader())

    assert [
        ("D", "bad", "gick inte: larmet finns inte längre"), ("E", "bad", "gick inte: larmet är ett annat"),
        ("B", "unknown", "väntar på platsen"),
        ("C", "unknown", "väntar: platsen hörs inte, den får det när den hörs igen"), ("A", "good", "kvitterat"),
    ] == [(row.place, row.role, row.words) for row in rows]  # fmt: skip
