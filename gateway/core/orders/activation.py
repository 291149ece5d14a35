"""From the call-out to an open point: whom to ring now, who has promised, which steps are done, opened and closed.

The gateway rings nobody: it names who is to be rung, and says when nobody has promised within the set time. A promise
lapses when nothing has come of it: neither is the point open, nor was a step confirmed since. Time is uptime; after
another boot wall clocks tell, and where they cannot the wait begins anew: it is never cut short.
"""

from collections.abc import Sequence

import msgspec

from contract.judgement import Activator, AnswerNow, CallNow
from contract.orders import Activation, Answer, CallOut, Order, StepDone
from contract.wire import Moment
from contract.words import Event, Opening
from gateway.core.facts import CallFacts, Facts
from gateway.core.moments import age_ms, believed_ms
from gateway.core.orders import checklist
from gateway.core.orders.handling import MAX_NOTE, Done, Refusal, entered_at, note
from gateway.core.remembered import Away
from gateway.core.site import Change, Now, Site, remember

MAX_ANSWERS = 20
AND = " · "
"""Stands between the reasons of one call that was asked for more than once."""
SLACK_S = 900.0
"""So much later than promised before a promise lapses."""
UNKNOWN_CALL = "before"
"""Stands as id of the call of a point that an earlier version of the program left open."""


def call_out(site: Site, order: Order, what: CallOut, _facts: Facts, now: Now) -> Done:
    """Ask for the point to be opened. While one call is open, another only adds its reason."""
    call = site.memory.call
    if call.opening is not Opening.CLOSED:
        said = call.reason.split(AND)
        reasons = said if what.reason in said else [*said, what.reason]
        call = msgspec.structs.replace(call, reason=AND.join(one for one in reasons if one)[:2000])
        told = note(Event.ENTERED, f"call-out: {what.reason}", order, "call_again", said=what.reason)
        return remember(site, call=call), [told]
    asked = CallNow(
        opening=Opening.ASKED,
        id=order.id,
        reason=what.reason,
        by=order.who,
        since=entered_at(order, now),
        waiting=now.moment(),
    )
    key = "call" if what.reason else ""
    return remember(site, call=asked), [note(Event.CALLED_OUT, what.reason, order, key, said=what.reason)]


def answer(site: Site, order: Order, what: Answer, facts: Facts, now: Now) -> Done:
    """What an activator said, entered by himself or by anybody. The last word of each counts."""
    call = site.memory.call
    if call.opening is Opening.CLOSED:
        raise Refusal("call_none")
    ids = [activator.id for activator in facts.call.activators]
    if not ids:
        raise Refusal("activators_none")
    if what.activator not in ids:
        raise Refusal("activator_unknown", activator=what.activator, known=", ".join(ids))
    said = AnswerNow(
        activator=what.activator,
        coming=what.coming,
        in_minutes=what.in_minutes,
        note=what.note,
        entered_by=order.who,
        at=entered_at(order, now),
    )
    kept = msgspec.structs.replace(said, note=said.note[:MAX_NOTE])
    answers = (*(one for one in call.answers if one.activator != said.activator), kept)[-MAX_ANSWERS:]
    opening = call.opening
    if opening is not Opening.OPEN:
        opening = Opening.PREPARING if _promised(answers) else Opening.ASKED
    body = {"call": call.id, "answer": msgspec.to_builtins(said)}
    call = msgspec.structs.replace(call, opening=opening, answers=answers)
    return remember(site, call=call), [Change(Event.CALL_ANSWERED, body)]


def step_done(site: Site, order: Order, what: StepDone, facts: Facts, now: Now) -> Done:
    """Confirm one step of the checklist, with name and time."""
    call = site.memory.call
    if call.opening is Opening.CLOSED:
        raise Refusal("not_opening")
    steps = checklist.steps(facts.call, call.steps)
    step = next((one for one in steps if one.id == what.step), None)
    if step is None:
        raise _no_such_step(what.step, [one.id for one in steps])
    if step.done is not None:
        raise Refusal("step_confirmed", who=step.done_by)
    if step.blocked == checklist.NO_LIST:
        raise Refusal("list_not_approved")
    if step.blocked:
        raise Refusal("step_out_of_order", first=checklist.first_waiting(steps))
    if not checklist.at_position(step, what.position):
        raise Refusal("step_at_other_position", asked=step.position, told=what.position)
    done = entered_at(order, now)
    confirmed = msgspec.structs.replace(step, done_by=order.who, done=done, note=what.note[:MAX_NOTE])
    steps = checklist.steps(facts.call, tuple(confirmed if one.id == step.id else one for one in steps))
    site = remember(site, call=msgspec.structs.replace(call, steps=steps))
    parts = [part for part in (what.step, step.position, what.note) if part]
    params = {"step": step.sv, "step_en": step.en, "position": step.position, "said": what.note}
    return site, [note(Event.STEP_CONFIRMED, ": ".join(parts), order, "step_done", **params)]


def _no_such_step(step: str, known: list[str]) -> Refusal:
    return Refusal("step_unknown", step=step, known=", ".join(known)) if known else Refusal("steps_none")


def activate(site: Site, order: Order, what: Activation, _facts: Facts, now: Now) -> Done:
    """Open the point, or close it: closed, the call ends and the next opening begins anew."""
    call = CallNow()
    if what.active:
        call = site.memory.call
        if call.opening is Opening.CLOSED:
            since = entered_at(order, now)
            call = CallNow(id=order.id, reason=what.reason, by=order.who, since=since)
        call = msgspec.structs.replace(call, opening=Opening.OPEN)
    detail = f"{'active' if what.active else 'not active'}: {what.reason}"
    key = "opened" if what.active else "closed"
    told = note(Event.ACTIVATION_CHANGED, detail, order, key, said=what.reason)
    return remember(site, active=what.active, call=call), [told]


