"""A schedule: which faults, when and for how long. As text (TOML), checked; or drawn from a seed."""

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated, Any

import msgspec
import msgspec.toml
from msgspec import Meta

Seconds = Annotated[float, Meta(ge=0, le=30 * 86_400)]
WHEN = ("name", "at_s", "for_s")
LONGEST_MINUTES = 360.0
DEFAULT_FOR_S = 15.0


class BadSchedule(Exception):
    """A schedule that cannot be played; one sentence with the place."""


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """One fault of a schedule. Times in real seconds after the house stands; `parameters` as written, checked."""

    name: str
    at_s: float
    for_s: float = 0.0
    parameters: dict[str, Any] = {}

    @property
    def ends_s(self) -> float:
        """When it is over."""
        return self.at_s + self.for_s


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands above the faults. `settle_s`: real seconds at the end in which all must have come to the centre."""

    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)] = 1
    minutes: Annotated[float, Meta(gt=0, le=LONGEST_MINUTES)] | None = None
    screen: bool = True
    persistence: bool = False
    settle_s: Annotated[float, Meta(ge=5, le=7200)] = 120.0
    fault: list[dict[str, Any]] = []


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """A checked schedule; `faults` in the order of their times.

    `screen`: the kiosk draws too. `persistence`: the central broker keeps its memory on disk.
    """

    seed: int
    minutes: float
    screen: bool
    persistence: bool
    settle_s: float
    faults: tuple[Planned, ...]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the schedule must know of a fault that exists."""

    lasts: bool
    parameters: type[Any]
    check: Callable[[Any, float], str | None] = lambda _asked, _for_s: None
    """What is wrong with parameters and seconds that the types let through, as a sentence."""


def read(text: str, source: str, known: Mapping[str, Known]) -> Schedule:
    """A schedule from its text; raises BadSchedule with file, line and one sentence."""
    try:
        tree = msgspec.toml.decode(text)
    except msgspec.DecodeError as fault:
        raise BadSchedule(f"{source}: {fault}") from fault
    try:
        head = msgspec.convert(tree, Head)
    except msgspec.ValidationError as fault:
        raise BadSchedule(_of_head(text, source, str(fault), tree)) from fault
    lines = [number for number, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*fault\s*\]\]", line)]
    planned = []
    for place, row in enumerate(head.fault):
        planned.append(_planned(row, _where(source, lines, place), known))
    if not planned and head.minutes is None:
        raise BadSchedule(f"{source}: says neither `minutes` nor any [[fault]]; give at least one of them")
    last_s = max((one.ends_s for one in planned), default=0.0)
    minutes = head.minutes if head.minutes is not None else (last_s + 15.0) / 60
    if minutes > LONGEST_MINUTES:
        late = max(range(len(planned)), key=lambda place: planned[place].ends_s)
        raise BadSchedule(
            f"{_where(source, lines, late)}: {planned[late].name} ends {planned[late].ends_s:.0f} s after the "
            f"beginning, and no run is longer than {60 * LONGEST_MINUTES:.0f} s; say `minutes`, or let it end earlier"
        )
    for place, one in enumerate(planned):
        if one.at_s >= minutes * 60:
            raise BadSchedule(
                f"{_where(source, lines, place)}: at_s = {one.at_s:g} lies after the end of the run "
                f"({minutes * 60:g} s); raise `minutes`, or let it begin earlier"
            )
    return Schedule(
        seed=head.seed, minutes=minutes, screen=head.screen, persistence=head.persistence, settle_s=head.settle_s,
        faults=tuple(sorted(planned, key=lambda one: one.at_s)),
    )  # fmt: skip


def _where(source: str, lines: Sequence[int], place: int) -> str:
    """File and line of a fault, or its number where the faults are written otherwise."""
    return f"{source}, line {lines[place]}" if place < len(lines) else f"{source}, fault {place + 1}"


