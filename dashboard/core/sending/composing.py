"""A message to the screens, from a few choices in plain words to the bulletin that is signed.

The words of the Common Alerting Protocol (urgency, severity, certainty, category) follow from the choices by two
tables, so that nobody has to know them.
"""

import re
from datetime import datetime, time, timedelta
from typing import Literal

from msgspec import Struct

from contract.bulletins import Bulletin, Words
from contract.words import Status
from dashboard.core import numbers
from dashboard.core.forms.fields import BadOrder, Choices, Field, Said
from dashboard.core.forms.fields import read as read_field
from dashboard.core.forms.form import Form, phrased
from dashboard.core.reader import Reader
from dashboard.core.sending.preview import clean
from dashboard.core.sites import Site

HOUR_MS = 3_600_000
LONGEST_MS = 366 * 24 * HOUR_MS
"""A later end is a slip of the pen; who does not know the end says so."""
LONGEST_HEADLINE, LONGEST_TEXT, LONGEST_SENDER = 160, 1200, 80
MsgType = Literal["alert", "update", "cancel"]


class Kind(Struct, frozen=True):
    """What a message is about: CAP's category, and its name."""

    category: str
    name: Said


class Gravity(Struct, frozen=True):
    """How serious it is: CAP's three words, and what people choose it by."""

    urgency: Literal["immediate", "expected", "future", "past", "unknown"]
    severity: Literal["extreme", "severe", "moderate", "minor", "unknown"]
    certainty: Literal["observed", "likely", "possible", "unlikely", "unknown"]
    name: Said


KINDS: dict[str, Kind] = {
    "water": Kind("Health", ("Koka vattnet", "Boil the water")),
    "power": Kind("Infra", ("Elavbrott", "Power cut")),
    "road": Kind("Transport", ("Vägen är avstängd", "The road is closed")),
    "weather": Kind("Met", ("Oväder eller brand", "Weather or fire")),
    "information": Kind("Other", ("Information", "Information")),
    "other": Kind("Other", ("Annat", "Something else")),
}
GRAVITIES: dict[str, Gravity] = {
    "danger": Gravity("immediate", "extreme", "observed", ("Fara för liv. Gör något nu.", "Danger to life. Act now.")),
    "serious": Gravity("immediate", "severe", "observed", ("Allvarligt för många", "Serious for many")),
    "trouble": Gravity("expected", "moderate", "likely", ("Besvärligt, bra att veta", "Trouble, good to know")),
    "notice": Gravity("unknown", "minor", "observed", ("Upplysning", "A notice")),
}
"""A notice takes no screen: it stands as a line (`kiosk/core/warnings`)."""

MOMENT = re.compile(r"[0-9]{1,14}")
"""A moment in ms as a page carries it from step to step; with one digit more there is no such year."""
_FOUR, _NOON, _OPEN, _OWN, FIXED = "4h", "noon", "open", "own", "fixed"
UNTIL: Choices = (
    (_FOUR, ("I 4 timmar", "For 4 hours")),
    (_NOON, ("Till i morgon kl. 12", "Until noon tomorrow")),
    (_OWN, ("Till en egen tid", "Until a time of your own")),
    (_OPEN, ("Tills vidare", "Until further notice")),
)
SENDER = Field(
    name="sender", kind="text", required=True, longest=LONGEST_SENDER, label=("Vem säger det?", "Who says it?"),
    hint=("Till exempel kommunens namn. Det står på skärmen.", "The municipality, for example. It is on the screen."),
)  # fmt: skip
_TEXTS = (
    Field(
        name="headline_sv", kind="text", required=True, longest=LONGEST_HEADLINE,
        label=("Rubrik på svenska", "Headline in Swedish"),
    ),
    Field(name="description_sv", kind="long", longest=LONGEST_TEXT, label=("Vad har hänt?", "What has happened?")),
    Field(name="instruction_sv", kind="long", longest=LONGEST_TEXT, label=("Gör så här", "Do this")),
    Field(
        name="headline_en", kind="text", longest=LONGEST_HEADLINE, label=("Rubrik på engelska", "Headline in English"),
    ),
    Field(
        name="description_en", kind="long", longest=LONGEST_TEXT,
        label=("Vad har hänt, på engelska?", "What has happened, in English?"),
    ),
    Field(
        name="instruction_en", kind="long", longest=LONGEST_TEXT,
        label=("Gör så här, på engelska", "Do this, in English"),
    ),
)  # fmt: skip
CHOICES = (
    Field(
        name="kind", kind="choice", required=True, label=("Vad gäller det?", "What is it about?"),
        choices=tuple((key, one.name) for key, one in KINDS.items()),
    ),
    Field(
        name="gravity", kind="choice", required=True, label=("Hur allvarligt är det?", "How serious is it?"),
        choices=tuple((key, one.name) for key, one in GRAVITIES.items()),
    ),
)  # fmt: skip
STATUS = Field(
    name="status", kind="choice", required=True, label=("På riktigt?", "For real?"),
    choices=phrased("status", [one.value for one in Status]), value="",
)  # fmt: skip
WHEN = (
    Field(
        name="until", kind="choice", required=True, label=("Hur länge gäller det?", "How long does it hold?"),
        choices=UNTIL,
    ),
    Field(name="until_ms", kind="when", future=True, label=("Egen tid", "A time of your own")),
)  # fmt: skip
FORM = Form(id="message", address="", title=("", ""), fields=(*CHOICES, STATUS, *WHEN, *_TEXTS, SENDER))
UPDATE = Form(id="message", address="", title=("", ""), fields=(*CHOICES, *WHEN, *_TEXTS, SENDER))
CANCEL = Form(id="message", address="", title=("", ""), fields=(SENDER,))
"""An end has the words of what it ends: the screens say of it that it no longer holds."""
FORMS: dict[MsgType, Form] = {"alert": FORM, "update": UPDATE, "cancel": CANCEL}