def watch(site: Site, facts: Facts, now: Now, _told: Sequence[Change]) -> tuple[Site, list[Change]]:
    """Whom to ring now, whether nobody has promised in time, and which steps may be done."""
    call = site.memory.call
    if call.opening is Opening.CLOSED:
        if not site.memory.active:
            return site, []
        call = CallNow(opening=Opening.OPEN, id=UNKNOWN_CALL, since=now.moment())
    steps = checklist.steps(facts.call, call.steps)
    signed = checklist.approved(facts.call) if any(step.electrical for step in steps) else ""
    call = msgspec.structs.replace(call, steps=steps, approved_by=signed)
    if call.opening is not Opening.OPEN:
        call = _promises(call, facts.call, now)
    if call.opening is Opening.ASKED:
        call = _wait(call, _left(call, site.memory.away, facts.call, now), facts.call, now)
    else:
        call = msgspec.structs.replace(call, call_next=None, ring_since=None, waiting=None, unanswered=False)
    return site if call == site.memory.call else remember(site, call=call), []


def _promised(answers: Sequence[AnswerNow]) -> bool:
    """Is anybody still expected?"""
    return any(one.coming and not one.lapsed for one in answers)


def _promises(call: CallNow, facts: CallFacts, now: Now) -> CallNow:
    """Which promises still hold. When the last has lapsed the point is asked for again, and was so all the time."""
    done = [age for step in call.steps if step.done is not None and (age := age_ms(step.done, now)) is not None]
    resumed, answers = call.resumed, []
    for one in call.answers:
        age = min([*done, *([] if (said := age_ms(one.at, now)) is None else [said])], default=None)
        if one.coming and not one.lapsed and age is None:
            # said before another boot, and no clock tells when: its time begins anew, once
            age = age_ms(resumed, now) if resumed is not None else None
            if age is None:
                resumed, age = now.moment(), 0
        lapsed = one.coming and (one.lapsed if age is None else age >= _holds_s(one, facts) * 1000)
        answers.append(msgspec.structs.replace(one, lapsed=lapsed))
    call = msgspec.structs.replace(call, answers=tuple(answers), resumed=resumed)
    if _promised(answers):
        return msgspec.structs.replace(call, opening=Opening.PREPARING)
    return call if call.opening is Opening.ASKED else _asked_again(call, facts, now)


def _holds_s(one: AnswerNow, facts: CallFacts) -> float:
    """How long a promise holds while nothing comes of it."""
    return facts.answer_within_s if one.in_minutes is None else one.in_minutes * 60 + SLACK_S


def _asked_again(call: CallNow, facts: CallFacts, now: Now) -> CallNow:
    """Nobody came: the turn of the one after who had promised, and the call has waited since it was made."""
    gone = next((one.activator for one in reversed(call.answers) if one.lapsed), "")
    refused = [one.activator for one in call.answers if not one.coming]
    left = [one for one in facts.activators if one.id not in refused]
    turn = _next(gone, left, facts)
    since = None if turn is None else now.moment()
    return msgspec.structs.replace(
        call, opening=Opening.ASKED, waiting=call.since, call_next=turn, ring_since=since, resumed=None
    )


def _wait(call: CallNow, left: list[Activator], facts: CallFacts, now: Now) -> CallNow:
    """Nobody has promised: whose turn it is, and whether it has taken too long."""
    waiting, resumed = call.waiting or now.moment(), call.resumed
    waited = age_ms(waiting, now)
    if waited is None:
        waited = age_ms(resumed, now) if resumed is not None else None
        if waited is None:
            resumed, waited = now.moment(), 0
    late = waited >= facts.answer_within_s * 1000 or bool(facts.activators and not left)
    turn, since = _turn(call, left, facts, now)
    return msgspec.structs.replace(
        call,
        call_next=turn,
        ring_since=since,
        waiting=waiting,
        resumed=resumed,
        unanswered=call.unanswered or late,
    )


def _left(call: CallNow, away: tuple[Away, ...], facts: CallFacts, now: Now) -> list[Activator]:
    """Who can still be rung. Without a clock nobody is taken to be away."""
    here = believed_ms(now)
    gone = {one.activator for one in away if here is not None and one.from_ms <= here < one.until_ms}
    gone |= {one.activator for one in call.answers if not one.coming}
    return [activator for activator in facts.activators if activator.id not in gone]


def _turn(call: CallNow, left: list[Activator], facts: CallFacts, now: Now) -> tuple[Activator | None, Moment | None]:
    """The one to ring and since when: the same while the turn lasts, then the next in order, and round again."""
    current = call.call_next.id if call.call_next is not None else ""
    lasted = age_ms(call.ring_since, now) if call.ring_since is not None else None
    staying = next((one for one in left if one.id == current), None)
    if staying is not None and lasted is None:
        return staying, now.moment()
    if staying is not None and lasted is not None and lasted < facts.next_after_s * 1000:
        return staying, call.ring_since
    chosen = _next(current, left, facts)
    return chosen, None if chosen is None else now.moment()


def _next(current: str, left: list[Activator], facts: CallFacts) -> Activator | None:
    """The next in order after the current one, and round again."""
    order = [activator.id for activator in facts.activators]
    place = order.index(current) + 1 if current in order else 0
    ahead = [one for one in left if order.index(one.id) >= place]
    return next(iter(ahead or left), None)
