"""What is looked at by program on every page as it was drawn; each check gives sentences about what is wrong."""

from collections.abc import Iterable
from typing import Any

from golden.checks import colours, geometry, letters, order, stamps
from golden.panels import Panel
from golden.states import State

__all__ = ["faults"]


def faults(root: Any, pixels: bytes, panel: Panel, state: State) -> list[str]:
    """All that is wrong with the page as it stands on the panel."""
    parts: tuple[Iterable[str], ...] = (
        geometry.faults(root, panel),
        letters.faults(root, panel),
        colours.faults(root, pixels, panel.width),
        order.faults(root),
        stamps.faults(root, state),
    )
    return [fault for part in parts for fault in part]
