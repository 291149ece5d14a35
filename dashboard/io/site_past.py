"""The past of a site as its page shows it: asked of the store, put together in `core/site`. Runs in a thread."""

import asyncio
from typing import Any, NamedTuple

from contract.records import OutageBody, RunBody
from contract.words import Event, Power, Stream
from dashboard.core.forms import entry
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site import charts, quarters, runs, series, timeline
from dashboard.core.site.charts import Charts, Line
from dashboard.core.site.contact_list import callees
from dashboard.core.site.events import Stored
from dashboard.core.site.knowledge import Proof, Span, carried, known
from dashboard.core.site.periods import LENGTHS, Period, begin_of
from dashboard.core.site.runs import RunList
from dashboard.core.site.series import Held, Point
from dashboard.core.site.timeline import Now, Told
from dashboard.core.site.timeline_picture import Timeline, timeline_picture
from dashboard.io.desk import Desk
from dashboard.io.store.database import StoreTrouble
from dashboard.io.store.history import SIMULATED, History, Judged, Measured
from dashboard.io.store.noting import JOIN_MS

MOST_RUNS = 500
LATER_MS = 60_000
"""A site's clock may run ahead of ours by this; what is dated later is no present and no past."""


class _Time(NamedTuple):
    begin_ms: int
    end_ms: int


def panels_of(desk: Desk, picture: SitePicture, period: Period, reader: Reader) -> dict[str, Any]:
    """What the panels of the past need; without the store what they say is that nothing is known."""
    history, told, done = desk.records.history, None, RunList(runs=(), outages=())
    try:
        told, done = timeline_of(history, picture, period, reader), runs_of(desk, picture, reader)
    except StoreTrouble as fault:
        desk.trouble = str(fault)
    asked = desk.asked
    return {
        "timeline": told,
        "done": done,
        "box_ago": None if asked is None or asked.events_ms is None else reader.now.mono_ms - asked.events_ms,
        "callees": callees(picture.state, reader),
        "period": period.value,
        "periods": tuple(one.value for one in Period),
        "run_note": lambda run: entry.run_note(run.id, run.anchor, reader),
    }


def timeline_of(history: History, picture: SitePicture, period: Period, reader: Reader) -> Timeline | None:
    """How the site was fed; None when nothing is known and no clock here says when now is. Raises StoreTrouble."""
    end = _end(history, picture.site, reader)
    if end is None:
        return None
    begin = end - LENGTHS[period].whole_ms
    past = history.past(picture.site, begin, end)
    told, now = past.told, _now(picture, reader)
    if not told:
        told = _of_judged(history.judged(picture.site, begin, end))
    alive = [*past.proofs, *_heard_now(picture, reader)]
    whole = timeline.stretches(told, known(alive, past.holes, until_ms=end), begin, end, holes=past.holes, now=now)
    return timeline_picture(whole, period, begin, end, reader, past.undated)


