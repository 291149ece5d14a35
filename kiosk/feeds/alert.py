"""One message from an authority in one form, whoever sent it: what a feed's parser gives, and what the cache keeps.

Times are integer ms UTC. Texts are plain paragraphs with "\\n" between lines, as the authority wrote them.
"""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contract.words import Status


class Source(StrEnum):
    """Who says it; each is asked, and grows old, by itself."""

    VMA = "vma"
    SMHI = "smhi"
    KRISINFORMATION = "krisinformation"
    MUNICIPALITY = "municipality"


class MsgType(StrEnum):
    """CAP 1.2 `msgType`; `Ack` and `Error` are for machines and never get this far."""

    ALERT = "alert"
    UPDATE = "update"
    CANCEL = "cancel"


class Level(StrEnum):
    """How grave, in the words that people know. SMHI's own levels; `none`: the source has no levels.

    `message` is no warning (fire risk, water shortage) and never looks like one.
    """

    NONE = "none"
    MESSAGE = "message"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class Words(msgspec.Struct, frozen=True):
    """One language's text. `area` is the sender's own name of where."""

    headline: str
    description: str = ""
    instruction: str = ""
    area: str = ""


Point = tuple[float, float]
"""(latitude, longitude), WGS 84; latitude first, whatever the feed has."""


class Shape(msgspec.Struct, frozen=True):
    """An area drawn on the map. `polygons`: each a ring and its holes. `lines`: coasts and rivers. `circles`: km.

    `blur_km`: so near to an edge nobody knows on which side a point is, for the drawing was made simpler.
    """

    polygons: tuple[tuple[tuple[Point, ...], ...], ...] = ()
    lines: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[tuple[Point, float], ...] = ()
    blur_km: float = 0.0


class Area(msgspec.Struct, frozen=True):
    """Where it holds; the parts are a union. Nothing at all is *not* the whole country: it is nobody knows where.

    `codes`: SCB codes as text, "00" the whole country, "23" a county, "2321" a municipality; besides them SMHI's
    seas, "41" to "58", and `smhi-99` for what no table knows. `names`: where only a name was given (Krisinformation).
    `sites`: the municipality's own bulletins name sites.
    """

    codes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    shape: Shape = Shape()


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One message. Identity is (source, id); of one id the highest `revision` counts.

    A VMA update has an id of its own and refers to earlier ones; SMHI and Krisinformation edit in place: same id, a
    higher revision. `msg_type` of those is always `alert`: they end by leaving the list.
    """

    source: Source
    id: Annotated[str, Meta(min_length=1, max_length=200)]
    revision: int
    """ms or serial number; only compared within one (source, id)."""
    msg_type: MsgType
    status: Status
    sent_ms: int
    incidents: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    """Ids of earlier messages of the same source, without sender and time."""
    onset_ms: int | None = None
    expires_ms: int | None = None
    """End of the information's validity, not of the danger; None: until further notice."""
    severity: Literal["extreme", "severe", "moderate", "minor", "unknown"] = "unknown"
    level: Level = Level.NONE
    category: str = ""
    """What it is about, in the source's own words, small letters: CAP's categories ("met fire"), SMHI's event code."""
    all_clear: bool = False
    """The danger is over: to be shown, but not as a warning."""
    news: bool = False
    """Editorial news: read when somebody looks for it, never a warning of its own."""
    sender: str = ""
    web: str = ""
    area: Area = Area()
    words: dict[str, Words] = {}
    """By language (`sv`, `en`); empty only for a cancel."""


class Reject(msgspec.Struct, frozen=True):
    """A record that could not be read: which, and one sentence why. It never makes the good ones disappear.

    `harmless`: it could be read, and is no warning to the public (a draft, an acknowledgement between machines).
    """

    what: str
    why: str
    harmless: bool = False


class Answer(msgspec.Struct, frozen=True):
    """What one good answer of a feed holds: *all* that the source says now, so what is missing from it has left."""

    alerts: tuple[Alert, ...] = ()
    rejects: tuple[Reject, ...] = ()


class BadAnswer(Exception):
    """The whole answer cannot be used; one sentence. It says nothing of what is active: the check has failed."""
