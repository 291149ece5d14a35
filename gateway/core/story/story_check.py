"""Does what was told meet what was expected? One sentence and the lines around it where it does not."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from gateway.core.story.story_expect import ASK, Ask, Expected
from gateway.core.story.story_state import ask, name_of
from gateway.core.story.story_text import clock_text

AROUND = 8
"""Lines shown round an expectation that was not met."""
TRUE, FALSE, NONE = ("true", "yes"), ("false", "no"), ("none", "unknown")


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One change as it was told."""

    at_ms: int
    line: str
    kind: str
    body: dict[str, Any]
    run: str
    seq: int
    notify: bool = False


class Unmet(msgspec.Struct, frozen=True):
    """One expectation that was not met: which line of the file, what was seen instead."""

    line: int
    text: str
    why: str
    around: tuple[str, ...] = ()


def unmet(expected: Expected, told: Sequence[Told], looks: Mapping[int, dict[str, Any] | None]) -> Unmet | None:
    """What is wrong with one expectation, or None. `looks`: the state at each asked moment, None while it was off."""
    if expected.asks:
        return _unmet_state(expected, looks.get(expected.from_ms))
    hits = [one for one in told if expected.from_ms <= one.at_ms < expected.to_ms and matches(expected.words, one.line)]
    if expected.least <= len(hits) <= expected.most:
        return None
    if len(hits) > expected.most:
        shown = tuple(_shown(one) for one in hits[:AROUND])
        return Unmet(expected.line, expected.text, f"seen {len(hits)} times", shown)
    same = [one for one in told if matches(expected.words, one.line)]
    why = "not seen" if not hits else f"seen {len(hits)} times"
    if same and not hits:
        why += f" then, but at {', '.join(clock_text(one.at_ms) for one in same[:4])}"
    return Unmet(expected.line, expected.text, why, _around(expected, told))


def matches(words: Sequence[str], line: str) -> bool:
    """Does the line begin with the first word, and do the others stand in it in their order?

    `!word` must not stand there, `name>=30` compares a number, `"text"` stands anywhere.
    """
    tokens = [token.strip(':,"') for token in line.split()]
    if tokens[0] != words[0].rstrip(":,"):
        return False
    at = 1
    for word in words[1:]:
        plain = word.rstrip(":,")
        if plain.startswith("!"):
            if plain[1:] in tokens:
                return False
        elif plain.startswith('"'):
            if plain.strip('"') not in line:
                return False
        elif (match := ASK.fullmatch(plain)) is not None:
            if not _compares(match, tokens):
                return False
        elif plain in tokens[at:]:
            at = tokens.index(plain, at) + 1
        else:
            return False
    return True


def _compares(match: re.Match[str], tokens: Sequence[str]) -> bool:
    """`running_min>=30` against `running_min=31.2`; `why=short` against `why=short,no_voltage`."""
    for token in tokens:
        name, equals, text = token.partition("=")
        if equals and name == match[1]:
            number = _number(text)
            if number is None:
                return match[2] == "=" and match[3] in text.split(",")
            return _holds(number, match[2], match[3])
    return match[2] == "!="


def _unmet_state(expected: Expected, tree: dict[str, Any] | None) -> Unmet | None:
    if tree is None:
        return Unmet(expected.line, expected.text, "the gateway was not running then")
    wrong = [f"{one.path} is {_plain(ask(tree, one.path))}" for one in expected.asks if not _is(one, tree)]
    return Unmet(expected.line, expected.text, "; ".join(wrong)) if wrong else None


def _is(one: Ask, tree: dict[str, Any]) -> bool:
    found = ask(tree, one.path)
    if one.is_ in ("has", "lacks"):
        names = [name_of(row) for row in found] if isinstance(found, (list, tuple)) else [str(found)]
        return (one.value in names) is (one.is_ == "has")
    return _holds(len(found) if isinstance(found, (list, tuple)) else found, one.is_, one.value)


def _holds(found: Any, is_: str, value: str) -> bool:
    if is_ == "!=":
        return not _holds(found, "=", value)
    if found is None:
        return is_ == "=" and value in NONE
    if isinstance(found, bool):
        return is_ == "=" and value in (TRUE if found else FALSE)
    if isinstance(found, str):
        return is_ == "=" and found == value
    low, dots, high = value.partition("..")
    number, last = _number(low), _number(high)
    if number is None:
        return False
    if dots:
        return is_ == "=" and last is not None and number <= found <= last
    # as exact as it was written
    fine = 0.5 * 10.0 ** -len(low.partition(".")[2]) + 1e-9
    tests = {"=": abs(found - number) < fine, ">=": found >= number, "<=": found <= number, ">": found > number}
    return bool(tests.get(is_, found < number))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _plain(found: Any) -> str:
    if isinstance(found, (list, tuple)):
        return ", ".join(name_of(row) for row in found) or "empty"
    return "unknown" if found is None else str(found)


def _around(expected: Expected, told: Sequence[Told]) -> tuple[str, ...]:
    """The changes nearest in time, in their order."""
    middle = (max(0, expected.from_ms) + min(expected.to_ms, 10**12)) / 2
    near = sorted(told, key=lambda one: abs(one.at_ms - middle))[:AROUND]
    return tuple(_shown(one) for one in sorted(near, key=lambda one: one.at_ms))


def _shown(one: Told) -> str:
    return f"{clock_text(one.at_ms)}  {one.line}"
