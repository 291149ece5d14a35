"""Roles, not colours: every state is word + shape + colour. The only place where a colour is written."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What something is, for shape and colour."""

    GOOD = "good"
    REMARK = "remark"
    BAD = "bad"
    CLOSED = "closed"
    """Not open, and nothing is wrong: as calm as paper."""
    RESERVE = "reserve"
    UNKNOWN = "unknown"
    INFORMATION = "information"
    PLAIN = "plain"
    ACCENT = "accent"
    LEVEL_YELLOW = "level_yellow"
    LEVEL_ORANGE = "level_orange"
    LEVEL_RED = "level_red"


@dataclass(frozen=True, slots=True)
class Pair:
    """Ink on ground, as #RRGGBB; `crisis`: must be readable when it matters most (7:1, else 4.5:1)."""

    ink: str
    ground: str
    crisis: bool = True


@dataclass(frozen=True, slots=True)
class Theme:
    """One set of colours. `paper` is the page, `quiet` its small print, `edge` the outline of things to touch."""

    paper: Pair
    quiet: Pair
    edge: str
    roles: dict[Role, Pair]
    stripes: Pair


SHAPES = {
    Role.GOOD: "circle",
    Role.REMARK: "diamond",
    Role.BAD: "octagon",
    Role.CLOSED: "closed",
    Role.RESERVE: "bolt",
    Role.UNKNOWN: "hatched",
    Role.INFORMATION: "information",
    Role.PLAIN: "none",
    Role.ACCENT: "none",
    Role.LEVEL_YELLOW: "level_yellow",
    Role.LEVEL_ORANGE: "level_orange",
    Role.LEVEL_RED: "level_red",
}

LEVELS = {
    Role.LEVEL_YELLOW: Pair("#000000", "#FFD400"),
    Role.LEVEL_ORANGE: Pair("#000000", "#FF7F00"),
    Role.LEVEL_RED: Pair("#FFFFFF", "#8B0000"),
}
"""SMHI's colours, the same in every theme; never white on yellow or orange, never pure red."""

LIGHT = Theme(
    paper=Pair("#15181A", "#FBFAF7"),
    quiet=Pair("#3D4448", "#FBFAF7"),
    edge="#5D666B",
    roles={
        Role.GOOD: Pair("#FFFFFF", "#155A30"),
        Role.REMARK: Pair("#000000", "#FFCB2E"),
        Role.BAD: Pair("#FFFFFF", "#9C1414"),
        Role.CLOSED: Pair("#15181A", "#E3E0D6"),
        Role.RESERVE: Pair("#000000", "#FFB020"),
        Role.UNKNOWN: Pair("#2B2B3A", "#D9D9E3"),
        Role.INFORMATION: Pair("#FFFFFF", "#0F4C81"),
        Role.PLAIN: Pair("#15181A", "#EFEDE6"),
        Role.ACCENT: Pair("#FFFFFF", "#0B5A52"),
        **LEVELS,
    },
    stripes=Pair("#FFFFFF", "#0F4C81"),
)

DARK = Theme(
    paper=Pair("#F2F4F3", "#101614"),
    quiet=Pair("#C3CCC8", "#101614"),
    edge="#8A9691",
    roles={
        Role.GOOD: Pair("#7FD6A0", "#12291C"),
        Role.REMARK: Pair("#000000", "#FFCB2E"),
        Role.BAD: Pair("#FFFFFF", "#9C1F18"),
        Role.CLOSED: Pair("#F2F4F3", "#2B3632"),
        Role.RESERVE: Pair("#000000", "#FFB020"),
        Role.UNKNOWN: Pair("#E6E6F0", "#3A3A4A"),
        Role.INFORMATION: Pair("#9CC9F5", "#14202B"),
        Role.PLAIN: Pair("#F2F4F3", "#1D2623"),
        Role.ACCENT: Pair("#FFFFFF", "#0B5A52"),
        **LEVELS,
    },
    stripes=Pair("#FFFFFF", "#0F4C81"),
)

HIGH = Theme(
    paper=Pair("#FFFFFF", "#000000"),
    quiet=Pair("#FFFFFF", "#000000"),
    edge="#FFFFFF",
    roles={
        Role.GOOD: Pair("#000000", "#6FF09A"),
        Role.REMARK: Pair("#000000", "#FFD400"),
        Role.BAD: Pair("#FFFFFF", "#8B0000"),
        Role.CLOSED: Pair("#FFFFFF", "#000000"),
        Role.RESERVE: Pair("#000000", "#FFB020"),
        Role.UNKNOWN: Pair("#FFFFFF", "#000000"),
        Role.INFORMATION: Pair("#000000", "#8FD0FF"),
        Role.PLAIN: Pair("#FFFFFF", "#000000"),
        Role.ACCENT: Pair("#000000", "#FFFFFF"),
        **LEVELS,
    },
    stripes=Pair("#FFFFFF", "#0F4C81"),
)
"""For eyes that need more: black, white and pure colours, 7:1 and more everywhere, edges too."""


def contrast(one: str, other: str) -> float:
    """Contrast of two colours after WCAG 2.2, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
