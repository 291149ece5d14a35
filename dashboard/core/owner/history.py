"""The last things that happened, for the people at the site: what the box has noted, and what was entered on this page.

Records go to the centre alone; the page asks the box beside it for its newest. A box that has not told leaves only what
the page hears by itself: the public events of the power, and alarms that stand.
"""

from msgspec import Struct

from contract.messages import PublicPicture
from contract.words import Event
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.sending.orders import Answered, Sent, sent
from dashboard.core.site.alarm_names import alarm_name
from dashboard.core.site.event_words import event_name
from dashboard.core.site.events import Stored, event_rows

SHOWN = 20
ANSWERS = (Event.ORDER_DONE, Event.ORDER_REFUSED)


class Line(Struct, frozen=True, kw_only=True):
    """One line. `wall_ms` sorts it, None when nobody can tell; `frame`: that it was an exercise, a test, play."""

    wall_ms: int | None
    when: str
    what: str
    detail: str = ""
    frame: str = ""


def history(
    noted: list[Stored] | None, public: PublicPicture | None, picture: SitePicture,
    answered: tuple[Answered, ...], reader: Reader,
) -> tuple[Line, ...]:  # fmt: skip
    """The newest first, at most twenty; what has no time stands where it came. `noted`: by the box, the newest first;
    None: it has not told."""
    entered = _entered(answered, reader)
    if noted is None:
        lines = [*_events(public, picture, reader), *_alarms(picture, reader), *entered]
    else:
        lines = [*_noted(noted, answered, picture, reader), *entered]
    return tuple(sorted(lines, key=lambda one: -(one.wall_ms or 0))[:SHOWN])


def _noted(
    noted: list[Stored], answered: tuple[Answered, ...], picture: SitePicture, reader: Reader
) -> list[Line]:  # fmt: skip
    """What the box has noted; the answers to this page's own orders stand with these."""
    own = {one.order.id for one in answered}
    told = [one for one in noted if not (one.kind in ANSWERS and one.body.get("order") in own)]
    found: list[Line] = []
    for one, said in zip(told, event_rows(told, reader, picture), strict=True):
        after = found[-1].wall_ms if found else reader.now.wall_ms
        wall = after if one.wall_ms is None else one.wall_ms
        found.append(Line(wall_ms=wall, when=said.when, what=said.what, detail=said.detail, frame=said.frame))
    return found


def _events(public: PublicPicture | None, picture: SitePicture, reader: Reader) -> list[Line]:
    found = []
    for one in public.events if public else ():
        wall = reader.wall_of(one.at, picture.contact)
        found.append(Line(wall_ms=wall, when=reader.when(wall), what=event_name(one.kind, reader)))
    return found


def _alarms(picture: SitePicture, reader: Reader) -> list[Line]:
    found = []
    for one in picture.alarms.alarms if picture.alarms else ():
        wall = reader.wall_of(one.raised, picture.contact)
        name = alarm_name(one.key, reader.language)
        found.append(
            Line(wall_ms=wall, when=reader.when(wall), what=reader.phrase("event", "alarm_raised"), detail=name)
        )
    return found


def _entered(answered: tuple[Answered, ...], reader: Reader) -> list[Line]:
    worded: tuple[Sent, ...] = sent((), answered, reader)
    pairs = zip(answered, worded, strict=True)
    return [
        Line(
            wall_ms=one.order.entered_ms or None, when=said.entered, what=said.kind, detail=f"{said.who}: {said.state}"
        )
        for one, said in pairs
    ]
