"""Shapes drawn by hand: no font has to have them, and they differ without colour."""

from collections.abc import Callable
from math import cos, radians, sin

from kivy.clock import Clock
from kivy.graphics import Color, Ellipse, Line, Mesh, Rectangle, StencilPop, StencilPush, StencilUnUse, StencilUse
from kivy.properties import ColorProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.widgets.icons import ICONS, Stroke

Points = list[tuple[float, float]]
At = Callable[[float, float], tuple[float, float]]
"""From the unit square to pixels."""

OCTAGON: Points = [(0.3, 0), (0.7, 0), (1, 0.3), (1, 0.7), (0.7, 1), (0.3, 1), (0, 0.7), (0, 0.3)]
DIAMOND: Points = [(0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)]
BOLT: tuple[Points, ...] = (
    [(0.58, 0.92), (0.22, 0.42), (0.5, 0.42)],
    [(0.42, 0.08), (0.78, 0.58), (0.5, 0.58)],
    [(0.5, 0.42), (0.58, 0.92), (0.5, 0.58), (0.42, 0.08)],
)


TRIANGLE: Points = [(0.0, 0.06), (1.0, 0.06), (0.5, 0.96)]
DRAWN = frozenset(
    (
        "circle", "diamond", "octagon", "bolt", "hatched", "information", "power", "vma", "ended",
        "level_yellow", "level_orange", "level_red",
    )
)  # fmt: skip
"""Shapes with a method of their own; all others are in icons.py."""


