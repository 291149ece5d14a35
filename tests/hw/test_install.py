"""What the installer makes of a tree, and that doing it again changes nothing."""

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
UNITS = "etc/systemd/system"
SECRETS = "etc/sotpunkt/secrets"
SERVICES = ("broker", "gateway", "keeper", "screen", "dashboard")


def _mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.stat().st_mode):04o}"


def _all(root: Path) -> dict[str, tuple[str, bytes]]:
    """Every file with its mode and bytes, every link with where it leads."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder) / name
            body = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
            found[str(path.relative_to(root))] = ("link" if path.is_symlink() else _mode(path), body)
    return found


def test_second_run_changes_nothing(install: Callable, tree: Path, answers: Callable) -> None:
    """Installing again leaves every file, every password and every key as it is, and says so."""
    first = install("--root", tree, answers())
    before = _all(tree)
    second = install("--root", tree, answers())

    assert (0, 0) == (first.code, second.code), (first, second)
    assert before == _all(tree)
    assert "changed" not in second.out


def test_passwords_are_made_here_and_shown_nowhere(install: Callable, tree: Path, answers: Callable) -> None:
    """Each account has its own random password, readable by its program alone, in no output and no settings file."""
    said = install("--root", tree, answers())
    files = [tree / SECRETS / name / "site-broker.password" for name in ("gateway", "kiosk", "dashboard")]
    passwords = [file.read_text("utf-8").strip() for file in files]

    assert 3 == len(set(passwords))
    assert all(len(password) >= 30 for password in passwords)
    assert ["0600"] * 3 == [_mode(file) for file in files]
    everything = (
        said.out + said.err + "".join(file.read_text("utf-8") for file in (tree / "etc/sotpunkt").glob("*.toml"))
    )
    assert not [password for password in passwords if password in everything]


def test_private_key_is_made_on_the_box(installed: Path) -> None:
    """The key lies where only the gateway can read it, and what leaves the box is the request."""
    keys = installed / "etc/sotpunkt/keys"

    assert "0700" == _mode(keys)
    assert "0600" == _mode(keys / "next/site.key")
    assert "CERTIFICATE REQUEST" in (keys / "next/request.pem").read_text("ascii")


@pytest.mark.usefixtures("as_root")
def test_each_program_has_an_account_without_a_shell(installed: Path) -> None:
    """Every program is somebody else, owns its own secrets, and cannot be logged in as."""
    rows = [line.split(":") for line in (installed / "etc/passwd").read_text("utf-8").splitlines()]
    numbers = {row[0]: int(row[2]) for row in rows}

    for program in ("gateway", "kiosk", "dashboard"):
        (shell,) = [row[6] for row in rows if row[0] == f"sotpunkt-{program}"]
        owner = (installed / SECRETS / program / "site-broker.password").stat().st_uid
        assert "/usr/sbin/nologin" == shell
        assert numbers[f"sotpunkt-{program}"] == owner
    assert 6 == len(set(numbers.values()))


def test_settings_name_where_things_are(installed: Path) -> None:
    """The files say what the answers say, and where this box has its secrets, keys and stores."""
    gateway = tomllib.loads((installed / "etc/sotpunkt/gateway.toml").read_text("utf-8"))
    dashboard = tomllib.loads((installed / "etc/sotpunkt/dashboard.toml").read_text("utf-8"))

    assert "mqtts://sotpunkt.example.se:8883" == gateway["central_broker"]["url"]
    assert "/etc/sotpunkt/keys/current/site.key" == gateway["central_broker"]["key_file"]
    assert "10.44.0.10:502" == gateway["device"][0]["tcp"]
    assert ("site", "are-kall") == (dashboard["view"]["mode"], dashboard["site"][0]["id"])
    assert {"host": "::", "port": 8080} == dashboard["web"]
    assert "sign_in" not in dashboard
    assert "0640" == _mode(installed / "etc/sotpunkt/gateway.toml")


def test_sources_of_the_screen_come_from_the_answers(
    install_quickly: Callable, tree: Path, answers: Callable, tmp_path: Path
) -> None:
    """Tables of the kiosk are handed on; a key that lies beside the answers is copied for the kiosk alone, and goes
    with its source."""
    feed = '[feeds.departures]\nurl = "https://d.example.se/1?key={key}"\nkey_file = "trafik.key"\n'
    more = f"{feed}[speech]\nvolume = 2\n[keys]\nread = ['f9']\n[place]"
    key = "/etc/sotpunkt/secrets/kiosk/feed-departures.key"
    missing = install_quickly("--check", answers(("[place]", more)))
    (tmp_path / "trafik.key").write_text("a word\n", "utf-8")
    done = install_quickly("--root", tree, answers(("[place]", more), ("width = 1280", "width = 1024")))
    kiosk = tomllib.loads((tree / "etc/sotpunkt/kiosk.toml").read_text("utf-8"))
    mode, told = _mode(tree / key[1:]), (tree / key[1:]).read_text("utf-8")
    without = install_quickly("--root", tree, answers())

    assert (2, True) == (missing.code, "trafik.key is not there" in missing.err)
    assert (0, 0) == (done.code, without.code), done.err + without.err
    assert (key, "2321") == (kiosk["feeds"]["departures"]["key_file"], kiosk["place"]["municipality"])
    assert (1024, 2, ["f9"]) == (kiosk["screen"]["width"], kiosk["speech"]["volume"], kiosk["keys"]["read"])
    assert ("0600", "a word\n", False) == (mode, told, (tree / key[1:]).exists())
    assert "a word" not in done.out + done.err


def test_owner_page_is_reached_where_there_are_staff(install_quickly: Callable, tree: Path, answers: Callable) -> None:
    """Without a staff network it stays inside the box; certificate and names are handed on; how to begin is said."""
    more = 'port = 8080\nnames = ["butik.example"]\ncertificate_file = "/etc/x.crt"\nkey_file = "/etc/x.key"'
    with_staff = install_quickly("--root", tree, answers(("port = 8080", more)))
    web = tomllib.loads((tree / "etc/sotpunkt/dashboard.toml").read_text("utf-8"))["web"]
    without = install_quickly("--root", tree, answers(('staff = "wlan0"', "")))
    alone = tomllib.loads((tree / "etc/sotpunkt/dashboard.toml").read_text("utf-8"))["web"]

    assert ("::", ["butik.example"], "/etc/x.key") == (web["host"], web["names"], web["key_file"])
    assert "127.0.0.1" == alone["host"]
    assert [True, False] == ["sotpunkt-dashboard setup-link" in said.out for said in (with_staff, without)]


def test_wrong_answers_leave_a_running_site_alone(install: Callable, tree: Path, answers: Callable) -> None:
    """Answers that the gateway refuses change no file of a site that works."""
    install("--root", tree, answers())
    before = _all(tree)
    said = install("--root", tree, answers(('profile = "dse-73xx-mkii"', 'profile = "dse-9000"')))

    assert 2 == said.code
    assert before == _all(tree)


def test_program_that_is_left_out_goes(install: Callable, tree: Path, answers: Callable) -> None:
    """Without the kiosk there are no units, no settings, no account at the broker for it, and no screen is expected."""
    install("--root", tree, answers())
    said = install("--root", tree, answers(('["gateway", "kiosk", "dashboard"]', '["gateway", "dashboard"]')))
    names = {path.name for path in (tree / UNITS).iterdir()}
    passwords = (tree / "etc/sotpunkt/broker/passwords").read_text("utf-8")

    assert 0 == said.code, said
    assert not {"sotpunkt-keeper.service", "sotpunkt-screen.service", "getty@tty1.service"} & names
    assert not (tree / "etc/sotpunkt/kiosk.toml").exists()
    assert ["gateway", "owner"] == sorted(line.split(":")[0] for line in passwords.splitlines())
    assert 0 == tomllib.loads((tree / "etc/sotpunkt/gateway.toml").read_text("utf-8"))["screens"]["expected"]


def test_clock_with_battery_gets_its_line_once(install_quickly: Callable, tree: Path, answers: Callable) -> None:
    """The Pi's config.txt is told of the clock once, for all models, and keeps what it said."""
    for _ in range(2):
        install_quickly("--root", tree, answers(('rtc = "pi5"', 'rtc = "ds3231"')))
    text = (tree / "boot/firmware/config.txt").read_text("utf-8")

    assert text.startswith("[pi4]\narm_boost=1\n")
    assert 1 == text.count("dtoverlay=i2c-rtc,ds3231")
    assert "[all]\ndtoverlay=i2c-rtc,ds3231\n" in text


