"""What the addresses take and say beyond what their signatures tell: for the OpenAPI of the program.

A row for each address that takes a body, or says JSON of a form of its own. What all of them share stands in
`openapi.py`.
"""

from typing import Any

from msgspec import Struct

from dashboard.core.forms.fields import Field
from dashboard.core.notify.channels import SCHEMES
from dashboard.core.overview.asked import SHOWS
from dashboard.core.overview.ranking import SORTS
from dashboard.core.overview.refuelling import Stop
from dashboard.core.overview.regions import Region
from dashboard.core.overview.row import Row
from dashboard.core.sending import composing
from dashboard.core.sending.listing import MessageRow
from dashboard.core.sending.orders import KINDS, fields_of
from dashboard.core.site.card import Card
from dashboard.core.site.charts import Charts
from dashboard.core.site.events import EventRow
from dashboard.core.site.runs import RunList
from dashboard.core.site.timeline_picture import Timeline
from dashboard.core.work.alarm_page import AlarmPage
from dashboard.core.work.asking import ASKED, IN_MINUTES
from dashboard.core.work.holding_words import HoldingRow
from dashboard.core.work.incident_words import IncidentRow

Schema = dict[str, Any]


class Doc(Struct, frozen=True, kw_only=True):
    """One address. `says`: the type of its JSON; `takes`: its body; `done`: statuses of success beside the usual one;
    `wrong`: refusals beside those that all have; `query`: what it reads of the address beside its signature."""

    says: Any = None
    takes: Schema | None = None
    done: tuple[int, ...] = ()
    wrong: tuple[int, ...] = ()
    query: dict[str, Schema] | None = None


class OverviewSaid(Struct):
    """One page of the list of sites, and all of them in one sentence."""

    summary: str
    regions: list[Region]
    rows: list[Row]
    found: int
    total: int
    page: int
    pages: int


class RowsSaid(Struct):
    """`rows` and `panels` are HTML, each by its id; `order` is all ids of the page."""

    order: list[str]
    rows: dict[str, str]
    panels: dict[str, str]


class MessagesSaid(Struct):
    """What is in force, and what was."""

    now: list[MessageRow]
    before: list[MessageRow]


class WorkSaid(Struct):
    """Who has what."""

    incidents: list[IncidentRow]
    sites: dict[str, HoldingRow]


class Health(Struct, omit_defaults=True):
    """`broker` and `store` only for whoever is signed in."""

    ok: bool
    broker: bool = False
    store: str = ""


class Waiting(Struct):
    """An order that was kept and waits for its site."""

    id: str
    state: str


class Saved(Struct, omit_defaults=True):
    """What was done. `revision`: of the holding; the rest by what it was."""

    id: str
    state: str
    revision: int = 0
    given: int = 0
    late: int = 0
    tried: list[dict[str, Any]] = []


class Done(Struct):
    """It is saved."""

    state: str


class Look(Struct):
    """The preview as HTML."""

    preview: str


# --- bodies ---

TEXT: Schema = {"type": "string", "maxLength": 4000}
KEY: Schema = {"type": "string", "minLength": 8, "maxLength": 80, "description": "the same key twice is one action"}
LANG: Schema = {"type": "string", "enum": ["sv", "en"]}
ENVELOPE = {"lang": LANG, "page_token": {"type": "string", "description": "instead of the header X-Page-Token"}}
CURVES = ["uplot.iife.min.js", "uplot.min.css"]
TIME: Schema = {"type": ["string", "integer"], "description": "2026-01-31T14:05 in the page's zone, or ms UTC"}
CODE: Schema = {"type": "string", "description": "six digits of the app, or a recovery code"}


def one_of(*words: str) -> Schema:
    """A word of a list."""
    return {"type": "string", "enum": list(words)}


def body(*must: str, **fields: Schema) -> Schema:
    """Fields of a form, or of the same as JSON; those in `must` are needed."""
    told = dict.fromkeys(must, TEXT) | fields
    return {"type": "object", "properties": told | ENVELOPE, "required": list(must)}


