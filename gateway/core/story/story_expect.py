"""What a story expects: which changes are told when, and how the site stands at a moment.

`00:12:00~30s WHAT`, `00:10..00:20 WHAT`, `any WHAT`, `never WHAT`, `count 2 WHAT`, `at 02:00 power=on_reserve`. WHAT
are words of a printed line in their order, as many as matter. Documented in `docs/judging.md`.
"""

import re
from collections.abc import Iterable

import msgspec

from contract import alarms, reasons
from contract.words import AlarmState, Clash, Event, Power, Readiness
from gateway.core.story.story_state import fault_of, words_of
from gateway.core.story.story_text import (
    LONGEST_MS,
    Phrase,
    StoryFault,
    When,
    days_joined,
    duration,
    looks_like_time,
    meant,
    phrases,
    time_of,
)

ALARM_VERBS = tuple(event.removeprefix("alarm_") for event in Event if event.startswith("alarm_"))
HEADS = {
    "power", "alarm", "readiness", "run", "outage",
    *(event.value for event in Event if not event.startswith("alarm_")),
} - {"power_changed", "readiness_changed", "run_ended", "outage_ended"}  # fmt: skip
"""The first words of printed lines."""
VOCABULARY: dict[str, frozenset[str]] = {
    "power": frozenset({"->", "by", *Power}),
    "readiness": frozenset({"->", *Readiness, *reasons.catalogue()}),
    "alarm": frozenset({"P1", "P2", "P3", "notify", "first_out", "chattering", "site", *ALARM_VERBS, *AlarmState}),
    "run": frozenset(
        {"ended", "noted", "test", "outage", "failed", "unknown", "approved", "not_approved", "declared", "interrupted"}
    ),
    "outage": frozenset({"ended"}),
}
"""Which words can stand behind the first, where they are few: a slip of the pen would make `never` always true."""
ASK = re.compile(r"([A-Za-z_][\w.\-]*)(>=|<=|!=|=|>|<)(\S+)")
OPERATORS = re.compile(r"\s*(>=|<=|!=|=|(?<!-)>|<)\s*")
END = "end"
END_MS = 2 * LONGEST_MS
"""Stands for the end until it is known."""


