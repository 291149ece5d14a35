"""All witnesses heard: what is known of mains, set, load and battery, and which facts cannot be true together.

Instruments answer first; a person fills what they leave open, and never outweighs them.
"""

from contract.judgement import Contradiction, Witness
from contract.words import Clash, Connection, Place
from gateway.core.facts import Facts
from gateway.core.power import people_seen, witnesses
from gateway.core.power.evidence import Evidence
from gateway.core.power.witnesses import Seen
from gateway.core.remembered import Judged, Witnessed
from gateway.core.set_words import AT_REST, LOADED_SHARE, STARTING
from gateway.core.site import Now, Site

TRANSFER_WITHIN_S = 120.0
"""From running until an automatic set must have taken the load (section 4)."""
SETTLE_MS = 15_000
"""Two devices are read one after the other: only what they still contradict after this is a contradiction."""

Answers = dict[str, bool | None]
"""mains, set_live, on_set, load_live, battery"""


def hear(site: Site, facts: Facts, now: Now) -> Evidence:
    """Ask everybody."""
    was = site.memory.judged
    was = was if was.boot == now.boot else Judged(mains=was.mains, mains_gone=was.mains_gone)
    seen = _ask(site, facts, was)
    mains, quarrel_ms, quarrels = _agree(seen[Place.GRID], was)
    mains_ms = _changed_ms(mains, seen[Place.GRID], was)
    engine, source = witnesses.engine(site, facts)
    answers = _answers(site, facts, seen, mains)
    feeds = _feeds(engine, answers["on_set"], was)
    feed_ms = was.feed_ms if feeds in (None, was.feeds) else now.up_ms
    changed_ms = max(mains_ms, feed_ms)
    answers["load_live"] = _load_live(site, facts, seen[Place.LOAD], mains, changed_ms)
    spoken = _spoken(site, seen, Seen(source, True, now.up_ms) if source else None, engine)
    report = people_seen.newest(site, now)
    doubts: list[Contradiction] = []
    if report is not None:
        engine, doubts = _fill(answers, engine, report, quarrels, changed_ms, now)
        spoken.append(people_seen.as_witness(report))
    live_ms = _live_ms(answers, seen[Place.LOAD], report, was, now)
    if answers["mains"] is False and live_ms is not None and _looked_ms(seen[Place.GRID], report, now) < live_ms:
        # live since the mains were last looked at: they may be what feeds it
        answers["load_live"] = None
    clash_ms = _since(answers["on_set"] is True and answers["load_live"] is False, was.clash_ms, now)
    busy_ms = _since(_busy(engine, answers), was.busy_ms, now)
    return Evidence(
        **answers,
        engine=engine,
        witnesses=tuple(spoken),
        contradictions=tuple(_impossible(engine, answers) + _settled(clash_ms, now)),
        doubts=tuple(quarrels + doubts + _doubts(site, facts, engine, answers)),
        mains_quarrel_ms=quarrel_ms,
        outage=was.mains_gone,
        mains_ms=mains_ms,
        feeds=was.feeds if feeds is None else feeds,
        feed_ms=feed_ms,
        late=busy_ms is not None and now.up_ms - busy_ms > 1000 * _may_take_s(facts),
        busy_ms=busy_ms,
        clash_ms=clash_ms,
        live_ms=live_ms,
    )


def _answers(site: Site, facts: Facts, seen: "Heard", mains: bool | None) -> Answers:
    """What instruments say, but for the load side: which of its readings count is not known yet."""
    set_live = _newest(seen[Place.GENERATOR], 0)
    return {
        "mains": mains,
        "set_live": set_live,
        "on_set": witnesses.on_set(site, facts, set_live),
        "load_live": None,
        "battery": any(one.says for one in seen[None]) if seen[None] else None,
    }


def _settled(clash_ms: int | None, now: Now) -> list[Contradiction]:
    """A set that delivers into a dead load side, once both have been looked at again."""
    if clash_ms is None or now.up_ms - clash_ms < SETTLE_MS:
        return []
    return [Contradiction(key=Clash.RUNNING_WITHOUT_LOAD)]


Heard = dict[Place | None, list[Seen]]
"""Instruments by the place where they look; None: the batteries."""


def _ask(site: Site, facts: Facts, was: Judged) -> Heard:
    return {
        Place.GRID: witnesses.voltages(site, facts, Place.GRID, was.mains)
        + witnesses.ups_inputs(site, facts, Place.GRID),
        Place.GENERATOR: witnesses.voltages(site, facts, Place.GENERATOR),
        Place.LOAD: witnesses.voltages(site, facts, Place.LOAD),
        None: witnesses.battery(site, facts),
    }


def _feeds(engine: str | None, on_set: bool | None, was: Judged) -> bool | None:
    """May the set feed the shop? What was seen of the load side before that changed says nothing of now."""
    if on_set is not None:
        return on_set
    return None if engine is None else engine not in AT_REST and was.feeds is True


SAYS = {
    Place.GRID: ("mains present", "no mains"),
    Place.GENERATOR: ("set live", "set dead"),
    Place.LOAD: ("load live", "load dead"),
    None: ("on battery", "not on battery"),
}


def _spoken(site: Site, seen: Heard, engine: Seen | None, word: str | None) -> list[Witness]:
    """Every instrument as staff read it."""
    spoken = [
        witnesses.as_witness(one, SAYS[place][0 if one.says else 1], place, site)
        for place, ones in seen.items()
        for one in ones
    ]
    return spoken if engine is None else [*spoken, witnesses.as_witness(engine, f"engine {word}", None, site)]


