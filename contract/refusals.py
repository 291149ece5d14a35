"""The catalogue of refusals, read once from `refusals.toml`: why an order was not done, and what to do instead."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from contract.phrases import phrase

_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
"""`{name}`, or `{name:group}` for a word of the contract."""


class RefusalWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One refusal in whole sentences; what stands in braces is filled in."""

    sv: str
    en: str


@cache
def catalogue() -> dict[str, RefusalWords]:
    """All refusals by key."""
    tree = tomllib.loads(files("contract").joinpath("refusals.toml").read_text("utf-8"))
    return msgspec.convert(tree, dict[str, RefusalWords])


def refusal_words(key: str, language: str = "sv", params: Mapping[str, str] | None = None) -> str:
    """The sentences of one refusal; KeyError for a key without. A part that did not come along is shown as "?"."""
    words = catalogue()[key]
    held = params or {}

    def filled(place: re.Match[str]) -> str:
        told = held.get(place[1], "?")
        return _phrased(place[2], told, language) if place[2] else told

    return _PLACE.sub(filled, words.sv if language == "sv" else words.en)


def places(text: str) -> set[str]:
    """The names that are filled into a text."""
    return {place[1] for place in _PLACE.finditer(text)}


def _phrased(group: str, word: str, language: str) -> str:
    """The words for a word of the contract; one that a newer site has is shown as it is."""
    try:
        return phrase(group, word, language)
    except KeyError:
        return word