class Ask(msgspec.Struct, frozen=True):
    """One condition on the state: `power=on_reserve`, `endurance.low_h>=70`, `reasons has mode_not_auto`."""

    path: str
    is_: str
    value: str


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `expect`. Changes: from `from_ms` up to but not at `to_ms`, between `least` and `most` of them."""

    line: int
    text: str
    from_ms: int
    to_ms: int
    least: int = 1
    most: int = 10**9
    words: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    """Not empty: the state at `from_ms` is asked instead."""


def expectations(text: str, first_line: int, devices: Iterable[str]) -> tuple[list[Expected], list[StoryFault]]:
    """All that is expected, and the mistakes. Where `end` stands the time is END_MS: `at_end` puts the real one."""
    reader = _Reader(frozenset(devices))
    found: list[Expected] = []
    told, faults = phrases(text, first_line)
    for phrase in told:
        try:
            found.append(reader.read(phrase))
        except StoryFault as fault:
            faults.append(fault)
    return found, faults


def at_end(one: Expected, length_ms: int) -> Expected:
    """The expectation with the real end."""
    begins = length_ms if one.from_ms == END_MS else one.from_ms
    ends = length_ms + 1 if END_MS <= one.to_ms <= END_MS + 1000 else one.to_ms
    return msgspec.structs.replace(one, from_ms=begins, to_ms=ends)


class _Reader:
    def __init__(self, devices: frozenset[str]) -> None:
        self.devices = devices
        self.window: tuple[int, int] | None = None
        self.when = When(0, 1000)

    def read(self, phrase: Phrase) -> Expected:
        line, words, text = phrase.line, phrase.words, " ".join(phrase.words)
        everywhere = (-LONGEST_MS, 3 * LONGEST_MS)
        if words[0] == "at":
            return self._state(line, words[1:], text)
        least, most, window = 1, 10**9, None
        if words[0] in ("any", "never", "count"):
            if words[0] == "never":
                least, most = 0, 0
            if words[0] == "count":
                least, most = _count(words[1:2], line)
            words = words[2 if words[0] == "count" else 1 :]
            window, words = self._window(words, line)
            window = window or everywhere
        else:
            window, words = self._window(words, line)
            self.window = window = window or self.window
        if window is None:
            raise StoryFault(line, "an expectation begins with a time, any, never, count or at")
        self._vocabulary(words, line)
        return Expected(line=line, text=text, from_ms=window[0], to_ms=window[1], least=least, most=most, words=words)

    def _window(self, words: tuple[str, ...], line: int) -> tuple[tuple[int, int] | None, tuple[str, ...]]:
        """(from, to) that the words begin with, or None; and the rest."""
        words = days_joined(words)
        if not words or not (looks_like_time(words[0]) or ".." in words[0]):
            return None, words
        if ".." in words[0]:
            begin, _, end = words[0].partition("..")
            low = self._time(begin, line).at_ms if begin else -LONGEST_MS
            last = self._time(end, line) if end else When(3 * LONGEST_MS, 0)
            if last.at_ms < low:
                raise StoryFault(line, f"{words[0]}: the end lies before the beginning")
            return (low, last.at_ms + last.exact_ms), words[1:]
        plain, tilde, tolerance = words[0].partition("~")
        when, rest = time_of((plain, *words[1:]), line, self.when)
        self.when = when
        if tilde:
            wide = duration(tolerance, line, "a tolerance")
            return (when.at_ms - wide, when.at_ms + wide + 1000), rest
        return (when.at_ms, when.at_ms + when.exact_ms), rest

    def _time(self, word: str, line: int) -> When:
        return When(END_MS, 1000) if word == END else time_of((word,), line, self.when)[0]

    def _state(self, line: int, words: tuple[str, ...], text: str) -> Expected:
        """`at 02:00 power=on_reserve reasons has mode_not_auto`."""
        if words[:1] == (END,):
            at_ms, words = END_MS, words[1:]
        elif words and looks_like_time(words[0]) and "~" not in words[0] and ".." not in words[0]:
            self.when, words = time_of(words, line, self.when)
            at_ms = self.when.at_ms
        else:
            raise StoryFault(line, "write `at 02:00 power=on_reserve` or `at end …`")
        asks = tuple(_asks(OPERATORS.sub(r"\1", " ".join(words)).split(), line))
        if not asks:
            raise StoryFault(line, "what shall hold then? write like `at 02:00 power=on_reserve endurance.low_h>=70`")
        return Expected(line=line, text=text, from_ms=at_ms, to_ms=at_ms, asks=asks)

    def _vocabulary(self, words: tuple[str, ...], line: int) -> None:
        """Can such a line be printed at all?"""
        if not words:
            raise StoryFault(line, "what is expected? write words of a printed line, like `power -> dead`")
        head, rest = words[0].rstrip(":,"), words[1:]
        if head not in HEADS:
            raise StoryFault(line, f"no change begins with {head!r}; {meant(head, HEADS)}")
        known = VOCABULARY.get(head)
        if known is None:
            return
        known = known | self.devices | (alarms.catalogue().keys() if head == "alarm" else set())
        for word in rest:
            plain = word.removeprefix("!").strip(":,")
            if plain and not plain.startswith('"') and not ASK.fullmatch(plain) and plain not in known:
                if head == "power" and "/" in plain:
                    continue
                hint = _with_name(plain) if head == "run" else ""
                said = f"{head}: {plain!r} never stands in such a line; {hint or meant(plain, known)}"
                raise StoryFault(line, said)


def _with_name(word: str) -> str:
    """A run says its reasons behind `why=` and `remarks=`."""
    key = word if word in reasons.catalogue() else f"run_{word}"
    return f"write why={key}, or remarks={key}" if key in reasons.catalogue() else ""


def _count(words: tuple[str, ...], line: int) -> tuple[int, int]:
    """`2`, `<=3`, `>=1`, `1..3`."""
    match = re.fullmatch(r"(<=|>=)?(\d+)(?:\.\.(\d+))?", words[0] if words else "")
    if match is None or (match[1] and match[3]):
        raise StoryFault(line, "write count 2 WHAT, count <=3 WHAT, count >=1 WHAT or count 1..3 WHAT")
    number = int(match[2])
    if match[1] == "<=":
        return 0, number
    return number, 10**9 if match[1] == ">=" else int(match[3] or number)


def _asks(words: list[str], line: int) -> Iterable[Ask]:
    at = 0
    while at < len(words):
        word = words[at].rstrip(",")
        match = ASK.fullmatch(word)
        if word in ("and", ""):
            at += 1
        elif match is not None:
            yield _asked(match[1], match[2], match[3], line)
            at += 1
        elif words[at + 1 : at + 2] in (["has"], ["lacks"]) and at + 2 < len(words):
            yield _asked(word, words[at + 1], words[at + 2].rstrip(","), line)
            at += 3
        else:
            raise StoryFault(line, f"{word!r} is not understood; write name=value, name>=number or reasons has KEY")


def _asked(path: str, is_: str, value: str, line: int) -> Ask:
    """One condition whose name and word are known."""
    if fault := fault_of(path):
        raise StoryFault(line, fault)
    known: Iterable[str] = words_of(path)
    if is_ in ("has", "lacks"):
        lists: dict[str, Iterable[str]]
        lists = {"reasons": reasons.catalogue(), "alarms": alarms.catalogue(), "contradictions": list(Clash)}
        known = lists.get(path, ())
    if known and value not in (*known, "none", "unknown"):
        raise StoryFault(line, f"{path}: there is no {value!r}; {meant(value, known)}")
    return Ask(path, is_, value)
