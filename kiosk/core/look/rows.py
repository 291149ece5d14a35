"""What lists and lines on the screen are made of."""

from dataclasses import dataclass

from kiosk.core.look.theme import Role


@dataclass(frozen=True, slots=True)
class Line:
    """A few words with the role that gives them shape and colour."""

    text: str
    role: Role


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: what, a word about it, smaller text under it."""

    text: str
    word: str = ""
    role: Role = Role.PLAIN
    detail: str = ""
    striped: bool = False
    """Not for real, among others that are: it gets a striped edge."""
