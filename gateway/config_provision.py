"""The settings of what a sensor node gets by cable. Its files are looked at by that command, not by the daemon."""

from typing import Annotated

from msgspec import Meta

from gateway.config_site import Strict

PSK_PORT, PLAIN_PORT = 8883, 1884
"""Of the broker's door for nodes, as `sotpunkt-keys mosquitto site` opens it."""


class ProvisionTable(Strict, frozen=True, kw_only=True):
    """Where nodes find the box, and where that lies which is put onto a board.

    `keys`: folder with NAME.key of each node, made by `sotpunkt-keys node`. `program`: folder of a signed program.
    `wifi_key_file`: nothing but the key of the Wi-Fi.
    """

    address: Annotated[str, Meta(min_length=1, max_length=200)]
    port: Annotated[int, Meta(ge=1, le=65_535)] | None = None
    plain: bool = False
    wifi: Annotated[str, Meta(max_length=32)] = ""
    wifi_key_file: str = ""
    keys: str = "/etc/sotpunkt"
    program: str = "/var/lib/sotpunkt/node-program"

    @property
    def door(self) -> int:
        """The port that nodes knock at."""
        return self.port or (PLAIN_PORT if self.plain else PSK_PORT)
