"""The modem as ModemManager shows it, the rule by which the gateway may use it, and the file of the lamp."""

import grp
import json
import os
import pwd
import subprocess
from pathlib import Path

from doctor.core.calling import LampLook, ModemLook

ACCOUNT = "sotpunkt-gateway"
RULE = Path("etc/polkit-1/rules.d/50-sotpunkt.rules")
LEDS = Path("sys/class/leds")
WITHIN_S = 20.0
WRITE = 0o2


def modem(command: str, which: str, root: Path) -> ModemLook:
    """What state the modem is in. Nothing is sent, and nothing is turned on."""
    state = _state(command, which)
    return ModemLook(state=state, allowed=_ruled(root))


def _state(command: str, which: str) -> str:
    try:
        code, said = _ask(command, "-L", "-J")
        if code != 0:
            return "no_manager"
        listed = json.loads(said)["modem-list"]
        if not listed:
            return "no_modem"
        code, said = _ask(command, "-m", which if which != "any" else listed[0], "-J")
        return str(json.loads(said)["modem"]["generic"]["state"]) if code == 0 else "no_modem"
    except OSError:
        return "no_command"
    except (ValueError, KeyError, TypeError, subprocess.TimeoutExpired):
        return "no_answer"


def _ask(command: str, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [command, *arguments], capture_output=True, text=True, timeout=WITHIN_S, stdin=subprocess.DEVNULL, check=False
    )
    return done.returncode, done.stdout


def _ruled(root: Path) -> bool | None:
    """Is there a rule for the account? None: the folder shows itself to root alone. Where there is no such account,
    whoever runs the gateway by hand must see to it."""
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        return True
    try:
        return ACCOUNT in (root / RULE).read_text("utf-8", "replace")
    except FileNotFoundError:
        return False
    except OSError:
        return None


def lamp(name: str, root: Path) -> LampLook:
    """The file of one lamp."""
    file = root / LEDS / name / "brightness"
    try:
        told = file.stat()
    except OSError:
        return LampLook(path=str(file), there=False)
    account, allowed = _writes(file, told)
    return LampLook(path=str(file), there=True, account=account, allowed=allowed)


def _writes(file: Path, told: os.stat_result) -> tuple[str, bool]:
    """May the gateway's account write it? Where there is no such account, may we?"""
    try:
        account = pwd.getpwnam(ACCOUNT)
    except KeyError:
        return pwd.getpwuid(os.geteuid()).pw_name, os.access(file, os.W_OK)
    groups = {account.pw_gid, *(group.gr_gid for group in grp.getgrall() if ACCOUNT in group.gr_mem)}
    bits = told.st_mode >> 6 if told.st_uid == account.pw_uid else told.st_mode
    if told.st_uid != account.pw_uid and told.st_gid in groups:
        bits = told.st_mode >> 3
    return ACCOUNT, bool(bits & WRITE)
