"""What a person writes in one field of a form becomes what an order takes, or one sentence that says what to write.

Programs send numbers and truth values as such; only text is read here, as people write it: `1 200,5`.
"""

import re
from datetime import datetime
from math import isfinite
from typing import Any, Literal

from msgspec import Struct

from contract.daylight import moments
from dashboard.core import numbers
from dashboard.core.reader import Reader
from dashboard.core.sites import DashboardError

Said = tuple[str, str]
"""Swedish, English."""
Choices = tuple[tuple[str, Said], ...]
"""What the order takes, and its words."""
Kind = Literal["text", "long", "number", "whole", "choice", "yesno", "when", "fixed"]
DAY_MS = 86_400_000
MINUTE_MS = 60_000


class BadOrder(DashboardError):
    """What was sent is no order; the sentence says what is wrong with it, `field` where."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class Field(Struct, frozen=True, kw_only=True):
    """One field. `low`…`high` for numbers; `past`, `future`: which times may be meant; `value`: at first."""

    name: str
    kind: Kind
    label: Said = ("", "")
    hint: Said = ("", "")
    required: bool = False
    low: float = 0
    high: float = 1e6
    longest: int = 500
    choices: Choices = ()
    value: str = ""
    past: bool = False
    future: bool = False


def read(field: Field, raw: str, reader: Reader) -> Any:
    """What the order takes, None where nothing was written; raises BadOrder."""
    written = raw.strip()
    if not written:
        if field.required:
            raise BadOrder(reader.t("wrong_missing"), field.name)
        return None
    return _READERS[field.kind](field, written, reader)


def _text(field: Field, written: str, reader: Reader) -> str:
    if len(written) > field.longest:
        raise BadOrder(reader.t("wrong_long", n=field.longest), field.name)
    return written


def _number(field: Field, written: str, reader: Reader) -> float:
    plain = re.sub(r"[\s\u00a0\u202f]", "", written).replace(",", ".").replace("\u2212", "-")
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", plain, re.ASCII):
        key = "wrong_whole" if field.kind == "whole" else "wrong_number"
        raise BadOrder(reader.t(key), field.name)
    value = float(plain)
    if not isfinite(value) or not field.low <= value <= field.high:
        low, high = (numbers.number(bound, 0, reader.language) for bound in (field.low, field.high))
        raise BadOrder(reader.t("wrong_range", low=low, high=high), field.name)
    return value


def _whole(field: Field, written: str, reader: Reader) -> int:
    value = _number(field, written, reader)
    if value != int(value):
        raise BadOrder(reader.t("wrong_whole"), field.name)
    return int(value)


def _choice(field: Field, written: str, reader: Reader) -> str:
    if field.choices and written not in [value for value, _ in field.choices]:
        raise BadOrder(reader.t("wrong_choice"), field.name)
    return written


def _yesno(field: Field, written: str, reader: Reader) -> bool:
    known = {"yes": True, "true": True, "no": False, "false": False}
    if written not in known:
        raise BadOrder(reader.t("wrong_choice"), field.name)
    return known[written]


def _when(field: Field, written: str, reader: Reader) -> int:
    """A time of day here, as browsers and people write it, in ms UTC."""
    match = re.fullmatch(
        r"(\d{4}-\d{2}-\d{2})[T ](\d{1,2})[:.](\d{2})(:\d{2}(\.\d+)?)?( (sommar|vinter|summer |winter )(tid|time))?",
        written,
        re.ASCII,
    )
    try:
        if match is None:
            raise ValueError(written)
        shown = datetime.fromisoformat(f"{match[1]}T{int(match[2]):02}:{match[3]}:00")
        times = [int(one.timestamp() * 1000) for one in moments(shown, reader.zone)]
    except (ValueError, OverflowError) as fault:
        raise BadOrder(reader.t("wrong_time"), field.name) from fault
    now = reader.now.wall_ms
    wall_ms = _meant(field, times, match[7] or "", reader)
    if wall_ms < 0:
        raise BadOrder(reader.t("wrong_time"), field.name)
    if now is not None and field.past and wall_ms > now + MINUTE_MS:
        raise BadOrder(reader.t("wrong_future"), field.name)
    if now is not None and field.future and wall_ms < now:
        raise BadOrder(reader.t("wrong_past"), field.name)
    return wall_ms


def _meant(field: Field, times: list[int], season: str, reader: Reader) -> int:
    """The one moment that is meant; of a time that comes twice only what is said, or possible."""
    if not times:
        raise BadOrder(reader.t("wrong_skipped"), field.name)
    if len(times) == 1:
        return times[0]
    if season:
        return times[0] if season.startswith(("s", "S")) else times[1]
    now = reader.now.wall_ms
    if now is not None and field.past and times[0] <= now + MINUTE_MS < times[1]:
        return times[0]
    if now is not None and field.future and times[0] < now <= times[1]:
        return times[1]
    raise BadOrder(reader.t("wrong_twice"), field.name)


_READERS = {
    "text": _text,
    "long": _text,
    "number": _number,
    "whole": _whole,
    "choice": _choice,
    "yesno": _yesno,
    "when": _when,
    "fixed": _text,
}
