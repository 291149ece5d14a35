"""One CAP 1.2 message in its JSON form (as Sveriges Radio writes it) becomes an `Alert`. OASIS CAP-v1.2-os.

Tolerant in form (case of letters, one thing or a list of it, older field names), strict in meaning: a status, a kind or
a scope that is not known is never shown as real.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from contract.words import Status
from kiosk.feeds.alert import Alert, Area, MsgType, Source, Words
from kiosk.feeds.caparea import area_of, together
from kiosk.feeds.plain import clean, line
from kiosk.feeds.reading import (
    Fields,
    LeftOut,
    Unreadable,
    address,
    identifier,
    language,
    many,
    moment_ms,
    objects,
    short,
    text,
    words,
)

Severity = Literal["extreme", "severe", "moderate", "minor", "unknown"]
STATUS = {"actual": Status.ACTUAL, "exercise": Status.EXERCISE, "test": Status.TEST}
GRAVEST_FIRST: tuple[Severity, ...] = get_args(Severity)
MOST = 100
"""References, incidents, categories of one message."""
MISSING_LANGUAGE = "en-US"  # CAP 1.2, `language`


@dataclass(frozen=True, slots=True)
class Info:
    """One `info` block: one language's words for one area."""

    language: str
    words: Words
    area: Area
    severity: Severity
    onset_ms: int | None
    expires_ms: int | None
    all_clear: bool
    categories: tuple[str, ...]
    sender: str
    web: str


@dataclass(slots=True)
class Message:
    """One message, and what of it could not be read though the rest can."""

    alert: Alert
    remarks: list[str] = field(default_factory=list)


def message(fields: Fields, source: Source, sender: str, titles: Mapping[str, str], sent_ms: int | None) -> Message:
    """One alert. `sender`, `titles` (by language), `sent_ms`: for what the message itself does not tell."""
    number = identifier(fields, "identifier")
    status, msg_type = _status(fields), _msg_type(fields)
    sent = moment_ms(fields, "sent")
    if sent is None:
        sent = sent_ms
    if sent is None:
        raise Unreadable("has no time of sending that can be read")
    infos, remarks = _infos(fields, titles)
    if not infos and msg_type is not MsgType.CANCEL:
        raise Unreadable("; ".join(["has no text", *remarks]))
    ends = [info.expires_ms for info in infos]
    starts = [info.onset_ms for info in infos]
    alert = Alert(
        source=source,
        id=number,
        revision=sent,
        msg_type=msg_type,
        status=status,
        sent_ms=sent,
        incidents=incidents(fields),
        references=references(fields),
        # differing blocks: in force from the first to the last, and openly when one of them has no end
        onset_ms=min((start for start in starts if start is not None), default=None),
        expires_ms=None if None in ends else max((end for end in ends if end is not None), default=None),
        severity=min((info.severity for info in infos), key=GRAVEST_FIRST.index, default="unknown"),
        category=" ".join(dict.fromkeys(name for info in infos for name in info.categories)),
        all_clear=_all_clear(infos),
        sender=next((info.sender for info in infos if info.sender), sender),
        web=next((info.web for info in infos if info.web), ""),
        area=together([info.area for info in infos], [info.words.area for info in infos]),
        words=_by_language(infos),
    )
    return Message(alert, remarks)


def _status(fields: Fields) -> Status:
    written = short(fields, "status", 40)
    found = STATUS.get(written.lower())
    if found:
        return found
    if written.lower() in ("system", "draft"):
        raise LeftOut(f"has status {written}, which is not for the public")
    raise Unreadable(
        f"has the unknown status {written}, so nobody knows whether it is real" if written else "has no status"
    )


def _msg_type(fields: Fields) -> MsgType:
    scope = short(fields, "scope", 40) or "Public"
    if scope.lower() in ("restricted", "private"):
        raise LeftOut(f"has scope {scope}, which is not for the public")
    if scope.lower() != "public":
        raise Unreadable(f"has the unknown scope {scope}, so nobody knows whether it is for the public")
    written = short(fields, "msgtype", 40)
    if written.lower() in ("ack", "error"):
        raise LeftOut(f"is an {written} for machines")
    try:
        return MsgType(written.lower())
    except ValueError as error:
        raise Unreadable(f"has the unknown msgType {written}" if written else "has no msgType") from error


_NO_IDENTIFIER = re.compile(r"[a-z]+://|www\.|[\d-]{8,10}T|\d{4}-\d\d-\d\d|\d\d:\d\d", re.ASCII | re.IGNORECASE)


