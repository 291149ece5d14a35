"""A fault that comes every second is told once."""

import logging

log = logging.getLogger("kiosk.keeper")

MAX_SAID = 200


class Saying:
    """Lines for the log, each said once."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def once(self, sentence: str) -> None:
        """Say it, unless it was said before."""
        if sentence not in self._said and len(self._said) < MAX_SAID:
            self._said.add(sentence)
            log.warning("%s", sentence)
