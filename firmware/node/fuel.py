"""A level sensor over a tank: bursts of readings become litres, or permille where no tank is known."""

from node.core import quality

READING_MS = 300
"""Within a burst: more than the ping of an ultrasonic sensor needs, three to four readings a second."""
BURST_EVERY_MS = 60_000
LOOK_MS = 2_000
"""Between bursts: somebody may want to hear what was told last."""
LATE_MS = 30_000


class Fuel:
    """`driver` reads (µm, quality); `gauge` is fed with them; `every_ms`: so often it is told while all is calm.

    A burst a minute, one after the other while fuel is filled. A burst that does not end in its time, because a sensor
    stays without an answer, is a word: what was measured before it is not told any longer as if it were new.
    """

    def __init__(self, driver, gauge, every_ms):
        self._driver = driver
        self._gauge = gauge
        self._pause_ms = min(BURST_EVERY_MS, every_ms)
        self._since_ms = None
        """When this burst begins, or has begun."""
        self._told = gauge.told
        self.urgent = False
        self.next_ms = READING_MS

    def start(self):
        """Of the sensor."""
        self._driver.start()

    def read(self, now_ms):
        """(ml or permille or None, quality) of the last whole burst."""
        self.urgent = False
        if self._since_ms is None:
            self._since_ms = now_ms
        if now_ms < self._since_ms:
            self.next_ms = min(LOOK_MS, self._since_ms - now_ms)
            return self._told
        self.next_ms = READING_MS
        try:
            level_um, found = self._driver.read(now_ms)
        except Exception:
            level_um, found = None, quality.SENSOR_FAULT
        ended = None
        if found != quality.NOT_YET_READ:
            ended = self._gauge.feed(now_ms, level_um, found)
        if ended is not None:
            self._told = self._gauge.told
            self.urgent = ended or self._gauge.moving
            self._since_ms = now_ms + (READING_MS if self._gauge.moving else self._pause_ms)
        elif now_ms - self._since_ms > 2 * self._gauge.burst_ms + LATE_MS:
            self.urgent = self._told[1] != quality.COMM_ERROR
            self._told = (None, quality.COMM_ERROR)
        return self._told
