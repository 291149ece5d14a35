"""One language's texts by key; the files are read by `kiosk/io/texts.py`."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contract import phrases


@dataclass(frozen=True)
class Words:
    """The words of one language: `say` for the kiosk's own, `phrase` for the closed lists of the contract."""

    language: str
    table: Mapping[str, str]

    def say(self, key: str, **fields: object) -> str:
        """The text of `key` with its fields filled in; KeyError for a key that no catalogue has."""
        return self.table[key].format(**fields)

    def part(self, key: str, number: int) -> str:
        """One of a row of words, counted from 0."""
        return self.table[key].split()[number]

    def phrase(self, group: str, word: StrEnum | str) -> str:
        """People's words for a word of the contract."""
        return phrases.phrase(group, word, self.language)


def clean(text: str) -> str:
    """Text from outside without control characters, which could turn or hide what is drawn."""
    kept = (letter if letter == "\n" or unicodedata.category(letter)[0] != "C" else " " for letter in text)
    return "".join(kept).strip()
