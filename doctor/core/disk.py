"""Is there room, can it be written, and how worn is the card?"""

import msgspec

from doctor.core.finding import Finding, Why, fault, ok, remark

LITTLE, VERY_LITTLE = 0.15, 0.05
LITTLE_BYTES = 200_000_000
WORN, WORN_OUT = 0x08, 0x0A
"""JEDEC: 0x01 is 0-10 % of its life used, 0x0A is 90-100 %, 0x0B is over."""


class Space(msgspec.Struct, frozen=True, kw_only=True):
    """A file system as statvfs tells of it; `why_not` says why it cannot be asked."""

    path: str
    free: int = 0
    usable: int = 0
    files_free: int = 0
    files: int = 0
    """0: this file system has no fixed number of files."""
    read_only: bool = False
    why_not: Why | None = None


def judge(spaces: tuple[Space, ...], wear: tuple[str, ...]) -> list[Finding]:
    """A sentence for each file system, and one for the card."""
    return [*map(_space, spaces), _wear(wear)]


def _space(space: Space) -> Finding:
    if space.why_not:
        return fault("disk", "unseen", path=space.path, why=space.why_not)
    if space.read_only:
        return fault("disk", "read_only", path=space.path)
    share = space.free / space.usable if space.usable else 0.0
    told = {"path": space.path, "free": f"{space.free / 1e9:.1f}", "percent": f"{100 * share:.0f}"}
    if share < VERY_LITTLE or space.free < LITTLE_BYTES:
        return fault("disk", "full", **told)
    if space.files and space.files_free / space.files < VERY_LITTLE:
        return fault("disk", "files", path=space.path)
    return remark("disk", "little", **told) if share < LITTLE else ok("disk", "room", **told)


def _wear(wear: tuple[str, ...]) -> Finding:
    """`life_time` of a card or eMMC: one hexadecimal number for each kind of memory in it."""
    steps = [number for text in wear for part in text.split() if 0 < (number := _number(part)) <= 0x0B]
    if not steps:
        return remark("card", "unsaid")
    most = max(steps)
    if most >= WORN_OUT:
        return fault("card", "worn_out", percent=min(100, 10 * most))
    return remark("card", "worn", percent=10 * most) if most >= WORN else ok("card", "fresh", percent=10 * most)


def _number(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return 0