def test_serial_line_keeps_its_name(installed: Path) -> None:
    """The plug's own number gives the name, and ModemManager does not talk on it."""
    rules = (installed / "etc/udev/rules.d/80-sotpunkt.rules").read_text("utf-8")

    assert 'ENV{ID_SERIAL_SHORT}=="FT4ABCDE", SYMLINK+="sotpunkt/rs485"' in rules
    assert 'ENV{ID_MM_DEVICE_IGNORE}="1"' in rules


def test_former_firewall_is_kept(install_quickly: Callable, tree: Path, answers: Callable) -> None:
    """What somebody had written into nftables.conf is laid aside once."""
    (tree / "etc/nftables.conf").write_text("table inet mine { }\n", "utf-8")
    for _ in range(2):
        install_quickly("--root", tree, answers())

    assert "table inet mine { }\n" == (tree / "etc/nftables.conf.before-sotpunkt").read_text("utf-8")
    assert "table inet sotpunkt" in (tree / "etc/nftables.conf").read_text("utf-8")


def test_growing_waits_only_where_systemd_knows_them(install_quickly: Callable, tree: Path, answers: Callable) -> None:
    """RestartSteps stands in a drop-in from systemd 254 on; an older one would complain of it at every start."""
    library = tree / "usr/lib/x86_64-linux-gnu/systemd"
    library.mkdir(parents=True)
    told = {}
    for number in (252, 257):
        for old in library.iterdir():
            old.unlink()
        (library / f"libsystemd-shared-{number}.so").touch()
        install_quickly("--root", tree, answers())
        told[number] = (tree / UNITS / "sotpunkt-gateway.service.d/50-slower.conf").exists()

    assert {252: False, 257: True} == told


