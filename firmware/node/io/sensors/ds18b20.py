"""DS18B20 thermometers on one wire, each known by its own number and never by its place in a scan."""

from node.core import quality, temperature

CONVERT, READ = 0x44, 0xBE


class Ds18b20:
    """Temperature (1/100 °C) of one. `wire`: micropython-lib's `onewire.OneWire`; `rom`: its eight bytes.

    One read begins the conversion, a later one fetches it: nothing waits 750 ms.
    """

    def __init__(self, wire, rom):
        if len(rom) != 8 or temperature.crc8(rom):
            raise ValueError("ds18b20: the number must be eight bytes, the last of which is their check")
        self._wire = wire
        self._rom = rom
        self._begun_ms = None

    def start(self):
        """The first conversion begins with the first read, when its time is known."""
        self._begun_ms = None

    def read(self, now_ms):
        """(1/100 °C or None, quality); `not_yet_read` while a conversion is under way."""
        if self._rom[0] != temperature.FAMILY:
            return None, quality.WRONG_DEVICE
        if self._begun_ms is not None and now_ms - self._begun_ms < temperature.CONVERSION_MS[0x7F]:
            return None, quality.NOT_YET_READ
        try:
            found = self._fetch() if self._begun_ms is not None else (None, quality.NOT_YET_READ)
            self._begun_ms = now_ms if self._command(CONVERT) else None
        except OSError:
            self._begun_ms = None
            return None, quality.COMM_ERROR
        if self._begun_ms is None:
            return None, quality.COMM_ERROR  # nobody answers on the wire
        return found

    def _fetch(self):
        if not self._command(READ):
            return None, quality.COMM_ERROR
        scratchpad = bytearray(9)
        self._wire.readinto(scratchpad)
        return temperature.decoded(scratchpad)

    def _command(self, command):
        """Is somebody there? Then the one of this number has been told."""
        if not self._wire.reset():
            return False
        self._wire.select_rom(self._rom)
        self._wire.writebyte(command)
        return True