def _planned(row: Mapping[str, Any], where: str, known: Mapping[str, Known]) -> Planned:
    name = row.get("name")
    if not isinstance(name, str):
        raise BadSchedule(f"{where}: a fault needs a name; known are {', '.join(sorted(known))}")
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"
        raise BadSchedule(f"{where}: there is no fault {name!r}; {hint}")
    kind = known[name]
    if "at_s" not in row:
        raise BadSchedule(f"{where}: {name} needs at_s, the second at which it begins")
    if "for_s" in row and not kind.lasts:
        raise BadSchedule(f"{where}: {name} happens in one moment and takes no for_s")
    times = {}
    for key in ("at_s", "for_s"):
        try:
            times[key] = msgspec.convert(row.get(key, DEFAULT_FOR_S if kind.lasts else 0.0), Seconds)
        except msgspec.ValidationError as fault:
            raise BadSchedule(f"{where}: {key} of {name}: {_plain(str(fault))}") from fault
    told = {key: value for key, value in row.items() if key not in WHEN}
    try:
        asked = msgspec.convert(told, kind.parameters)
    except msgspec.ValidationError as fault:
        takes = ", ".join(kind.parameters.__struct_fields__) or "no parameters"
        named = re.search(r"`\$\.(\w+)", str(fault))
        about = f"{named[1]} of {name}" if named else name
        raise BadSchedule(f"{where}: {about}: {_plain(str(fault))}; it takes {takes}") from fault
    wrong = kind.check(asked, times["for_s"])
    if wrong:
        raise BadSchedule(f"{where}: {name}: {wrong}")
    return Planned(name=name, at_s=times["at_s"], for_s=times["for_s"], parameters=told)


def _of_head(text: str, source: str, sentence: str, tree: Mapping[str, Any]) -> str:
    """The sentence about a wrong top, with the line of the first setting that it can be about."""
    unknown = [key for key in tree if key not in Head.__struct_fields__]
    named = re.search(r"`\$\.(\w+)`", sentence)
    key = unknown[0] if unknown else named[1] if named else ""
    for number, line in enumerate(text.splitlines(), 1):
        if key and re.match(rf"\s*\[*\s*{re.escape(key)}\b", line):
            return f"{source}, line {number}: {key}: {_plain(sentence)}"
    return f"{source}: {_plain(sentence)}"


def _plain(sentence: str) -> str:
    """A sentence of msgspec without its paths."""
    cut = re.sub(r" - at `\$[^`]*`", "", sentence)
    cut = re.sub(r"Object contains unknown field `(\w+)`", r"\1 is unknown", cut)
    cut = re.sub(r"Object missing required field `(\w+)`", r"\1 is missing", cut)
    cut = re.sub(r"Invalid enum value ('[^']*')", r"\1 is none of those that are known", cut)
    wanted = re.fullmatch(r"Expected `([^`]+)`(?: of length)?(?: (>=|<=|>|<) (\S+))?(?:, got `(\w+)`)?", cut)
    if wanted is None:
        return cut
    kinds = [_KINDS.get(one.strip(), one.strip()) for one in wanted[1].split("|")]
    told = f"must be {' or '.join(kinds)}"
    if wanted[2]:
        told += f", {_LIMITS[wanted[2]]} {wanted[3]}"
    return f"{told}, not {_KINDS.get(wanted[4], wanted[4])}" if wanted[4] else told


_KINDS = {
    "int": "a whole number", "float": "a number", "str": "a text", "bool": "true or false", "array": "a list",
    "object": "a table", "null": "nothing",
}  # fmt: skip
_LIMITS = {">=": "at least", "<=": "at most", ">": "above", "<": "below"}


def written(schedule: Schedule) -> str:
    """The schedule as text that `read` reads back."""
    lines = [
        "# schedule of sotpunkt's faults: `make faults SCHEDULE=this-file` plays it again",
        f"seed = {schedule.seed}",
        f"minutes = {schedule.minutes:g}",
        f"screen = {str(schedule.screen).lower()}",
        f"persistence = {str(schedule.persistence).lower()}",
        f"settle_s = {schedule.settle_s:g}",
    ]
    for one in schedule.faults:
        lines += ["", "[[fault]]", f'name = "{one.name}"', f"at_s = {one.at_s:g}"]
        if one.for_s:
            lines.append(f"for_s = {one.for_s:g}")
        lines += [f"{key} = {_value(value)}" for key, value in one.parameters.items()]
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    return msgspec.json.encode(value).decode("utf-8")
