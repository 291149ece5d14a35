"""Which curves a site has, and what goes to the page: lowest and highest of each bucket, and where nothing is known.

The numbers are whole multiples of the last shown digit, so that a year of all curves is small.
"""

from collections.abc import Sequence

from msgspec import Struct

from contract import signals
from contract.messages import SiteState
from contract.words import Power
from dashboard.core import numbers
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site.knowledge import Span
from dashboard.core.site.lasting import BURNING
from dashboard.core.site.periods import LENGTHS, Period
from dashboard.core.site.series import Bucket, Held, Sample, buckets, held, silences
from dashboard.core.site.values import signal_name, source_name

HOUR_MS = 3_600_000
LONGEST_AHEAD_H = 24 * 60
MOST_GAPS = 60
MOST_SERIES = 4
"""In one chart; more lines than these nobody tells apart."""
CHARTS: dict[str, tuple[str, ...]] = {
    "fuel": ("fuel.litres",),
    "level": ("fuel.level",),
    "load": ("generator.power", "meter.power"),
    "voltage": ("generator.voltage_l1n", "mains.voltage_l1n", "meter.voltage_l1n", "ups.input_voltage"),
    "temperature": ("engine.coolant_temperature", "room.temperature", "outdoor.temperature", "fuel.temperature"),
    "battery": ("engine.battery_voltage",),
    "ups": ("ups.charge", "box.battery_charge"),
}
"""The signals of each chart; all of one chart have one unit."""
FROM_ZERO = ("fuel", "level", "load", "ups", "lasts")
PERCENT = ("level", "ups")
ORDER = ("fuel", "level", "lasts", "load", "voltage", "temperature", "battery", "ups")


class Series(Struct, frozen=True, kw_only=True):
    """One line, in digits: `low` of each bucket, and how far its high lies `over` that; () where nowhere."""

    name: str
    low: tuple[int | None, ...]
    over: tuple[int, ...]


class Ahead(Struct, frozen=True, kw_only=True):
    """Until when the fuel lasts, as calculated: seconds UTC; from how much, in the unit of the chart."""

    at: float
    value: float
    low: float
    high: float | None
    words: str


class Chart(Struct, frozen=True, kw_only=True):
    """One chart. `gaps`: seconds UTC in which nothing is known of any of its lines. A digit is `digit` of the unit."""

    key: str
    title: str
    unit: str
    digit: float
    decimals: int
    zero: bool
    top: float | None
    series: tuple[Series, ...]
    gaps: tuple[tuple[float, float], ...]
    ahead: Ahead | None = None


class Charts(Struct, frozen=True, kw_only=True):
    """All that the page draws. `begin`, `step`, `end` in seconds UTC."""

    period: str
    begin: float
    step: float
    count: int
    end: float
    charts: tuple[Chart, ...]


class Line(Struct, frozen=True, kw_only=True):
    """What a signal of one device was, from before the period on."""

    signal: str
    device: str
    steps: list[Held]


def wanted() -> tuple[str, ...]:
    """Every signal that some chart shows."""
    return tuple(signal for of in CHARTS.values() for signal in of)


def charts(
    lines: Sequence[Line], judged: dict[str, list[Held]], period: Period, begin_ms: int, end_ms: int,
    picture: SitePicture, reader: Reader,
) -> Charts:  # fmt: skip
    """Every chart of which anything is known in the period. `judged`: usable litres, hours at least and at most."""
    length = LENGTHS[period]
    ahead = _ahead(picture.state, reader)
    cut = _Cut(begin_ms=begin_ms, step_ms=length.step_ms, count=length.count, end_ms=end_ms)
    drawn: dict[str, Chart | None] = {
        key: _of_signals(key, [one for one in lines if one.signal in of], cut, picture, reader)
        for key, of in CHARTS.items()
    }
    if judged["usable"]:
        usable = _scaled(reader.t("chart_usable"), judged["usable"], cut, 1.0, 1.0)
        measured = drawn["fuel"]
        lines_too = measured.series if measured is not None else ()
        drawn["fuel"] = _chart("fuel", (usable, *lines_too), "L", 1.0, 0, [judged["usable"]], cut, reader, ahead)
    drawn["lasts"] = _lasts(judged, cut, reader)
    return Charts(
        period=period.value,
        begin=begin_ms / 1000,
        step=length.step_ms / 1000,
        count=length.count,
        end=end_ms / 1000,
        charts=tuple(one for key in ORDER if (one := drawn[key]) is not None),
    )


class _Cut(Struct, frozen=True, kw_only=True):
    begin_ms: int
    step_ms: int
    count: int
    end_ms: int

    def buckets(self, steps: Sequence[Held]) -> list[Bucket]:
        return buckets(steps, self.begin_ms, self.step_ms, self.count)