class Draft(Struct, frozen=True, kw_only=True):
    """A message that can be sent: all that was chosen, with times as moments. `of`: the bulletin it updates or ends."""

    msg_type: MsgType
    kind: str
    gravity: str
    status: Status
    sites: tuple[str, ...]
    until_ms: int | None
    sender: str
    texts: dict[str, Words]
    of: str = ""
    incident: str = ""

    @property
    def takes_screen(self) -> bool:
        """Does it take the whole screen, or stand there as a line?"""
        grave = GRAVITIES[self.gravity].severity in ("extreme", "severe", "moderate")
        return self.status is not Status.TEST and grave and self.msg_type != "cancel"


class Base(Struct, frozen=True, kw_only=True):
    """What an update or an end is made of: the bulletin that speaks now, and what was chosen for it."""

    bulletin: Bulletin
    kind: str
    gravity: str


def of_bulletin(one: Bulletin) -> Base:
    """What may have been chosen for a bulletin that was made elsewhere, as near as its words tell."""
    gravity = next((key for key, told in GRAVITIES.items() if told.severity == one.severity), "notice")
    kind = next((key for key, told in KINDS.items() if told.category == one.category), "other")
    return Base(bulletin=one, kind=kind, gravity=gravity)


def chosen_before(base: Base, msg_type: MsgType, reader: Reader) -> dict[str, str]:
    """What stands in the form of an update or an end at first."""
    one = base.bulletin
    values = {"kind": base.kind, "gravity": base.gravity, "sender": one.sender_name, "of": one.id, "type": msg_type}
    for tag in ("sv", "en"):
        words = one.texts.get(tag)
        if words is not None:
            values |= {f"{part}_{tag}": getattr(words, part) for part in ("headline", "description", "instruction")}
    return values | until_values(one.expires_ms, reader)


def until_values(until_ms: int | None, reader: Reader) -> dict[str, str]:
    """A moment as the form writes it."""
    if until_ms is None:
        return {"until": _OPEN}
    return {"until": _OWN, "until_ms": numbers.written(until_ms, reader.zone, reader.language)}


def read(
    values: dict[str, str], sites: tuple[str, ...], allowed: tuple[Site, ...], reader: Reader, base: Base | None = None
) -> Draft:
    """The draft of what was filled in; raises BadOrder with the field at which one thing is wrong.

    `sites`: ids, or `all:REGION`, or `all:` for all allowed. Of an update the status and the sites are those of `base`.
    """
    if base is not None and values.get("type") == "cancel":
        return _ending(values, base, reader)
    form = FORM if base is None else UPDATE
    told = {
        one.name: read_field(one, values.get(one.name, ""), reader) for one in form.fields if one not in WHEN
    }  # fmt: skip
    return Draft(
        msg_type="alert" if base is None else "update",
        kind=told["kind"],
        gravity=told["gravity"],
        status=Status(told["status"]) if base is None else base.bulletin.status,
        sites=chosen_sites(sites, allowed, reader) if base is None else base.bulletin.sites,
        until_ms=_until(values, reader),
        sender=clean(told["sender"]),
        texts=_texts(told, reader),
        of="" if base is None else base.bulletin.id,
        incident="" if base is None else base.bulletin.incident,
    )


