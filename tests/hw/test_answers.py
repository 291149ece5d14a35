"""The one answers file: what is wrong with it is told at once, and nothing is touched."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.config import Settings
from kiosk import config as kiosk_config

HOST = Path(__file__).resolve().parents[2] / "hw" / "host"
EXAMPLE = HOST / "answers-example"


def test_example_is_whole(install: Callable) -> None:
    """The example passes the check as it stands, programs' own checks included."""
    said = install("--check", EXAMPLE)

    assert (0, "") == (said.code, said.err)
    assert "no faults. Site are-kall, gateway, kiosk, dashboard" in said.out


def test_all_faults_come_at_once(install: Callable, tmp_path: Path) -> None:
    """Every fault of the answers is one sentence that says what to do; exit code 2."""
    file = tmp_path / "a.toml"
    file.write_text(
        '[site]\nid = "Kall"\nplace = ""\n'
        '[box]\nrtc = "pi5"\nprograms = ["kiosk"]\n'
        '[centre]\nurl = "mqtts://c.example.se"\nca_file = "gone.pem"\n'
        '[network]\nuplink = "eth0"\nstaff = "eth0"\nserves_guests = true\n'
        'nodes_at = "10.0.0.1"\nssh_from = "machine"\n'
        '[[line]]\nname = "a"\nusb_serial = "x"\nusb_path = "y"\n'
        '[[device]]\nname = "g"\ntcp = "controller.local:502"\n'
        '[[device]]\nname = "m"\nserial = "/dev/sotpunkt/b"\n[[device]]\nname = "c"\nrtu_over_tcp = "converter"\n',
        "utf-8",
    )
    said = install("--check", file)

    assert 2 == said.code
    assert "12 faults, nothing installed" in said.err
    for words in (
        "[site] id: 'Kall'", "[site] place: ''", "needs the gateway", "staff: eth0 is uplink already",
        "serves_guests: there is no `guest`", "nodes_at: there is no `machine`", "ssh_from: there is no `machine`",
        "'controller.local:502' is not like 192.0.2.10:502", "rtu_over_tcp: 'converter' is not like",
        "exactly one of usb_serial and usb_path",
        "no [[line]] called b", "gone.pem cannot be read",
    ):  # fmt: skip
        assert words in said.err
    assert "Traceback" not in said.err


def test_form_is_judged_before_the_rest(install: Callable, tmp_path: Path) -> None:
    """Unknown tables and answers are refused with a suggestion, missing ones named."""
    file = tmp_path / "a.toml"
    file.write_text('[sites]\nid = "x"\n[box]\nrtx = "pi5"\n[network]\nuplink = "eth0"\nnodes_at = 4\n', "utf-8")
    said = install("--check", file)

    assert 2 == said.code
    for words in ("did you mean site?", "did you mean rtc?", "rtc: is missing", "[site] is missing", "nodes_at: 4"):
        assert words in said.err


@pytest.mark.parametrize("kind", ["none", "fake"])
def test_clock_with_battery_is_required(install: Callable, answers: Callable, kind: str) -> None:
    """A box without a clock that has a battery is not installed."""
    said = install("--check", answers(('rtc = "pi5"', f'rtc = "{kind}"')))

    assert 2 == said.code
    assert f"rtc: '{kind}' is none of pi5, ds3231" in said.err


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('uplink = "eth0"', 'uplink = "eth0\\" accept #"'),
        ('usb_serial = "FT4ABCDE"', 'usb_serial = "a\\", RUN+=\\"/bin/sh"'),
        ('name = "rs485"', 'name = "../../tty0"'),
        ('url = "mqtts://sotpunkt.example.se:8883"', 'url = "mqtts://user:secret@sotpunkt.example.se"'),
        ('nodes_at = "10.44.0.1"', 'nodes_at = "10.44.0.1 -x"'),
    ],
)
def test_answers_cannot_speak_to_other_programs(install: Callable, answers: Callable, old: str, new: str) -> None:
    """What ends in files that udev, nft and systemd read may hold no letter of their languages."""
    assert 2 == install("--check", answers((old, new))).code


