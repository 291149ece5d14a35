"""A board's `esp32`, played on Linux."""

WAKEUP_ANY_HIGH = True
waking = []
"""Pins that end a deep sleep by going high."""


def wake_on_ext1(pins, level):
    """From now on these."""
    waking[:] = [pin.number for pin in pins]
