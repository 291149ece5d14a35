"""A node on a battery of its own: what it spends, and when it must not sleep. Only a node that sleeps loads this."""

DAY_MS = 86_400_000
AWAKE_MS = 60_000
"""A node whose gateway does not answer tries for so long."""
ALARM_MS = 600_000
"""A change that was worth a report at once, and that nobody confirms, keeps it awake for so long."""
BACKLOG_MS = 30_000
"""While the backlog gets shorter it stays awake; so long without that, and it is the next wake's work."""


class Duty:
    """What it spent: ms awake, of these with its radio on, and asleep. Older days count half of the newer one."""

    def __init__(self, awake=0, radio=0, asleep=0):
        self.awake, self.radio, self.asleep = awake, radio, asleep

    def spent(self, awake, radio, asleep=0):
        """So much more."""
        self.awake += awake
        self.radio += min(radio, awake)
        self.asleep += asleep
        while self.awake + self.asleep > 2 * DAY_MS:
            self.awake, self.radio, self.asleep = self.awake // 2, self.radio // 2, self.asleep // 2

    def per_day(self):
        """(awake, radio, asleep) in ms of a day; the first and the last make a day together."""
        whole = self.awake + self.asleep
        if not whole:
            return DAY_MS, 0, 0
        awake = (self.awake * DAY_MS + whole // 2) // whole
        return awake, min(awake, (self.radio * DAY_MS + whole // 2) // whole), DAY_MS - awake


def stays(awake_ms, most_ms, alarm_ms, moved_ms, mains, update, read, queued, up):
    """Must it stay awake? `alarm_ms`, `moved_ms`: since the last urgent change, since the backlog last got shorter.

    `awake_ms`: so far; after `most_ms` it gives up on what nobody answers.
    `update`: one comes, or is on trial. `mains` 0: gone. `read`: whoever listens now has heard of every sensor.
    """
    if mains == 0 or update or (queued and alarm_ms is not None and alarm_ms < ALARM_MS):
        return True
    if up and queued and moved_ms < BACKLOG_MS:
        return True
    return awake_ms < most_ms and (not read or bool(queued) or not up)
