"""A picture that stands for months leaves a shadow on the panel: everything moves by a few pixels now and then."""

from itertools import cycle
from typing import Any

from kivy.clock import Clock as Frames
from kivy.graphics import PopMatrix, PushMatrix, Translate

from kiosk.core.look.style import rgba
from kiosk.core.look.theme import LIGHT

EVERY_S = 600.0
STEPS = ((0, 0), (2, 1), (3, 3), (1, 2), (-1, 0), (-3, -2), (-2, -3), (0, -1))
"""Pixels; fewer than a touch is wide, so what is touched stays where it is."""


def drift(window: Any) -> None:
    """From now on; a step costs one frame."""
    window.clearcolor = rgba(LIGHT.paper.ground)
    with window.canvas.before:
        PushMatrix()
        moved = Translate(0, 0, 0)
    with window.canvas.after:
        PopMatrix()
    steps = cycle(STEPS)
    next(steps)
    Frames.schedule_interval(lambda _: setattr(moved, "xy", next(steps)), EVERY_S)