def charts_of(history: History, picture: SitePicture, period: Period, reader: Reader) -> Charts | None:
    """The curves of the site; None as above. Raises StoreTrouble."""
    end = _end(history, picture.site, reader)
    if end is None:
        return None
    begin = begin_of(period, end)
    spans = _sampled(history, picture, reader, end)
    range_ms = 0 if period is Period.DAY else max(quarters.QUARTER_MS, LENGTHS[period].step_ms // 4)
    found = history.measured(picture.site, charts.wanted(), begin - series.HOLD_MS, end, range_ms=range_ms)
    lines = [
        Line(signal=one.signal, device=one.device, steps=_steps(one, spans, range_ms or quarters.QUARTER_MS))
        for one in found
    ]
    judged = _judged(history, picture, reader, _Time(begin, end))
    return charts.charts(lines, judged, period, begin, end, picture, reader)


def curves_of(
    history: History, picture: SitePicture, signals: list[str], hours: float, reader: Reader
) -> dict[str, list[Point]]:
    """Points by signal, null where a gap begins; the newest sample sets the end. Raises StoreTrouble."""
    end = _end(history, picture.site, reader)
    spans = _sampled(history, picture, reader, end)
    found: dict[str, list[Point]] = {signal: [] for signal in signals}
    for signal in signals:
        newest = history.newest_sample_ms(picture.site, signal)
        if newest is None:
            continue
        last = newest if end is None else min(newest, end + LATER_MS)
        for one in history.measured(picture.site, [signal], last - int(hours * 3_600_000), last):
            found[signal] = sorted([*found[signal], *series.curve(one.samples, spans)], key=lambda point: point[0])
    return found


async def drawn(desk: Desk, picture: SitePicture, period: Period, reader: Reader) -> Charts | None:
    """The curves, from the store or, at the site's own page, from the box. None: nobody knows what time it is here.

    Raises StoreTrouble; TimeoutError when the box does not answer.
    """
    history = desk.records.history
    if desk.asked is None or reader.now.wall_ms is None:
        return await asyncio.to_thread(charts_of, history, picture, period, reader)
    time = _Time(begin_of(period, reader.now.wall_ms), reader.now.wall_ms)
    lines = await desk.asked.curves(period, time.begin_ms)
    if lines is None:
        raise TimeoutError
    judged = await asyncio.to_thread(_judged, history, picture, reader, time)
    return charts.charts(lines, judged, period, time.begin_ms, time.end_ms, picture, reader)


def events_of(desk: Desk, site: str, limit: int) -> list[Stored]:
    """The newest events of a site, the newest first. Raises StoreTrouble."""
    if desk.asked is not None:
        return (desk.asked.events or [])[:limit]
    return desk.records.newest(site, Stream.EVENT, limit)


def of_kind(desk: Desk, site: str, kind: Event, limit: int) -> list[Stored]:
    """The newest events of a kind, the newest first. Raises StoreTrouble."""
    if desk.asked is not None:
        return [one for one in desk.asked.events or () if one.kind == kind][:limit]
    return desk.records.history.of_kind(site, kind, limit)


def runs_of(desk: Desk, picture: SitePicture, reader: Reader) -> RunList:
    """Runs of the set and outages, the newest first. Raises StoreTrouble."""
    stored = of_kind(desk, picture.site, Event.RUN_ENDED, MOST_RUNS)
    outages = of_kind(desk, picture.site, Event.OUTAGE_ENDED, MOST_RUNS)
    return runs.run_list(runs.read(stored, RunBody), runs.read(outages, OutageBody), picture, reader)


def _end(history: History, site: str, reader: Reader) -> int | None:
    """Now; where no clock here knows it, the newest that is known."""
    return history.newest_ms(site) if reader.now.wall_ms is None else reader.now.wall_ms


def _now(picture: SitePicture, reader: Reader) -> Now | None:
    """What the site says of itself, while it is heard and its own program has said so."""
    state, wall_ms = picture.state, reader.now.wall_ms
    if state is None or wall_ms is None or not picture.in_contact(reader.now) or not picture.state_is_of_this_run:
        return None
    head = state.head
    frame = SIMULATED if head.simulated else "" if head.status == "actual" else head.status.value
    since = reader.wall_of(state.since, picture.contact)
    return Now(power=state.power, since_ms=since, until_ms=wall_ms, frame=frame)


def _heard_now(picture: SitePicture, reader: Reader) -> list[Proof]:
    """The run that is heard is alive until its last word, also before that is written down."""
    head, wall_ms, silence = picture.head, reader.now.wall_ms, picture.silence(reader.now)
    if head is None or wall_ms is None or silence is None or picture.offline:
        return []
    return [Proof(head.run, wall_ms - silence, wall_ms - silence)]


def _sampled(history: History, picture: SitePicture, reader: Reader, end: int | None) -> list[Span]:
    told, live, holes = history.sampled(picture.site)
    for now in _heard_now(picture, reader):
        near = [one for one in live if one.run == now.run and one.until_ms >= now.from_ms - JOIN_MS]
        live += [one._replace(until_ms=max(one.until_ms, now.until_ms)) for one in near]
    return known(carried(told, live), holes, until_ms=None if end is None else end + LATER_MS)


def _steps(one: Measured, spans: list[Span], range_ms: int) -> list[Held]:
    """The days that are summed up, and then what is not: what was told last holds on from one into the other."""
    told = [step for day, of in one.days for step in quarters.ranges(day, of, range_ms)]
    told += [Held(at, at, value, value, value) for at, value in one.samples]
    return quarters.spread([*told, *one.ranges], spans)


def _judged(history: History, picture: SitePicture, reader: Reader, time: _Time) -> dict[str, list[Held]]:
    """What the site judged of its fuel, as long as it was heard."""
    said = history.judged(picture.site, time.begin_ms, time.end_ms)
    _, live, _ = history.sampled(picture.site)
    spans = known([*live, *_heard_now(picture, reader)], until_ms=time.end_ms)
    usable = [(one.wall_ms, one.usable_l, one.usable_l) for one in said]
    hours = [(one.wall_ms, one.low_h, one.high_h) for one in said]
    return {
        "usable": charts.of_judged(usable, spans) if any(one.usable_l is not None for one in said) else [],
        "hours": charts.of_judged(hours, spans) if any(one.low_h is not None for one in said) else [],
    }


def _of_judged(said: list[Judged]) -> list[Told]:
    """Where no records come, as on the site's own page, what the site said of itself tells of its power."""
    found: list[Told] = []
    for one in said:
        try:
            power = Power(one.power)
        except ValueError:
            power = Power.UNKNOWN
        was = found[-1].power if found else power
        found.append(Told(wall_ms=one.wall_ms, kind=Event.POWER_CHANGED, power=power, was=was, frame=one.frame))
    return found
