"""The text of a story becomes a timeline: what each device reads, what people do, what becomes of box, clock and link.

One phrase is `TIME WHO WHAT`; without a time it happens at the time of the phrase before. Documented in
`docs/judging.md`.
"""

import difflib
from collections.abc import Callable

import msgspec

from contract.words import ClockQuality, Place
from gateway.core.story.story_orders import KINDS, SHORT, Said, said, tag_of
from gateway.core.story.story_text import (
    Phrase,
    StoryFault,
    When,
    duration,
    duration_ms,
    looks_like_time,
    meant,
    phrases,
    time_of,
    unquoted,
)
from gateway.core.story.story_values import Course, Given, at_moment, given

NAMES: dict[str, tuple[str, Place | None]] = {
    "genset": ("generator_controller", None),
    "meter": ("meter", Place.LOAD),
    "grid": ("meter", Place.GRID),
    "ups": ("ups", None),
    "switch": ("transfer_switch", None),
    "inputs": ("inputs", None),
    "node": ("node", None),
    "box": ("box", None),
}
"""Devices that need no `[[device]]`: name → (kind, place)."""
MOST_ACTS = 200_000
PRESETS: dict[str, dict[str, str]] = {
    "generator_controller": {
        "normal": "controller.mode=auto controller.shutdown_alarm=0 controller.trip_alarm=0 engine.state=stopped "
        "engine.battery_voltage=13.6 engine.coolant_temperature=40 fuel.level=80 generator.power=0",
        "starting": "engine.state=pre_start",
        "running": "engine.state=running generator.voltage=230",
        "cooling": "engine.state=cooling_down generator.voltage=230 generator.power=0",
        "stopped": "engine.state=stopped generator.voltage=0 generator.power=0",
    },
    "meter": {"normal": "meter.voltage=230", "dead": "meter.voltage=0"},
    "ups": {
        "normal": "ups.state=on_mains ups.charge=100 ups.health=100 ups.replace_battery=0 ups.load_percent=20 "
        "ups.input_voltage=230",
        "on_battery": "ups.state=on_battery ups.input_voltage=0",
    },
    "transfer_switch": {
        "normal": "switch.position=mains switch.mains_available=1 switch.generator_available=0",
        "on_generator": "switch.position=generator switch.generator_available=1",
    },
    "inputs": {"normal": "mains.present=1"},
}
"""Words for several values at once, by kind of device. A controller's `normal` leaves out the mains: many do not see
them."""


class Silence(msgspec.Struct, frozen=True):
    """A device stops answering, or answers again."""

    at_ms: int
    line: int
    device: str
    silent: bool


class BoxAct(msgspec.Struct, frozen=True):
    """The program begins anew after `for_ms`; `reboot`: with the machine, so that uptime begins anew too."""

    at_ms: int
    line: int
    for_ms: int
    reboot: bool


class ClockAct(msgspec.Struct, frozen=True, kw_only=True):
    """The site's wall clock: what it is worth, how far it jumps, or that it is right again."""

    at_ms: int
    line: int
    quality: ClockQuality | None = None
    jump_ms: int = 0
    right: bool = False


class CentreAct(msgspec.Struct, frozen=True):
    """The link to the municipality is cut (False) or back (True), or only its mark comes (None)."""

    at_ms: int
    line: int
    up: bool | None


Act = Given | Silence | BoxAct | ClockAct | CentreAct | Said


class Timeline(msgspec.Struct, frozen=True):
    """All acts in order of time, and the devices that the text names."""

    acts: tuple[Act, ...]
    named: tuple[str, ...]


