"""A story file (TOML): the tables of the settings, all optional, and the texts `story` and `expect`.

Every mistake is one sentence with the line it stands in. Documented in `docs/judging.md`.
"""

import re
import tomllib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from contract.signals import ALARM_PREFIX, catalogue
from contract.topics import valid_level
from contract.words import ClockQuality, Place, Sot
from doors.settings import SettingsFault, of_tree
from gateway.config import PaceTable, program_version, rules
from gateway.config_site import (
    ActivatorTable,
    CallTable,
    ChecklistTable,
    GeneratorTable,
    MovableTable,
    RunTable,
    SiteTable,
    Strict,
    TankTable,
    UpsTable,
    check,
)
from gateway.core.facts import DeviceFacts, Facts
from gateway.core.fuel.tank import full_l
from gateway.core.story.story import Story
from gateway.core.story.story_expect import Expected, at_end, expectations
from gateway.core.story.story_format import NAMES, Act, Silence, Timeline, timeline
from gateway.core.story.story_text import (
    LONGEST_MS,
    MINUTE_MS,
    SECOND_MS,
    StoryFault,
    StoryFaults,
    clipped,
    duration_ms,
    duration_text,
)
from gateway.core.story.story_values import Given
from gateway.toml_lines import Lines

POLL = "5s"
SHORTEST_MS = 100
START = "2026-01-15T06:00:00+01:00"
MOST_STEPS = 2_000_000
FINE_UP_TO_MS = 6 * 3_600_000
"""Up to this length time is told to the judgement each second, as in the gateway; beyond it at each poll."""
USUAL: dict[str, dict[str, Any]] = {
    "site": {"id": "are-kall", "place": "Kall"},
    "generator": {"rated_kw": 56, "design_load_kw": 15},
    "tank": {"litres": 1000},
}
"""What a story does not say of the site: as at the first SOT-punkt (facts: reserve power, section 7)."""
IN_ORDER = """-30d Kim delivery {litres:g} diesel-fame-free cfpp_c=-32
-10d Kim declared_run 35min load_percent=32
-2d Kim confirm check:estop ; Kim confirm check:service ; Kim confirm check:fuel_cold"""
FILLED = 0.9
"""Of the tank: that much was delivered, so that the age of what is in it is known."""
UNSIZED_L = 500.0
"""The same where nobody knows how large the tank is."""
TWO_PEOPLE = [{"id": "anna", "name": "Anna"}, {"id": "bo", "name": "Bo"}]
Kind = Literal["generator_controller", "meter", "ups", "transfer_switch", "inputs", "node", "box"]


class DeviceTable(Strict, frozen=True, kw_only=True):
    """One device of the story."""

    name: str
    kind: Kind
    place: Place | None = None
    poll_every_s: Annotated[float, Meta(ge=0.1, le=3600)] | None = None


class StoryTable(Strict, frozen=True, kw_only=True):
    """The whole file."""

    title: str = ""
    start: datetime = datetime.fromisoformat(START)
    clock: ClockQuality = ClockQuality.SYNCED
    in_order: bool = False
    length: str | None = msgspec.field(name="for", default=None)
    poll: str | None = None
    tick: str | None = None
    story: str
    expect: str = ""
    site: SiteTable
    generator: GeneratorTable
    tank: TankTable
    test_run: RunTable = RunTable()
    ups: UpsTable = UpsTable()
    call_out: CallTable = CallTable()
    activator: tuple[ActivatorTable, ...] = ()
    checklist: ChecklistTable = ChecklistTable()
    movable: MovableTable | None = None
    responsible: dict[Sot, str] = {}
    pace: PaceTable = PaceTable()
    device: tuple[DeviceTable, ...] = ()


class BadStory(ValueError):
    """A file that cannot be played; `faults` are (line, sentence)."""

    def __init__(self, source: str, faults: Iterable[tuple[int, str]]) -> None:
        self.faults = tuple((line, clipped(sentence)) for line, sentence in faults)
        super().__init__("\n".join(f"{source}:{line}: {sentence}" for line, sentence in self.faults))


