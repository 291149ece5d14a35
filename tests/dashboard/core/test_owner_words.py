"""What the owner's page says beside its sentence: the steps, the paper, the line about encryption, notices, history."""

from typing import Any

import msgspec
import pytest

from contract import topics
from contract.judgement import CallNow, Reason, StepNow
from contract.messages import NoticeNow, PublicEvent, PublicPicture, ServiceNow, encode
from contract.orders import NeedSaid, Order
from contract.records import AnswerBody
from contract.wire import Refused
from contract.words import AlarmState, Declared, Event, NeedKind, Opening, Power, Readiness
from dashboard.core.forms.fields import BadOrder
from dashboard.core.owner import board, lock
from dashboard.core.owner.acts import acts
from dashboard.core.owner.board import Board
from dashboard.core.owner.history import history
from dashboard.core.owner.sentence import Heard
from dashboard.core.owner.sheet import MOST_NOTICES, sheet
from dashboard.core.owner.steps import SHOWN, steps
from dashboard.core.sending.orders import Answered, asked
from dashboard.core.site.event_words import event_name
from dashboard.core.site.events import Stored

from .conftest import KALL, NOON_MS

DAY_MS = 86_400_000


def test_alarms_come_first_and_electrical_steps_are_the_site_s_own(kall: Any, reader: Any) -> None:
    """What to do is the catalogue's; the next step of the list stands in the words of the list, with its form."""
    kall.messages.append(kall.site.alarms(kall.site.alarm("start-failed", priority=1)))
    call = CallNow(
        opening=Opening.PREPARING, steps=(StepNow(id="s", sv="Ställ omkopplaren på B", en="", position="B"),)
    )
    card = kall.card(Power.ON_RESERVE, call=call, readiness=Readiness.REMARKS, reasons=(Reason(key="fuel_age"),))
    found = steps(card, Heard.NOW, reader()).shown

    assert ("Elverket startar inte", "bad") == (found[0].words, found[0].role)
    assert found[0].do.startswith("Ring den som sköter elverket.")
    assert "Nästa steg i platsens lista: Ställ omkopplaren på B" == found[1].words
    assert ["hidden", "radios"] == [one.draw for one in found[1].form.fields]


def test_box_that_is_not_heard_is_the_first_step(kall: Any, reader: Any) -> None:
    """Before anything that was heard earlier: go and look at the box."""
    found = steps(kall.card(), Heard.SILENT, reader()).shown

    assert ("Dosan hörs inte", "unknown") == (found[0].words, found[0].role)


def test_alarm_that_is_over_comes_last_and_does_not_read_as_if_it_stood(kall: Any, reader: Any) -> None:
    """A gone fault that nobody has acknowledged: said to be over, without what to do about a fault, after the rest."""
    over = kall.site.alarm(
        "no-power-at-site", 3, priority=1, state=AlarmState.RETURNED_UNACKED, cleared=kall.site.moment(5000)
    )
    kall.messages.append(kall.site.alarms(over, kall.site.alarm("fuel-low", 4)))
    card = kall.card(Power.ON_RESERVE, readiness=Readiness.REMARKS, reasons=(Reason(key="fuel_age"),))
    found = steps(card, Heard.NOW, reader()).shown

    assert ["fuel-low", "no-power-at-site"] == sorted(one.key for one in card.alarms)
    assert "Bränslet räcker inte länge till" == found[0].words
    assert ("Över: Strömlöst på platsen", "information") == (found[-1].words, found[-1].role)
    assert "Åk dit" not in found[-1].do
    assert found[-1].form is not None


def test_more_steps_than_anybody_reads_are_counted(kall: Any, reader: Any) -> None:
    """Five stand there, the rest is a number."""
    kall.messages.append(kall.site.alarms(*(kall.site.alarm("device-silent", n, device=f"d{n}") for n in range(9))))
    found = steps(kall.card(), Heard.NOW, reader())

    assert (SHOWN, 4) == (len(found.shown), found.more)


