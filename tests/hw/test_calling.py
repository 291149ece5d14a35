"""What the installer makes so that the site can call its own people, and takes away again."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

WAKE = """[wake]
lamp = "sotpunkt-wake"
[[wake.person]]
name = "Handlaren"
phone = "+46 70 000 00 01"

[place]"""
RULE = "etc/polkit-1/rules.d/50-sotpunkt.rules"
LAMP = "etc/udev/rules.d/80-sotpunkt-lamp.rules"
DROP_IN = "etc/systemd/system/sotpunkt-gateway.service.d/50-lamp.conf"
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={bus}</listen><auth>EXTERNAL</auth><policy context="default">
<allow user="*"/><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>
"""
ASK = """
mount --bind {rules} /etc/polkit-1/rules.d
export DBUS_SYSTEM_BUS_ADDRESS=unix:path={bus}
dbus-daemon --config-file={conf} --nofork >/dev/null 2>&1 &
until [ -S {bus} ]; do sleep 0.05; done
/usr/lib/polkit-1/polkitd --no-debug >/dev/null 2>&1 &
until dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
    string:org.freedesktop.PolicyKit1 2>/dev/null | grep -q true; do sleep 0.05; done
setpriv --reuid=nobody --regid=nogroup --clear-groups sleep 60 & them=$!
setpriv --reuid=daemon --regid=daemon --clear-groups sleep 60 & other=$!
until grep -q sleep /proc/$them/comm && grep -q sleep /proc/$other/comm; do sleep 0.05; done
# polkitd has its name on the bus before it has read its rules
for _ in $(seq 200); do
    pkcheck --action-id org.freedesktop.ModemManager1.Messaging --process $them 2>/dev/null && break
    sleep 0.1
done
for action in Messaging Device.Control Voice Firmware; do
    pkcheck --action-id org.freedesktop.ModemManager1.$action --process $them 2>/dev/null && echo $action
done
pkcheck --action-id org.freedesktop.ModemManager1.Messaging --process $other 2>/dev/null && echo another
kill $(jobs -p)
"""


def _there(tree: Path) -> list[bool]:
    return [(tree / path).exists() for path in (RULE, LAMP, DROP_IN)]


def test_rules_come_with_the_people_and_go_with_them(install_quickly: Callable, tree: Path, answers: Callable) -> None:
    """Modem, lamp and ModemManager itself are for who wants them; without [wake] nothing of it stays."""
    first = install_quickly("--root", tree, answers(("[place]", WAKE)))
    with_them, rule = _there(tree), (tree / LAMP).read_text("utf-8")
    again = install_quickly("--root", tree, answers(("[place]", WAKE)))
    lamp_alone = install_quickly("--root", tree, answers(("[place]", '[wake]\nlamp = "x"\n[place]')))
    of_lamp = _there(tree)
    without = install_quickly("--root", tree, answers())

    assert [0] * 4 == [one.code for one in (first, again, lamp_alone, without)], (first, without)
    assert ([True] * 3, [False, True, True], [False] * 3) == (with_them, of_lamp, _there(tree))
    assert " modemmanager" in first.out
    assert "modemmanager" not in lamp_alone.out + without.out
    assert "calling people: by text message and by the lamp sotpunkt-wake; as before" in again.out
    assert 'KERNEL=="sotpunkt-wake"' in rule
    assert "chgrp sotpunkt-gateway /sys$devpath/brightness" in rule


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that another account may look into, as polkitd does."""
    with tempfile.TemporaryDirectory(prefix="sotpunkt-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.usefixtures("as_root")
def test_real_polkit_lets_the_gateway_send_and_nothing_more(
    install_quickly: Callable, tree: Path, answers: Callable, open_folder: Path
) -> None:
    """polkitd itself, on a bus of its own: that account may send and turn the modem on; others may nothing."""
    install_quickly("--root", tree, answers(("[place]", WAKE)))
    rules, bus, conf = open_folder / "rules", open_folder / "bus", open_folder / "bus.conf"
    rules.mkdir()
    rule = (tree / RULE).read_text("utf-8")
    (rules / "50-sotpunkt.rules").write_text(rule.replace('"sotpunkt-gateway"', '"nobody"'), "utf-8")
    conf.write_text(BUS.format(bus=bus), "utf-8")
    for path in (rules, *rules.iterdir(), conf):
        path.chmod(0o755 if path.is_dir() else 0o644)  # for polkitd's account, whatever the umask is here
    script = ASK.format(rules=rules, bus=bus, conf=conf)
    said = subprocess.run(
        ["unshare", "--mount", "timeout", "60", "bash", "-c", script], capture_output=True, text=True, timeout=90
    )

    assert ["Messaging", "Device.Control"] == said.stdout.split(), said
