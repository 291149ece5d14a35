"""What is not for real says so on every page, without the shapes of danger; what is real has no stripes."""

from typing import Any

from golden.checks.seen import magnified, visible
from golden.states import State

DANGER = frozenset(("vma", "level_yellow", "level_orange", "level_red"))
"""Shapes, and roles, that only a real message has."""


def faults(root: Any, state: State) -> list[str]:
    """Frame, stripes, words and shapes as the state wants them."""
    look = _Look(root)
    framed = bool(root.frame.stamps)
    found = []
    if state.framed and not framed:
        found.append("the site is not for real and no frame says so")
    missing = [word for word in root.frame.stamps if not any(word in text for text in look.texts)]
    if missing:
        found.append(f"the frame does not say {missing}")
    if state.stamp:
        if not framed and look.edges < 2 and magnified(root) is None:
            found.append("a message that is not for real has neither frame nor stripes")
        if look.danger:
            found.append(f"what is not for real looks like {sorted(look.danger)}")
    elif not state.framed and (framed or look.edges):
        found.append("what is for real has stripes")
    return found


class _Look:
    """Everything drawn that tells a level, or that something is not for real."""

    def __init__(self, root: Any) -> None:
        from kiosk.widgets.frame import StripedEdge
        from kiosk.widgets.panel import Panel
        from kiosk.widgets.symbol import Symbol
        from kiosk.widgets.text import FitLabel

        self.danger: set[str] = set()
        self.texts: list[str] = []
        self.edges = 0
        for widget in visible(root):
            if isinstance(widget, Panel):
                self.danger |= {str(widget.role)} & DANGER
            elif isinstance(widget, Symbol):
                self.danger |= {widget.shape} & DANGER
            elif isinstance(widget, FitLabel):
                self.texts.append(widget.text)
            elif isinstance(widget, StripedEdge):
                self.edges += 1