def test_units_are_shut_in(installed: Path) -> None:
    """systemd's own measure of exposure: each service at most 2.5 of 10."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    scores = {}
    for name in SERVICES:
        unit = f"sotpunkt-{name}.service"
        asked = ["systemd-analyze", "security", "--offline=true", f"--root={installed}", "--no-pager", unit]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=60)
        found = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
        scores[name] = float(found[1]) if found else 10.0

    assert {} == {name: score for name, score in scores.items() if score > 2.5}


def test_units_hold_no_word_that_systemd_does_not_know(installed: Path) -> None:
    """Apart from targets and programs, which this small tree does not have, systemd finds nothing to say."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    units = [f"sotpunkt-{name}.service" for name in (*SERVICES, "again", "broker-look")]
    done = subprocess.run(
        ["systemd-analyze", f"--root={installed}", "verify", *units], capture_output=True, text=True, timeout=60
    )
    missing = re.compile(
        r"Unit \S+ not found|is not executable|Failed to (create|open|add)|Cannot add dependency|sysinit"
    )
    lines = [line for line in (done.stdout + done.stderr).splitlines() if not missing.search(line)]

    assert [] == lines


def test_programs_that_know_the_time_may_ask_for_it(installed: Path) -> None:
    """Whether the kernel's clock is set is asked by adjtimex, which ProtectClock= would forbid."""
    for name in ("gateway", "keeper", "screen", "dashboard"):
        text = (installed / UNITS / f"sotpunkt-{name}.service").read_text("utf-8")
        filters = [line for line in text.splitlines() if line.startswith("SystemCallFilter=")]
        assert "adjtimex" in filters[-1]
        assert "ProtectClock=yes" not in text
        assert "CapabilityBoundingSet=\n" in text


def test_note_of_the_gateways_starts_outlives_a_giving_up(installed: Path) -> None:
    """With `restart` systemd takes the note away when it gives up, and each quarter of an hour begins a new row."""
    text = (installed / UNITS / "sotpunkt-gateway.service").read_text("utf-8")

    assert ["RuntimeDirectoryPreserve=yes"] == re.findall(r"^RuntimeDirectoryPreserve=.*$", text, re.MULTILINE)