def _of_signals(key: str, lines: Sequence[Line], cut: _Cut, picture: SitePicture, reader: Reader) -> Chart | None:
    order = CHARTS[key]
    chosen = sorted(lines, key=lambda one: (order.index(one.signal), one.device))[:MOST_SERIES]
    if not chosen:
        return None
    known = signals.catalogue().get(chosen[0].signal)
    raw = known.unit if known else ""
    unit, divisor, decimals = numbers.scale(raw, known.deadband if known else 0.1)
    twice = len({one.signal for one in chosen}) < len(chosen)
    series = tuple(
        _scaled(_name(one, twice, picture, reader), one.steps, cut, divisor, 10.0**-decimals) for one in chosen
    )
    if all(low is None for one in series for low in one.low):
        return None
    return _chart(key, series, unit, 10.0**-decimals, decimals, [one.steps for one in chosen], cut, reader)


def _name(one: Line, twice: bool, picture: SitePicture, reader: Reader) -> str:
    """The signal's name; with its device where two have the same."""
    name = signal_name(one.signal, reader.language)
    return f"{name} ({source_name(one.device, picture, reader.language)})" if twice else name


def _lasts(judged: dict[str, list[Held]], cut: _Cut, reader: Reader) -> Chart | None:
    """Hours, at least to at most; where the site did not say how long at most, at least alone."""
    if not judged["hours"]:
        return None
    series = (_scaled(reader.t("chart_hours"), judged["hours"], cut, 1.0, 1.0),)
    if all(low is None for low in series[0].low):
        return None
    return _chart("lasts", series, "h", 1.0, 0, [judged["hours"]], cut, reader)


def _scaled(name: str, steps: Sequence[Held], cut: _Cut, divisor: float, digit: float) -> Series:
    lows: list[int | None] = []
    overs: list[int] = []
    for low, high in cut.buckets(steps):
        if low is None or high is None or not _drawable(low) or not _drawable(high):
            lows.append(None)
            overs.append(0)
            continue
        first, last = round(low / divisor / digit), round(high / divisor / digit)
        lows.append(first)
        overs.append(last - first)
    return Series(name=name, low=tuple(lows), over=tuple(overs) if any(overs) else ())


def _drawable(value: float) -> bool:
    """A number that a chart can show; what is beyond reason is a gap."""
    return abs(value) < 1e9


def _chart(
    key: str, series: tuple[Series, ...], unit: str, digit: float, decimals: int, steps: Sequence[Sequence[Held]],
    cut: _Cut, reader: Reader, ahead: Ahead | None = None,
) -> Chart:  # fmt: skip
    gaps = sorted(silences(steps, cut.begin_ms, cut.end_ms, cut.step_ms // 4), key=_long, reverse=True)[:MOST_GAPS]
    return Chart(
        key=key,
        title=reader.t(f"chart_{key}"),
        unit=unit,
        digit=digit,
        decimals=decimals,
        zero=key in FROM_ZERO,
        top=100.0 if key in PERCENT else None,
        series=series,
        gaps=tuple((one.from_ms / 1000, one.until_ms / 1000) for one in sorted(gaps)),
        ahead=ahead,
    )


def _long(one: Span) -> int:
    return one.until_ms - one.from_ms


def _ahead(state: SiteState | None, reader: Reader) -> Ahead | None:
    """When the tank is empty, while the set burns from it; only from what the site has judged itself."""
    one = state.endurance if state else None
    if state is None or one is None or one.usable_l is None or one.at.wall_ms is None:
        return None
    if state.power not in BURNING and not (state.power is Power.UNKNOWN and one.until_ms is not None):
        return None
    low = one.at.wall_ms + round(min(one.low_h, LONGEST_AHEAD_H) * HOUR_MS)
    high = None if one.high_h is None else one.at.wall_ms + round(min(one.high_h, LONGEST_AHEAD_H) * HOUR_MS)
    key = "chart_ahead_open" if high is None else "chart_ahead_long"
    return Ahead(
        at=one.at.wall_ms / 1000,
        value=round(one.usable_l, 1),
        low=low / 1000,
        high=None if high is None else high / 1000,
        words=reader.t(key, low=reader.when(low), high=reader.when(high)),
    )


def of_judged(said: Sequence[tuple[int, float | None, float | None]], known: Sequence[Span]) -> list[Held]:
    """What a site judged, (ms UTC, at least, at most), each until the next and while the site was heard.

    `at most` None: nobody knows, and at least stands alone.
    """
    lows = held((Sample(at, low) for at, low, _ in said), known)
    highs = {at: high for at, _, high in said}
    return [one._replace(high=_above(one.low, highs.get(one.from_ms))) for one in lows]


def _above(low: float | None, high: float | None) -> float | None:
    return low if low is None or high is None else max(low, high)
