"""Numbers, ages and times as people read them: decimal comma, narrow space in thousands, a unit after a space."""

import math
from datetime import UTC, datetime, timedelta, tzinfo

from contract.daylight import SEASONS, season

NARROW = "\u202f"
HARD = "\u00a0"
_DAYS = {
    "sv": ("mån", "tis", "ons", "tor", "fre", "lör", "sön"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = {
    "sv": ("jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_JUST_NOW = {"sv": "nyss", "en": "just now"}
_DAY_WORD = {"sv": "dygn", "en": "d"}
NEAR = timedelta(days=6)
AGO = {"sv": "för {age} sedan", "en": "{age} ago"}
"""Round an age; `static/ages.js` counts on in the same words."""


def number(value: float, decimals: int, language: str = "sv") -> str:
    """1 234,5 (sv) or 1 234.5 (en); never minus zero."""
    if not math.isfinite(value) or abs(value) > 1e15:
        return "–"
    shown = f"{value:,.{decimals}f}".replace(",", NARROW)
    if not float(f"{value:.{decimals}f}"):
        shown = shown.removeprefix("-")
    return (shown.replace(".", ",") if language == "sv" else shown).replace("-", "\u2212")


SCALED = {"W": ("kW", 1000, 1), "VA": ("kVA", 1000, 1), "var": ("kvar", 1000, 1), "mV": ("V", 1000, 1)}
SCALED |= {"mA": ("A", 1000, 1), "s": ("h", 3600, 0)}
"""Units that people read in another size: unit -> (shown, divisor, decimals)."""


def quantity(value: float, unit: str, deadband: float, language: str = "sv") -> str:
    """A value with its unit, as exact as the signal is."""
    shown, divisor, decimals = scale(unit, deadband)
    figure = number(value / divisor, decimals, language)
    return f"{figure}{HARD}{shown}" if shown else figure


def scale(unit: str, deadband: float) -> tuple[str, int, int]:
    """In which unit people read it, what it is divided by for that, and how many decimals are shown."""
    return SCALED.get(unit, (unit, 1, _decimals(deadband)))


def _decimals(deadband: float) -> int:
    """As many decimals as the smallest move that is told."""
    if deadband <= 0 or deadband >= 1:
        return 0
    return 2 if deadband < 0.1 else 1


def age(ms: int, language: str = "sv") -> str:
    """How long: nyss, 40 s, 3 min, 2 h 5 min, 4 dygn 3 h."""
    seconds = max(0, ms) // 1000
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 2:
        return _JUST_NOW[language]
    if minutes < 1:
        return f"{seconds}{HARD}s"
    if hours < 1:
        return f"{minutes}{HARD}min"
    if days < 1:
        return f"{hours}{HARD}h {minutes % 60}{HARD}min" if minutes % 60 else f"{hours}{HARD}h"
    word = _DAY_WORD[language]
    return f"{days}{HARD}{word} {hours % 24}{HARD}h" if hours % 24 else f"{days}{HARD}{word}"


def ago(ms: int, language: str = "sv") -> str:
    """How long ago: nyss, för 40 s sedan."""
    words = age(ms, language)
    return words if words == _JUST_NOW[language] else AGO[language].format(age=words)


def when(wall_ms: int, zone: tzinfo, now_ms: int | None, language: str = "sv") -> str:
    """Weekday and time for the near, the date for the far."""
    moment = _local(wall_ms, zone)
    if moment is None:
        return "–"
    clock, which = f"{moment:%H:%M}", season(moment)
    if which:
        clock = f"{clock}{HARD}{SEASONS[language][which]}"
    here = None if now_ms is None else _local(now_ms, zone)
    if here is not None and here.date() == moment.date():
        return clock
    if here is not None and abs(here - moment) < NEAR:
        return f"{_DAYS[language][moment.weekday()]} {clock}"
    date = f"{moment.day} {_MONTHS[language][moment.month - 1]}"
    if here is None or here.year != moment.year:
        date = f"{date} {moment.year}"
    return f"{date} {clock}"


def written(wall_ms: int, zone: tzinfo, language: str) -> str:
    """Date and time as a form takes them again: of a time that comes twice with which of the two it is."""
    moment = datetime.fromtimestamp(wall_ms / 1000, zone)
    return f"{moment:%Y-%m-%dT%H:%M} {SEASONS[language].get(season(moment), '')}".rstrip()


def stamp(wall_ms: int, zone: tzinfo) -> str:
    """Date and time with the distance to UTC, for programs and spreadsheets; "" beyond the years that there are."""
    moment = _local(wall_ms, zone)
    return "" if moment is None else moment.isoformat(" ", "seconds")


def weekday(moment: datetime, language: str = "sv") -> str:
    """The day of the week, short."""
    return _DAYS[language][moment.weekday()]


def month(moment: datetime, language: str = "sv") -> str:
    """The month, short; January with its year."""
    name = _MONTHS[language][moment.month - 1]
    return f"{name} {moment.year}" if moment.month == 1 else name


def _local(wall_ms: int, zone: tzinfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(wall_ms / 1000, UTC).astimezone(zone)
    except (OverflowError, ValueError, OSError):
        return None
