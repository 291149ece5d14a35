"""What people do in a story: `Kim report power=none`, every order of `contract/orders.py` by its tag.

Words without `=` fill the usual fields in their order; what is left out gets the value that is usual for the moment.
"""

import re
import typing
from datetime import datetime
from enum import StrEnum
from types import UnionType
from typing import Any

import msgspec

from contract import alarms
from contract.orders import Order, What
from contract.words import Service
from gateway.core.site import Site
from gateway.core.story.story_text import (
    StoryFault,
    When,
    duration_ms,
    duration_text,
    meant,
    time_of,
    unquoted,
)

KINDS: dict[str, type[msgspec.Struct]] = {str(kind.__struct_config__.tag): kind for kind in typing.get_args(What)}
SHORT = {"declare": "declaration", "confirm": "confirmation", "callout": "call_out", "visit": "service_visit"}
PLACES: dict[str, tuple[str, ...]] = {
    "ack": ("key", "device"),
    "report": ("power",),
    "activation": ("active", "reason"),
    "declaration": ("service", "declared"),
    "notice": ("notice", "sv"),
    "command": ("command",),
    "shelve": ("key", "for_s"),
    "out_of_service": ("key", "out"),
    "service_visit": ("for_s",),
    "confirmation": ("what", "ok"),
    "absence": ("activator",),
    "declared_run": ("minutes",),
    "run_note": ("comment",),
    "delivery": ("litres", "product"),
    "call_out": ("reason",),
    "answer": ("activator", "coming"),
    "step": ("step", "position"),
    "need": ("what", "text"),
    "need_mark": ("state", "note"),
    "set_clock": ("wall_ms",),
    "break_glass": ("replaced",),
}
USUAL: dict[str, dict[str, Any]] = {
    "activation": {"active": True, "reason": "–"},
    "command": {"command": "rebirth"},
    "shelve": {"for_s": 3600, "comment": "–"},
    "out_of_service": {"out": True, "comment": "–"},
    "confirmation": {"ok": True},
    "declared_run": {"minutes": 31, "voltage": True},
    "delivery": {"product": "diesel"},
    "call_out": {"reason": "–"},
    "answer": {"coming": True},
    "need_mark": {"state": "read"},
    "declaration": {"until_ms": None},
}
BY_HEAD = ("who", "role", "through")
"""Not of the order itself but of its envelope."""
FOUND_LATER = ("device", "raised_run", "raised_seq", "run_id", "need", "boot", "up_ms")
"""What only the site knows when it comes: which alarm, which run, which need."""
YES = {"yes": "true", "no": "false", "ja": "true", "nej": "false", "on": "true", "off": "false"}


