"""From the left or from the right: Kivy's boxes and grids know only the first, so they are taught here, once.

One process draws for one visitor at a time, so the direction is one for all. Whoever changes it makes its widgets anew
afterwards (`Root.restyle` does). What is drawn inside a widget (clock, numbers, symbols) is not turned.
"""

from collections.abc import Callable, Iterator
from typing import Any

from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout

Placed = tuple[int, float, float, float, float]
"""Which child, x, y, width, height."""


class _Direction:
    """What holds now."""

    right_to_left = False


def from_the_right() -> bool:
    """Is the page laid out from the right?"""
    return _Direction.right_to_left


def lay_out(right_to_left: bool) -> None:
    """From now on."""
    _Direction.right_to_left = right_to_left


def _mirrored(lay: Callable[..., Iterator[Placed]]) -> Callable[..., Iterator[Placed]]:
    def laid(box: Any, *arguments: Any) -> Iterator[Placed]:
        for child, x, y, width, height in lay(box, *arguments):
            yield child, 2 * box.x + box.width - x - width if _Direction.right_to_left else x, y, width, height

    return laid


BoxLayout._iterate_layout = _mirrored(BoxLayout._iterate_layout)
GridLayout._iterate_layout = _mirrored(GridLayout._iterate_layout)
