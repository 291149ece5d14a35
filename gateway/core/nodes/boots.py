"""What is on the disk of each boot of a node, so that nothing is kept twice and nothing is forgotten too early.

A live record may come before older ones that the node still holds. So the mark is not the highest number that came, but
the one up to which all have come: only those may the node forget. Whatever is not known exactly counts as known and
lost, never as new: what is told again is not kept twice.
"""

import msgspec

MOST_BOOTS = 64
"""Of one node: as many as it has segments of flash, so it can hold no more."""
MOST_MARKS = 32
"""That a node is told at once, which takes memory there; of a boot that it tells again it hears the mark again."""
MOST_SPANS = 100
"""Of one boot: with more holes than that, what would make another one is not taken, and comes again."""

MOST_OLD_SPANS = 350
"""Of all boots but the two heard of last, together. Beyond that the narrowest holes of the boot that was not heard of
for longest are closed: what never came is lost, and is not taken any more."""

Spans = tuple[tuple[int, int], ...]
"""(first, last) of what has come, rising, with a hole between each two"""


class BootKept(msgspec.Struct, frozen=True, kw_only=True):
    """One boot. `wall0_ms`: when its uptime was 0, as this gateway's own clock says."""

    boot: str
    spans: Spans = ()
    lost: int = 0
    wall0_ms: int | None = None

    @property
    def mark(self) -> int:
        """All up to this number are here, or lost."""
        return self.spans[0][1] if self.spans and self.spans[0][0] == 1 else 0

    def has(self, seq: int) -> bool:
        """Has it come already?"""
        return any(first <= seq <= last for first, last in self.spans)


class NodeKept(msgspec.Struct, frozen=True, kw_only=True):
    """One node as it lies on the disk, the boot that was heard of last at the end."""

    boots: tuple[BootKept, ...] = ()

    def of(self, boot: str) -> BootKept:
        """One boot; an empty one if nothing came of it."""
        return next((one for one in self.boots if one.boot == boot), BootKept(boot=boot))

    def with_boot(self, kept: BootKept) -> "NodeKept":
        """The same with that boot as it is now."""
        others = tuple(one for one in self.boots if one.boot != kept.boot)
        # after a power cut the present of the new boot and the past of the one before come in turn
        return NodeKept(boots=(*_bounded(others[:-1]), *others[-1:], kept)[-MOST_BOOTS:])

    def marks(self) -> dict[str, int]:
        """What the node may forget."""
        return dict([(one.boot, one.mark) for one in self.boots if one.mark][-MOST_MARKS:])


def _bounded(boots: tuple[BootKept, ...]) -> list[BootKept]:
    """With no more stretches than lie on the disk of what is over."""
    over = sum(len(one.spans) for one in boots) - MOST_OLD_SPANS
    found = []
    for one in boots:
        closed = _closed(one, over) if over > 0 else one
        over -= len(one.spans) - len(closed.spans)
        found.append(closed)
    return found


def _closed(kept: BootKept, count: int) -> BootKept:
    """Without so many of its holes, the narrowest: what they lack is lost."""
    spans = kept.spans
    holes = sorted(range(1, len(spans)), key=lambda at: spans[at][0] - spans[at - 1][1])[:count]
    found = list(spans[:1])
    for at in range(1, len(spans)):
        if at in holes:
            found[-1] = (found[-1][0], spans[at][1])
        else:
            found.append(spans[at])
    lost = kept.lost + sum(spans[at][0] - spans[at - 1][1] - 1 for at in holes)
    return msgspec.structs.replace(kept, spans=tuple(found), lost=lost)


def added(spans: Spans, first: int, last: int) -> Spans:
    """The same with another stretch, joined to what it touches."""
    apart = [one for one in spans if one[1] < first - 1 or one[0] > last + 1]
    touched = [one for one in spans if one not in apart]
    stretch = (min([first, *(one[0] for one in touched)]), max([last, *(one[1] for one in touched)]))
    return tuple(sorted([*apart, stretch]))


def lost_below(kept: BootKept, oldest: int) -> BootKept:
    """The node has nothing of this boot below that number any more: what never came is lost."""
    if oldest <= 1:
        return kept
    here = sum(min(last, oldest - 1) - first + 1 for first, last in kept.spans if first < oldest)
    lost = kept.lost + oldest - 1 - here
    return msgspec.structs.replace(kept, spans=added(kept.spans, 1, oldest - 1), lost=lost)
