"""At the site's own page no records come: does the newer picture show that an order was taken?

What leaves no trace in the picture (a report, an absence, a delivery …) waits there until a day has passed.
"""

from contract.messages import Alarms, SiteState
from contract.orders import (
    AckAlarm,
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
from contract.words import AlarmState, NeedState, Opening
from dashboard.core.alarm_list import is_about
from dashboard.core.picture import SitePicture


def shown_by(pending: Order, before: SitePicture, after: SitePicture) -> bool:
    """Does the picture that came after the order say that it was done?"""
    what = pending.what
    if isinstance(what, AckAlarm):
        return after.alarms is not None and _acked(pending, before.alarms, after.alarms)
    if isinstance(what, Shelve | OutOfService):
        return after.alarms is not None and before.alarms is not after.alarms and _aside(pending, what, after.alarms)
    if after.state is None or before.state is after.state:
        return False
    if isinstance(what, Declaration):
        return _said_anew(what.service, before.state, after.state)
    return _called(what, after.state) or _told(pending, what, after.state)


def _said_anew(service: str, before: SiteState | None, after: SiteState) -> bool:
    """The word of a service is of another time than it was: what is told of it may differ from what was said."""
    was, now = (
        next((one.declared_at for one in state.services if one.service == service), None) if state else None
        for state in (before, after)
    )
    return now is not None and now != was


def _acked(pending: Order, before: Alarms | None, after: Alarms) -> bool:
    if any(ack.id == pending.id for alarm in after.alarms for ack in alarm.acks):
        return True
    was_there = before is not None and any(is_about(pending, alarm) for alarm in before.alarms)
    return was_there and not any(is_about(pending, alarm) for alarm in after.alarms)


def _aside(pending: Order, what: Shelve | OutOfService, after: Alarms) -> bool:
    """The alarm lies where it was asked to lie; one that is gone from the list is not shelved."""
    states = [alarm.state for alarm in after.alarms if is_about(pending, alarm)]
    if isinstance(what, OutOfService):
        return (AlarmState.OUT_OF_SERVICE in states) == what.out
    return (AlarmState.SHELVED in states) == (what.for_s > 0)


def _called(what: What, state: SiteState) -> bool:
    """What has to do with opening the point."""
    call = state.call
    if isinstance(what, Activation):
        return state.active == what.active
    if isinstance(what, CallOut):
        return state.active or call.opening is not Opening.CLOSED
    if isinstance(what, Answer):
        return any((one.activator, one.coming) == (what.activator, what.coming) for one in call.answers)
    if isinstance(what, StepDone):
        return any(one.id == what.step and one.done_by for one in call.steps)
    return False


def _told(pending: Order, what: What, state: SiteState) -> bool:
    """What people tell that is shown again: a need, a requirement, a note on the run."""
    if isinstance(what, NeedSaid):
        return any(one.id == what.need for one in state.needs)
    if isinstance(what, NeedMark):
        return any(one.id == what.need and _marked(what, one.state) for one in state.needs)
    if isinstance(what, Confirmation):
        key = what.what.removeprefix("sot:")
        return any(one.key == key and one.confirmed_by == pending.who for one in state.requirements)
    if isinstance(what, RunNote):
        run = state.last_run
        return run is not None and run.id == what.run_id and what.comment in run.comment
    return False


def _marked(what: NeedMark, state: NeedState) -> bool:
    return state is NeedState.SOLVED or (what.state == "read" and state is NeedState.READ)
