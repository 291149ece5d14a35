"""A board's pins, in place of MicroPython's `machine` on Linux: a test sets what they read and reads what they got."""

echo_us = []
"""What the next calls of `time_pulse_us` answer."""


class Pin:
    """One pin; `level` is what it reads."""

    IRQ_FALLING = 1
    IRQ_RISING = 2

    def __init__(self, level=1):
        self.level = level
        self.written = []
        self.handler = None

    def value(self, level=None):
        """Read, or write."""
        if level is None:
            return self.level
        self.written.append(level)
        return None

    def irq(self, handler, trigger=0):
        """Who is called at an edge."""
        self.handler = handler
        self.trigger = trigger


def time_pulse_us(pin, level, timeout_us):
    """The next prepared answer."""
    return echo_us.pop(0)
