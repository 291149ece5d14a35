"""What the gateway needs to call people: the modem, which polkit guards, and a lamp, which is a file of root's."""

from pathlib import Path

from installing.answers import Answers
from installing.tree import Tree

HOST = Path(__file__).resolve().parents[1]
POLKIT = "/etc/polkit-1/rules.d/50-sotpunkt.rules"
UDEV = "/etc/udev/rules.d/80-sotpunkt-lamp.rules"
DROP_IN = "/etc/systemd/system/sotpunkt-gateway.service.d/50-lamp.conf"
LAMP = """\
# Written by hw/host/install: the lamp or buzzer of [wake] is switched by the gateway's account, and by nobody else.
SUBSYSTEM=="leds", KERNEL=="{lamp}", ACTION!="remove", RUN+="/bin/chgrp sotpunkt-gateway /sys$devpath/brightness", \
RUN+="/bin/chmod g+w /sys$devpath/brightness"
"""
WRITABLE = """\
# Written by hw/host/install: all else of /sys stays shut to the gateway.
[Service]
ReadWritePaths=-/sys/class/leds/{lamp}
"""


def sends(answers: Answers) -> bool:
    """Are there people whom the site calls itself?"""
    return "gateway" in answers.programs and bool(_wake(answers).get("person"))


def lamp(answers: Answers) -> str:
    """The name of the lamp, "" for none. The gateway has looked at it before anything is written."""
    name = _wake(answers).get("lamp", "")
    return name if "gateway" in answers.programs and isinstance(name, str) else ""


def install(answers: Answers, tree: Tree) -> str:
    """The rules that are wanted; those that are not go. The rest of a sentence."""
    if sends(answers):
        tree.write(POLKIT, (HOST / "polkit" / "sotpunkt.rules").read_text("utf-8"))
    else:
        tree.remove(POLKIT)
    name = lamp(answers)
    for path, text in ((UDEV, LAMP), (DROP_IN, WRITABLE)):
        if name:
            tree.write(path, text.format(lamp=name))
        else:
            tree.remove(path)
    ways = [*(["by text message"] if sends(answers) else []), *([f"by the lamp {name}"] if name else [])]
    return " and ".join(ways) or "the site calls nobody itself"


def _wake(answers: Answers) -> dict[str, object]:
    found = answers.tree.get("wake")
    return found if isinstance(found, dict) else {}
