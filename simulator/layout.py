"""From values to raw words: where each signal of a device lies, by the rows of its profile.

As pure as what lies in core/, but it reads another room's profiles, which core does not.
"""

import struct
from collections.abc import Iterable, Mapping

import msgspec

from contract.signals import ALARM_PREFIX
from contract.words import Quality
from gateway.profiles.schema import Profile, Row
from simulator.core.image import Memory
from simulator.core.readings import Said
from simulator.core.timeline import Window

UNIMPLEMENTED = 0xFFFF
INACTIVE = "inactive"
LEVEL_FLAGS = {
    "warning": "controller.warning",
    "shutdown": "controller.shutdown_alarm",
    "trip": "controller.trip_alarm",
}
"""The common flag that goes with a named alarm of that level."""


class Layout:
    """One device laid out by its profile. `constants` are values that never change, `fixed` raw words by address."""

    def __init__(self, profile: Profile, constants: Mapping[str, Said], fixed: Mapping[int, int]) -> None:
        self.profile = profile
        self._constants = {**_first_identity(profile), **constants}
        self._fixed = fixed
        self._blank = _blank(profile)

    def memory(self, said: Mapping[str, Said], windows: Iterable[Window]) -> Memory:
        """All registers of the device when the plant says `said`, with what the windows put in its place."""
        values: dict[str, Said | Quality] = {**said, **self._constants}
        for window in windows:
            if window.signal is not None:
                values[window.signal] = window.said
                flag = LEVEL_FLAGS.get(str(window.said)) if window.signal.startswith(ALARM_PREFIX) else None
                if flag is not None:
                    values[flag] = 1
        memory = {function: dict(words) for function, words in self._blank.items()}
        for row in self.profile.rows:
            default = INACTIVE if row.key.startswith(ALARM_PREFIX) else None
            put(memory[row.function], _in_its_unit(row, values), values.get(row.key, default))
        memory[self.profile.link.function].update(self._fixed)
        return memory

    def faults(self, said: Mapping[str, Said]) -> list[str]:
        """What is wrong with the constants, and with what the plant says, for this profile."""
        keys = {row.key for row in self.profile.rows}
        faults = [f"values: {self.profile.name} has no signal {key}" for key in self._constants if key not in keys]
        try:
            self.memory(said, ())
        except (ValueError, TypeError) as fault:
            faults.append(str(fault))
        return faults

    def fault_of(self, window: Window) -> str | None:
        """Why this device cannot show that window, or None."""
        if window.signal is None:
            return None
        try:
            row = self.profile.row(window.signal)
        except KeyError:
            return f"{self.profile.name} has no signal {window.signal}"
        try:
            pattern(row, window.said)
        except ValueError as fault:
            return str(fault)
        return None


def pattern(row: Row, said: Said | Quality) -> int:
    """The bit pattern of a value in its own width; ValueError when the row cannot say it."""
    if isinstance(said, Quality):
        return _code(row, said)
    if said is None:
        return next((raw for raw, why in row.absent.items() if why is Quality.NOT_FITTED), 0)
    if isinstance(said, str) and row.type == "text":
        return int.from_bytes(said.encode()[: 2 * row.count].ljust(2 * row.count, b"\0"), "big")
    if isinstance(said, str):
        return _number_of(row, said)
    if row.words is not None:
        return int(said) & row.mask  # the number of a word, also one that the profile does not know
    if row.type == "f32":
        return int.from_bytes(struct.pack(">f", said / row.scale), "big")
    if row.plus is not None:
        return _integer(row, int(said // row.scale))
    return _integer(row, round(said / row.scale))


def put(words: dict[int, int], row: Row, said: Said | Quality) -> None:
    """Write one value into its registers, leaving the bits of other rows as they are."""
    raw = pattern(row, said)
    if row.plus is not None and isinstance(said, (int, float)):
        words[row.plus.at] = min(int(said % row.scale // row.plus.scale), row.plus.below - 1)
    if row.bit is not None or row.nibble is not None:
        shift = row.bit if row.bit is not None else 4 * (row.nibble or 0)
        words[row.at] = (words[row.at] & ~row.mask) | (raw << shift)
        return
    for place in range(row.count):
        shift = 16 * (row.count - 1 - place if row.big or row.type == "text" else place)
        words[row.at + place] = (raw >> shift) & 0xFFFF


def _in_its_unit(row: Row, values: Mapping[str, Said | Quality]) -> Row:
    """A row that counts in tens of another signal, with the scale that follows from what that one says."""
    size = values.get(row.tens_of) if row.tens_of is not None else None
    if not isinstance(size, (int, float)) or size < 1:
        return row
    return msgspec.structs.replace(row, scale=row.scale * 10 ** (len(str(int(size))) - 1))


def _code(row: Row, quality: Quality) -> int:
    for raw, why in row.absent.items():
        if why is quality:
            return raw
    raise ValueError(f"{row.key} has no code for {quality.value} in this profile")


def _number_of(row: Row, word: str) -> int:
    for number, name in (row.words or {}).items():
        if name == word:
            return number
    known = ", ".join(dict.fromkeys((row.words or {}).values())) or "none"
    raise ValueError(f"{row.key} has no word {word!r} in this profile; known are {known}")


def _integer(row: Row, number: int) -> int:
    """Two's complement in the row's width; what does not fit shows the device's own code for it, or its limit."""
    bits = row.mask.bit_count()
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if row.type.startswith("s") else (0, (1 << bits) - 1)
    side = Quality.OVER_RANGE if number > high else Quality.UNDER_RANGE
    if not low <= number <= high or number & ((1 << bits) - 1) in row.absent:
        codes = [raw for raw, why in row.absent.items() if why is side]
        return codes[0] if codes else (high if number > high else low) & ((1 << bits) - 1)
    return number & ((1 << bits) - 1)


def _blank(profile: Profile) -> Memory:
    """Every readable cell, as it reads where nothing is implemented; registers of single bits begin at zero."""
    fill = UNIMPLEMENTED if any(row.absent.get(UNIMPLEMENTED) is Quality.NOT_FITTED for row in profile.rows) else 0
    memory: Memory = {row.function: {} for row in profile.rows}
    for block in profile.blocks:
        function = block.function or profile.link.function
        memory.setdefault(function, {}).update(dict.fromkeys(range(block.first, block.last + 1), fill))
    for row in profile.rows:
        for place in range(row.count):
            memory[row.function].setdefault(row.at + place, fill)
        if row.bit is not None:
            memory[row.function][row.at] = 0
    return memory


def _first_identity(profile: Profile) -> dict[str, Said]:
    return {identity.key: identity.one_of[0] for identity in profile.identity}
