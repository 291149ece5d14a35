"""What systemd says of the services; without systemd nobody is asked."""

import subprocess
from pathlib import Path

RUNNING = Path("/run/systemd/system")
SERVICES = {
    "gateway": ("sotpunkt-gateway",),
    "kiosk": ("sotpunkt-keeper", "sotpunkt-screen"),
    "dashboard": ("sotpunkt-dashboard",),
}
"""Program → its services, as hw/host/install names them."""
AROUND = ("sotpunkt-broker", "nftables")
WITHIN_S = 10.0


def wanted(programs: tuple[str, ...]) -> tuple[str, ...]:
    """The services that should run."""
    return (*AROUND, *(name for program in programs for name in SERVICES[program]))


def states(names: tuple[str, ...], running: Path = RUNNING, command: str = "systemctl") -> dict[str, str] | None:
    """Service → systemd's word; None where no systemd runs, nothing in it where systemd does not answer."""
    if not running.is_dir():
        return None
    asked = [command, "is-active", *(f"{name}.service" for name in names)]
    try:
        done = subprocess.run(
            asked, capture_output=True, text=True, timeout=WITHIN_S, stdin=subprocess.DEVNULL, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    words = done.stdout.split()
    return dict(zip(names, words, strict=True)) if len(words) == len(names) else {}
