"""Pictures on their way out: read, checked, and made anew so small that a site can be sent them.

Only pixels leave: a camera's place, date and name stay here. The one room that decodes pictures of others, at the
centre and in the command that a person started; what it makes is judged by `contract/pictures.py` like at the site.
"""

import io
import struct
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from contract.pictures import DIGEST, MAX_SIDE, MOST_PICTURES, look
from contract.wire import Refused
from dashboard.core.sites import BadInput

MOST_FILE = 30 * 1024 * 1024
MOST_PIXELS = 60_000_000
"""Of what is read; some 240 MB while it is made smaller."""
WISHED = 100_000
"""Bytes. Every picture travels again each time that a site finds its broker."""
Image.MAX_IMAGE_PIXELS = None  # judged here by MOST_PIXELS, from the head of the file, with a sentence of its own
LEAST_SIDE = 64
QUALITIES = (82, 74, 66, 58)
SIDES = (MAX_SIDE, 1024, 800, 640, 480)
"""Tried in this order, each with every quality: rather smaller than full of stains."""


def illustrate(tree: dict[str, Any], folder: Path, source: str) -> dict[str, bytes]:
    """The pictures that a document names as files beside it, by digest; the tree then names the digests.

    Raises BadInput. The same file gives the same bytes.
    """
    made: dict[str, bytes] = {}
    for place, one in _places(tree):
        written = one["picture"]
        if not isinstance(written, str) or not written or DIGEST.fullmatch(written):
            continue
        try:
            data = picture(folder / written)
        except BadInput as fault:
            raise BadInput(f"{source}: {place}.picture: {fault}") from fault
        one["picture"] = sha256(data).hexdigest()
        made[one["picture"]] = data
        if len(made) > MOST_PICTURES:
            raise BadInput(f"{source}: more than {MOST_PICTURES} pictures, which is all that a site takes; name fewer")
    return made


def told(pictures: dict[str, bytes]) -> list[str]:
    """One sentence for each: how large it became."""
    sizes = {digest: look(data) for digest, data in pictures.items()}
    return [
        f"picture {digest[:8]}: {size.width} x {size.height} pixels, {len(pictures[digest])} bytes"
        for digest, size in sizes.items()
    ]


def picture(path: Path) -> bytes:
    """A file as it may travel: PNG or JPEG within the limits of the contract; raises BadInput."""
    try:
        if path.stat().st_size > MOST_FILE:
            raise BadInput(f"{path.name} is larger than {MOST_FILE // 2**20} MB; make it smaller first")
        with Image.open(io.BytesIO(path.read_bytes()), formats=("PNG", "JPEG")) as opened:
            return _fitted(_pixels(opened, path.name), drawn=opened.format == "PNG", name=path.name)
    except BadInput:
        raise
    except OSError as fault:
        if fault.errno is not None:
            raise BadInput(f"{path}: cannot be read: {fault.strerror}; check the path") from fault
        raise BadInput(f"{path.name} is no whole PNG or JPEG; save it as one of them") from fault
    except (ValueError, SyntaxError, struct.error) as fault:
        raise BadInput(f"{path.name} cannot be read as a picture; save it anew as PNG or JPEG") from fault


def _pixels(opened: Image.Image, name: str) -> Image.Image:
    """Upright, in colour, on white where it is transparent; nothing but pixels."""
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise BadInput(f"{name} has {width} x {height} pixels; make it smaller first")
    if min(width, height) < LEAST_SIDE:
        raise BadInput(f"{name} has {width} x {height} pixels; nobody would see it, at least {LEAST_SIDE} are needed")
    opened.draft("RGB", (MAX_SIDE, MAX_SIDE))
    upright = ImageOps.exif_transpose(opened)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        seen = upright.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(ground, seen).convert("RGB")
    return upright.convert("RGB")


def _fitted(whole: Image.Image, *, drawn: bool, name: str) -> bytes:
    """The largest and best that is small enough. `drawn`: it may be smaller as PNG (a map, letters)."""
    for side in SIDES:
        one = whole.copy()
        one.thumbnail((side, side))
        bare = Image.new("RGB", one.size)
        bare.paste(one)
        tries = [_saved(bare, "PNG", optimize=True)] if drawn else []
        for quality in QUALITIES:
            tries.append(_saved(bare, "JPEG", quality=quality, optimize=True, progressive=False))
            if min(map(len, tries)) <= WISHED:
                return _judged(next(data for data in tries if len(data) <= WISHED), name)
    raise BadInput(f"{name} does not become smaller than {WISHED} bytes; take one with less in it")


def _saved(bare: Image.Image, kind: str, **how: Any) -> bytes:
    file = io.BytesIO()
    bare.save(file, kind, **how)
    return file.getvalue()


def _judged(data: bytes, name: str) -> bytes:
    """By the same eyes as at the site."""
    try:
        look(data)
    except Refused as fault:
        raise BadInput(f"{name}: {fault}") from fault
    return data


def _places(tree: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every post that names a picture, with its place in the document."""
    for key, rows in tree.items():
        for number, one in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(one, dict) and "picture" in one:
                yield f"{key}[{number}]", one
