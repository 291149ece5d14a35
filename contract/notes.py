"""The catalogue of notes, read once from `notes.toml`: what happened or was entered, in words."""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

import msgspec

from contract.phrases import phrase

KINDS = (
    "activator", "alarm", "alarm_at", "check", "count", "device", "fuel", "hours", "litres", "power_source", "run",
    "signal", "time",
)  # fmt: skip
"""What only the reader can show: names of its site, times in its zone, figures in its language."""

_PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")

Show = Callable[[str, str], str]
"""(kind of KINDS, what came along) → as the reader shows it; "" leaves out the brackets that it stands in."""


class NoteWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One note; what stands in braces is filled in, what stands in brackets may be left out."""

    sv: str
    en: str


@cache
def catalogue() -> dict[str, NoteWords]:
    """All notes by key."""
    tree = tomllib.loads(files("contract").joinpath("notes.toml").read_text("utf-8"))
    return msgspec.convert(tree, dict[str, NoteWords])


def note_words(key: str, language: str, params: Mapping[str, str], show: Show) -> str:
    """One note in words; KeyError for a key without. A part that did not come along is shown as "?"."""
    words = catalogue()[key]
    text = words.sv if language == "sv" else words.en

    def filled(place: re.Match[str]) -> str:
        return _shown(place, language, params, show) or "?"

    # a part is filled in only once, so that braces and brackets in people's own words stay as they are
    return "".join(_PLACE.sub(filled, part) for part in _parts(text, language, params, show))


def places(text: str) -> set[tuple[str, str]]:
    """What is filled into a text: name, and its group or kind, "" when it is shown as it is."""
    return {(place[1], place[2] or "") for place in _PLACE.finditer(text)}


def _parts(text: str, language: str, params: Mapping[str, str], show: Show) -> list[str]:
    """The text without its brackets, and without those in which something is missing."""
    parts = _OPTIONAL.split(text)
    for number in range(1, len(parts), 2):
        if not all(_shown(place, language, params, show) for place in _PLACE.finditer(parts[number])):
            parts[number] = ""
    return parts


def _shown(place: re.Match[str], language: str, params: Mapping[str, str], show: Show) -> str:
    told = params.get(f"{place[1]}_{language}") or params.get(place[1], "")
    if not told or not place[2]:
        return told
    if place[2] in KINDS:
        return show(place[2], told)
    try:
        return phrase(place[2], told, language)
    except KeyError:
        # a newer site may have a word more
        return told