def load(path: Path) -> Story:
    """The story in a file; raises BadStory with every fault that can be told at once."""
    try:
        text = path.read_text("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else "is not a text file in UTF-8"
        raise BadStory(path.name, [(1, f"cannot be read: {reason}")]) from fault
    return read(text, path.name)


def read(text: str, source: str) -> Story:
    """The story in a text; `source` names it in faults."""
    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        place = re.search(r" \(at line (\d+), column \d+\)| \(at end of document\)", str(fault))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        sentence = str(fault).replace(place[0], "") if place else "brackets in brackets in brackets"
        raise BadStory(source, [(line, f"is not TOML: {sentence}")]) from fault
    lines = Lines(text)
    try:
        table = _table(_hoisted(tree))
    except SettingsFault as fault:
        raise BadStory(source, [(lines.of(one), _of_toml(one)) for one in fault.faults]) from fault
    faults = check(table.tank, table.generator, table.activator, table.checklist, table.movable)
    faults += _own_faults(table)
    if faults:
        raise BadStory(source, [(lines.of(one), one) for one in faults])
    try:
        return _story(table, lines)
    except StoryFaults as fault:
        raise BadStory(source, sorted({(one.line, one.sentence) for one in fault.faults})) from fault


def _of_toml(sentence: str) -> str:
    """A date or time as it stands in the file, and without names of types."""
    for kind, moment in (("date", date), ("datetime", datetime), ("time", time)):
        sentence = re.sub(rf"datetime\.{kind}\(([\d, ]*)(?:, tzinfo=[^)]*\)*)?\)", partial(_shown, moment), sentence)
    words = {"datetime": "a date with time and offset, as in " + START, "date": "a date", "time": "a time"}
    sentence = re.sub(
        r"\b(expected|got) (datetime|date|time)\b", lambda found: f"{found[1]} {words[found[2]]}", sentence
    )
    return sentence.replace("invalid RFC3339 encoded datetime", f"write a date with time and offset, as in {START}")


def _shown(kind: Any, found: re.Match[str]) -> str:
    return str(kind(*(int(number) for number in found[1].split(","))).isoformat())


def _hoisted(tree: dict[str, Any]) -> dict[str, Any]:
    """Whoever writes `story =` below a table means the file all the same: TOML puts it into the table above."""
    own = {field.encode_name for field in msgspec.structs.fields(StoryTable)}
    texts = {"title", "start", "clock", "for", "poll", "tick", "in_order", "story", "expect"} & own
    found: dict[str, Any] = {}

    def cleaned(value: Any) -> Any:
        if isinstance(value, list):
            return [cleaned(one) for one in value]
        if not isinstance(value, dict):
            return value
        found.update({name: one for name, one in value.items() if name in texts and name not in found})
        return {name: cleaned(one) for name, one in value.items() if name not in texts}

    inner = {name: value if name in texts else cleaned(value) for name, value in tree.items()}
    return found | inner


def _table(tree: dict[str, Any]) -> StoryTable:
    """The tree with what is usual where nothing is said, checked by the same reader as the settings."""
    full = dict(tree)
    for name, usual in USUAL.items():
        told = tree.get(name, {})
        if isinstance(told, dict):
            design = {"design_load_kw"} if name == "generator" and "rated_kw" in told else set()
            full[name] = {key: one for key, one in usual.items() if key not in design} | told
    if tree.get("in_order") is True:
        full.setdefault("activator", TWO_PEOPLE)
    return of_tree(full, StoryTable, "")


def _own_faults(table: StoryTable) -> list[str]:
    """What the types cannot tell."""
    faults = []
    names = [one.name for one in table.device]
    faults += [
        f"[device {at}] name: {name!r} stands twice" for at, name in enumerate(names, 1) if name in names[: at - 1]
    ]
    taken = ("gateway", "clock", "centre")
    faults += [
        f"[device {at}] name: {name!r} must be of a-z, 0-9 and hyphen, and none of {', '.join(taken)}"
        for at, name in enumerate(names, 1)
        if name in taken or not valid_level(name)
    ]
    for name, text in (("for", table.length), ("poll", table.poll), ("tick", table.tick)):
        length = None if text is None else duration_ms(text)
        if text is not None and length is None:
            faults.append(f"{name}: {text!r} is not a duration; write it like 5s, 20min, 3h or 2d")
        elif length is not None and length > LONGEST_MS:
            faults.append(f"{name}: {text!r} is too long; at most {duration_text(LONGEST_MS)}")
        elif length is not None and length < SHORTEST_MS:
            faults.append(f"{name}: {text!r} is too short; at least {duration_text(SHORTEST_MS)}")
    if not re.sub(r"#.*|[\s;]", "", table.story):
        faults.append("story: nothing happens in it; write lines like `00:00 genset normal mains.voltage=230`")
    if table.start.tzinfo is None:
        faults.append(f"start: needs an offset, as in {START}")
    return faults


def _story(table: StoryTable, lines: Lines) -> Story:
    start_ms = round(table.start.timestamp() * 1000)
    kinds = {one.name: one.kind for one in table.device} or {name: kind for name, (kind, _) in NAMES.items()}
    told, faults = timeline(table.story, lines.text_begins("story"), kinds, start_ms, _in_order(table))
    names = [one.name for one in table.device] or list(told.named)
    wanted, unclear = expectations(table.expect, lines.text_begins("expect"), names)
    faults += unclear
    for at, one in enumerate(table.device, 1):
        if one.name not in told.named:
            said = f"device {one.name}: the story never says anything of it; give it values or leave it out"
            faults.append(StoryFault(lines.of(f"[device {at}] name: x"), said))
    length_ms = (duration_ms(table.length) if table.length else None) or _length(told.acts, wanted)
    expected = tuple(at_end(one, length_ms) for one in wanted)
    # a silence may outlast the story
    own = [act for act in told.acts if not isinstance(act, Silence) or act.silent]
    times = [(act.line, act.at_ms) for act in own] + [(one.line, one.from_ms) for one in expected if one.asks]
    late = f"this lies after the end of the story, which is {table.length} long (`for`)"
    faults += [StoryFault(line, late) for line, at_ms in times if at_ms > length_ms]
    facts = _facts(table, told)
    tick_ms = _tick_ms(table, length_ms)
    steps = length_ms / tick_ms + sum(length_ms / device.poll_every_s / 1000 for device in facts.devices)
    if steps > MOST_STEPS:
        said = f'{steps:,.0f} steps are too many; set poll and tick, like poll = "60s" and tick = "60s"'
        faults.append(StoryFault(lines.of("for: x"), said))
    if faults:
        raise StoryFaults(faults)
    offset = table.start.utcoffset() or timedelta()
    return Story(
        title=table.title, facts=facts, start_ms=start_ms, offset_min=int(offset.total_seconds() // 60),
        clock=table.clock, length_ms=length_ms, tick_ms=tick_ms, acts=told.acts, expected=expected,
    )  # fmt: skip


def _tick_ms(table: StoryTable, length_ms: int) -> int:
    """As told; as coarse as the polls where those are told or the story is long; else as in the gateway."""
    coarse = table.poll is not None or length_ms > FINE_UP_TO_MS
    return (duration_ms(table.tick or "") or 0) or (max(SECOND_MS, _poll_ms(table)) if coarse else SECOND_MS)


def _poll_ms(table: StoryTable) -> int:
    return duration_ms(table.poll or POLL) or 0


def _in_order(table: StoryTable) -> str:
    """What people did before, so that a healthy site is ready; empty unless the file asks for it."""
    people = [f"-2d Kim confirm activator:{one.id}" for one in table.activator]
    told = IN_ORDER.format(litres=full_l(table.tank.facts()) * FILLED or UNSIZED_L)
    return "\n".join([told, *people]) if table.in_order else ""


def _length(acts: Iterable[Act], wanted: Iterable[Expected]) -> int:
    """Without `for` a story ends a minute after the last thing in it."""
    times = [act.at_ms for act in acts] + [one.from_ms for one in wanted] + [one.to_ms - 1000 for one in wanted]
    last = max((at_ms for at_ms in times if at_ms <= LONGEST_MS), default=0)
    return (max(0, last) // MINUTE_MS + 1) * MINUTE_MS


def _facts(table: StoryTable, told: Timeline) -> Facts:
    poll_s = _poll_ms(table) / 1000
    keys: dict[str, dict[str, None]] = {}
    for act in told.acts:
        if isinstance(act, Given):
            keys.setdefault(act.device, {})[act.key] = None
    tables = table.device or [
        DeviceTable(name=name, kind=kind, place=place)  # type: ignore[arg-type]
        for name, (kind, place) in NAMES.items()
        if name in told.named
    ]
    devices = tuple(_device(one, list(keys.get(one.name, ())), poll_s) for one in tables)
    sets = [one.name for one in devices if one.kind == "generator_controller"]
    pace = table.pace
    return Facts(
        site=table.site.id,
        place=table.site.place,
        connection=table.site.connection,
        status=table.site.status,
        simulated=table.site.simulated,
        version=program_version(),
        devices=devices,
        controller=table.generator.controller or (sets[0] if sets else None),
        set=table.generator.facts(),
        tank=table.tank.facts(),
        run=table.test_run.facts(),
        ups=table.ups.facts(),
        call=table.call_out.facts(table.activator, table.checklist),
        movable=table.movable.facts() if table.movable is not None else None,
        responsible=table.responsible,
        activate_within_s=table.site.activate_within_s,
        heartbeat_s=pace.heartbeat_s,
        picture_every_s=pace.picture_every_s,
        sample_every_s=pace.sample_every_s,
        sample_active_every_s=pace.sample_active_every_s,
        snapshot_every_s=pace.snapshot_every_s,
        snapshot_active_every_s=pace.snapshot_active_every_s,
        rules=rules(),
    )


def _device(one: DeviceTable, keys: list[str], poll_s: float) -> DeviceFacts:
    period = one.poll_every_s or poll_s
    known = catalogue()
    units = {key: "" if key.startswith(ALARM_PREFIX) else known[key].unit for key in keys}
    return DeviceFacts(
        name=one.name,
        profile="story",
        title=one.name,
        kind=one.kind,
        place=one.place or (Place.LOAD if one.kind == "meter" else None),
        poll_every_s=period,
        slow_every_s=period,
        signals={key: (unit, period, False) for key, unit in units.items()},
    )
