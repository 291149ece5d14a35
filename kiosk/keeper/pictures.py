"""Pictures from the site's broker into the cache: checked, kept once, and let go when the gateway lets them go."""

from collections.abc import Callable

from contract import topics
from contract.content import PublicDocument
from contract.pictures import MOST_PICTURES, PREFIX, is_picture
from kiosk.core.faults import CannotKeep
from kiosk.core.illustrated import opened
from kiosk.keeper.shelf import Shelf

MOST_WAITING = 2 * MOST_PICTURES


class Pictures:
    """What the disk refuses waits, bounded; what is lost so comes again at the next connect."""

    def __init__(self, shelf: Shelf, knock: Callable[[], None]) -> None:
        self._shelf = shelf
        self._knock = knock
        self._waiting: dict[str, bytes] = {}

    @property
    def waits(self) -> bool:
        """Is there one that the disk refused?"""
        return bool(self._waiting)

    def take(self, document: PublicDocument) -> None:
        """One that came; raises Refused for what may not be decoded. One that is kept already is not written again."""
        data = opened(document)
        try:
            if self._shelf.cache.has_picture(document.sha256):
                return
        except CannotKeep as fault:
            self._shelf.heal(fault)
        self._waiting[document.sha256] = data
        while len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
        self.flush()

    def emptied(self, topic: str) -> None:
        """The gateway holds nothing under this topic any more: a picture that nobody wants shown is not kept either."""
        name = (topics.parts(topic) or ("",))[-1]
        if is_picture(name):
            start = name.removeprefix(PREFIX)
            self._waiting = {digest: data for digest, data in self._waiting.items() if not digest.startswith(start)}
            self._shelf.write(lambda cache: cache.forget_picture(start))

    def flush(self) -> None:
        """Write what waits and knock."""
        for digest, data in list(self._waiting.items()):
            if not self._keep(digest, data):
                return
            del self._waiting[digest]
            self._knock()

    def _keep(self, digest: str, data: bytes) -> bool:
        return self._shelf.write(lambda cache: cache.keep_picture(digest, data))
