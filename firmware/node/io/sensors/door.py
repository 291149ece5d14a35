"""A door, lid or float switch: a contact to ground (with two resistors that tell a cut wire: `supervised.py`)."""

from node.core.contact import Steady


class Contact:
    """1 or 0. `pin` with a pull-up reads 1 while the contact is open; `closed_is`: what a closed contact means.

    A door contact is closed by a closed door (0). A float switch waits 5 to 10 s: waves open and close it for seconds.
    """

    def __init__(self, pin, closed_is=0, on_ms=50, off_ms=50):
        self._pin = pin
        self._closed_is = closed_is
        self._steady = Steady(on_ms, off_ms)
        self._touched = False

    def start(self):
        """The interrupt only leaves a mark."""
        self._pin.irq(handler=self._edge, trigger=self._pin.IRQ_FALLING | self._pin.IRQ_RISING)

    def stop(self):
        """The pin may belong to another."""
        self._pin.irq(handler=None)

    def _edge(self, pin):
        self._touched = True

    def read(self, now_ms):
        """(1, 0 or None, quality)."""
        if self._touched:
            self._touched = False
            self._steady.touched(now_ms)
        return self._steady.feed(now_ms, self._closed_is ^ self._pin.value())