def _ending(values: dict[str, str], base: Base, reader: Reader) -> Draft:
    one = base.bulletin
    return Draft(
        msg_type="cancel", kind=base.kind, gravity=base.gravity, status=one.status, sites=one.sites, until_ms=None,
        sender=read_field(SENDER, values.get("sender", ""), reader), texts=one.texts, of=one.id, incident=one.incident,
    )  # fmt: skip


def _texts(told: dict[str, str | None], reader: Reader) -> dict[str, Words]:
    texts = {}
    for tag in ("sv", "en"):
        headline, *rest = (clean(told[f"{part}_{tag}"] or "") for part in ("headline", "description", "instruction"))
        if headline:
            texts[tag] = Words(headline=headline, description=rest[0], instruction=rest[1])
        elif any(rest):
            raise BadOrder(reader.t("message_no_headline"), f"headline_{tag}")
    if "sv" not in texts:
        raise BadOrder(reader.t("message_no_headline"), "headline_sv")  # nothing of it can be drawn
    return texts


def chosen_sites(sites: tuple[str, ...], allowed: tuple[Site, ...], reader: Reader) -> tuple[str, ...]:
    """The ids that are meant, in the order of the settings; raises BadOrder for none, and for one not allowed."""
    regions = {one[4:] for one in sites if one.startswith("all:")}
    named = {one for one in sites if not one.startswith("all:")}
    if named - {site.id for site in allowed} or regions - {"", *(region_of(site) for site in allowed)}:
        raise BadOrder(reader.t("message_foreign_site"), "sites")
    found = tuple(
        site.id for site in allowed if site.id in named or region_of(site) in regions or "" in regions
    )  # fmt: skip
    if not found:
        raise BadOrder(reader.t("message_no_site"), "sites")
    return found


def region_of(site: Site) -> str:
    """What a site is grouped under."""
    return site.region or site.id.split("-", 1)[0]


def _until(values: dict[str, str], reader: Reader) -> int | None:
    """The moment that a choice means now; one that was settled at the preview stays what it was."""
    now = reader.now.wall_ms
    if now is None:
        raise BadOrder(reader.t("message_no_clock"))
    if values.get("until") == FIXED:
        return _settled(values.get("until_at", ""), now, reader)
    choice = read_field(WHEN[0], values.get("until", ""), reader)
    if choice == _FOUR:
        return now + 4 * HOUR_MS
    if choice == _NOON:
        day = datetime.fromtimestamp(now / 1000, reader.zone).date() + timedelta(days=1)
        return int(datetime.combine(day, time(12), reader.zone).timestamp() * 1000)
    if choice == _OPEN:
        return None
    own = read_field(WHEN[1], values.get("until_ms", ""), reader)
    if own is None:
        raise BadOrder(reader.t("wrong_missing"), "until_ms")
    return _near(int(own), now, "until_ms", reader)


def _settled(written: str, now: int, reader: Reader) -> int | None:
    if not written:
        return None
    if not MOMENT.fullmatch(written):
        raise BadOrder(reader.t("wrong_time"), "until")
    if int(written) <= now:
        raise BadOrder(reader.t("wrong_past"), "until")
    return _near(int(written), now, "until", reader)


def _near(until_ms: int, now: int, field: str, reader: Reader) -> int:
    if until_ms - now > LONGEST_MS:
        raise BadOrder(reader.t("message_until_far"), field)
    return until_ms


def settled(values: dict[str, str], draft: Draft) -> dict[str, str]:
    """What goes on to the page that confirms: the same, with the end as a moment that no longer moves."""
    at = "" if draft.until_ms is None else str(draft.until_ms)
    return {key: told for key, told in values.items() if key != "until_ms"} | {"until": FIXED, "until_at": at}


def unsettled(values: dict[str, str], reader: Reader) -> dict[str, str]:
    """Back to what the form can show."""
    if values.get("until") != FIXED:
        return values
    at = values.get("until_at", "")
    return values | until_values(int(at) if MOMENT.fullmatch(at) else None, reader)


def bulletin(draft: Draft, *, name: str, serial: int, sent_ms: int) -> Bulletin:
    """What is signed. `name`: its id."""
    gravity = GRAVITIES[draft.gravity]
    return Bulletin(
        id=name, serial=serial, incident=draft.incident or name, msg_type=draft.msg_type, status=draft.status,
        sent_ms=sent_ms, expires_ms=draft.until_ms, sender_name=draft.sender, category=KINDS[draft.kind].category,
        urgency=gravity.urgency, severity=gravity.severity, certainty=gravity.certainty, sites=draft.sites,
        texts=draft.texts, references=(draft.of,) if draft.of else (),
    )  # fmt: skip
