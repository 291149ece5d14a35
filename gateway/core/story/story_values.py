"""`key=value` in a story: numbers with units, words, missing values, ramps and noise; and the value at any moment."""

import re
from hashlib import blake2b

import msgspec

from contract import alarms, signals
from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.story.story_text import StoryFault, When, duration, meant, time_of, unquoted

PHASES = ("l1n", "l2n", "l3n")
CURRENT_PHASES = ("l1", "l2", "l3")
ALARM_WORDS = ("disabled", "inactive", "warning", "shutdown", "trip", "controlled_shutdown")
PREFIXES = {
    "meter": ("meter.",),
    "ups": ("ups.",),
    "transfer_switch": ("switch.",),
    "box": ("box.",),
    "generator_controller": ("engine.", "generator.", "controller."),
    "inputs": (),
    "node": (),
}
"""What may be left out before a key, by kind of device."""
FLAGS = {"1": 1, "0": 0, "true": 1, "false": 0, "yes": 1, "no": 0, "on": 1, "off": 0}
SCALES = {
    "W": {"W": 1.0, "kW": 1e3}, "VA": {"VA": 1.0, "kVA": 1e3}, "var": {"var": 1.0, "kvar": 1e3},
    "V": {"V": 1.0, "mV": 1e-3, "kV": 1e3}, "mV": {"mV": 1.0, "V": 1e3}, "A": {"A": 1.0, "mA": 1e-3},
    "mA": {"mA": 1.0, "A": 1e3}, "kPa": {"kPa": 1.0, "bar": 100.0}, "°C": {"°C": 1.0, "C": 1.0},
    "s": {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}, "L": {"L": 1.0, "l": 1.0, "m3": 1000.0},
    "L/h": {"L/h": 1.0, "l/h": 1.0}, "kWh": {"kWh": 1.0, "MWh": 1e3}, "Hz": {"Hz": 1.0}, "d": {"d": 1.0},
}  # fmt: skip
"""Unit of the catalogue → what may be written → factor."""
MOST = 1e12
"""No machine tells a greater number."""
MISSING = tuple(quality.value for quality in Quality if quality not in (Quality.GOOD, Quality.SUBSTITUTED))

_NUMBER = r"[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?"
_AMOUNT = re.compile(rf"({_NUMBER})([^\d\s]\S*)?")
_NOISE = re.compile(r"(?:±|\+-|\+/-)")


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """A value over time: held, or on its way from `value` to `to` within `for_ms`.

    `noise`: evenly spread within ± so much. `grain`: told in steps of so much, as a coarse sender does.
    """

    value: float | str | None
    from_ms: int
    to: float | None = None
    for_ms: int = 0
    noise: float = 0.0
    grain: float = 0.0
    quality: Quality = Quality.GOOD
    here: bool = True
    """False: the ramp begins at whatever the value is then."""


class Given(msgspec.Struct, frozen=True):
    """One signal of one device gets a course."""

    at_ms: int
    line: int
    device: str
    key: str
    course: Course


def given(words: tuple[str, ...], device: str, kind: str, when: When, line: int) -> list[Given]:
    """All that `key=value key=value … over 3h` says."""
    pairs: list[tuple[str, str]] = []
    tail: dict[str, float] = {}
    at = 0
    while at < len(words):
        word = words[at]
        if "=" in word:
            key, _, text = word.partition("=")
            pairs.append((key, text))
            at += 1
        elif word in ("over", "until", "by") and at + 1 < len(words):
            tail[word] = _tail(word, words[at + 1], when, line)
            at += 2
        else:
            raise StoryFault(line, f"{word!r} is not understood; write key=value, and `over 3h` after a ramp")
    if not pairs:
        raise StoryFault(line, f"{device}: nothing is said of it; write key=value, `silent` or `back`")
    told = [
        Given(when.at_ms, line, device, key, course)
        for short, text in pairs
        for key in keys(short, kind, line)
        for course in [_course(key, text, tail, when, line)]
    ]
    if ("over" in tail or "until" in tail) and not any(one.course.to is not None for one in told):
        raise StoryFault(line, "over and until belong to a ramp, like fuel.level=60->40 over 3h")
    return told


def _tail(word: str, text: str, when: When, line: int) -> float:
    if word == "over":
        return duration(text, line)
    if word == "until":
        return time_of((text,), line, when)[0].at_ms - when.at_ms
    if not re.fullmatch(_NUMBER, text) or not 0 < float(text) < MOST:
        raise StoryFault(line, f"by {text}: give the step as a number, like by 1")
    return float(text)


