"""One language's texts by key; the files are read by `kiosk/io/texts.py`.

A text that a language lacks is the Swedish one, with invisible marks round it: `look/script.py` shows the reader
that it is Swedish, and speech reads it with a Swedish voice.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from contract import phrases
from kiosk.core.look.script import swedish
from kiosk.core.visitor.languages import MAIN, preferred

T = TypeVar("T")


@dataclass(frozen=True)
class Words:
    """The words of one language: `say` for the kiosk's own, `phrase` for the closed lists of the contract.

    `table` is what is written in this language; `fallback` the whole Swedish table.
    """

    language: str
    table: Mapping[str, str]
    fallback: Mapping[str, str] | None = None

    def say(self, key: str, **fields: object) -> str:
        """The text of `key` with its fields filled in; KeyError for a key that no catalogue has."""
        own = self.table.get(key)
        if own is not None or self.fallback is None:
            return self.table[key].format(**fields)
        return self._borrowed(self.fallback[key].format(**fields))

    def part(self, key: str, number: int) -> str:
        """One of a row of words, counted from 0."""
        own = self.table.get(key)
        if own is not None or self.fallback is None:
            return self.table[key].split()[number]
        return self._borrowed(self.fallback[key].split()[number])

    def phrase(self, group: str, word: StrEnum | str) -> str:
        """People's words for a word of the contract: from this language's own catalogue, else the contract's."""
        own = self.table.get(f"phrase_{group}.{word}")
        if own is not None:
            return own
        if self.main in phrases.LANGUAGES:
            return phrases.phrase(group, word, self.main)
        return self._borrowed(phrases.phrase(group, word, MAIN))

    def own(self, texts: Mapping[str, str]) -> str:
        """Of texts by language the reader's; else the Swedish, marked as such; else whatever there is."""
        tag, text = self.pick(texts)
        return text if tag == self.main or tag == self.language else self._borrowed(text) if tag == MAIN else text

    def pick(self, texts: Mapping[str, T]) -> tuple[str, T]:
        """The tag and the text that this reader gets of several languages; KeyError when there is none at all."""
        for tag in preferred(self.language):
            if texts.get(tag):
                return tag, texts[tag]
        return next((tag, text) for tag, text in texts.items() if text) if any(texts.values()) else (MAIN, texts[MAIN])

    @property
    def main(self) -> str:
        """The language without its variant: "sv" also for easy Swedish."""
        return self.language.split("-", maxsplit=1)[0]

    def _borrowed(self, text: str) -> str:
        return text if self.main == MAIN else swedish(text)


def clean(text: str) -> str:
    """Text from outside without control characters, which could turn or hide what is drawn."""
    kept = (letter if letter == "\n" or unicodedata.category(letter)[0] != "C" else " " for letter in text)
    return "".join(kept).strip()