def _of_field(field: Field) -> Schema:
    """What a form's field takes, written by a person or, by a program, as the order has it."""
    if field.kind in ("number", "whole"):
        kind = "integer" if field.kind == "whole" else "number"
        return {"anyOf": [{"type": kind, "minimum": field.low, "maximum": field.high}, {"type": "string"}]}
    if field.kind == "yesno":
        return {"anyOf": [{"type": "boolean"}, one_of("yes", "no")]}
    if field.kind == "when":
        return TIME
    if field.choices:
        words = [value for value, _ in field.choices]
        return {"anyOf": [one_of(*words), {"type": ["integer", "string", "boolean"]}]}
    return {"type": "string", "maxLength": field.longest} if field.name != "raised_seq" else {
        "type": ["integer", "string"]
    }  # fmt: skip


def order_body(address: str) -> Schema:
    """The body of an order. Whoever is signed in is its `who`, whatever was sent."""
    told = {field.name: _of_field(field) for field in fields_of(address).values()}
    told |= {"who": {"type": "string", "maxLength": 80}, "form": {"type": "string"}, "page": {"type": "string"},
             "waited_ms": {"type": "integer"}}  # fmt: skip
    return body("idempotency_key", **told | {"idempotency_key": KEY})


ORDERS = tuple(KINDS)
"""The ends of the address to which orders are sent."""
_PASSWORD: Schema = {"type": "string", "format": "password"}
_WORK = body("idempotency_key", idempotency_key=KEY, saw={"type": ["integer", "string"]}, text=TEXT, to=TEXT, who=TEXT,
             next_ms=TIME, next_in=one_of("", *map(str, IN_MINUTES)), over=one_of("yes", ""), alarms=TEXT)  # fmt: skip