def references(fields: Fields) -> tuple[str, ...]:
    """Identifiers of earlier messages. Of a triple `sender,identifier,sent` only the middle is believed."""
    found = []
    for given in many(fields, "references")[:MOST]:
        if isinstance(given, Fields):
            found.append(line(text(given, "identifier"), 200))
        elif isinstance(given, str):
            for triple in line(given, 20_000).split()[: 2 * MOST]:
                parts = triple.split(",")
                inner = parts[1:2] if len(parts) == 3 and "://" not in parts[1] else parts
                sure = inner is not parts  # an identifier may look like a time, in its own place
                found += [part for part in inner if 0 < len(part) <= 200 and (sure or not _NO_IDENTIFIER.match(part))]
    return tuple(dict.fromkeys(name for name in found if name))[:MOST]


def incidents(fields: Fields) -> tuple[str, ...]:
    """Names of the events it is about; a name with spaces stands in double quotes."""
    found = []
    for given in many(fields, "incidents")[:MOST]:
        if isinstance(given, str):
            found += [quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|([^\s"]+)', line(given, 20_000))]
    return tuple(dict.fromkeys(name[:200].strip() for name in found if name.strip()))[:MOST]


def _infos(fields: Fields, titles: Mapping[str, str]) -> tuple[list[Info], list[str]]:
    found, remarks = [], []
    for at, block in enumerate(many(fields, "info")[:MOST], 1):
        try:
            if not isinstance(block, Fields):
                raise Unreadable("is no object")
            info = _info(block, titles)
        except Unreadable as error:
            remarks.append(f"its info {at} {error}")
            continue
        if info.words.description or info.words.instruction or text(block, "event").strip():
            found.append(info)
        else:
            remarks.append(f"its info {at} is empty")
    return found, remarks


def _info(block: Fields, titles: Mapping[str, str]) -> Info:
    tongue = language(text(block, "language"), MISSING_LANGUAGE)
    parts = objects(block, "area")
    area, described = area_of(parts)
    headline = short(block, "headline") or short(block, "event") or titles.get(tongue, "") or titles.get("en", "")
    grave = short(block, "severity", 40).lower()
    onset = moment_ms(block, "onset")
    return Info(
        language=tongue,
        words=Words(headline, words(block, "description"), words(block, "instruction"), described),
        area=area,
        severity=next((word for word in GRAVEST_FIRST if word == grave), "unknown"),
        onset_ms=moment_ms(block, "effective") if onset is None else onset,
        expires_ms=moment_ms(block, "expires"),
        all_clear="allclear" in _list_of_words(block, "responsetype"),
        categories=_list_of_words(block, "category"),
        sender=short(block, "sendername", 120),
        web=address(block, "web"),
    )


def _list_of_words(block: Fields, key: str) -> tuple[str, ...]:
    return tuple(line(name, 40).lower() for name in many(block, key)[:MOST] if isinstance(name, str) and name.strip())


def _all_clear(infos: list[Info]) -> bool:
    """The danger is over when all that is said in one language says so: not while it lasts in another area."""
    spoken: dict[str, list[bool]] = {}
    for info in infos:
        spoken.setdefault(info.language, []).append(info.all_clear)
    return any(all(clears) for clears in spoken.values())


def _by_language(infos: list[Info]) -> dict[str, Words]:
    grouped: dict[str, list[Words]] = {}
    for info in infos:
        known = grouped.setdefault(info.language, [])
        if info.words not in known:
            known.append(info.words)
    return {tongue: _joined(blocks) for tongue, blocks in grouped.items()}


def _joined(blocks: list[Words]) -> Words:
    """Blocks of one language for differing areas as one text: what differs stands under the name of its area."""
    if len(blocks) == 1:
        return blocks[0]
    return Words(
        headline=line(" / ".join(dict.fromkeys(block.headline for block in blocks if block.headline))),
        description=_under_areas([(block.area, block.description) for block in blocks]),
        instruction=_under_areas([(block.area, block.instruction) for block in blocks]),
        area=line(", ".join(dict.fromkeys(block.area for block in blocks if block.area)), 1000),
    )


def _under_areas(parts: list[tuple[str, str]]) -> str:
    said = [(area, words) for area, words in parts if words]
    if len({words for _, words in said}) == 1 and len(said) == len(parts):
        return said[0][1]
    return clean("\n\n".join(f"{area}:\n{words}" if area else words for area, words in said))