def test_who_only_reads_gets_no_buttons(kall: Any, reader: Any) -> None:
    """A viewer's card has no acts and no forms in its steps."""
    kall.messages.append(kall.site.alarms(kall.site.alarm()))
    quiet = reader()
    quiet = type(quiet)(language="sv", zone=quiet.zone, now=quiet.now, acts=False)

    assert () == acts(kall.card(read=quiet), (), quiet)
    assert [None] == [one.form for one in steps(kall.card(read=quiet), Heard.NOW, quiet).shown]


# --- paper ---


def _board(kall: Any, **parts: Any) -> Board:
    told: dict[str, Any] = {"power": Power.ON_RESERVE, "active": True, "services": (), "notices": (), "events": ()}
    said = PublicPicture(
        head=kall.site.head(), place="Kall", since=None, period_s=10.0, heartbeat_s=300.0, **(told | parts)
    )
    return board.told(Board(), topics.public_picture(KALL.id), encode(said), KALL, 0)


def test_paper_says_until_when_as_declared(kall: Any, reader: Any) -> None:
    """A person's word with a person's time; what nobody said is left out, and never open."""
    until = NOON_MS + 7_200_000
    services = (
        ServiceNow(service="food", declared=Declared.OPEN, until_ms=until, declared_at=None),
        ServiceNow(service="fuel", declared=Declared.UNKNOWN, until_ms=None, declared_at=None),
    )
    found = sheet(_board(kall, services=services), "Kall", (), reader())

    assert [("Mat", "öppet till 14:00")] == [(one.name.split()[0], one.word.lower()) for one in found.services]
    assert ("Strömmen är borta. Platsen har reservkraft.", "Punkten är öppen.") == (found.power, found.point)


def test_paper_of_a_silent_box_is_empty(kall: Any, reader: Any) -> None:
    """What was true an hour ago is not printed as true now."""
    services = (ServiceNow(service="food", declared=Declared.OPEN, until_ms=None, declared_at=None),)
    notices = (NoticeNow(id="n", sv="Kaffe", en="", since=kall.site.moment(), until_ms=None),)
    late = reader(gone_ms=3_600_000)
    found = sheet(_board(kall, services=services, notices=notices), "Kall", (), late)

    assert (True, (), (), "") == (found.old, found.services, found.notices, found.point)
    assert "Fråga personalen om strömmen." == found.power


def test_paper_is_bounded(kall: Any, reader: Any) -> None:
    """More than one sheet holds is cut, and said to be."""
    notices = tuple(
        NoticeNow(id=f"n{n}", sv="x" * 2000, en="", since=kall.site.moment(), until_ms=None) for n in range(9)
    )
    found = sheet(_board(kall, notices=notices), "Kall", ("ÖVNING",), reader())

    assert (MOST_NOTICES, True, ("ÖVNING",)) == (len(found.notices), found.more, found.frames)
    assert max(len(one) for one in found.notices) <= 100


def test_board_refuses_what_is_not_of_its_site(kall: Any) -> None:
    """Another site's picture, play for a site in service, rubbish: refused, and what was held stays."""
    held = _board(kall)
    other = msgspec.structs.replace(held.picture, head=msgspec.structs.replace(held.picture.head, site="are-x"))
    play = msgspec.structs.replace(held.picture, head=msgspec.structs.replace(held.picture.head, simulated=True))
    for payload in (encode(other), encode(play), b"\x00"):
        with pytest.raises(Refused):
            board.told(held, topics.public_picture(KALL.id), payload, KALL, 0)

    assert held == board.told(held, topics.public_picture(KALL.id), b"", KALL, 0)


# --- encryption ---


