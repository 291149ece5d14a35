"""ADS1115, 16 bit converter on I2C: one input as a source of µV for `Analog`; ± 4.096 V, 125 µV a bit."""

import time

CONVERT = 0x01
RESULT = 0x00
WAIT_MS = 5
TRIES = 4


class Ads1115:
    """One of the four inputs (0 to 3). Several share a chip: each reading asks for its own input."""

    def __init__(self, i2c, pin, address=0x48):
        self._i2c = i2c
        self._address = address
        # os=1, mux=single-ended, gain ±4.096 V, single shot, 250 SPS, comparator off
        self._config = bytes((0x80 | (0x4 | pin) << 4 | 0x1 << 1 | 0x1, 0x5 << 5 | 0x3))
        self._answer = bytearray(2)

    def read_uv(self):
        """One reading, µV; OSError when the chip does not answer or does not finish."""
        self._i2c.writeto_mem(self._address, CONVERT, self._config)
        for _ in range(TRIES):
            time.sleep_ms(WAIT_MS)
            self._i2c.readfrom_mem_into(self._address, CONVERT, self._answer)
            if self._answer[0] & 0x80:
                break
        else:
            raise OSError("ads1115: no end of conversion")
        # the chip tells by its own register which input it has read: another task may have asked in between
        if (self._answer[0] ^ self._config[0]) & 0x7F:
            raise OSError("ads1115: another input was read")
        self._i2c.readfrom_mem_into(self._address, RESULT, self._answer)
        value = self._answer[0] << 8 | self._answer[1]
        return 125 * (value - 0x10000 if value & 0x8000 else value)
