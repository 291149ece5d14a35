"""A board's `machine`, played on Linux: what its pins, converters, wires and lines read is set by a test."""

WDT_RESET = 3
levels = {}
"""Pin → what it reads; 1 where nobody says otherwise."""
handlers = {}
uv = {}
"""Pin of a converter → µV."""
chips = {}
"""Address on the I2C bus → input → µV."""
echoes = []
"""What the next calls of `time_pulse_us` answer."""
lines = []
"""Serial lines that were opened."""


class Pin:
    """One pin; of one number they all are the same pin."""

    IN, OUT, OPEN_DRAIN, PULL_UP = 1, 3, 7, 2
    IRQ_FALLING, IRQ_RISING = 2, 1

    def __init__(self, number, mode=-1, pull=-1, value=None):
        if number >= 34 and pull != -1:
            raise ValueError("pins 34~39 do not have pull-up or pull-down circuitry")
        self.number = number

    def value(self, level=None):
        """Read, or write."""
        return levels.get(self.number, 1) if level is None else None

    def irq(self, handler=None, trigger=0):
        """Who is called at an edge."""
        handlers[self.number] = handler


class ADC:
    """One converter input."""

    ATTN_11DB = 3

    def __init__(self, pin, atten=None):
        self._pin = pin if isinstance(pin, int) else pin.number

    def read_uv(self):
        """µV."""
        return uv[self._pin]

    def read_u16(self):
        """Of 3.3 V."""
        return uv[self._pin] * 65535 // 3_300_000


class SoftI2C:
    """A bus with the ADS1115 chips of `chips`."""

    def __init__(self, scl, sda, freq, timeout):
        self._config = b""

    def writeto_mem(self, address, register, data):
        """Begin a conversion; OSError where no chip is."""
        if address not in chips:
            raise OSError(19)
        self._config = bytes(data)

    def readfrom_mem_into(self, address, register, buffer):
        """The result, or the configuration with the mark of its end."""
        found = self._config
        if register == 0:
            found = (chips[address][self._config[0] >> 4 & 3] // 125).to_bytes(2, "big")
        buffer[0], buffer[1] = found[0], found[1]


class UART:
    """A serial line; `heard`: what its next read gives."""

    def __init__(self, number, baud, tx, rx, timeout):
        self.heard = b""
        lines.append(self)

    def read(self):
        """All that came, or None."""
        found, self.heard = self.heard, b""
        return found or None

    def write(self, body):
        """Nobody listens."""


class WDT:
    """A watchdog that never bites."""

    def __init__(self, timeout):
        pass

    def feed(self):
        """Nothing."""


def reset_cause():
    """Power."""
    return 1


def time_pulse_us(pin, level, timeout_us):
    """The next prepared answer."""
    return echoes.pop(0)


slept = []
"""ms of each deep sleep."""
retained = {"rtc": b"", "backup": bytearray(28)}


class RTC:
    """2 048 bytes that outlive a sleep."""

    def memory(self, told=None):
        """Read, or write; too much is refused."""
        if told is not None:
            if len(told) > 2048:
                raise ValueError("buffer too long")
            retained["rtc"] = told
        return retained["rtc"]


def mem_backup():
    """A Pico's 28 bytes."""
    return memoryview(retained["backup"])


def deepsleep(ms):
    """The test goes on, which a board does not."""
    slept.append(ms)
