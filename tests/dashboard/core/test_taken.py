"""At the site's own page the newer picture is the answer to what was asked."""

from typing import Any

import pytest

from contract.judgement import AnswerNow, CallNow, NeedNow, RequirementNow, RunDone, StepNow
from contract.messages import ServiceNow
from contract.orders import (
    Absence,
    Activation,
    Answer,
    CallOut,
    Confirmation,
    Declaration,
    NeedMark,
    NeedSaid,
    Order,
    OutOfService,
    RunNote,
    Shelve,
    StepDone,
    What,
)
from contract.words import AlarmState, Declared, NeedKind, NeedState, Opening, Sot
from dashboard.core.picture import fold
from dashboard.core.taken import shown_by


def _order(what: What) -> Order:
    return Order(id="o", who="Bo", role="owner", entered_ms=1, through="owner-page", what=what)


def _state(kall: Any, name: str) -> dict[str, Any]:
    """The part of the state that shows what was asked."""
    at = kall.at()
    need = NeedNow(id="n-1", what=NeedKind.FOOD, people=None, text="", who="Bo", at=at)
    read = NeedNow(id="n-1", what=NeedKind.FOOD, people=None, text="", who="Bo", at=at, state=NeedState.READ)
    said = AnswerNow(activator="anna", coming=True, in_minutes=None, note="", entered_by="Bo", at=at)
    return {
        "nothing": {},
        "active": {"active": True},
        "asked": {"call": CallNow(opening=Opening.ASKED)},
        "answered": {"call": CallNow(opening=Opening.PREPARING, answers=(said,))},
        "step": {"call": CallNow(steps=(StepNow(id="s1", sv="a", en="a", done_by="Bo", done=at),))},
        "step left": {"call": CallNow(steps=(StepNow(id="s1", sv="a", en="a"),))},
        "need": {"needs": (need,)},
        "need read": {"needs": (read,)},
        "service": {"services": (ServiceNow(service="food", declared=Declared.OPEN, until_ms=None, declared_at=at),)},
        "sot": {"requirements": (RequirementNow(key=Sot.SHOP, confirmed=at, confirmed_by="Bo"),)},
        "run": {"last_run": RunDone(id="r", kind="test", started=at, ended=at, comment="bra")},
    }[name]


SAID = Declaration(service="food", declared=Declared.OPEN, until_ms=None)


@pytest.mark.parametrize(
    ("expected", "what", "state"),
    [
        (True, Activation(active=True, reason=""), "active"),
        (False, Activation(active=True, reason=""), "nothing"),
        (True, CallOut(reason=""), "asked"),
        (False, CallOut(reason=""), "nothing"),
        (True, Answer(activator="anna", coming=True), "answered"),
        (False, Answer(activator="anna", coming=False), "answered"),
        (True, StepDone(step="s1"), "step"),
        (False, StepDone(step="s1"), "step left"),
        (True, NeedSaid(need="n-1", what=NeedKind.FOOD), "need"),
        (False, NeedSaid(need="n-2", what=NeedKind.FOOD), "need"),
        (True, NeedMark(need="n-1", state="read"), "need read"),
        (False, NeedMark(need="n-1", state="solved"), "need read"),
        (False, NeedMark(need="n-1", state="read"), "need"),
        (True, SAID, "service"),
        (False, SAID, "nothing"),
        (True, Confirmation(what="sot:shop", ok=True, observed_ms=1), "sot"),
        (False, Confirmation(what="sot:organisation", ok=True, observed_ms=1), "sot"),
        (True, RunNote(run_id="r", comment="bra"), "run"),
        (False, RunNote(run_id="r", comment="dåligt"), "run"),
        (False, Absence(activator="anna", from_ms=1, until_ms=2), "nothing"),
    ],
)
def test_state_shows_what_was_done(kall: Any, expected: bool, what: What, state: str) -> None:
    """Only what is to be seen in a picture that came after the order counts as done."""
    before = kall.picture()
    after = fold(before, kall.site.tick().state(**_state(kall, state)), 0)

    assert expected == shown_by(_order(what), before, after)
    assert not shown_by(_order(what), after, after)


@pytest.mark.parametrize(
    ("expected", "what", "state"),
    [
        (True, Shelve(key="fuel-low", device="genset", for_s=60, comment="x"), AlarmState.SHELVED),
        (False, Shelve(key="fuel-low", device="genset", for_s=60, comment="x"), AlarmState.UNACKED),
        (True, Shelve(key="fuel-low", device="genset", for_s=0, comment="x"), AlarmState.UNACKED),
        (True, OutOfService(key="fuel-low", device="genset", out=True, comment="x"), AlarmState.OUT_OF_SERVICE),
        (False, OutOfService(key="fuel-low", device="genset", out=True, comment="x"), AlarmState.SHELVED),
        (True, OutOfService(key="fuel-low", device="genset", out=False, comment="x"), AlarmState.UNACKED),
    ],
)
def test_alarms_show_what_was_laid_aside(kall: Any, expected: bool, what: What, state: AlarmState) -> None:
    """The alarm lies where it was asked to lie."""
    before = kall.picture()
    after = fold(before, kall.site.alarms(kall.site.alarm(state=state)), 0)

    assert expected == shown_by(_order(what), before, after)
