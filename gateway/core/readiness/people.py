"""What people confirm, who is away, and which activators can be counted on. Facts: reserve power, sections 1, 16."""

from collections.abc import Iterable
from datetime import UTC, datetime

from contract.orders import Absence, Confirmation, Order
from contract.words import Event, Sot
from gateway.core.facts import Facts
from gateway.core.moments import age_ms, before, believed_ms
from gateway.core.orders.handling import Done, Refusal, note, observed
from gateway.core.readiness.found import REPORT_HOLDS_DAYS
from gateway.core.remembered import Away, Confirmed
from gateway.core.site import Now, Site, remember

DAY_MS = 86_400_000
CONFIRMED_DAYS = 30.0
"""So long an activator's word holds that he or she is willing and able."""
MAX_AWAY = 100
SLACK_MS = 120_000
"""Clocks of phones differ: only what lies further ahead is in the future."""


def counts(site: Site, activator: str, now: Now) -> bool | None:
    """Can this activator be counted on now? None when nobody can tell: an age or an absence without a clock."""
    said = site.memory.confirmed.get(f"activator:{activator}")
    if said is None or not said.ok:
        return False
    away = is_away(site, activator, now)
    age = age_ms(said.at, now)
    if away or (age is not None and age > CONFIRMED_DAYS * DAY_MS):
        return False
    return None if away is None or age is None else True


def is_away(site: Site, activator: str, now: Now) -> bool | None:
    """Is this activator away now? None: there is an absence, and no clock to tell whether it is now."""
    absences = [away for away in site.memory.away if away.activator == activator]
    wall_ms = believed_ms(now)
    if not absences:
        return False
    return None if wall_ms is None else any(away.from_ms <= wall_ms < away.until_ms for away in absences)


def confirm(site: Site, order: Order, what: Confirmation, facts: Facts, now: Now) -> Done:
    """A person says that something is so, or is not. The newest observation holds, whenever it was entered."""
    names = confirmable(facts)
    if what.what not in names:
        raise _cannot_confirm(what.what, names)
    _not_ahead(order, what.observed_ms, now)
    said = Confirmed(
        ok=what.ok,
        who=order.who,
        at=observed(order, what.observed_ms, now),
        responsible=what.responsible,
        note=what.note,
    )
    held = site.memory.confirmed.get(what.what)
    if held is not None and before(said.at, held.at, now):
        raise Refusal("confirmed_later", who=held.who)
    kept = {key: one for key, one in site.memory.confirmed.items() if key in names}
    parts = (f"{what.what}: {'yes' if what.ok else 'no'}", what.responsible, what.note)
    key = "confirmed" if what.ok else "not_confirmed"
    params = {"what": what.what, "responsible": what.responsible, "said": what.note}
    told = note(Event.CONFIRMED, ", ".join(part for part in parts if part), order, key, **params)
    return remember(site, confirmed=kept | {what.what: said}), [told]


def confirmable(facts: Facts) -> tuple[str, ...]:
    """All that can be confirmed at this site."""
    requirements = [f"sot:{one.value}" for one in Sot]
    people = [f"activator:{one.id}" for one in facts.call.activators]
    return (*requirements, *people, *(f"check:{key}" for key in REPORT_HOLDS_DAYS))


def absent(site: Site, order: Order, what: Absence, facts: Facts, now: Now) -> Done:
    """An activator is away for a while, or is not after all (`until_ms` equal to `from_ms`)."""
    ids = [one.id for one in facts.call.activators]
    if not ids:
        raise Refusal("activators_none")
    if what.activator not in ids:
        raise Refusal("activator_unknown", activator=what.activator, known=", ".join(ids))
    if what.until_ms < what.from_ms:
        raise Refusal("absence_backwards")
    kept = site.memory.away
    if what.until_ms == what.from_ms:
        return _taken_back(site, order, what, kept)
    wall_ms = believed_ms(now)
    if wall_ms is not None and what.until_ms <= wall_ms:
        raise Refusal("absence_over")
    away = Away(activator=what.activator, from_ms=what.from_ms, until_ms=what.until_ms)
    others = tuple(one for one in kept if one != away)
    if len(others) >= MAX_AWAY:  # only then: a clock that is years ahead for an hour must throw nothing away
        others = _not_over(others, now)
    if len(others) >= MAX_AWAY:
        raise Refusal("absences_full", most=MAX_AWAY)
    said = f"{what.activator}: away from {_day(what.from_ms)} until {_day(what.until_ms)}"
    params = {"activator": what.activator, "from": str(what.from_ms), "until": str(what.until_ms)}
    return remember(site, away=(*others, away)), [note(Event.ENTERED, said, order, "away", **params)]


def _taken_back(site: Site, order: Order, what: Absence, kept: tuple[Away, ...]) -> Done:
    gone = [one for one in kept if one.activator == what.activator and one.from_ms <= what.from_ms < one.until_ms]
    if not gone:
        raise Refusal("absence_none", activator=what.activator)
    said = f"{what.activator}: not away, {_day(what.from_ms)}"
    params = {"activator": what.activator, "from": str(what.from_ms)}
    told = note(Event.ENTERED, said, order, "not_away", **params)
    return remember(site, away=tuple(one for one in kept if one not in gone)), [told]


def _not_over(absences: Iterable[Away], now: Now) -> tuple[Away, ...]:
    wall_ms = believed_ms(now)
    return tuple(one for one in absences if wall_ms is None or wall_ms < one.until_ms)


def _not_ahead(order: Order, observed_ms: int, now: Now) -> None:
    wall_ms = believed_ms(now)
    latest_ms = order.entered_ms if wall_ms is None else wall_ms
    if observed_ms > latest_ms + SLACK_MS:
        raise Refusal("seen_ahead")


def _cannot_confirm(what: str, names: tuple[str, ...]) -> Refusal:
    """It names what would have been right: of the same kind where there is one."""
    kind = what.partition(":")[0]
    near = [name for name in names if name.partition(":")[0] == kind]
    if near or kind != "activator":
        return Refusal("cannot_confirm", what=what, known=", ".join(near or names))
    return Refusal("activators_none")


def _day(ms: int) -> str:
    try:
        return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return "the end of time"
