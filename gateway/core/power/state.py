"""Which power state the site is in, from what its witnesses say. Facts: reserve power, sections 3 and 4.

Missing data leads to `unknown` and to nothing else. Without a witness on the grid side the mains are unknown.
"""

from collections.abc import Callable

import msgspec

from contract.wire import Moment
from contract.words import Event, Power
from gateway.core.facts import Facts
from gateway.core.moments import age_ms
from gateway.core.power.evidence import Evidence
from gateway.core.power.hearing import hear
from gateway.core.remembered import Judged
from gateway.core.set_words import AT_REST, STARTING
from gateway.core.site import Change, Now, Site, remember

GAP_MS = 15 * 60 * 1000
"""Found in the same state after at most this, the site was in it all the time; after longer nobody knows."""
FLAP_WITHIN_MS = 10 * 60 * 1000
FLAPS = 6
"""Changes of the mains within that time from which they are told as one thing."""
STEADY_MS = 5 * 60 * 1000
"""So long without a change, and they are steady again (section 15, mains_lost)."""
ENGINE_EVENTS = {
    "pre_start": Event.ENGINE_STARTING,
    "warming_up": Event.ENGINE_WARMING,
    "running": Event.ENGINE_RUNNING,
    "cooling_down": Event.ENGINE_COOLING,
    "stopped": Event.ENGINE_STOPPED,
    "post_run": Event.ENGINE_STOPPED,
}

Test = Callable[[Evidence], bool]

TABLE: tuple[tuple[Test, Power], ...] = (
    # the first line that is true decides
    (lambda seen: bool(seen.contradictions), Power.UNKNOWN),
    (lambda seen: seen.on_set is True and seen.mains is True and seen.outage, Power.RETURNING),
    (lambda seen: seen.on_set is True, Power.ON_RESERVE),
    (lambda seen: seen.mains is True and seen.load_live is not False, Power.ON_MAINS),
    # no mains, yet the shop is live: somebody feeds it
    (lambda seen: _fed(seen) and seen.engine == "running", Power.ON_RESERVE),
    (lambda seen: _fed(seen) and seen.battery is True, Power.ON_BATTERY),
    (lambda seen: _fed(seen) and seen.engine is None and seen.set_live is not False, Power.ON_RESERVE),
    # no mains, and the shop is not known to be live
    (lambda seen: seen.engine in STARTING and seen.mains is not True and not seen.late, Power.STARTING),
    (lambda seen: _idles(seen) and not seen.late, Power.STARTING),
    (lambda seen: seen.battery is True and _without_mains(seen), Power.ON_BATTERY),
    (lambda seen: seen.mains is False and seen.engine in STARTING, Power.DEAD),
    (lambda seen: seen.mains is False and seen.on_set is False and seen.engine == "cooling_down", Power.DEAD),
    (lambda seen: seen.mains is False and seen.engine in AT_REST, Power.DEAD),
    (lambda seen: seen.load_live is False, Power.DEAD),
)
"""Power states from evidence; when no line is true the state is unknown."""


def _fed(seen: Evidence) -> bool:
    return seen.mains is False and seen.load_live is True


def _idles(seen: Evidence) -> bool:
    return seen.mains is False and seen.on_set is False and seen.engine == "running"


def _without_mains(seen: Evidence) -> bool:
    """A UPS alone at its socket proves nothing while the shop is live and nobody sees the grid."""
    return seen.mains is False or (seen.mains is None and seen.load_live is not True)


def watch(site: Site, facts: Facts, now: Now, source: str) -> tuple[Site, list[Change]]:
    """The power state anew."""
    seen = hear(site, facts, now)
    was = site.memory.judged
    judged = judge(seen, was, now)
    site = msgspec.structs.replace(site, evidence=seen)
    if judged == was:
        return site, []
    changes = events(was, judged, source)
    if any(change.kind is Event.POWER_CHANGED for change in changes):
        judged = msgspec.structs.replace(judged, told=judged.power)
    return remember(site, judged=judged), changes


def judge(seen: Evidence, was: Judged, now: Now) -> Judged:
    """The next state. `since` moves only when the state does."""
    power = next((power for test, power in TABLE if test(seen)), Power.UNKNOWN)
    known = was.known if power is Power.UNKNOWN else power
    since = _since(power, was, now)
    if was.boot != now.boot:
        was = msgspec.structs.replace(was, flaps=(), flapping=False, flap_count=0)
    flaps, flapping, count = _flapping(seen, was, now)
    return Judged(
        power=power,
        since=since,
        known=known,
        known_since=was.known_since if power is Power.UNKNOWN else since,
        lost=None if power is not Power.UNKNOWN else was.lost or now.moment(),
        outage=_outage(seen, power, was),
        mains_gone=seen.mains is False or (was.mains_gone and power is not Power.ON_MAINS),
        mains=was.mains if seen.mains is None else seen.mains,
        boot=now.boot,
        mains_ms=seen.mains_ms,
        feeds=seen.feeds,
        feed_ms=seen.feed_ms,
        engine=seen.engine or was.engine,
        mains_quarrel_ms=seen.mains_quarrel_ms,
        busy_ms=seen.busy_ms,
        clash_ms=seen.clash_ms,
        live_ms=seen.live_ms,
        flaps=flaps,
        flapping=flapping,
        flap_count=count,
        told=was.told,
    )


