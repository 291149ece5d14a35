"""The site's own checklist on the way to an open point: which step may be confirmed now.

Electrical steps come from the site's list alone, approved by a named electrician with date, and in its order, which is
the order of the loads. While a switch must stand somewhere and nobody has confirmed it, all that comes after waits,
whatever the list calls it. Here no electrical instruction is ever worded.
"""

from datetime import date

import msgspec

from contract.judgement import StepNow
from contract.phrases import phrase
from gateway.core.facts import CallFacts, StepFacts

NO_LIST = "no_approved_list"
EARLIER_STEP = "earlier_step_first"
POSITION = "position_first"


def approved(facts: CallFacts) -> str:
    """The electrician and the date, empty when the list has not both."""
    try:
        date.fromisoformat(facts.approved_on)
    except ValueError:
        return ""
    return f"{facts.approved_by.strip()}, {facts.approved_on}" if facts.approved_by.strip() else ""


def steps(facts: CallFacts, was: tuple[StepNow, ...]) -> tuple[StepNow, ...]:
    """The list as it stands. What was confirmed stays so, unless the list has changed its words since."""
    done = {step.id: step for step in was if step.done is not None}
    listed = approved(facts) != ""
    waits = switch = ""
    found = []
    for fact in facts.steps:
        step = _step(fact, listed)
        before = done.get(step.id)
        if before is not None and _same(before, step):
            step = msgspec.structs.replace(step, done_by=before.done_by, done=before.done, note=before.note)
        else:
            if step.electrical and listed:
                step = msgspec.structs.replace(step, blocked=waits or switch)
                waits = waits or (POSITION if step.position else EARLIER_STEP)
            elif not step.electrical:
                step = msgspec.structs.replace(step, blocked=switch)
            switch = switch or (POSITION if fact.position.strip() else "")
        found.append(step)
    return tuple(found)


def at_position(step: StepNow, told: str) -> bool:
    """Is it the position that the list asks for? Only case and spaces are forgiven."""
    return not step.position or _plain(step.position) == _plain(told)


def first_waiting(found: tuple[StepNow, ...]) -> str:
    """The electrical step whose turn it is."""
    return next((step.id for step in found if step.electrical and step.done is None), "")


def _step(fact: StepFacts, listed: bool) -> StepNow:
    """One step before anybody did it. Whoever looks at a switch does something electrical."""
    electrical = fact.electrical or bool(fact.position.strip())
    if electrical and not listed:
        sv, en = (phrase("help", "electrician", language) for language in ("sv", "en"))
        return StepNow(id=fact.id, sv=sv, en=en, electrical=True, blocked=NO_LIST)
    return StepNow(id=fact.id, sv=fact.sv, en=fact.en, electrical=electrical, position=fact.position)


def _same(one: StepNow, other: StepNow) -> bool:
    """A step that now says or asks for something else has not been done."""
    return (one.sv, one.en, one.position, one.electrical) == (other.sv, other.en, other.position, other.electrical)


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()