@pytest.mark.parametrize(
    ("encrypted", "loopback", "ends_ms", "role"),
    [
        (False, True, None, ""),
        (False, False, None, "information"),
        (True, False, NOON_MS - 1, "remark"),
        (True, False, NOON_MS + 30 * DAY_MS, "information"),
        (True, False, NOON_MS + 31 * DAY_MS, ""),
        (True, False, None, ""),
    ],
)
def test_line_about_encryption(reader: Any, encrypted: bool, loopback: bool, ends_ms: int | None, role: str) -> None:
    """Nothing where all is well; thirty days before the end it begins."""
    found = lock.lock_line(encrypted=encrypted, loopback=loopback, ends_ms=ends_ms, reader=reader())

    assert role == found.role
    assert bool(role) == bool(found.words)


# --- notices ---


def test_notice_needs_a_clock_and_ends_within_a_day(reader: Any) -> None:
    """Without a clock nobody could end it: said so; hours become a time; a day is the most."""
    here, blind = reader(at_site=True), reader(at_site=True, wall=False)
    told = {"who": "Anna", "idempotency_key": "k" * 16, "form": "notice", "sv": "Kaffe", "en": "", "for_h": "24"}
    found = asked("notices", told, here).what

    assert NOON_MS + DAY_MS == found.until_ms
    for reading, body in ((blind, told), (here, told | {"for_h": "48"}), (here, told | {"form": "", "for_h": ""})):
        with pytest.raises(BadOrder):
            asked("notices", body, reading)


def test_centre_may_hang_a_notice_without_an_end(reader: Any) -> None:
    """The rule is for those who may forget it at the site."""
    told = {"who": "Bo", "idempotency_key": "k" * 16, "sv": "Kaffe", "notice": "n-1"}

    assert asked("notices", told, reader()).what.until_ms is None


# --- history ---


def _noted(number: int, kind: str, wall_ms: int | None, **parts: Any) -> Stored:
    return Stored(
        **({"number": number, "run": "r", "stream": "event", "seq": number, "kind": kind, "wall_ms": wall_ms,
            "up_ms": number, "status": "actual", "simulated": False, "historical": False, "body": {}} | parts)
    )  # fmt: skip


def test_history_holds_an_alarm_that_came_and_went(kall: Any, reader: Any) -> None:
    """What the box has noted, newest first, exercises marked; what has no time stays between its neighbours."""
    noted = [
        _noted(4, "alarm_cleared", NOON_MS - 60_000),
        _noted(3, "mains_back", None),
        _noted(2, "alarm_raised", NOON_MS - 120_000, status="exercise"),
        _noted(1, "mains_lost", NOON_MS - 180_000),
    ]
    found = history(noted, None, kall.picture(), (), reader(at_site=True))

    assert [event_name(one.kind, reader()) for one in noted] == [one.what for one in found]
    assert ["", "", "övning", ""] == [one.frame.lower() for one in found]
    assert found[1].when.startswith("tid okänd")


def test_history_of_a_box_that_has_not_told_is_what_the_page_hears(kall: Any, reader: Any) -> None:
    """Public events of the power and alarms that stand; each order of this page stands there once, with its name."""
    kall.messages.append(kall.site.alarms(kall.site.alarm("fuel-low")))
    public = _board(kall, events=(PublicEvent(run="r", seq=1, kind=Event.MAINS_LOST, at=kall.at(60_000)),)).picture
    order = Order(id="o-1", who="Anna", role="owner", entered_ms=NOON_MS - 1000, through="owner-page",
                  what=NeedSaid(need="n-1", what=NeedKind.DIESEL))  # fmt: skip
    done = AnswerBody(order="o-1", kind="need")
    answered = (Answered(order=order, answer="order_done", refusal=done),)
    blind = history(None, public, kall.picture(), answered, reader(at_site=True))
    told = [_noted(1, "order_done", NOON_MS, body=msgspec.to_builtins(done))]

    assert 3 == len(blind)
    assert [True] == ["Anna" in one.detail for one in history(told, public, kall.picture(), answered, reader())]
