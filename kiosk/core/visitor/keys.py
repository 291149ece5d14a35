"""Four keys are enough, and one is: what each key means, and what a short and a long press of "read aloud" mean."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

HOLD_S = 0.8
"""A press this long chooses."""
BOUNCE_S = 0.12
"""A press that comes sooner after the last is a trembling hand or a worn contact."""
STUCK_S = 10.0
"""A press this old has lost its end."""


class Press(StrEnum):
    """What somebody wants."""

    NEXT = "next"
    PREVIOUS = "previous"
    CHOOSE = "choose"
    BACK = "back"
    READ = "read"
    AGAIN = "again"
    LOUDER = "louder"
    LOWER = "lower"


CODES: dict[str, int] = {
    "backspace": 8, "tab": 9, "enter": 13, "escape": 27, "space": 32, "numpad0": 256, "numpad1": 257, "numpad2": 258,
    "numpad3": 259, "numpad4": 260, "numpad5": 261, "numpad6": 262, "numpad7": 263, "numpad8": 264, "numpad9": 265,
    "numpadminus": 269, "numpadplus": 270, "numpadenter": 271, "up": 273, "down": 274, "right": 275, "left": 276,
    "home": 278, "end": 279, "pageup": 280, "pagedown": 281,
    **{f"f{number}": 281 + number for number in range(1, 13)},
    **{chr(code): code for code in (*range(48, 58), *range(97, 123))},
}  # fmt: skip
"""Names of keys for the settings; a number is the code itself."""

Key = str | int


class Keys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[keys]`: which keys do what. Shift with a key of `next` is `previous`."""

    next: tuple[Key, ...] = ("tab", "down", "right")
    previous: tuple[Key, ...] = ("up", "left")
    choose: tuple[Key, ...] = ("enter", "numpadenter", "space")
    back: tuple[Key, ...] = ("escape", "backspace")
    read: tuple[Key, ...] = ("f1", "r")
    again: tuple[Key, ...] = ("f2",)
    lower: tuple[Key, ...] = ("f3", "numpadminus")
    louder: tuple[Key, ...] = ("f4", "numpadplus")


def meaning(keys: Keys, code: int, *, shift: bool = False, from_right: bool = False) -> Press | None:
    """What a key means; where reading begins at the right, the arrows to the sides change places."""
    if from_right and code in (CODES["left"], CODES["right"]):
        code = CODES["left"] + CODES["right"] - code
    for press in Press:
        if code in {_code(key) for key in getattr(keys, press.value)}:
            return Press.PREVIOUS if press is Press.NEXT and shift else press
    return None


def faults(keys: Keys) -> list[str]:
    """Names that are no keys, and keys with two meanings."""
    found, seen = [], dict[int, str]()
    for press in Press:
        for key in getattr(keys, press.value):
            code = _code(key)
            if code is None:
                found.append(f"{press.value}: {key!r} is no key; use a name like tab, enter, f1, a, or a number")
            elif code in seen:
                found.append(f"{press.value}: {key!r} is also used for {seen[code]}; each key does one thing")
            else:
                seen[code] = press.value
    return found


def _code(key: Key) -> int | None:
    return key if isinstance(key, int) else CODES.get(key.lower())


@dataclass(frozen=True, slots=True)
class Button:
    """The one button: since when it is down, and when it last came up."""

    down_s: float | None = None
    up_s: float = -1.0

    def pressed(self, now_s: float) -> "Button":
        """It goes down; a computer that repeats the key while it is held changes nothing."""
        held = self.down_s is not None and now_s - self.down_s < STUCK_S
        if held or now_s - self.up_s < BOUNCE_S:
            return self
        return Button(now_s, self.up_s)

    def released(self, now_s: float) -> tuple["Button", Press | None]:
        """It comes up: short is read or next, long is choose."""
        if self.down_s is None:
            return Button(None, now_s), None
        long = now_s - self.down_s >= HOLD_S
        return Button(None, now_s), Press.CHOOSE if long else Press.READ


def step(count: int, at: int | None, by: int) -> int | None:
    """Where the next of `count` things is, in a ring: nothing is a trap, and back is the way it came."""
    if not count:
        return None
    if at is None:
        return 0 if by > 0 else count - 1
    return (at + by) % count