PLAIN = {
    "Expected `bool": "true or false", "Expected `int": "a whole number", "Expected `float": "a number",
    "Expected `str": "text", "Expected `object": "a table (write field.name=value)", "Expected `array": "a list",
}  # fmt: skip
LIMITS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
LIMIT = re.compile(r"Expected `(int|float|str)` (?:of length )?(>=|<=|>|<) (-?[\d.e+]+)")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One order of a story; `fields` still lacks what only the site knows then."""

    at_ms: int
    line: int
    number: int
    who: str
    role: str
    through: str
    tag: str
    fields: dict[str, Any]


def tag_of(word: str) -> str:
    """The tag that a word of a story means, or the word itself."""
    return SHORT.get(word, word)


def said(who: str, words: tuple[str, ...], when: When, line: int, number: int, start_ms: int) -> Said:
    """An order from its words; `start_ms` is the right wall clock at the beginning."""
    tag = tag_of(words[0])
    if tag not in KINDS:
        raise StoryFault(line, f"{who} {words[0]}: nobody can do that; {meant(words[0], [*KINDS, *SHORT])}")
    kind = KINDS[tag]
    types = {field.name: field.type for field in msgspec.structs.fields(kind)}
    fields = dict(USUAL.get(tag, {}))
    head = {"role": "coordinator", "through": "dashboard"}
    places = iter(PLACES[tag])
    written: dict[str, str] = {}
    for word in words[1:]:
        name, equals, text = word.partition("=")
        if not equals or name.startswith('"'):
            name, text = next(places, ""), word
            if not name:
                raise StoryFault(line, f"{who} {tag}: {word!r} is too much; write field=value")
        outer, dot, inner = name.partition(".")
        if name in BY_HEAD:
            head[name] = unquoted(text)
            if not 0 < len(head[name]) <= 80:
                raise StoryFault(line, f"{who} {tag}: {name} needs 1 to 80 letters")
        elif dot and outer in types:
            fields.setdefault(outer, {})[inner] = unquoted(text)
        elif name not in types:
            raise StoryFault(line, f"{who} {tag}: there is no field {name!r}; {meant(name, types)}")
        else:
            written[name] = unquoted(text)
            fields[name] = _field(name, unquoted(text), types[name], when, line, start_ms)
    _times(tag, fields, types, start_ms + when.at_ms)
    order = Said(
        at_ms=when.at_ms, line=line, number=number, who=head.get("who", who), role=head["role"],
        through=head["through"], tag=tag, fields=fields,
    )  # fmt: skip
    _check(order, types, written)
    return order


def _field(name: str, text: str, kind: Any, when: When, line: int, start_ms: int) -> Any:
    """One field as plain data: times as wall clock ms, durations as numbers, the rest for msgspec to convert."""
    if name.endswith("_ms"):
        return _moment(text, when, line, start_ms)
    length = duration_ms(text)
    if length is not None and name.endswith(("_s", "minutes")):
        return length // (1000 if name.endswith("_s") else 60_000)
    inner = _bare(kind)
    if bool in inner and text in YES:
        return YES[text]
    if (int in inner or float in inner) and text[:1].isdigit():
        return text.rstrip("LlkWh%°C ")
    return None if text in ("none", "-") and type(None) in inner and not _takes(text, kind) else text


def _takes(text: str, kind: Any) -> bool:
    try:
        msgspec.convert(text, kind)
    except msgspec.ValidationError:
        return False
    return True


def _bare(kind: Any) -> list[Any]:
    if typing.get_origin(kind) is typing.Annotated:
        return _bare(typing.get_args(kind)[0])
    if typing.get_origin(kind) in (UnionType, typing.Union):
        return [one for part in typing.get_args(kind) for one in _bare(part)]
    return [kind]


def _moment(text: str, when: When, line: int, start_ms: int) -> int | None:
    """A wall clock in ms from `+3h`, `-20min` (both from this line), `04:00` (story) or 2026-01-15T09:00+01:00."""
    if text == "none":
        return None
    if "T" in text:
        try:
            moment: datetime | None = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise StoryFault(line, f"{text!r} is no date and time; write it like 2026-01-15T09:00:00+01:00")
        return int(moment.timestamp() * 1000)
    if text.startswith("-"):
        back = duration_ms(text[1:])
        if back is None:
            raise StoryFault(line, f"{text!r} is not a time; write it like +3h, -20min, 04:00")
        return start_ms + when.at_ms - back
    return start_ms + time_of((text,), line, when)[0].at_ms


def _times(tag: str, fields: dict[str, Any], types: dict[str, Any], wall_ms: int) -> None:
    """Moments that were not told: now, or what follows from the rest."""
    if tag == "declared_run" and "started_ms" not in fields:
        length = str(fields["minutes"])
        fields["started_ms"] = wall_ms - (int(length) * 60_000 if length.isdecimal() and len(length) < 6 else 0)
    if tag == "command" and "expires_ms" not in fields:
        fields["expires_ms"] = wall_ms + 3_600_000
    for name in types:
        if name.endswith("_ms") and name not in ("until_ms", "up_ms"):
            fields.setdefault(name, wall_ms)


def _check(order: Said, types: dict[str, Any], written: dict[str, str]) -> None:
    """Would it be understood? What only the site knows is filled in with something. `written`: fields as they stand."""
    where = f"{order.who} {order.tag}"
    if "key" in types and order.fields.get("key") not in alarms.catalogue():
        key = order.fields.get("key", "")
        raise StoryFault(order.line, f"{where}: there is no alarm {key!r}; {meant(str(key), alarms.catalogue())}")
    probe = {"device": "site", "raised_run": "-", "raised_seq": 1, "run_id": "-", "need": "-", "boot": "-", "up_ms": 0}
    if "service" in types and order.fields.get("service") not in list(Service):
        service = str(order.fields.get("service", ""))
        raise StoryFault(order.line, f"{where}: there is no service {service!r}; {meant(service, Service)}")
    try:
        envelope(order, {name: probe[name] for name in FOUND_LATER if name in types} | order.fields, 0)
    except msgspec.ValidationError as fault:
        raise StoryFault(order.line, f"{where}: {_plain(str(fault), order, types, written)}") from None


def _plain(sentence: str, order: Said, types: dict[str, Any], written: dict[str, str]) -> str:
    """What msgspec says, in plainer words, with the field in front as it was written."""
    missing = re.search(r"missing required field `(\w+)`", sentence)
    if missing:
        return f"{missing[1]} is missing; write {missing[1]}=…"
    text, _, place = sentence.partition(" - at `$")
    name = place.strip("`.").split(".")[0].split("[")[0]
    value = order.fields.get(name)
    shown = f"{name}={written.get(name, value)}"
    choices = [str(word) for kind in _bare(types.get(name)) for word in _choices(kind)]
    if choices and isinstance(value, str):
        return f"{shown}: there is no such word; {meant(value, choices)}"
    if limit := LIMIT.match(text):
        return f"{shown}: {_limit(name, limit, written.get(name, ''))}"
    for technical, plain in PLAIN.items():
        if text.startswith(technical) and ", got" in text:
            return f"{shown}: {plain} is needed"
    return f"{shown}: it does not fit" if name else text.replace("`", "")


def _limit(name: str, limit: re.Match[str], written: str) -> str:
    """How much it may be, in the unit of the field, or as a duration where one was written."""
    number = float(limit[3])
    if limit[1] == "str":
        return f"it must have {LIMITS[limit[2]]} {number:g} character{'s' if number != 1 else ''}"
    if name.endswith("_ms"):
        return "no clock tells such a moment"
    unit_ms = 60_000 if name.endswith("minutes") else 1000
    timed = duration_ms(written) is not None and name.endswith(("_s", "minutes")) and number > 0
    return f"it must be {LIMITS[limit[2]]} {duration_text(number * unit_ms) if timed else f'{number:g}'}"


def _choices(kind: Any) -> list[Any]:
    if typing.get_origin(kind) is typing.Literal:
        return list(typing.get_args(kind))
    return list(kind) if isinstance(kind, type) and issubclass(kind, StrEnum) else []


def envelope(order: Said, fields: dict[str, Any], start_ms: int) -> Order:
    """The order as it travels, entered at its time by the right clock."""
    what = msgspec.convert(fields, KINDS[order.tag], strict=False)
    return Order(
        id=f"story-{order.number}", who=order.who, role=order.role, entered_ms=max(0, start_ms + order.at_ms),
        through=order.through, what=what,  # type: ignore[arg-type]
    )  # fmt: skip


def found(order: Said, site: Site) -> dict[str, Any]:
    """The fields, with what the site alone knows: the alarm of that key, the last run, the last need."""
    fields = dict(order.fields)
    types = [field.name for field in msgspec.structs.fields(KINDS[order.tag])]
    if "key" in types:
        device = fields.get("device")
        named = [
            alarm
            for alarm in (*site.memory.closed_alarms, *site.memory.alarms)
            if alarm.key == fields["key"] and device in (None, alarm.device)
        ]
        fields.setdefault("device", named[-1].device if named else "site")
        if "raised_seq" in types:
            fields.setdefault("raised_run", named[-1].raised_run if named else "none")
            fields.setdefault("raised_seq", named[-1].raised_seq if named else 1)
    if "run_id" in types:
        fields.setdefault("run_id", site.memory.runs[-1].id if site.memory.runs else "none")
    if "need" in types and order.tag == "need":
        fields.setdefault("need", f"need-{len(site.memory.needs) + 1}")
    elif "need" in types:
        fields.setdefault("need", site.memory.needs[-1].id if site.memory.needs else "none")
    return fields
