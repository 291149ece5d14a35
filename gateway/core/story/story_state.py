"""What can be asked of the site at a moment: `power`, `readiness`, `reasons`, `endurance.low_h`, `alarms` …

The names are the fields of what the gateway publishes: `SiteState` for staff, `PublicPicture` under `public`, the
alarms under `alarms` and `alarm_states`; beside them `evidence`, `outage`, `last_outage`, `notified`, `raised` and
`values.<device>.<signal>`. A list is asked by what its rows are called: `alarms.fuel-low.priority`.
"""

import types
import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from contract.judgement import OutageDone
from contract.messages import Alarm, Alarms, PublicPicture, SiteState, decode
from contract.words import AlarmState
from gateway.core import announce
from gateway.core.facts import Facts
from gateway.core.power.evidence import Evidence
from gateway.core.site import Now, Site
from gateway.core.story.story_text import meant

ROW_NAMES = ("key", "service", "activator", "id", "source", "kind")
"""Which field names the rows of a list; the first that a row has."""
ACTIVE = (AlarmState.UNACKED, AlarmState.ACKED)


class View(msgspec.Struct, frozen=True, kw_only=True):
    """All that can be asked beside the fields of SiteState."""

    public: PublicPicture
    alarms: tuple[Alarm, ...]
    """Those that hold and that nobody has laid aside: unacked or acked."""
    alarm_states: dict[str, AlarmState]
    """Every alarm that is not normal, by its key."""
    flood: bool
    evidence: Evidence
    outage: bool
    last_outage: OutageDone | None
    notified: int
    raised: int
    values: dict[str, dict[str, Any]]


def view(site: Site, facts: Facts, now: Now, notified: int, raised: int) -> dict[str, Any]:
    """The site at a moment as plain data."""
    state = decode(announce.state(site, facts, now)[1], SiteState)
    memory = site.memory
    told = decode(announce.alarms(site, facts, now)[1], Alarms)
    more = View(
        public=decode(announce.public_picture(site, facts, now)[1], PublicPicture),
        alarms=tuple(one for one in told.alarms if one.state in ACTIVE),
        alarm_states={one.key: one.state for one in told.alarms},
        flood=told.flood,
        evidence=site.evidence,
        outage=memory.judged.outage,
        last_outage=memory.outages[-1] if memory.outages else None,
        notified=notified,
        raised=raised,
        values={name: {key: one.value for key, one in of.items()} for name, of in site.values.items()},
    )
    tree: dict[str, Any] = msgspec.to_builtins(state) | msgspec.to_builtins(more)
    return tree


def ask(tree: Mapping[str, Any], path: str) -> Any:
    """The value of a path; None where something on the way is not there."""
    if path.startswith("values."):
        _, device, key = [*path.split(".", 2), "", ""][:3]
        return tree["values"].get(device, {}).get(key)
    at: Any = tree
    for name in path.split("."):
        rows = named(at) if isinstance(at, (list, tuple)) else at
        at = rows.get(name) if isinstance(rows, Mapping) else None
    return at


def named(rows: list[Any] | tuple[Any, ...]) -> dict[str, Any]:
    """The rows of a list by what they are called; of two with one name the later."""
    return {name_of(row): row for row in rows}


def name_of(row: Any) -> str:
    """What a row is called."""
    if not isinstance(row, Mapping):
        return str(row)
    return next((str(row[field]) for field in ROW_NAMES if field in row), "")


def fault_of(path: str) -> str | None:
    """Why a path cannot be asked, as the rest of a sentence; None when it can."""
    first, *rest = path.split(".")
    fields = _fields(View) | _fields(SiteState)
    if first not in fields:
        return f"{first!r} cannot be asked; {meant(first, fields)}"
    kind: Any = fields[first]
    for name in rest if first != "values" else ():
        kind = _inside(kind)
        if kind is Any or typing.get_origin(kind) in (tuple, dict):
            kind = typing.get_args(kind)[-2 if typing.get_origin(kind) is tuple else -1] if kind is not Any else Any
            continue
        known = _fields(kind)
        if name not in known:
            return f"{path!r} cannot be asked: there is no {name!r}; {meant(name, known or ['nothing'])}"
        kind = known[name]
    return None


def words_of(path: str) -> list[str]:
    """The closed list of words that a path can have; empty where it has none."""
    kind: Any = (_fields(View) | _fields(SiteState)).get(path)
    return [str(word) for word in kind] if isinstance(kind, type) and issubclass(kind, StrEnum) else []


def _fields(kind: Any) -> dict[str, Any]:
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return {}
    return {field.name: field.type for field in msgspec.structs.fields(kind)}


def _inside(kind: Any) -> Any:
    """`X` of `X | None` and of `Annotated[X, …]`."""
    if typing.get_origin(kind) is typing.Annotated:
        return _inside(typing.get_args(kind)[0])
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return _inside(next(one for one in typing.get_args(kind) if one is not types.NoneType))
    return kind
