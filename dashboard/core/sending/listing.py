"""The messages now: the newest of each incident, what speaks first, each with how far it has come."""

from collections.abc import Mapping

from msgspec import Struct

from contract.bulletins import Bulletin
from contract.words import Status
from dashboard.core.reader import Reader
from dashboard.core.sending.composing import GRAVITIES, KINDS
from dashboard.core.sending.receipts import SiteReceipt, counted
from dashboard.core.sites import Site

NAMED = 5
WORST = 3
"""So many sites stand in the list with their reason; all of them on the message's own page."""


class Kept(Struct, frozen=True, kw_only=True):
    """A bulletin as the store has it. `who`, `kind`, `gravity` are empty where it was sent by the command line."""

    bulletin: Bulletin
    key_id: str
    who: str = ""
    kind: str = ""
    gravity: str = ""
    clock: str = ""
    """"typed": a person typed the time of it, for the server knew none."""


class MessageRow(Struct, frozen=True, kw_only=True):
    """One message. `state`: now, over or ended; `role` of what its sites have answered. `others`: sites of it that the
    reader does not see. `changes`: may the reader update or end it?"""

    id: str
    incident: str
    state: str
    state_words: str
    kind: str
    gravity: str
    headline: str
    frame: str
    sender: str
    sent: str
    who: str
    sites: str
    others: str
    until: str
    counted: str
    role: str
    receipts: tuple[SiteReceipt, ...]
    changes: bool

    @property
    def worst(self) -> tuple[SiteReceipt, ...]:
        """Those that somebody has to look at."""
        return tuple(row for row in self.receipts if row.role != "good")[:WORST]


def newest(kept: list[Kept]) -> list[Kept]:
    """Of each incident the one that counts, which is the last that was issued. `kept`: the last issued first."""
    found: dict[str, Kept] = {}
    for one in kept:
        found.setdefault(one.bulletin.incident, one)
    return [*found.values()]


def state_of(one: Bulletin, reader: Reader, *, replaced: bool = False) -> str:
    """now, over, ended or replaced; what nobody can judge without a clock counts as now."""
    if replaced:
        return "replaced"
    if one.msg_type == "cancel":
        return "ended"
    now = reader.now.wall_ms
    return "over" if one.expires_ms is not None and now is not None and one.expires_ms <= now else "now"


def row(
    kept: Kept, receipts: tuple[SiteReceipt, ...], sites: Mapping[str, Site], reader: Reader, *, replaced: bool = False,
) -> MessageRow:  # fmt: skip
    """One line of the list. `sites`: all that the reader sees."""
    one, person = kept.bulletin, reader.person
    state = state_of(one, reader, replaced=replaced)
    words, role = counted(receipts, reader, ends=one.msg_type == "cancel")
    text = one.texts.get(reader.language) or one.texts["sv"]
    hidden = sum(site not in sites for site in one.sites)
    return MessageRow(
        id=one.id,
        incident=one.incident,
        state=state,
        state_words=reader.t(f"message_{state}"),
        kind=_said(KINDS[kept.kind].name, reader) if kept.kind in KINDS else reader.t("bulletins_one"),
        gravity=_said(GRAVITIES[kept.gravity].name, reader) if kept.gravity in GRAVITIES else "",
        headline=text.headline,
        frame="" if one.status is Status.ACTUAL else reader.phrase("status", one.status),
        sender=one.sender_name,
        sent=reader.t("message_typed", when=reader.when(one.sent_ms)) if kept.clock else reader.when(one.sent_ms),
        who=kept.who,
        sites=_places(one, sites, reader),
        others=reader.t("message_others", n=hidden) if hidden else "",
        until=_until(one, state, reader),
        counted=words,
        role=role,
        receipts=receipts,
        changes=state == "now" and person.coordinates and all(person.acts(site) for site in one.sites),
    )


def _places(one: Bulletin, sites: Mapping[str, Site], reader: Reader) -> str:
    names = [sites[site].place for site in one.sites if site in sites]
    told = ", ".join(names[:NAMED])
    return told if len(names) <= NAMED else reader.t("sentence_more", names=told, n=len(names) - NAMED)


def _until(one: Bulletin, state: str, reader: Reader) -> str:
    if state == "ended":
        return reader.t("message_ended_at", when=reader.when(one.sent_ms))
    if one.expires_ms is None:
        return reader.t("message_open_end")
    return reader.t("message_over_at" if state == "over" else "expires", when=reader.when(one.expires_ms))


def _said(words: tuple[str, str], reader: Reader) -> str:
    return words[0] if reader.language == "sv" else words[1]
