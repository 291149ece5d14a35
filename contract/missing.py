"""Why there is no value, or a record is missing: the box's own sentence in people's words, read from `missing.toml`.

The sentence on the wire is English, for logs and technicians, and so it stays: an older box is understood as well.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

LONGEST = 500
"""Characters of a sentence that is looked up; no box says so much."""
_PLACE = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"-?\d+\.\d+")


class MissingWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sentence of the box, and the same for people; without `en` its own is good enough."""

    said: str
    sv: str
    en: str = ""


@cache
def catalogue() -> dict[str, MissingWords]:
    """All sentences by key."""
    tree = tomllib.loads(files("contract").joinpath("missing.toml").read_text("utf-8"))
    return msgspec.convert(tree, dict[str, MissingWords])


@lru_cache(maxsize=2000)
def missing_words(said: str, language: str = "sv") -> str | None:
    """A sentence of the box for people; None for one that the catalogue does not have, as of a newer box."""
    return _words(said, language, 2) if len(said) <= LONGEST else None


def places(text: str) -> set[str]:
    """The names that are filled into a text."""
    return set(_PLACE.findall(text))


def _words(said: str, language: str, deep: int) -> str | None:
    for names, pieces, words in _by_length():
        held = _fill(said, names, pieces)
        if held is not None:
            told = {name: _filled(value, language, deep) for name, value in held.items()}
            return _put(words.sv if language == "sv" else words.en or words.said, told)
    return None


def _put(text: str, told: dict[str, str]) -> str:
    return _PLACE.sub(lambda place: told[place[1]], text)


def _filled(told: str, language: str, deep: int) -> str:
    """What was filled in: a sentence of the list itself, a number as people write it, or as it is."""
    if language == "sv" and _NUMBER.fullmatch(told):
        return told.replace(".", ",")
    return (_words(told, language, deep - 1) if deep else None) or told


@cache
def _by_length() -> tuple[tuple[tuple[str, ...], tuple[str, ...], MissingWords], ...]:
    """Names and what stands between them; the sentence with the most words of its own first."""
    found = [(*_cut(words.said), words) for words in catalogue().values()]
    return tuple(sorted(found, key=lambda one: -sum(map(len, one[1]))))


def _cut(said: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    parts = _PLACE.split(said)
    return tuple(parts[1::2]), tuple(parts[::2])


def _fill(said: str, names: Sequence[str], pieces: Sequence[str]) -> dict[str, str] | None:
    """What stands in the places of a sentence; None when it is another. One pass: the text may be anybody's."""
    first, *between, last = pieces if names else (*pieces, "")
    if not names:
        return {} if said == first else None
    if not said.startswith(first) or not said.endswith(last) or len(said) < len(first) + len(last):
        return None
    rest, held = said[len(first) : len(said) - len(last)], {}
    for name, piece in zip(names, between, strict=False):
        told, found, rest = rest.partition(piece)
        if not found or not told:
            return None
        held[name] = told
    held[names[-1]] = rest
    return held if rest else None
