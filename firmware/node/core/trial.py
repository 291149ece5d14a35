"""When has a new program proved itself? When network, gateway and sensors worked together for some minutes."""

CALM_S = 180
"""So long everything must work without a break."""
GIVE_UP_S = 1800
"""After so long without that, the board starts anew; the loader counts and returns in the end."""


class Trial:
    """One trial boot. `good`: the channels that gave values before the update; `up_s`: uptime at its beginning."""

    def __init__(self, good, up_s):
        self._good, self._began, self._calm_since = set(good), up_s, None

    def look(self, up_s, network, broker, working):
        """One look, with the channels that give values now: "wait", "confirm", or "restart".

        A sensor that was dead before does not hold an update up; one that went dead with it does.
        """
        if network and broker and self._good.issubset(set(working)):
            if self._calm_since is None:
                self._calm_since = up_s
            return "confirm" if up_s - self._calm_since >= CALM_S else "wait"
        self._calm_since = None
        return "restart" if up_s - self._began >= GIVE_UP_S else "wait"
