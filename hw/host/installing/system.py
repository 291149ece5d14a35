"""What the system around the programs is told: serial lines, clock, log, watchdog, units."""

from pathlib import Path

from installing.answers import Answers
from installing.running import systemd_version
from installing.schema import RTC
from installing.tree import Tree

HOST = Path(__file__).resolve().parents[1]
UNITS = "/etc/systemd/system"
SERVICES = {
    "gateway": ("sotpunkt-gateway.service",),
    "kiosk": ("sotpunkt-keeper.service", "sotpunkt-screen.service"),
    "dashboard": ("sotpunkt-dashboard.service",),
}
"""Program → its services."""
ALWAYS = ("sotpunkt-broker.service",)
TIMERS = ("sotpunkt-again", "sotpunkt-broker-look")
"""Units that are started by a timer of the same name."""
STEPS_SINCE = 254
"""The systemd from which a service can wait longer after each failure."""
BOOT = ("/boot/firmware/config.txt", "/boot/config.txt")
NET = """\
# Written by hw/host/install.
# The box is no road between its networks (the firewall says so too).
net.ipv4.ip_forward = 0
net.ipv6.conf.all.forwarding = 0
# The broker may be bound to the machine network's address while that cable is out: it must start all the same.
net.ipv4.ip_nonlocal_bind = 1
net.ipv6.ip_nonlocal_bind = 1
net.ipv4.conf.all.rp_filter = 1
"""


def services(answers: Answers) -> tuple[str, ...]:
    """The services of this site, the broker first."""
    return (*ALWAYS, *(unit for program in answers.programs for unit in SERVICES[program]))


def serial_lines(answers: Answers, tree: Tree) -> None:
    """udev: the same name for the same plug."""
    text = (HOST / "udev" / "sotpunkt.rules").read_text("utf-8")
    for line in answers.lines:
        key, value = ("ID_SERIAL_SHORT", "usb_serial") if "usb_serial" in line else ("ID_PATH", "usb_path")
        text += (
            f'SUBSYSTEM=="tty", ENV{{{key}}}=="{line[value]}", SYMLINK+="sotpunkt/{line["name"]}", GROUP="dialout", '
            'MODE="0660", ENV{ID_MM_DEVICE_IGNORE}="1"\n'
        )
    tree.write("/etc/udev/rules.d/80-sotpunkt.rules", text)


def clock(answers: Answers, tree: Tree) -> str:
    """The clock with a battery, and where the time comes from; the rest of a sentence."""
    servers = answers.tree["box"].get("ntp", [])
    servers = servers if isinstance(servers, list) else [servers]
    path = "/etc/systemd/timesyncd.conf.d/50-sotpunkt.conf"
    if servers:
        tree.write(path, f"[Time]\nNTP={' '.join(servers)}\n")
    else:
        tree.remove(path)
    kind = answers.tree["box"]["rtc"]
    line = RTC[kind]
    if not line:
        return f"clock with battery: {kind}"
    for path in BOOT:
        text = tree.text(path)
        if text is not None:
            if line not in text.splitlines():
                # [all] ends a section that is for one model only
                tree.write(path, text.rstrip("\n") + f"\n\n[all]\n{line}\n", tree.at(path).stat().st_mode & 0o777)
            return f"clock with battery: {kind}, `{line}` in {path}; works after a restart"
    return f"clock with battery: {kind}; there is no config.txt here, so put `{line}` there yourself"


def surroundings(answers: Answers, tree: Tree) -> None:
    """Log, hardware watchdog, no memory dumps, the networks' settings of the kernel."""
    folder = HOST / "systemd"
    journal = f"journal-{answers.tree['box'].get('journal', 'memory')}.conf"
    tree.write("/etc/systemd/journald.conf.d/50-sotpunkt.conf", (folder / journal).read_text("utf-8"))
    tree.write("/etc/systemd/system.conf.d/50-sotpunkt.conf", (folder / "watchdog.conf").read_text("utf-8"))
    tree.write("/etc/systemd/coredump.conf.d/50-sotpunkt.conf", (folder / "core.conf").read_text("utf-8"))
    tree.write("/etc/sysctl.d/60-sotpunkt.conf", NET)


def units(answers: Answers, tree: Tree) -> None:
    """The services of the chosen programs, started at boot; those of others go."""
    wanted = services(answers)
    every = {*ALWAYS, *(unit for some in SERVICES.values() for unit in some)}
    slower = systemd_version(tree) >= STEPS_SINCE
    for unit in sorted(every):
        link, drop_in = f"{UNITS}/multi-user.target.wants/{unit}", f"{UNITS}/{unit}.d/50-slower.conf"
        if unit not in wanted:
            for path in (link, drop_in, f"{UNITS}/{unit}"):
                tree.remove(path)
            continue
        tree.write(f"{UNITS}/{unit}", (HOST / "systemd" / unit).read_text("utf-8"))
        tree.link(link, f"{UNITS}/{unit}")
        if slower:
            tree.write(drop_in, (HOST / "systemd" / "restart-slower.conf").read_text("utf-8"))
        else:
            tree.remove(drop_in)
    for name in TIMERS:
        for unit in (f"{name}.service", f"{name}.timer"):
            tree.write(f"{UNITS}/{unit}", (HOST / "systemd" / unit).read_text("utf-8"))
        tree.link(f"{UNITS}/timers.target.wants/{name}.timer", f"{UNITS}/{name}.timer")
    # Debian's Mosquitto would listen beside ours with its own settings
    tree.link(f"{UNITS}/mosquitto.service", "/dev/null")
    tree.link(f"{UNITS}/sysinit.target.wants/nftables.service", "/lib/systemd/system/nftables.service")
    if "kiosk" in answers.programs:
        tree.link(f"{UNITS}/getty@tty1.service", "/dev/null")
    elif _masked(tree, "getty@tty1.service"):
        tree.remove(f"{UNITS}/getty@tty1.service")


def _masked(tree: Tree, unit: str) -> bool:
    here = tree.at(f"{UNITS}/{unit}")
    return here.is_symlink() and str(here.readlink()) == "/dev/null"