def test_what_has_given_up_is_started_again(tmp_path: Path) -> None:
    """Each failed service is reset and started, but not one that ended over a mistake in its settings."""
    log = tmp_path / "log"
    answers = (
        'case "$1" in list-units) echo "sotpunkt-a.service loaded failed"; echo "sotpunkt-b.service loaded failed";; '
        'show) [ "$5" = sotpunkt-b.service ] && echo 2 || echo 9;; *) echo "$*" >> LOG;; esac'
    )
    command = tmp_path / "systemctl"
    command.write_text("#!/bin/sh\n" + answers.replace("LOG", str(log)) + "\n", "utf-8")
    command.chmod(0o755)
    unit = (Path(__file__).resolve().parents[2] / "hw/host/systemd/sotpunkt-again.service").read_text("utf-8")
    (script,) = re.findall(r"^ExecStart=/bin/sh -c '(.*)'$", unit, re.MULTILINE)
    path = f"{tmp_path}:{os.environ['PATH']}"
    subprocess.run(["/bin/sh", "-c", script.replace("$$", "$")], env={"PATH": path}, check=False, timeout=30)

    assert ["reset-failed sotpunkt-a.service", "start --no-block sotpunkt-a.service"] == log.read_text().splitlines()


def test_wrong_answers_are_found_before_the_first_change(install: Callable, tree: Path, answers: Callable) -> None:
    """What only the programs know is asked before accounts are made: "nothing installed" is true."""
    before = _all(tree)
    said = install("--root", tree, answers(('profile = "dse-73xx-mkii"', 'profile = "dse-9000"')))

    assert (2, before) == (said.code, _all(tree))
    assert "nothing installed" in said.err
    assert "changed" not in said.out


def test_door_without_encryption_is_there_only_when_asked_for(
    install: Callable, installed: Path, tree: Path, answers: Callable
) -> None:
    """Broker and firewall open 1884 together, on the machine network, or neither does."""
    if os.geteuid() != 0:
        pytest.skip("accounts of a tree can be made by root only; run the tests as root for it")
    install("--root", tree, answers(("plain_nodes = false", "plain_nodes = true")))
    conf, rules = "etc/sotpunkt/broker/mosquitto.conf", "etc/nftables.conf"

    assert "listener 1884 10.44.0.1" in (tree / conf).read_text("utf-8")
    assert 'iifname { "eth1" } tcp dport 1884 accept' in (tree / rules).read_text("utf-8")
    assert [] == [one for one in (conf, rules) if "1884" in (installed / one).read_text("utf-8")]


def test_broker_that_hangs_is_ended(tmp_path: Path) -> None:
    """A Mosquitto that answers goes on, even where it refuses us; one that stands still is killed after three asks."""
    conf, log = tmp_path / "m.conf", tmp_path / "log"
    port = free_port()
    conf.write_text(f"listener {port} 127.0.0.1\nallow_anonymous false\n", "utf-8")
    command = tmp_path / "systemctl"
    command.write_text(f'#!/bin/sh\n[ "$1" = is-active ] || echo "$*" >> {log}\n', "utf-8")
    command.chmod(0o755)
    unit = (ROOT / "hw/host/systemd/sotpunkt-broker-look.service").read_text("utf-8")
    (script,) = re.findall(r"^ExecStart=/bin/sh -c '(.*)'$", unit, re.MULTILINE)
    asks = f'{sys.executable} -c "import doctor.answers as a; raise SystemExit(not a.answers({port}, WITHIN_S))"'
    script = script.replace("$$", "$").replace("/opt/sotpunkt/bin/python -m doctor.answers 1883", asks)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}:/usr/sbin", "PYTHONPATH": str(ROOT)}

    def look(within_s: str) -> str:
        told = script.replace("WITHIN_S", within_s)
        subprocess.run(["/bin/sh", "-c", told], env=env, check=True, timeout=100, stdout=subprocess.DEVNULL)
        return log.read_text("utf-8") if log.exists() else ""

    mosquitto = subprocess.Popen(["mosquitto", "-c", str(conf)], env=env, stderr=subprocess.DEVNULL)
    try:
        until, patient = time.monotonic() + 60, asks.replace("WITHIN_S", "30")
        while subprocess.run(["/bin/sh", "-c", patient], env=env, check=False, timeout=60).returncode:
            assert time.monotonic() < until
        well = look("30")
        mosquitto.send_signal(signal.SIGSTOP)
        hung = look("0.3")
    finally:
        mosquitto.kill()
        mosquitto.wait(40)

    assert "" == well
    assert "kill --kill-who=main --signal=SIGKILL sotpunkt-broker.service\n" == hung
    assert 2 == subprocess.run([sys.executable, "-m", "doctor.answers", "x"], cwd=ROOT, capture_output=True).returncode