class _Reader:
    """Reads phrase after phrase; knows the time of the last one."""

    def __init__(self, kinds: dict[str, str], start_ms: int) -> None:
        self.kinds = kinds
        self.start_ms = start_ms
        self.when = When(0, 1000)
        self.acts: list[Act] = []
        self.orders = 0

    def read(self, phrase: Phrase) -> None:
        """One phrase at its time."""
        words = phrase.words
        if looks_like_time(words[0]):
            self.when, words = time_of(words, phrase.line, self.when)
            if not words:
                raise StoryFault(phrase.line, "a time alone says nothing; write TIME WHO WHAT")
        if len(self.acts) > MOST_ACTS:
            raise StoryFault(phrase.line, f"more than {MOST_ACTS} things happen by here; repeat less")
        self.acts += self._acts(unquoted(words[0]), words[1:], phrase.line)

    def _acts(self, who: str, words: tuple[str, ...], line: int) -> list[Act]:
        if who in ("gateway", "clock", "centre"):
            makers: dict[str, Callable[[tuple[str, ...], When, int], Act]]
            makers = {"gateway": _box, "clock": _clock, "centre": _centre}
            return [makers[who](words, self.when, line)]
        if who in self.kinds:
            return _device(who, self.kinds[who], words, self.when, line)
        if who in KINDS or who in SHORT:
            who, words = "Kim", (who, *words)
        if not words or tag_of(words[0]) not in KINDS:
            known = [*self.kinds, "gateway", "clock", "centre"]
            if words and "=" not in words[0] and difflib.get_close_matches(words[0], [*KINDS, *SHORT]):
                raise StoryFault(line, f"{who} {words[0]}: nobody can do that; {meant(words[0], [*KINDS, *SHORT])}")
            does = f", and {words[0]!r} is nothing that people do" if words and "=" not in words[0] else ""
            raise StoryFault(line, f"{who!r} is no device of this site{does}; {meant(who, known)}")
        self.orders += 1
        return [said(who, words, self.when, line, self.orders, self.start_ms)]


def timeline(
    text: str, first_line: int, kinds: dict[str, str], start_ms: int, before: str = ""
) -> tuple[Timeline, list[StoryFault]]:
    """The acts of a text, and its mistakes. `kinds`: device → kind; `start_ms`: the right wall clock at 00:00:00.

    `before`: what people did before, which stands in no line of the file.
    """
    reader = _Reader(kinds, start_ms)
    for phrase in phrases(before, 1)[0]:
        reader.read(phrase)
    reader.when = When(0, 1000)
    told, faults = phrases(text, first_line)
    at = 0
    while at < len(told):
        begun = at
        try:
            turns, every_ms, begins, inside = _repeated(told, at, reader.when)
            at += len(inside)
            for turn in range(turns):
                reader.when = When(begins.at_ms + turn * every_ms, begins.exact_ms)
                for phrase in inside:
                    reader.read(phrase)
            if not turns:
                reader.read(inside[0])
        except StoryFault as fault:
            faults.append(fault)
            at += 1 if at == begun else 0
    try:
        acts = _settled(sorted(reader.acts, key=lambda act: act.at_ms))
    except StoryFault as fault:
        return Timeline((), tuple(kinds)), [*faults, fault]
    named = tuple(dict.fromkeys(act.device for act in acts if isinstance(act, (Given, Silence))))
    return Timeline(acts, named if not faults else tuple(kinds)), faults


def _repeated(told: list[Phrase], at: int, before: When) -> tuple[int, int, When, list[Phrase]]:
    """(turns, ms between them, begin, phrases of one turn) of `TIME repeat 50 every 72s: … ; +30s …`; else no turns."""
    first, words, when = told[at], told[at].words, before
    if looks_like_time(words[0]):
        when, words = time_of(words, first.line, before)
    if not words or words[0] != "repeat":
        return 0, 0, before, [first]
    shape = "write TIME repeat 50 every 72s: WHO WHAT ; +30s WHO WHAT"
    rest = words[5:] if words[4:5] == (":",) else words[4:]
    if not rest or words[2] != "every" or not words[1].isdecimal() or not 1 <= int(words[1]) <= MOST_ACTS:
        raise StoryFault(first.line, f"this repetition is not understood; {shape}")
    every_ms = duration(words[3].rstrip(":"), first.line)
    inside = [Phrase(first.line, rest)]
    for phrase in told[at + 1 :]:
        if not phrase.follows:
            break
        if looks_like_time(phrase.words[0]) and not phrase.words[0].startswith("+"):
            raise StoryFault(phrase.line, "inside a repetition times are told as +30s after the part before")
        inside.append(phrase)
    return int(words[1]), every_ms, when, inside


