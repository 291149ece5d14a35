"""What people have told of a site since it was heard last: a witness beside its row, never the site's own word.

It stands there until the site itself has taken it in (then the site judges with it) and for good at a site without a
gateway, always with who said it, by what road, and its age. It counts for rank and list as long as the site itself
would believe it (`gateway/core/power/people_seen.py`): four hours, less what its time may be wrong by.
"""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from contract.orders import Order, Report
from contract.words import Status
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site import event_words
from dashboard.core.site.witness_words import said_by

HOLDS_MS = 4 * 3_600_000
AHEAD_MS = 60_000
"""A form knows minutes."""
DOUBT_MS = {"phone": 300_000, "radio": 600_000}
"""How far off the time of a report may be that came by somebody else."""
ROLES = {"none": "bad", "reserve": "reserve", "mains": "information"}
"""What is painted beside the words; never the green of what is known."""


class Line(Struct, frozen=True, kw_only=True):
    """One report: what, who said it, when. `seen_at` on the server's own clock, None when nobody can tell.

    `frame`: exercise or test.
    """

    words: str
    said: str
    role: str
    frame: str
    seen_at: int | None


class Told(Struct, frozen=True, kw_only=True):
    """What people say of one site, the newest of each kind. Each fact None where nobody told it, or it is too old.

    `power`: mains, reserve or none; `was_dark`: somebody said "none", though longer ago than it is believed.
    """

    lines: tuple[Line, ...]
    power: str | None = None
    burning: bool | None = None
    was_dark: bool = False
    litres: float | None = None
    litres_at: int | None = None


def told(
    pending: Iterable[Order], picture: SitePicture, reader: Reader, entered: Mapping[str, int] | None = None
) -> Told | None:  # fmt: skip
    """What stands of the reports that the site has not taken in; None where there are none that are news.

    `entered`: when each was entered, on the server's own clock, as far as this run knows: where nobody knows the time
    of day, what was seen "now" is so old.
    """
    known = entered or {}
    reports = [(order, order.what) for order in pending if isinstance(order.what, Report)]
    # of two from the same minute, what was entered last holds
    fresh = (one for one in reversed(reports) if _news(one[1], picture, reader))
    news = sorted(fresh, key=lambda one: -one[1].observed_ms)
    if not news:
        return None
    real = [one for one in news if _real(one[0], picture)]
    power = next((one for one in real if _of_power(one[1])), None)
    litres = next((one for one in real if one[1].litres is not None), None)
    shown = {0, _first(news, _of_power), _first(news, _of_fuel)}
    holds = power is not None and _holds(*power, reader, known)
    return Told(
        lines=tuple(_line(*news[number], reader, known) for number in sorted(shown)),
        power=power[1].power if power and holds else None,
        burning=_burning(power[1]) if power and holds else None,
        was_dark=bool(power and power[1].power == "none"),
        litres=litres[1].litres if litres else None,
        litres_at=_at(*litres, reader, known) if litres else None,
    )  # fmt: skip


def _news(report: Report, picture: SitePicture, reader: Reader) -> bool:
    """Was it seen after the site was heard last? What a site that is heard has not answered yet is news, too."""
    silence, now = picture.silence(reader.now), reader.now.wall_ms
    if picture.in_contact(reader.now) or not report.observed_ms:
        return True
    if silence is not None and now is not None:
        return report.observed_ms > now - silence
    head = picture.head
    return head is None or head.wall_ms is None or report.observed_ms > head.wall_ms


def _real(order: Order, picture: SitePicture) -> bool:
    """Is it of the same world as the site? What was told in an exercise moves nothing that is not one."""
    head = picture.head
    return (order.status or Status.ACTUAL) is (head.status if head else Status.ACTUAL)


def _of_power(report: Report) -> bool:
    return report.power is not None or report.set_running is not None


def _of_fuel(report: Report) -> bool:
    return report.litres is not None or report.dipstick_cm is not None


def _burning(report: Report) -> bool | None:
    return report.set_running if report.set_running is not None else {"reserve": True}.get(report.power or "")


def _first(news: list[tuple[Order, Report]], wanted: Callable[[Report], bool]) -> int:
    """Where the newest of a kind stands; the newest of all where there is none of it."""
    return next((number for number, one in enumerate(news) if wanted(one[1])), 0)


def _at(order: Order, report: Report, reader: Reader, entered: Mapping[str, int]) -> int | None:
    """When it was seen, on the server's own clock. What lies ahead of now was written by a clock that was wrong: it is
    as old as it was entered, and of unknown age once nobody remembers that.
    """
    now, known = reader.now, entered.get(order.id)
    if not report.observed_ms or (now.wall_ms is not None and report.observed_ms > now.wall_ms + AHEAD_MS):
        return known
    if now.wall_ms is None:
        return None
    at = now.mono_ms - max(0, now.wall_ms - report.observed_ms)
    return at if known is None else min(at, known)


def _holds(order: Order, report: Report, reader: Reader, entered: Mapping[str, int]) -> bool:
    at = _at(order, report, reader, entered)
    doubt_ms = max(60_000 * report.doubt_minutes, DOUBT_MS.get(order.through, 0))
    return at is not None and reader.now.mono_ms - at + doubt_ms <= HOLDS_MS


def _line(order: Order, report: Report, reader: Reader, entered: Mapping[str, int]) -> Line:
    road = f" {reader.t('reported_radio')}" if order.through == "radio" else ""
    real = order.status in (Status.ACTUAL, None)
    by = reader.t("told_by", who=said_by(order.who, report, reader))
    return Line(
        words=", ".join(event_words.reported(report, reader)),
        said=f"{by}{road} {reader.when(report.observed_ms or None)}",
        role=ROLES.get(report.power or "", "information"),
        frame="" if real or order.status is None else reader.phrase("status", order.status),
        seen_at=_at(order, report, reader, entered),
    )
