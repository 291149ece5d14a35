"""People's words for the closed lists of `words.py`, read once from `phrases.toml`."""

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

LANGUAGES = ("sv", "en")


@cache
def _phrases() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(files("contract").joinpath("phrases.toml").read_text("utf-8"))


def phrase(group: str, word: StrEnum | str, language: str = "sv") -> str:
    """The words for one word of one list; KeyError for a word without, which a test keeps from happening."""
    return _phrases()[group][str(word)][language]