def _settled(acts: list[Act]) -> tuple[Act, ...]:
    """Ramps from where the value is get their beginning; before 00:00:00 only people can do something."""
    last: dict[tuple[str, str], Course] = {}
    settled: list[Act] = []
    for act in acts:
        if act.at_ms < 0 and not isinstance(act, Said):
            raise StoryFault(act.line, "before 00:00 only people can do something; say at 00:00 how the machines stand")
        begun = _begun(act, last.get((act.device, act.key))) if isinstance(act, Given) else act
        if isinstance(begun, Given):
            last[begun.device, begun.key] = begun.course
        settled.append(begun)
    return tuple(settled)


def _begun(act: Given, before: Course | None) -> Given:
    if act.course.here or act.course.to is None:
        return act
    value = None if before is None else at_moment(before, act.at_ms)
    if not isinstance(value, (int, float)):
        raise StoryFault(act.line, f"{act.key}: there is no number yet to go from; write {act.key}=60->40")
    return msgspec.structs.replace(act, course=msgspec.structs.replace(act.course, value=value))


def _device(name: str, kind: str, words: tuple[str, ...], when: When, line: int) -> list[Act]:
    """`silent`, `back`, a preset and values, or values."""
    word = words[0] if words else ""
    if word in ("silent", "back"):
        acts: list[Act] = [Silence(when.at_ms, line, name, word == "silent")]
        if len(words) > 1 and word == "silent":
            acts.append(Silence(when.at_ms + duration(words[-1], line), line, name, False))
        elif len(words) > 1:
            raise StoryFault(line, f"{name} back: nothing can stand after it")
        return acts
    presets = PRESETS.get(kind, {})
    if word in presets:
        rest = given(words[1:], name, kind, when, line) if words[1:] else []
        return [*given(tuple(presets[word].split()), name, kind, when, line), *rest]
    if word and "=" not in word:
        raise StoryFault(line, f"{name} {word}: {meant(word, ['silent', 'back', *presets])}, or write key=value")
    return [*given(words, name, kind, when, line)]


def _box(words: tuple[str, ...], when: When, line: int) -> BoxAct:
    word, *rest = words or ("",)
    usual: dict[str, int] = {"restart": 5_000, "down": -1, "reboot": 60_000}
    for_ms = duration(rest[-1], line) if rest else usual.get(word, -1)
    if word not in usual or for_ms < 0 or len(rest) > 2:
        raise StoryFault(line, "write `gateway restart`, `gateway down 20min` or `gateway reboot 5min`")
    return BoxAct(when.at_ms, line, for_ms, word == "reboot")


def _clock(words: tuple[str, ...], when: When, line: int) -> ClockAct:
    match words:
        case (word,) if word in list(ClockQuality):
            return ClockAct(at_ms=when.at_ms, line=line, quality=ClockQuality(word))
        case ("right",):
            return ClockAct(at_ms=when.at_ms, line=line, right=True)
        case ("jump", text) if text[:1] in "+-" and (length := duration_ms(text[1:])) is not None:
            return ClockAct(at_ms=when.at_ms, line=line, jump_ms=-length if text[0] == "-" else length)
    raise StoryFault(line, "write `clock synced`, holdover or unsynced, `clock jump +2h`, or `clock right`")


def _centre(words: tuple[str, ...], when: When, line: int) -> CentreAct:
    known = {("silent",): False, ("back",): True, ("mark",): None}
    if words not in known:
        raise StoryFault(line, "write `centre silent`, `centre back` or `centre mark`")
    return CentreAct(when.at_ms, line, known[words])
