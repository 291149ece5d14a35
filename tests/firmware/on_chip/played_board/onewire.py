"""micropython-lib's `onewire`, played on Linux: thermometers by their number."""

scratchpads = {}
"""Number → nine bytes."""


class OneWire:
    """One wire with all of them."""

    def __init__(self, pin):
        self._rom = b""

    def reset(self):
        """Does anybody answer?"""
        return bool(scratchpads)

    def select_rom(self, rom):
        """Speak to one."""
        self._rom = bytes(rom)

    def writebyte(self, byte):
        """A command."""

    def readinto(self, buffer):
        """All ones, where nobody pulls the wire down."""
        buffer[:] = scratchpads.get(self._rom, b"\xff" * 9)
