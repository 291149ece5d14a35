"""The last things that happened, as far as a site's own page hears of them: power, alarms that stand, what was entered.

Records go to the centre alone; here the public events, the alarms and the orders of this page stand in for them.
"""

from msgspec import Struct

from contract.messages import PublicPicture
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.sending.orders import Answered, Sent, sent
from dashboard.core.site.alarm_names import alarm_name
from dashboard.core.site.event_words import event_name

SHOWN = 20


class Line(Struct, frozen=True, kw_only=True):
    """One line. `wall_ms` sorts it; None when nobody can tell."""

    wall_ms: int | None
    when: str
    what: str
    detail: str = ""


def history(
    public: PublicPicture | None, picture: SitePicture, answered: tuple[Answered, ...], reader: Reader
) -> tuple[Line, ...]:
    """The newest first, at most twenty; what has no time stands last."""
    lines = [*_events(public, picture, reader), *_alarms(picture, reader), *_entered(answered, reader)]
    return tuple(sorted(lines, key=lambda one: -(one.wall_ms or 0))[:SHOWN])


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