def _agree(seen: list[Seen], was: Judged) -> tuple[bool | None, int | None, list[Contradiction]]:
    """One answer from several witnesses: the first that sees a change is believed until each has looked again.

    If they still disagree then, nobody knows of the mains; what does not rest on them can still be judged.
    """
    if not seen:
        return None, None, []
    newest = max(seen, key=lambda one: one.up_ms)
    if all(one.says is newest.says for one in seen):
        return newest.says, None, []
    if was.mains_quarrel_ms is None:
        return newest.says, newest.up_ms, []
    since = was.mains_quarrel_ms
    if min(one.up_ms for one in seen) <= since:
        return newest.says if was.mains is None else was.mains, since, []
    yes = ", ".join(one.source for one in seen if one.says)
    no = ", ".join(one.source for one in seen if not one.says)
    return None, since, [Contradiction(key=Clash.MAINS_QUARREL, detail=f"{yes} | {no}")]


def _changed_ms(mains: bool | None, grid: list[Seen], was: Judged) -> int:
    """Uptime at which the mains last changed; a load-side reading from before it is no witness."""
    if mains is None or mains is was.mains:
        return was.mains_ms
    return max((one.up_ms for one in grid if one.says is mains), default=was.mains_ms)


def _newest(seen: list[Seen], from_ms: int) -> bool | None:
    known = [one for one in seen if one.up_ms >= from_ms]
    return max(known, key=lambda one: one.up_ms).says if known else None


def _load_live(site: Site, facts: Facts, load: list[Seen], mains: bool | None, from_ms: int) -> bool | None:
    """Meters first. A UPS hangs at one socket: it speaks for the shop only where no meter does, and no mains are."""
    live = _newest(load, from_ms)
    if live is None and mains is not True:
        live = _newest(witnesses.ups_inputs(site, facts, Place.LOAD), from_ms)
    return live


def _fill(
    answers: Answers,
    engine: str | None,
    report: Witnessed,
    clashes: list[Contradiction],
    changed_ms: int,
    now: Now,
) -> tuple[str | None, list[Contradiction]]:
    """What a person saw, where no instrument answers. (engine, doubts); what cannot be true with the rest is named."""
    after = people_seen.after(report, changed_ms, now)
    told: Answers = {
        "mains": people_seen.mains(report) if not clashes else None,
        "on_set": people_seen.on_set(report),
        "load_live": people_seen.live(report) if after else None,
    }
    runs = engine if engine is not None else people_seen.engine(report)
    filled = answers | {key: says for key, says in told.items() if answers[key] is None}
    doubt = [Contradiction(key=Clash.PERSON_QUARREL, detail=people_seen.as_witness(report).says)]
    if _impossible(runs, filled) and not _impossible(engine, answers):
        return engine, doubt
    differs = after and any(None not in (says, answers[key]) and says is not answers[key] for key, says in told.items())
    answers.update(filled)
    return runs, doubt if differs else []


def _impossible(engine: str | None, answers: Answers) -> list[Contradiction]:
    """Facts that cannot be true together, whoever is right."""
    found = []
    if answers["on_set"] is True and engine in AT_REST:
        found.append(Contradiction(key=Clash.POWER_WITHOUT_ENGINE))
    fed = answers["mains"] is not False or engine not in AT_REST or answers["battery"] is True
    if answers["load_live"] is True and not fed:
        found.append(Contradiction(key=Clash.LIVE_WITHOUT_SOURCE))
    return found


def _doubts(site: Site, facts: Facts, engine: str | None, answers: Answers) -> list[Contradiction]:
    """Facts that do not fit; the state rests on the better witness."""
    found = []
    watts = witnesses.load_power(site, facts)
    if answers["on_set"] is True and answers["load_live"] is not False and watts is not None:
        least = LOADED_SHARE * facts.set.rated_kw * 1000
        if abs(watts) < least:
            found.append(Contradiction(key=Clash.RUNNING_WITHOUT_LOAD))
    if engine == "running" and answers["set_live"] is False:
        found.append(Contradiction(key=Clash.RUNNING_WITHOUT_VOLTAGE))
    if witnesses.switch_position(site, facts) == "generator" and engine in AT_REST:
        found.append(Contradiction(key=Clash.SWITCH_QUARREL))
    if answers["battery"] is True and answers["mains"] is True and answers["load_live"] is not False:
        found.append(Contradiction(key=Clash.UPS_WITHOUT_INPUT))
    return found


def _live_ms(answers: Answers, load: list[Seen], report: Witnessed | None, was: Judged, now: Now) -> int | None:
    """Uptime at which the load side was first seen live."""
    if answers["load_live"] is not True:
        return None
    if was.live_ms is not None:
        return was.live_ms
    told = [report.at.up_ms] if report is not None and report.at.boot == now.boot else []
    return max([one.up_ms for one in load if one.says] or told, default=now.up_ms)


def _looked_ms(grid: list[Seen], report: Witnessed | None, now: Now) -> int:
    """Uptime at which somebody last looked at the mains; people count where no instrument does."""
    if grid:
        return max(one.up_ms for one in grid)
    return report.at.up_ms if report is not None and report.at.boot == now.boot else 0


def _busy(engine: str | None, answers: Answers) -> bool:
    trying = engine in STARTING or engine == "running"
    return trying and answers["on_set"] is not True and answers["mains"] is not True


def _since(holds: bool, was_ms: int | None, now: Now) -> int | None:
    if not holds:
        return None
    return was_ms if was_ms is not None else now.up_ms


def _may_take_s(facts: Facts) -> float:
    """How long a set may start and run without the load: a person needs longer than a switch."""
    if facts.connection is Connection.MANUAL:
        return facts.activate_within_s
    return facts.set.start_within_s + TRANSFER_WITHIN_S
