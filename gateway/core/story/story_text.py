"""The words of a story: lines, times, durations. Times are ms since the beginning of the story.

`HH:MM` and `HH:MM:SS` are hours since the beginning, `3d 04:00` and `90min` too; `+30s` counts from the line before,
`-10d` lies before the beginning.
"""

import difflib
import re
from collections.abc import Iterable

import msgspec

SECOND_MS = 1000
MINUTE_MS = 60_000
DAY_MS = 86_400_000
UNITS_MS = {"ms": 1, "s": 1000, "min": MINUTE_MS, "m": MINUTE_MS, "h": 3_600_000, "d": DAY_MS}
LONGEST_MS = 400 * DAY_MS

_WORD = re.compile(r'#.*|;|(?:"[^"]*"|[^\s";])+')
_CLOCK = re.compile(r"(?:(\d+)d)?(\d{1,4}):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|min|s|m|h|d)")
MOST_ECHO = 80
_LONG_QUOTE = re.compile(rf"(?<![\w'])'([^']{{{MOST_ECHO + 1},}})'(?!\w)")
_LONG_WORD = re.compile(rf"[^\s…]{{{MOST_ECHO + 1},}}")
_DAYS = re.compile(r"(?:\S*\.\.)?[+-]?\d+d")
_TYPED = str.maketrans({"“": '"', "”": '"', "„": '"', "−": "-", "≥": ">=", "≤": "<=", "→": "->", "\t": " "})
"""What a word processor makes of plain signs."""


class StoryFault(ValueError):
    """A mistake in a story: the line of the file and one sentence."""

    def __init__(self, line: int, sentence: str) -> None:
        self.line = line
        self.sentence = clipped(sentence)
        super().__init__(f"line {line}: {self.sentence}")


class StoryFaults(ValueError):
    """All mistakes of a story."""

    def __init__(self, faults: Iterable[StoryFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Phrase(msgspec.Struct, frozen=True):
    """Words that belong together, between two semicolons. `follows`: the words before it stand in the same line."""

    line: int
    words: tuple[str, ...]
    follows: bool = False


class When(msgspec.Struct, frozen=True):
    """A time as written. `exact_ms`: how fine it was written, a second or a minute."""

    at_ms: int
    exact_ms: int


def phrases(text: str, first_line: int) -> tuple[list[Phrase], list[StoryFault]]:
    """The text cut at line ends and semicolons. Comments begin with #; a line that ends with ; goes on in the next."""
    found: list[Phrase] = []
    faults: list[StoryFault] = []
    goes_on = False
    for number, raw in enumerate(text.split("\n"), first_line):
        plain = raw.translate(_TYPED)
        words = [match[0] for match in _WORD.finditer(plain) if not match[0].startswith("#")]
        if _WORD.sub("", plain).strip():
            faults.append(StoryFault(number, 'a quotation mark " is opened and not closed in the same line'))
            continue
        part: list[str] = []
        for word in words:
            if word != ";":
                part.append(word)
                continue
            if part:
                found.append(Phrase(number, tuple(part), goes_on))
            part, goes_on = [], True
        if part:
            found.append(Phrase(number, tuple(part), goes_on))
        goes_on = bool(words) and words[-1] == ";"
    return found, faults


def clipped(sentence: str) -> str:
    """The sentence, with no more than 80 characters of anything that it repeats from the file."""
    short = _LONG_QUOTE.sub(lambda found: f"'{found[1][: MOST_ECHO - 2]}…'", sentence)
    return _LONG_WORD.sub(lambda found: f"{found[0][:MOST_ECHO]}…", short)


def unquoted(word: str) -> str:
    """A word without its quotation marks."""
    return word.replace('"', "")


def duration_ms(word: str) -> int | None:
    """`90s`, `20min`, `1h30min`, `2.5h`, `3d` in ms; None for what is none."""
    parts = _PART.findall(word)
    if not parts or "".join(number + unit for number, unit in parts) != word:
        return None
    return round(sum(float(number) * UNITS_MS[unit] for number, unit in parts))


def duration_text(length_ms: float) -> str:
    """A duration as a story writes it, in the largest unit that fits: `8h`, `90s`."""
    for unit in ("d", "h", "min", "s"):
        if length_ms >= UNITS_MS[unit] and length_ms % UNITS_MS[unit] == 0:
            return f"{length_ms / UNITS_MS[unit]:.0f}{unit}"
    return f"{length_ms:g}ms"


def duration(word: str, line: int, what: str = "a duration") -> int:
    """A duration in ms, or a fault that shows how to write one."""
    found = duration_ms(word)
    if found is None or found > LONGEST_MS:
        raise StoryFault(line, f"{word!r} is not {what}; write it like 90s, 20min, 1h30min or 3d (at most 400d)")
    return found


def looks_like_time(word: str) -> bool:
    """Was a time meant?"""
    return bool(re.match(r"[+-]?\d", word))


def days_joined(words: tuple[str, ...]) -> tuple[str, ...]:
    """`3d 03:30..3d 04:00` as one word: a day and its clock belong together."""
    while len(words) > 1 and _DAYS.fullmatch(words[0]) and re.match(r"\d{1,4}:\d\d", words[1]):
        words = (words[0] + words[1], *words[2:])
    return words


def time_of(words: tuple[str, ...], line: int, before: When) -> tuple[When, tuple[str, ...]]:
    """(time, the words after it) of words that begin with one. `before` is the time of the phrase before."""
    word, *rest_of = days_joined(words)
    rest = tuple(rest_of)
    sign, plain = (word[0], word[1:]) if word[0] in "+-" else ("", word)
    clock = _CLOCK.fullmatch(plain)
    length = _clock_ms(clock, word, line) if clock else duration_ms(plain)
    if length is None or length > LONGEST_MS:
        raise StoryFault(
            line, f"{word!r} is not a time; write HH:MM, HH:MM:SS, 90min, or +30s after the line before (at most 400d)"
        )
    exact = SECOND_MS if (clock and clock[4]) or (not clock and plain.endswith("s")) else MINUTE_MS
    if sign == "+":
        return When(before.at_ms + length, min(exact, before.exact_ms)), rest
    return When(-length if sign == "-" else length, exact), rest


def _clock_ms(clock: re.Match[str], word: str, line: int) -> int:
    days, hours, minutes, seconds, parts = clock.groups()
    if int(minutes) > 59 or int(seconds or 0) > 59:
        raise StoryFault(line, f"{word!r} is not a time: minutes and seconds go to 59")
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds or 0)
    return int(days or 0) * DAY_MS + whole * 1000 + int((parts or "0").ljust(3, "0"))


def clock_text(at_ms: int) -> str:
    """HH:MM:SS since the beginning, as changes are printed."""
    sign, seconds = ("-", -at_ms // 1000) if at_ms < 0 else ("", at_ms // 1000)
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def meant(word: str, known: Iterable[str]) -> str:
    """`did you mean …?`, or what is known, as the end of a sentence."""
    names = sorted(set(known))
    near = difflib.get_close_matches(word, names, n=1)
    if near:
        return f"did you mean {near[0]}?"
    return f"known are {', '.join(names[:15])}{' …' if len(names) > 15 else ''}"
