"""A fault that comes every second is told once, and again only when other faults have come in between."""

import logging

log = logging.getLogger("kiosk.keeper")

MAX_SAID = 200
"""Sentences that are remembered. A source that always says something else costs the log a line each time, and never
keeps it from saying what is wrong with the others."""
MOST = 1000
"""Letters of one line."""


class Saying:
    """Lines for the log, each said once while it is remembered."""

    def __init__(self) -> None:
        self._said: dict[str, None] = {}

    def once(self, sentence: str) -> None:
        """Say it, unless it was said before. What came from outside may not turn the log's lines."""
        sentence = "".join(letter if letter.isprintable() else " " for letter in sentence[:MOST])
        new = self._said.pop(sentence, self) is self
        self._said[sentence] = None  # the newest stand last
        if new:
            log.warning("%s", sentence)
        while len(self._said) > MAX_SAID:
            del self._said[next(iter(self._said))]

    def again(self, start: str) -> None:
        """What begins so is over: should it come back, that is news."""
        for sentence in [one for one in self._said if one.startswith(start)]:
            del self._said[sentence]
