"""A board's `network`, played on Linux: there is no radio."""

STA_IF = 0


class WLAN:
    """A radio that is off."""

    def __init__(self, interface):
        pass

    def isconnected(self):
        """Never."""
        return False

    def active(self, on=None):
        """Off, whatever is asked."""
        return False