def awakened(judged: Judged, last: Moment | None) -> Judged:
    """What is remembered after a restart. `last`: when the site was last looked at."""
    if judged.power is Power.UNKNOWN:
        return judged
    return msgspec.structs.replace(judged, lost=last or judged.since)


def _since(power: Power, was: Judged, now: Now) -> Moment:
    """Since when; a short while of not knowing does not begin it anew."""
    if power is Power.UNKNOWN:
        return was.since if was.power is Power.UNKNOWN and was.since is not None else now.moment()
    if power is was.known and was.known_since is not None:
        gap = 0 if was.lost is None else age_ms(was.lost, now)
        if gap is not None and gap <= GAP_MS:
            return was.known_since
    return now.moment()


def _outage(seen: Evidence, power: Power, was: Judged) -> bool:
    """Is the site without its mains, or without power for whatever reason? It ends on the mains.

    Where nobody ever saw the grid, it ends when the shop is live and no set is known to feed it.
    """
    if seen.mains is False or power is Power.DEAD:
        return True
    if power is Power.ON_MAINS:
        return False
    blind = seen.mains is None and was.mains is None
    if blind and seen.load_live is True and seen.on_set is not True and (seen.engine is None or seen.engine in AT_REST):
        return False
    return was.outage or (blind and power is Power.ON_BATTERY)


def _flapping(seen: Evidence, was: Judged, now: Now) -> tuple[tuple[int, ...], bool, int]:
    """(uptimes of changes, do they come and go, how many changes in all)."""
    changed = None not in (seen.mains, was.mains) and seen.mains is not was.mains
    flaps = (*was.flaps, now.up_ms)[-FLAPS:] if changed else was.flaps
    many = len(flaps) == FLAPS and flaps[-1] - flaps[0] <= FLAP_WITHIN_MS
    steady = not flaps or now.up_ms - flaps[-1] >= STEADY_MS
    flapping = (was.flapping or (many and changed)) and not steady
    count = was.flap_count + int(changed) if flapping and was.flapping else (FLAPS if flapping else 0)
    return flaps, flapping, count


def events(was: Judged, new: Judged, source: str) -> list[Change]:
    """What happened between two judgements, in the order in which it happens at a site.

    Mains that come and go are told as unstable once, and as settled once, with the number of changes.
    """
    changes = []

    def tell(kind: Event, last: Power = was.power, **more: int) -> None:
        body = {"power": new.power.value, "was": last.value, "source": source}
        changes.append(Change(kind, body | more))

    steady = not new.flapping
    if was.mains is not None and new.mains is not was.mains and not was.flapping:
        tell(Event.MAINS_BACK if new.mains else Event.MAINS_LOST)
    if new.flapping and not was.flapping:
        tell(Event.MAINS_UNSTABLE)
    if was.flapping and steady:
        tell(Event.MAINS_SETTLED, changes=was.flap_count)
        tell(Event.MAINS_BACK if new.mains else Event.MAINS_LOST)
    if was.engine and new.engine != was.engine:
        told = ENGINE_EVENTS.get(new.engine)
        if told is not None and told is not ENGINE_EVENTS.get(was.engine):
            tell(told)
    if new.power is not new.told and (steady or Power.UNKNOWN in (new.power, new.told)):
        tell(Event.POWER_CHANGED, new.told)
    if steady or new.known is Power.ON_RESERVE:
        changes += _arrivals(was, new, source)
    return changes


def _arrivals(was: Judged, new: Judged, source: str) -> list[Change]:
    """The site has come onto reserve power, or home to the mains."""
    body = {"power": new.power.value, "was": was.power.value, "source": source}
    changed = new.power is not was.power
    if changed and new.power is Power.ON_RESERVE and was.known not in (Power.ON_RESERVE, Power.RETURNING):
        return [Change(Event.ON_RESERVE, body)]
    if new.power is Power.ON_MAINS and (was.outage or (was.flapping and new.told is not Power.ON_MAINS)):
        return [Change(Event.BACK_ON_MAINS, body)] if changed or was.flapping else []
    return []
