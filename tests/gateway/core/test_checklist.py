"""The site's own checklist: position before load, the list's order, and no electrical word without an approval."""

import msgspec
import pytest

from contract.orders import StepDone
from gateway.core import announce
from gateway.core.facts import CallFacts, StepFacts

from .calls import APPROVED, LIST, Call, blocked
from .conftest import at


def test_the_load_waits_for_the_switch_and_follows_the_list() -> None:
    """The switch before all that comes after it, earlier electrical steps before later ones; the rest in any order."""
    story = Call()
    free = {"tell": "", "sign": ""}
    waits = dict.fromkeys(("cold", "pumps", "sign"), "position_first")

    assert {"tell": "", "switch": ""} | waits == blocked(story)
    assert "not done: “switch”" in story.refusal(at(1), StepDone(step="cold"))
    assert "not done: “switch”" in story.refusal(at(2), StepDone(step="sign"))
    story.say(at(3), StepDone(step="switch", position="Läge ELVERK"))
    assert ["step_confirmed", "order_done"] == story.say(at(3), StepDone(step="sign"))
    assert free | {"switch": "", "cold": "", "pumps": "earlier_step_first"} == blocked(story)
    assert "not done: “cold”" in story.refusal(at(4), StepDone(step="pumps"))
    story.say(at(5), StepDone(step="cold", note="luktar lite"), "Bo")
    story.say(at(6), StepDone(step="pumps"))
    done = {step.id: step.done_by for step in story.call.steps}

    assert {"tell": "", "switch": "Kim", "cold": "Bo", "pumps": "Kim", "sign": "Kim"} == done
    assert "luktar lite" == story.call.steps[2].note


def test_a_later_switch_waits_for_the_earlier_one_and_holds_back_what_follows() -> None:
    """Whatever the list calls the steps after it, also where nobody has approved it."""
    steps = (
        StepFacts(id="first", sv="1", electrical=True),
        StepFacts(id="free", sv="2"),
        StepFacts(id="switch", sv="3", position="I"),
        StepFacts(id="coolers", sv="4"),
    )
    story = Call(CallFacts(steps=steps, approved_by="E", approved_on="2026-01-01"))
    before = blocked(story)
    story.say(at(1), StepDone(step="first"))
    story.say(at(2), StepDone(step="switch", position="I"))

    assert {"first": "", "free": "", "switch": "earlier_step_first", "coolers": "position_first"} == before
    assert dict.fromkeys(("first", "free", "switch", "coolers"), "") == blocked(story)
    assert "position_first" == blocked(Call(CallFacts(steps=steps)))["coolers"]


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ("Läge ELVERK", True), ("läge elverk", True), ("  LÄGE   ELVERK ", True),
        ("", False), ("ELVERK", False), ("Läge NÄT", False), ("Läge ELVERK 2", False), ("Lage ELVERK", False),
    ],
)  # fmt: skip
def test_only_the_position_of_the_list_is_taken(told: str, taken: bool) -> None:
    """Case and spaces are forgiven, nothing else; a refusal tells what the list asks for."""
    story = Call()
    if taken:
        assert ["step_confirmed", "order_done"] == story.say(at(1), StepDone(step="switch", position=told))
    else:
        said = story.refusal(at(1), StepDone(step="switch", position=told))
        assert "“Läge ELVERK”" in said
        assert "position_first" == blocked(story)["cold"]


@pytest.mark.parametrize(
    ("by", "on"), [("", ""), ("Elfirman", ""), ("", "2026-03-01"), ("  ", "2026-03-01"), ("E", "i mars")]
)
def test_without_an_approved_list_no_electrical_word_is_shown(by: str, on: str) -> None:
    """A named electrician and a date, both; else whom to ring stands in place of every electrical step."""
    story = Call(msgspec.structs.replace(APPROVED, approved_by=by, approved_on=on))
    shown = {(step.sv, step.en, step.position, step.blocked) for step in story.call.steps if step.electrical}
    text = announce.state(story.site, story.facts, at(1))[1].decode()

    assert {("Ring behörig elinstallatör", "Call an authorised electrician", "", "no_approved_list")} == shown
    assert [] == [word for word in ("Omkopplaren", "ELVERK", "Kylar", "Pumps") if word in text]
    assert "authorised electrician" in story.refusal(at(1), StepDone(step="cold"))
    assert "authorised electrician" in story.refusal(at(1), StepDone(step="switch", position="Läge ELVERK"))
    assert ["step_confirmed", "order_done"] == story.say(at(2), StepDone(step="tell"))
    assert "" == story.call.approved_by


def test_a_step_with_a_position_is_electrical_whatever_the_list_says() -> None:
    """Who looks at a switch does something electrical."""
    steps = (StepFacts(id="look", sv="Se efter", position="I"), StepFacts(id="load", sv="Last", electrical=True))
    story = Call(CallFacts(steps=steps))
    approved = Call(CallFacts(steps=steps, approved_by="E", approved_on="2026-01-01"))

    assert {"look": "no_approved_list", "load": "no_approved_list"} == blocked(story)
    assert {"look": "", "load": "position_first"} == blocked(approved)


def test_who_approved_and_when_stands_with_the_steps() -> None:
    """And only where there is something electrical to approve."""
    assert "Elfirman, behörig 1, 2026-03-01" == Call().call.approved_by
    assert "" == Call(msgspec.structs.replace(APPROVED, steps=LIST[:1])).call.approved_by


def test_a_step_is_confirmed_once() -> None:
    """The first name and time stay; an unknown step is refused with those that there are."""
    story = Call()
    story.say(at(1), StepDone(step="tell"), "Bo")

    assert "Bo has confirmed the step already. There is no need to do it again." == story.refusal(
        at(2), StepDone(step="tell")
    )
    assert "Choose one of tell, switch, cold, pumps, sign" in story.refusal(at(3), StepDone(step="nonsense"))


def test_steps_survive_a_restart_but_not_a_changed_list() -> None:
    """What the list now says in other words has not been done."""
    story = Call()
    story.say(at(1), StepDone(step="tell"))
    story.say(at(2), StepDone(step="switch", position="Läge ELVERK"))
    same = story.awake()
    same.wait(at(5))
    moved = msgspec.structs.replace(LIST[1], position="Läge 2")
    changed = Call(msgspec.structs.replace(APPROVED, steps=(LIST[0], moved, *LIST[2:])), story.site.memory, asked=False)
    changed.wait(at(5))

    assert {"tell", "switch"} == {step.id for step in same.call.steps if step.done}
    assert {"tell"} == {step.id for step in changed.call.steps if step.done}
    assert "position_first" == blocked(changed)["cold"]


def test_an_approval_that_is_withdrawn_takes_the_words_away() -> None:
    """Also of steps that were done, and also in the middle of a call."""
    story = Call()
    story.say(at(1), StepDone(step="switch", position="Läge ELVERK"))
    again = Call(msgspec.structs.replace(APPROVED, approved_by=""), story.site.memory, asked=False)
    again.wait(at(5))

    assert {"no_approved_list"} == {step.blocked for step in again.call.steps if step.electrical}
