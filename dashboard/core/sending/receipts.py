"""What became of a message at each of its sites, as far as it is proven, and all of them counted, the worst first.

A site takes a message (`bulletin_taken`) or refuses it (`bulletin_refused`, words of `contract/refusals.toml`); a
screen tells the first frame that showed it, why there was none, or that its panel is dark and shows it when somebody
wakes it (an older screen tells nothing of that: unknown). The alarm `kiosk-dark` says that a screen shows nothing new.
"""

import contextlib
from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec
from msgspec import Struct

from contract.bulletins import Bulletin, Receipt
from contract.records import BulletinBody
from contract.refusals import catalogue, refusal_words
from contract.words import Event
from dashboard.core.reader import Reader
from dashboard.core.sending.bulletins import OWN, first_frames, why_not
from dashboard.core.site.events import Stored

UNREADABLE = "unreadable"
"""What a site calls a message whose id it could not trust."""


class State(StrEnum):
    """How far it has come, the worst first."""

    REFUSED = "refused"
    UNSENT = "unsent"
    SILENT = "silent"
    SENT = "sent"
    DARK = "dark"
    ASLEEP = "asleep"
    TAKEN = "taken"
    NOT_SHOWN = "not_shown"
    SHOWN = "shown"


ROLES = {
    State.REFUSED: "bad", State.UNSENT: "unknown", State.SILENT: "unknown", State.SENT: "unknown",
    State.DARK: "remark", State.ASLEEP: "information", State.TAKEN: "unknown", State.NOT_SHOWN: "remark",
    State.SHOWN: "good",
}  # fmt: skip


class Heard(Struct, frozen=True, kw_only=True):
    """What is known of a site beside its records. `silence`: for how long it has not been heard, in words.

    `dark`: its alarm says that the screen shows nothing new. `broker`: is the centre's own broker there?
    """

    place: str
    in_contact: bool
    silence: str = ""
    dark: bool = False
    broker: bool = True


class SiteReceipt(Struct, frozen=True, kw_only=True):
    """One site's row. `lines`: each screen, or what to do; `role` is the shape and colour of `state`."""

    site: str
    place: str
    state: State
    role: str
    words: str
    lines: tuple[str, ...] = ()


class Told(Struct, frozen=True, kw_only=True):
    """The records of one site about one message."""

    taken: Stored | None = None
    refused: Stored | None = None
    receipts: tuple[Receipt, ...] = ()


def told(one: Bulletin, key_id: str, events: Iterable[Stored], receipts: Iterable[Stored]) -> Told:
    """What of a site's records is about this message: by id and serial, for an id alone proves nothing.

    A message that the site could not read has no id there: the refusal counts where it names our key, or came after the
    message was made.
    """
    taken = refused = None
    for record in events:
        body = _body(record)
        if body is None:
            continue
        mine = (body.bulletin, body.serial) == (one.id, one.serial)
        if record.kind == Event.BULLETIN_TAKEN and mine:
            taken = record
        elif record.kind == Event.BULLETIN_REFUSED and (mine or _perhaps(one, key_id, record, body)):
            refused = record
    return Told(taken=taken, refused=refused, receipts=tuple(_receipts(one, receipts)))


def _perhaps(one: Bulletin, key_id: str, record: Stored, body: BulletinBody) -> bool:
    if body.bulletin != UNREADABLE or record.wall_ms is None or record.wall_ms < one.sent_ms:
        return False
    return body.params.get("key", key_id) == key_id


def _body(record: Stored) -> BulletinBody | None:
    with contextlib.suppress(msgspec.ValidationError):
        return msgspec.convert(record.body, BulletinBody)
    return None


def _receipts(one: Bulletin, stored: Iterable[Stored]) -> Iterable[Receipt]:
    for record in stored:
        with contextlib.suppress(msgspec.ValidationError):
            receipt = msgspec.convert(record.body, Receipt)
            if (receipt.source, receipt.bulletin, receipt.serial) == (OWN, one.id, one.serial):
                yield receipt


