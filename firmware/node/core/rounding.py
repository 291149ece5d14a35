"""Whole numbers out of divisions and formulas, the same on every interpreter."""

import math


def divided(value: int, by: int) -> int:
    """`value` / `by` to the nearest whole number, halves away from zero; exact, no float on the way."""
    if by < 0:
        value, by = -value, -by
    half = (2 * abs(value) + by) // (2 * by)
    return half if value >= 0 else -half


def nearest(value: float) -> int:
    """The nearest whole number; the one place where a formula's float ends."""
    return math.floor(value + 0.5)


def on_line(at: int, first: "tuple[int, int]", second: "tuple[int, int]") -> int:
    """Where the line through two points (x, y) is at x = `at`; exact but for one rounding."""
    (x1, y1), (x2, y2) = first, second
    return y1 + divided((at - x1) * (y2 - y1), x2 - x1)
