"""The catalogue of reasons, read once from `reasons.toml`: words for people, and what to do about each."""

import re
import tomllib
from functools import cache
from importlib.resources import files

import msgspec


class ReasonWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One reason; `{detail}` in a text stands for the number or thing that comes with it."""

    weight: int
    sv: str
    en: str
    do_sv: str
    do_en: str


@cache
def catalogue() -> dict[str, ReasonWords]:
    """All reasons by key."""
    tree = tomllib.loads(files("contract").joinpath("reasons.toml").read_text("utf-8"))
    return msgspec.convert(tree, dict[str, ReasonWords])


def reason_words(key: str, language: str = "sv", detail: str = "") -> tuple[str, str]:
    """(what it means, what to do) of one reason; KeyError for a key without, which a test keeps from happening."""
    words = catalogue()[key]
    said = (words.sv, words.do_sv) if language == "sv" else (words.en, words.do_en)
    shown = _number(detail, language)
    return said[0].replace("{detail}", shown), said[1].replace("{detail}", shown)


def _number(detail: str, language: str) -> str:
    """A number as people write it: a real minus, and in Swedish a decimal comma. Anything else as it is."""
    if not re.fullmatch(r"-?\d+(\.\d+)?", detail):
        return detail
    return detail.replace("-", "−").replace(".", "," if language == "sv" else ".")