def test_programs_own_faults_are_told_too(install: Callable, answers: Callable) -> None:
    """Tables that are the gateway's are judged by the gateway."""
    said = install("--check", answers(('profile = "dse-73xx-mkii"', 'profile = "dse-9000"')))

    assert 2 == said.code
    assert "dse-9000" in said.err


def test_file_that_cannot_be_read(install: Callable, tmp_path: Path) -> None:
    """A missing file, a folder and a file that is no TOML are one sentence each."""
    bad = tmp_path / "bad.toml"
    bad.write_bytes(b"\xff\xfe\x00")

    for file in (tmp_path / "none.toml", tmp_path, bad):
        said = install("--check", file)
        assert 2 == said.code
        assert "Traceback" not in said.err


def test_every_table_of_the_gateway_can_be_answered() -> None:
    """A table that the gateway learns is known to the installer, or made by it."""
    sys.path.insert(0, str(HOST))
    try:
        from installing import schema
    finally:
        sys.path.remove(str(HOST))

    made = {"store", "site_broker", "central_broker"}

    assert set(Settings.__struct_fields__) == set(schema.COPIED) | made


def test_everything_of_the_kiosk_can_be_answered() -> None:
    """A table or a setting of the screen that the kiosk learns is known to the installer, or made by it."""
    sys.path.insert(0, str(HOST))
    try:
        from installing import schema
    finally:
        sys.path.remove(str(HOST))

    assert set(kiosk_config.Settings.__struct_fields__) == {*schema.KIOSK, "site", "broker", "cache", "screen"}
    assert set(kiosk_config.Screen.__struct_fields__) == {*schema.ROWS["screen"], "fullscreen", "wake_socket"}


def test_remarks_name_what_should_be_known(install: Callable, answers: Callable) -> None:
    """What can be used but surprises later is said before."""
    said = install(
        "--check", answers(('machine = "eth1"', ""), ('nodes_at = "10.44.0.1"', ""), ('staff = "wlan0"', ""))
    )

    assert 0 == said.code, said
    for words in ("everybody there can reach them", "can be opened on the box only", "nobody reaches the box by ssh"):
        assert words in said.out


def test_only_root_installs_into_the_machine(programs: Path) -> None:
    """Called by anybody else it says so and changes nothing."""
    command = [sys.executable, str(HOST / "install"), "--programs", str(programs), "--no-such-option"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)

    assert 2 == done.returncode
    assert "usage: install" in done.stderr


def test_faults_of_every_kind_come_at_once(install: Callable, answers: Callable) -> None:
    """Form, sense, networks, and what only the programs know are told together, each once."""
    said = install(
        "--check",
        answers(
            ('id = "are-kall"', 'id = "Kall"'), ('staff = "wlan0"', 'staff = "eth0"'), ("litres = 1000", "litres = -1"),
            ('profile = "dse-73xx-mkii"', 'profile = "dse-9000"'), ('rtc = "pi5"', 'rtc = "pi9"'),
            ("width = 1280", "widht = 1280"), ("unit = 2", "unit = 900"),
        ),
    )  # fmt: skip

    assert 2 == said.code
    assert "7 faults, nothing installed" in said.err
    for words in (
        "[site] id: 'Kall'", "staff: eth0 is uplink already", "litres", 'unknown profile "dse-9000"',
        "rtc: 'pi9' is none of", "did you mean width?", "unit: 900",
    ):  # fmt: skip
        assert 1 == said.err.count(words), words


def test_boards_that_cannot_encrypt_need_a_place_to_go(install: Callable, answers: Callable) -> None:
    """The door without encryption stands on the machine network only, and is remarked on."""
    on = ("plain_nodes = false", "plain_nodes = true")

    assert "plain_nodes: says nothing" in install("--check", answers(on, ('nodes_at = "10.44.0.1"', ""))).err
    assert "can read what those boards say" in install("--check", answers(on)).out