_VIEW = {
    "show": one_of(*SHOWS), "sort": one_of(*SORTS), "region": TEXT, "q": TEXT,
    "area": {"type": "string", "description": "south,west,north,east in degrees"},
    "page": {"type": "integer", "minimum": 1},
}  # fmt: skip
_FUEL = {"all": one_of("0", "1"), "region": TEXT}
_MESSAGE = body(
    idempotency_key=KEY, step=one_of("look", "edit", "send"), of=TEXT, type=one_of("update", "cancel"), code=CODE,
    sites={"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]},
    **{one.name: {"type": "string"} for one in composing.FORM.fields},
)  # fmt: skip
_PERSON = body(idempotency_key=KEY, did=one_of("change", "up", "remove"), name=TEXT, scope=TEXT, language=LANG,
               quiet_from=TEXT, quiet_until=TEXT)  # fmt: skip
_ADDRESS: Schema = {"type": "string", "description": f"an address of one of: {', '.join(sorted(SCHEMES))}"}
_CHANNEL = body("idempotency_key", "label", "address", idempotency_key=KEY, exercises=TEXT, tests=TEXT,
                address=_ADDRESS)  # fmt: skip
_ROLE, _SCOPE = one_of("viewer", "owner", "coordinator", "administrator"), TEXT

DOCS: dict[str, Doc] = {
    "GET /healthz": Doc(says=Health),
    "GET /manifest.webmanifest": Doc(says=dict[str, Any]),
    "GET /api/openapi.json": Doc(says=dict[str, Any]),
    "GET /rows": Doc(says=RowsSaid, query=_VIEW),
    "GET /": Doc(query=_VIEW),
    "GET /kept": Doc(query=_VIEW),
    "GET /api/overview": Doc(says=OverviewSaid, query=_VIEW),
    "GET /refuelling": Doc(query=_FUEL),
    "GET /refuelling/kept": Doc(query=_FUEL),
    "GET /api/refuelling": Doc(says=list[Stop], query=_FUEL),
    "GET /api/sites/{site}": Doc(says=Card),
    "GET /api/sites/{site}/curves": Doc(says=Charts | None),
    "GET /api/sites/{site}/timeline": Doc(says=Timeline | None),
    "GET /api/sites/{site}/runs": Doc(says=RunList),
    "GET /api/sites/{site}/alarm-history": Doc(says=list[EventRow]),
    "GET /api/alarms": Doc(says=AlarmPage),
    "GET /api/work": Doc(says=WorkSaid),
    "GET /api/messages": Doc(says=MessagesSaid),
    "GET /api/messages/{message}": Doc(says=list[MessageRow]),
    "POST /sign-in": Doc(takes=body("name", "password", password=_PASSWORD, next=TEXT), done=(303,)),
    "POST /sign-in/code": Doc(takes=body("code", code=CODE, next=TEXT), done=(303,)),
    "POST /link": Doc(takes=body("token"), done=(303,)),
    "GET /welcome": Doc(wrong=(410,)),
    "POST /welcome": Doc(takes=body("password", password=_PASSWORD, name=TEXT, code=CODE), done=(303,), wrong=(410,)),
    "POST /sign-out": Doc(takes=body(everywhere=TEXT), done=(303,)),
    "POST /account/password": Doc(takes=body("old", "password", old=_PASSWORD, password=_PASSWORD)),
    "POST /account/recovery": Doc(takes=body("old", old=_PASSWORD)),
    "POST /accounts": Doc(takes=body("name", "role", role=_ROLE, scope=_SCOPE)),
    "POST /accounts/{number}": Doc(takes=body("did", did=one_of("lock", "unlock", "remove", "renew"))),
    "POST /accounts/links": Doc(takes=body("link")),
    "POST /tokens": Doc(
        takes=body("name", "rights", "days", "code", rights=one_of("read", "orders"), scope=_SCOPE, code=CODE,
                   days=one_of("7", "30", "90", "365", "400")),
    ),
    "POST /tokens/{number}": Doc(takes=body()),
    "POST /sites/{site}/passes": Doc(
        takes=body("name", "role", "days", role=one_of("owner", "viewer"), days=one_of("1", "7", "30", "180", "365"))
    ),
    "POST /sites/{site}/passes/{number}": Doc(takes=body()),
    "POST /pass": Doc(takes=body("token"), done=(303,)),
    "POST /sealed": Doc(takes=body("name", "code"), done=(303,)),
    "POST /messages/new": Doc(takes=_MESSAGE, done=(200, 202, 303), says=Waiting),
    "POST /messages/look": Doc(takes=_MESSAGE, says=Look),
    "POST /reports": Doc(
        takes=body("line", idempotency_key=KEY, step=one_of("look", "keep"), relay=TEXT, site=TEXT),
        done=(200, 202, 303), says=Waiting, wrong=(409,),
    ),
    "POST /notification/people": Doc(takes=_PERSON, says=Done, done=(200, 303)),
    "POST /notification/people/{number}": Doc(takes=_PERSON, says=Done, done=(200, 303)),
    "POST /notification/people/{number}/channels": Doc(takes=_CHANNEL, says=Done, done=(200, 303)),
    "POST /notification/channels/{number}": Doc(
        takes=body("did", did=one_of("test", "remove"), idempotency_key=KEY), says=Done, done=(200, 303)
    ),
    "POST /notification/settings": Doc(takes=body(home=TEXT, beat=TEXT), says=Done, done=(200, 303)),
    "POST /holdings/sites/{site}/{act}": Doc(takes=_WORK, says=Saved, done=(303,), wrong=(409,)),
    "POST /incidents/{incident}/{act}": Doc(takes=_WORK, says=Saved, done=(303,), wrong=(409,)),
    "POST /handover": Doc(
        takes=body("idempotency_key", "to", idempotency_key=KEY, text=TEXT, mine=TEXT, who=TEXT), says=Saved,
        done=(303,), wrong=(409,),
    ),
    "POST /sites/{site}/{address}": Doc(wrong=(409,)),
}  # fmt: skip
"""By method and address."""
WORDS: dict[tuple[str, str], Schema] = {
    ("/holdings/sites/{site}/{act}", "act"): one_of(*ASKED),
    ("/incidents/{incident}/{act}", "act"): one_of(*ASKED, "ack"),
    ("/uplot/{name}", "name"): one_of(*CURVES),
}
"""What may stand for a part of an address."""