def keys(short: str, kind: str, line: int) -> list[str]:
    """The signals that a key of a story stands for: itself, with what was left out, or its three phases."""
    if short.startswith(signals.ALARM_PREFIX):
        name = short.removeprefix(signals.ALARM_PREFIX)
        own = [key for key, one in alarms.catalogue().items() if one.by == "controller"]
        if name not in own:
            raise StoryFault(line, f"{short}: no controller reports such an alarm; {meant(name, own)}")
        return [short]
    known = signals.catalogue()
    for key in (short, *(prefix + short for prefix in PREFIXES.get(kind, ()))):
        if key in known:
            return [key]
        if key.endswith(".voltage") and f"{key}_l1n" in known:
            return [f"{key}_{phase}" for phase in PHASES]
        if key.endswith(".current") and f"{key}_l1" in known:
            return [f"{key}_{phase}" for phase in CURRENT_PHASES]
    raise StoryFault(line, f"{short}: there is no such signal; {meant(short, [*known, 'mains.voltage'])}")


def _course(key: str, text: str, tail: dict[str, float], when: When, line: int) -> Course:
    """What stands behind the = of one signal."""
    plain = unquoted(text)
    missing = plain.removeprefix("?")
    of_words = not key.startswith(signals.ALARM_PREFIX) and signals.catalogue()[key].kind in ("word", "code")
    if plain.startswith("?") or (missing in MISSING and not of_words):
        if missing not in MISSING:
            raise StoryFault(line, f"{key}={plain}: say why it is missing; {meant(missing, MISSING)}")
        return Course(value=None, from_ms=when.at_ms, quality=Quality(missing))
    words = ALARM_WORDS if key.startswith(signals.ALARM_PREFIX) else signals.catalogue()[key].words or None
    if words is not None or of_words:
        if words is not None and plain not in words:
            raise StoryFault(line, f"{key}={plain}: there is no such word; {meant(plain, words)}")
        return Course(value=plain, from_ms=when.at_ms)
    return _number_course(key, plain, tail, when, line)


def _number_course(key: str, plain: str, tail: dict[str, float], when: When, line: int) -> Course:
    body, *noises = _NOISE.split(plain)
    begin, arrow, end = body.partition("->")
    noise = _amount(key, noises[0], line) if noises else 0.0
    course = Course(value=None, from_ms=when.at_ms, noise=noise, grain=tail.get("by", 0.0))
    if not arrow:
        return msgspec.structs.replace(course, value=_amount(key, begin, line))
    for_ms = tail.get("over", tail.get("until"))
    if for_ms is None or for_ms <= 0:
        raise StoryFault(line, f"{key}={plain}: how long does it take? write `over 3h` or `until 04:00` after it")
    start = _amount(key, begin, line) if begin else None
    return msgspec.structs.replace(
        course, value=start, to=_amount(key, end, line), for_ms=int(for_ms), here=start is not None
    )


def _amount(key: str, text: str, line: int) -> float:
    """A number in the unit of the catalogue."""
    signal = signals.catalogue()[key]
    if signal.kind == "flag" and text in FLAGS:
        return FLAGS[text]
    match = _AMOUNT.fullmatch(text)
    if match is None or abs(float(match[1])) > MOST:
        raise StoryFault(line, f"{key}={text}: {text!r} is not a number")
    number, unit = float(match[1]), match[2]
    if unit is None or unit == signal.unit:
        return number
    scale = SCALES.get(signal.unit, {}).get(unit)
    if scale is None:
        raise StoryFault(line, f"{key}={text}: {key} is told in {signal.unit or 'plain numbers'}, not in {unit}")
    return number * scale


def at_moment(course: Course, at_ms: int) -> float | str | None:
    """The value without noise; a ramp stays where it arrives."""
    if course.to is None or not isinstance(course.value, (int, float)):
        return course.value
    done = min(1.0, max(0.0, (at_ms - course.from_ms) / course.for_ms))
    return course.value + (course.to - course.value) * done


def as_read(one: Given, at_ms: int, up_ms: int, origin: Origin) -> Value:
    """What a poll at that moment reads. The same story gives the same noise each time it is played."""
    course = one.course
    number = at_moment(course, at_ms)
    if number is None:
        return Value(value=None, origin=origin, up_ms=up_ms, quality=course.quality, reason=course.quality.value)
    if isinstance(number, str):
        return Value(value=number, origin=origin, up_ms=up_ms)
    if course.noise:
        digest = blake2b(f"{one.device}/{one.key}/{at_ms}".encode(), digest_size=4).digest()
        number += course.noise * (int.from_bytes(digest) / (2**31) - 1)
    if course.grain:
        number = round(number / course.grain) * course.grain
    return Value(value=round(number, 6), origin=origin, up_ms=up_ms)