def site_receipt(one: Bulletin, site: str, found: Told, heard: Heard, reader: Reader) -> SiteReceipt:
    """The row of one site: what proves most counts first."""
    screens = first_frames(list(found.receipts))
    state = _state(found, heard, screens)
    words, lines = _words(state, one, found, heard, reader)
    told_lines = tuple(_line(receipt, one, reader) for receipt in screens)
    if state is State.ASLEEP and not heard.in_contact:
        lines += (reader.t("receipt_asleep_silent", silence=heard.silence),)
    return SiteReceipt(
        site=site, place=heard.place, state=state, role=ROLES[state], words=words, lines=(*told_lines, *lines)
    )  # fmt: skip


def _state(found: Told, heard: Heard, screens: list[Receipt]) -> State:
    if any(receipt.first_frame is not None for receipt in screens):
        return State.SHOWN
    if any(receipt.asleep for receipt in screens):
        return State.DARK if heard.dark else State.ASLEEP
    if screens:
        return State.NOT_SHOWN
    if found.taken is not None:
        return State.DARK if heard.dark else State.TAKEN
    if found.refused is not None:
        return State.REFUSED
    if not heard.broker:
        return State.UNSENT
    return State.SENT if heard.in_contact else State.SILENT


def _words(state: State, one: Bulletin, found: Told, heard: Heard, reader: Reader) -> tuple[str, tuple[str, ...]]:
    """The sentence of the row, and what else there is to say."""
    if state is State.REFUSED and found.refused is not None:
        return reader.t("receipt_refused", why=_refusal(found.refused, reader)), ()
    if state in (State.TAKEN, State.DARK, State.ASLEEP):
        # the record of the taking comes by another stream than the screen's, and may come later
        when = "" if found.taken is None else f" {reader.when(found.taken.wall_ms)}"
        return reader.t(f"receipt_{state}", when=when), (reader.t(f"receipt_{state}_more"),)
    if state is State.SILENT:
        return reader.t("receipt_silent", silence=heard.silence), (reader.t("receipt_silent_more"),)
    ends = "_end" if one.msg_type == "cancel" and state is State.SHOWN else ""
    return reader.t(f"receipt_{state}{ends}"), ()


def _refusal(record: Stored, reader: Reader) -> str:
    """The site's reason in whole sentences; of one that a newer site has its own English."""
    body = _body(record)
    if body is None:
        return reader.t("unknown")
    if body.reason in catalogue():
        return refusal_words(body.reason, reader.language, body.params)
    return body.detail or body.reason or reader.t("unknown")


def _line(receipt: Receipt, one: Bulletin, reader: Reader) -> str:
    if receipt.asleep:
        return reader.t("receipt_screen_asleep", screen=receipt.screen, why=why_not(receipt, reader))
    if receipt.first_frame is None:
        return reader.t("receipt_screen_not", screen=receipt.screen, why=why_not(receipt, reader))
    key = "receipt_screen_end" if one.msg_type == "cancel" else "receipt_screen"
    return reader.t(key, screen=receipt.screen, when=reader.moment(receipt.first_frame, None))


def worst_first(rows: Iterable[SiteReceipt]) -> tuple[SiteReceipt, ...]:
    """As a list is read."""
    order = list(State)
    return tuple(sorted(rows, key=lambda one: (order.index(one.state), one.place, one.site)))


def counted(rows: tuple[SiteReceipt, ...], reader: Reader, *, ends: bool = False) -> tuple[str, str]:
    """(sentence, role): how many have it on the screen of how many, then each worse state with its number."""
    states = [row.state for row in rows]
    shown = states.count(State.SHOWN)
    said = [reader.t("counted_end" if ends else "counted_shown", n=shown, all=len(states))]
    said += [
        reader.t(f"counted_{state}", n=states.count(state))
        for state in State
        if state is not State.SHOWN and state in states
    ]
    worst = next((state for state in State if state in states), State.SENT)
    return ", ".join(said), ROLES[worst]


def of_sites(
    one: Bulletin, key_id: str, heard: Mapping[str, Heard], events: Mapping[str, list[Stored]],
    receipts: Mapping[str, list[Stored]], reader: Reader,
) -> tuple[SiteReceipt, ...]:  # fmt: skip
    """All rows of a message; only of the sites in `heard`, which are those that the reader sees."""
    rows = []
    for site in one.sites:
        if site in heard:
            found = told(one, key_id, events.get(site, ()), receipts.get(site, ()))
            rows.append(site_receipt(one, site, found, heard[site], reader))
    return worst_first(rows)
