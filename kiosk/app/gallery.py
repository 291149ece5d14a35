"""Pictures of the cache as textures: decoded when a visitor opens what they belong to, one at a time."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from kivy.core.image import Image

MOST_BAD = 100
ENDINGS = {b"\x89": "png", b"\xff": "jpg"}
"""By first byte; the cache gives nothing else."""


class Gallery:
    """`read` gives the bytes of a digest, checked, or None. What cannot be decoded is no picture, for good."""

    def __init__(self, read: Callable[[str], bytes | None], say: Callable[[str], None]) -> None:
        self._read = read
        self._say = say
        self._last: tuple[str, Any] = ("", None)
        self._bad: set[str] = set()

    def texture(self, digest: str) -> Any:
        """The picture, None without one. Only the newest stays in memory: at most 1280 x 1280 pixels."""
        if digest == self._last[0] or not digest:
            return self._last[1] if digest else None
        if digest in self._bad or (data := self._read(digest)) is None:
            return None
        self._last = ("", None)  # never two at once
        try:
            texture = Image(BytesIO(data), ext=ENDINGS[data[:1]], nocache=True, mipmap=False).texture
        except Exception as fault:  # whatever the decoder says: a page without a picture is a page
            self._refuse(digest, f"{type(fault).__name__}: {fault}")
            return None
        self._last = (digest, texture)
        return texture

    def _refuse(self, digest: str, why: str) -> None:
        if len(self._bad) < MOST_BAD:
            self._bad.add(digest)
        self._say(f"picture {digest[:8]} cannot be shown ({why[:200]}); its text stands alone")