class Symbol(Widget):
    """One shape, as large as the widget allows; `ink` on `ground`."""

    shape = StringProperty("none")
    ink = ColorProperty((0, 0, 0, 1))
    ground = ColorProperty((1, 1, 1, 1))

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._later = Clock.create_trigger(self._draw, -1)  # once a frame, however much has changed
        for name in ("pos", "size", "shape", "ink", "ground"):
            self.fbind(name, self._later)
        self._later()

    def _draw(self, *_: object) -> None:
        self.canvas.clear()
        side = min(self.size)
        left, bottom = self.x + (self.width - side) / 2, self.y + (self.height - side) / 2

        def at(x: float, y: float) -> tuple[float, float]:
            return left + x * side, bottom + y * side

        if side <= 1:
            return
        with self.canvas:
            Color(*self.ink)
            if self.shape in DRAWN:
                getattr(self, f"_{self.shape}")(at, side)
            elif self.shape in ICONS:
                _strokes(at, side, ICONS[self.shape])

    def _circle(self, at: At, side: float) -> None:
        Ellipse(pos=at(0.05, 0.05), size=(0.9 * side, 0.9 * side))
        Color(*self.ground)
        Line(points=[*at(0.28, 0.5), *at(0.44, 0.33), *at(0.73, 0.67)], width=0.045 * side, joint="round", cap="round")

    def _diamond(self, at: At, side: float) -> None:
        _fill(at, DIAMOND)
        Color(*self.ground)
        self._mark(at, side)

    def _octagon(self, at: At, side: float) -> None:
        _fill(at, OCTAGON)
        Color(*self.ground)
        for points in ((0.3, 0.3, 0.7, 0.7), (0.3, 0.7, 0.7, 0.3)):
            Line(points=[*at(*points[:2]), *at(*points[2:])], width=0.055 * side, cap="round")

    def _bolt(self, at: At, side: float) -> None:
        Rectangle(pos=at(0, 0), size=(side, side))
        Color(*self.ground)
        for part in BOLT:
            _fill(at, part)

    def _hatched(self, at: At, side: float) -> None:
        StencilPush()
        Rectangle(pos=at(0, 0), size=(side, side))
        StencilUse()
        Color(*self.ink[:3], 0.35)
        for step in range(-6, 7):
            Line(points=[*at(step / 6, 0), *at(step / 6 + 1, 1)], width=max(1, 0.012 * side))
        StencilUnUse()
        Rectangle(pos=at(0, 0), size=(side, side))
        StencilPop()
        Color(*self.ink)
        width = max(1.0, 0.03 * side)
        Line(rectangle=(*at(0.02, 0.02), 0.96 * side, 0.96 * side), width=width)
        Color(*self.ground)
        Ellipse(pos=at(0.17, 0.1), size=(0.66 * side, 0.8 * side))
        Color(*self.ink)
        Line(points=_arc(at, 0.5, 0.62, 0.16, 170, -60), width=0.045 * side, cap="round", joint="round")
        Line(points=[*at(0.56, 0.475), *at(0.5, 0.36)], width=0.045 * side, cap="round")
        Ellipse(pos=at(0.445, 0.185), size=(0.11 * side, 0.11 * side))

    def _information(self, at: At, side: float) -> None:
        Ellipse(pos=at(0.05, 0.05), size=(0.9 * side, 0.9 * side))
        Color(*self.ground)
        Ellipse(pos=at(0.44, 0.68), size=(0.12 * side, 0.12 * side))
        Line(points=[*at(0.5, 0.28), *at(0.5, 0.58)], width=0.05 * side, cap="round")

    def _mark(self, at: At, side: float) -> None:
        Line(points=[*at(0.5, 0.45), *at(0.5, 0.72)], width=0.045 * side, cap="round")
        Ellipse(pos=at(0.445, 0.25), size=(0.11 * side, 0.11 * side))

    def _power(self, at: At, _side: float) -> None:
        for part in BOLT:
            _fill(at, part)

    # --- the levels of weather warnings, in the shapes that SMHI gives them ---

    def _level_yellow(self, at: At, side: float) -> None:
        Ellipse(pos=at(0.03, 0.03), size=(0.94 * side, 0.94 * side))
        self._exclaim(at, side, 0.0)

    def _level_orange(self, at: At, side: float) -> None:
        _fill(at, DIAMOND)
        self._exclaim(at, side, 0.0)

    def _level_red(self, at: At, side: float) -> None:
        _fill(at, TRIANGLE)
        self._exclaim(at, side, -0.08)

    def _exclaim(self, at: At, side: float, lower: float) -> None:
        Color(*self.ground)
        Line(points=[*at(0.5, 0.45 + lower), *at(0.5, 0.74 + lower)], width=0.05 * side, cap="round")
        Ellipse(pos=at(0.44, 0.22 + lower), size=(0.12 * side, 0.12 * side))

    def _vma(self, at: At, side: float) -> None:
        """A horn that sounds: danger, told to everybody."""
        _fill(at, OCTAGON)
        Color(*self.ground)
        Rectangle(pos=at(0.16, 0.38), size=(0.14 * side, 0.24 * side))
        _fill(at, [(0.34, 0.38), (0.56, 0.2), (0.56, 0.8), (0.34, 0.62)])
        for radius in (0.14, 0.28):
            Line(points=_arc(at, 0.58, 0.5, radius, -50, 50), width=0.03 * side, cap="round", joint="round")

    def _ended(self, at: At, side: float) -> None:
        """Over: a ring with a line through it, never the shape of a danger."""
        Line(circle=(*at(0.5, 0.5), 0.4 * side), width=0.045 * side)
        Line(points=[*at(0.3, 0.5), *at(0.7, 0.5)], width=0.05 * side, cap="round")


def _strokes(at: At, side: float, icon: tuple[Stroke, ...]) -> None:
    """Draw an icon of icons.py."""
    for kind, *rest in icon:
        if kind == "dot":
            (x, y), radius = rest
            Ellipse(pos=at(x - radius, y - radius), size=(2 * radius * side, 2 * radius * side))
        elif kind == "ring":
            centre, radius, width = rest
            Line(circle=(*at(*centre), radius * side), width=max(1.0, width * side))
        elif kind == "fill":
            _fill(at, list(zip(rest[0][::2], rest[0][1::2], strict=True)))
        else:
            points = [place for x, y in zip(rest[0][::2], rest[0][1::2], strict=True) for place in at(x, y)]
            Line(points=points, width=max(1.0, rest[1] * side), close=kind == "loop", joint="round", cap="round")


def _fill(at: At, points: Points) -> None:
    """A filled convex polygon."""
    vertices = [number for x, y in points for number in (*at(x, y), 0, 0)]
    Mesh(vertices=vertices, indices=list(range(len(points))), mode="triangle_fan")


def _arc(at: At, x: float, y: float, radius: float, start: int, end: int) -> list[float]:
    """Points of an arc round (x, y), degrees counted from the right, clockwise when `end` is below `start`."""
    step = -10 if end < start else 10
    degrees = range(start, end + step, step)
    return [
        number for angle in degrees for number in at(x + radius * cos(radians(angle)), y + radius * sin(radians(angle)))
    ]
