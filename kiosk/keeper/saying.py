"""A fault that comes every second is told once."""

import logging

log = logging.getLogger("kiosk.keeper")

MAX_SAID = 200
MOST = 1000
"""Letters of one line."""


class Saying:
    """Lines for the log, each said once."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def once(self, sentence: str) -> None:
        """Say it, unless it was said before. What came from outside may not turn the log's lines."""
        sentence = "".join(letter if letter.isprintable() else " " for letter in sentence[:MOST])
        if sentence not in self._said and len(self._said) < MAX_SAID:
            self._said.add(sentence)
            log.warning("%s", sentence)
