"""What stands on the wire, typed from the sheet of registers, read by peers that share no code with the simulator."""

import shutil
import subprocess
from pathlib import Path

import pytest

# Controller and meter on one line, both as unit numbers of the sheet's frames; the same controller over TCP.
PLANT = """
title = "Frames of the sheet"
mode = "auto"
[generator]
fuel_percent = 63
battery_v = 27.6
run_time_s = 45000
starts = 311
energy_kwh = 1000.0
[load]
kw = 12
swing_kw = 0
power_factor = 1
[[tcp]]
[[tcp.device]]
name = "genset"
profile = "dse-73xx-mkii"
unit = 1
values = { "controller.model" = 32841, "controller.serial" = 305419896 }
[[rtu]]
name = "controller-line"
[[rtu.device]]
name = "genset-rtu"
profile = "dse-73xx-mkii"
unit = 1
[[rtu]]
name = "meter-line"
baud = 9600
paced = true
[[rtu.device]]
name = "meter"
profile = "eastron-sdm630"
unit = 1
[[rtu.device]]
name = "genset-10"
profile = "dse-73xx-mkii"
unit = 10
"""
ON_LOAD = """
title = "Hot and on load"
length_h = 1
[start]
mains = false
engine = "on_load"
coolant_c = 82
"""
MAINS = """
title = "Mains"
length_h = 1
[start]
fuel_percent = 0
outdoor_c = -3
coolant_c = -3
"""
FAULTS = """
title = "Faults"
length_h = 1
[start]
coolant_c = -3
[[step]]
at_s = 0
do = "sender_fault"
device = "genset"
signal = "fuel.level"
[[step]]
at_s = 0
do = "sender_fault"
device = "genset"
signal = "engine.coolant_temperature"
[[step]]
at_s = 0
do = "sender_fault"
device = "genset"
signal = "generator.voltage_l1n"
[[step]]
at_s = 0
do = "sender_fault"
device = "genset"
signal = "generator.power"
[[step]]
at_s = 0
do = "alarm"
device = "genset"
alarm = "low-oil-pressure"
level = "shutdown"
[[step]]
at_s = 0
do = "alarm"
device = "genset"
alarm = "high-coolant-temperature"
[[step]]
at_s = 0
do = "set_value"
device = "genset"
signal = "engine.state"
value = 15
[[step]]
at_s = 0
do = "silent"
device = "meter"
"""


@pytest.fixture
def played(tmp_path, start):
    """Start the plant above with a scenario text; the running process and its ready line."""

    def play(scenario: str, *options: str):
        (tmp_path / "plant.toml").write_text(PLANT, "utf-8")
        (tmp_path / "scenario.toml").write_text(scenario, "utf-8")
        running = start(
            "run",
            tmp_path / "plant.toml",
            "--scenario",
            tmp_path / "scenario.toml",
            "--dir",
            tmp_path / "run",
            *options,
        )
        return running, running.next_line()

    return play


def _read(at: int, count: int, function: int = 3) -> bytes:
    return bytes([function]) + at.to_bytes(2, "big") + count.to_bytes(2, "big")


def _words(answer: bytes) -> str:
    assert len(answer) == 2 + answer[1]
    return answer[2:].hex(" ", 2).upper()


def test_running_set_answers_the_frame_of_the_sheet_byte_for_byte(played, ask_serial):
    """A hot set on load gives the sheet's answer for 1024–1031, CRC included, on the serial line."""
    _, ready = played(ON_LOAD)

    answer = ask_serial(ready["rtu"]["genset-rtu"]["path"], bytes.fromhex("010304000008453C"))

    expected = "01 03 10 01 5E 00 52 7F FF 00 3F 01 19 01 14 05 DC 01 F4 F6 90"
    assert expected == answer.hex(" ").upper()


def test_meter_answers_the_frame_of_the_sheet_byte_for_byte(played, ask_serial):
    """The meter on mains gives 230.5 V as the sheet prints it, and the other device of the line keeps out of it."""
    _, ready = played(MAINS)
    path = ready["rtu"]["meter"]["path"]

    answer = ask_serial(path, bytes.fromhex("01040000000271CB"))

    assert "01 04 04 43 66 80 00 6F DF" == answer.hex(" ").upper()


def test_identity_mode_and_status_words(played, ask_tcp):
    """Page 3: maker 1, model 32841, serial high word first, mode auto, no status bit, unimplemented between."""
    _, ready = played(MAINS)

    answer = ask_tcp(ready["tcp"]["genset"]["port"], 1, _read(768, 8))

    assert "0001 8049 1234 5678 0001 FFFF 0000 FFFF" == _words(answer)


def test_standing_set_with_mains(played, ask_tcp):
    """Zero is 0, −3 °C is FFFD and no code, oil temperature is unimplemented, mains 230.5 V and 50.0 Hz are there."""
    _, ready = played(MAINS)
    port = ready["tcp"]["genset"]["port"]

    assert "0000 FFFD 7FFF 0000 0000 0114 0000 0000" == _words(ask_tcp(port, 1, _read(1024, 8)))
    assert "FFFF 01F4 0000 0901 0000 0901 0000 0901" == _words(ask_tcp(port, 1, _read(1058, 8)))
    assert "0000" == _words(ask_tcp(port, 1, _read(1408, 1)))


def test_running_set_off_mains(played, ask_tcp):
    """230.0 V = 0000 08FC, 12 kW in all, state 3, run time 45 000 s = 0000 AFC8, 311 starts, 1000.0 kWh, mains 0."""
    _, ready = played(ON_LOAD)
    port = ready["tcp"]["genset"]["port"]

    assert "0000 08FC 0000 08FC 0000 08FC" == _words(ask_tcp(port, 1, _read(1032, 6)))
    assert "0000 10E0 0000 0F78 0000 0E88 FFFF 0000 0000 0000" == _words(ask_tcp(port, 1, _read(1052, 10)))
    assert "0003" == _words(ask_tcp(port, 1, _read(1408, 1)))
    assert "0000 2EE0" == _words(ask_tcp(port, 1, _read(1536, 2)))
    assert "00D6" == _words(ask_tcp(port, 1, _read(1558, 1)))
    run_time = ask_tcp(port, 1, _read(1798, 2))
    assert 45_000 <= int.from_bytes(run_time[2:], "big") <= 45_060
    assert "0000 2710" == _words(ask_tcp(port, 1, _read(1800, 2)))
    assert "0000 0137" == _words(ask_tcp(port, 1, _read(1808, 2)))


def test_alarms_are_quiet_nibbles(played, ask_tcp):
    """Named alarms not active are 1; registers without names are unimplemented."""
    _, ready = played(MAINS)

    answer = ask_tcp(ready["tcp"]["genset"]["port"], 1, _read(39425, 20))

    assert " ".join(["1111"] * 17 + ["11FF", "FFFF", "FFFF"]) == _words(answer)


def test_faults_stand_in_the_registers(played, ask_tcp):
    """A broken sender is FFFC, 7FFC, FFFFFFFC or 7FFFFFFC by its type; the sheet's alarm example is 1321."""
    _, ready = played(FAULTS)
    port = ready["tcp"]["genset"]["port"]

    assert "7FFC" == _words(ask_tcp(port, 1, _read(1025, 1)))
    assert "FFFC" == _words(ask_tcp(port, 1, _read(1027, 1)))
    assert "FFFF FFFC 0000 0000" == _words(ask_tcp(port, 1, _read(1032, 4)))
    assert "7FFF FFFC" == _words(ask_tcp(port, 1, _read(1536, 2)))
    assert "1321 1111" == _words(ask_tcp(port, 1, _read(39425, 2)))
    assert "1400" == _words(ask_tcp(port, 1, _read(774, 1)))
    assert "000F" == _words(ask_tcp(port, 1, _read(1408, 1)))


def test_silent_device_leaves_the_other_on_its_line_alone(played, ask_serial, frame):
    """The silent meter gives not one byte; the controller on the same wire answers before and after."""
    _, ready = played(FAULTS)
    path = ready["rtu"]["meter"]["path"]
    controller = frame(10, _read(772, 1))

    before = ask_serial(path, controller)
    silent = ask_serial(path, bytes.fromhex("01040000000271CB"), wait_s=0.5)
    after = ask_serial(path, controller)

    assert "0A 03 02 00 01" == before[:5].hex(" ").upper()
    assert b"" == silent
    assert before == after


def test_unknown_unit_gets_no_answer(played, ask_tcp, ask_serial, frame):
    """A unit that is not there is silence, on both kinds of wire, also for functions outside the registers."""
    _, ready = played(MAINS)

    assert b"" == ask_tcp(ready["tcp"]["genset"]["port"], 7, _read(768, 1), wait_s=0.4)
    assert b"" == ask_tcp(ready["tcp"]["genset"]["port"], 7, bytes.fromhex("2B0E0100"), wait_s=0.4)
    assert b"" == ask_serial(ready["rtu"]["meter"]["path"], frame(3, _read(0, 2, function=4)), wait_s=0.4)


@pytest.mark.parametrize(
    ("pdu", "answer"),
    [
        ("03 03E8 0021", None),  # crosses from page 3 to page 4: both are readable
        ("03 0700 0001", None),
        ("03 0800 0001", "8302"),  # page 8 is not on this model
        ("03 04E0 0040", None),
        ("03 07E0 0040", "8302"),  # runs out of page 7
        ("04 0400 0001", "8401"),  # no input registers
        ("01 0400 0001", "8101"),
        ("06 0304 0000", "8601"),  # nothing can be written
        ("10 1008 0002 04 8B94 746B", "9001"),  # telemetry start of the sheet
    ],
)
def test_what_is_not_there_is_refused(played, ask_tcp, pdu, answer):
    """Whole pages can be read across their borders; other addresses, functions and every write are refused."""
    _, ready = played(MAINS)
    port = ready["tcp"]["genset"]["port"]

    got = ask_tcp(port, 1, bytes.fromhex(pdu)).hex()

    assert answer == got if answer else got.startswith("03")
    assert "0001" == _words(ask_tcp(port, 1, _read(772, 1)))


def test_writes_are_counted(played, ask_tcp):
    """The last line tells how often each device was read and how often something was refused."""
    running, ready = played(MAINS)
    port = ready["tcp"]["genset"]["port"]
    ask_tcp(port, 1, _read(772, 1))
    ask_tcp(port, 1, bytes.fromhex("0603040000"))

    code, errors = running.stop()

    assert (0, "") == (code, errors)
    assert [1, 1] == running.rest()[-1]["asked"]["genset"]


@pytest.mark.skipif(shutil.which("mbpoll") is None, reason="mbpoll (libmodbus) is not installed")
def test_libmodbus_reads_it_over_both_wires(played):
    """A peer built on libmodbus reads the controller over TCP and the meter over the serial line."""
    _, ready = played(MAINS)
    port, path = str(ready["tcp"]["genset"]["port"]), ready["rtu"]["meter"]["path"]

    tcp = _mbpoll("-m", "tcp", "-p", port, "-a", "1", "-t", "4:hex", "-r", "768", "-c", "3", "127.0.0.1")
    meter = _mbpoll(
        "-m", "rtu", "-b", "9600", "-P", "none", "-a", "1", "-t", "3:float", "-B", "-r", "0", "-c", "3", path
    )
    other = _mbpoll("-m", "rtu", "-b", "9600", "-P", "none", "-a", "10", "-t", "4", "-r", "1027", "-c", "1", path)

    assert ["0x0001", "0x8049", "0x1234"] == tcp
    assert ["230.5", "230.5", "230.5"] == meter
    assert ["0"] == other


def _mbpoll(*arguments: str) -> list[str]:
    done = subprocess.run(["mbpoll", "-0", "-1", "-o", "10", *arguments], capture_output=True, text=True, timeout=60)
    assert 0 == done.returncode, done.stderr
    return [line.split("\t")[1].strip() for line in done.stdout.splitlines() if line.startswith("[")]


def test_image_serves_the_words_of_the_file(tmp_path: Path, start, ask_tcp, ask_serial):
    """A dump of an unseen device answers as it was written down, over TCP and on a serial line."""
    dump = tmp_path / "dump.csv"
    dump.write_text("function,at,word\n3,1053,00F0\n4,0,4366\n4,1,8000\n", "utf-8")
    ready = start("image", dump, "--serial", "9600", "--dir", tmp_path / "run").next_line()
    port = ready["tcp"]["image"]["port"]

    assert "00F0" == _words(ask_tcp(port, 1, _read(1053, 1)))
    assert "8302" == ask_tcp(port, 1, _read(1053, 2)).hex()
    frame = ask_serial(ready["rtu"]["image"]["path"], bytes.fromhex("0103041D0001153C"))
    assert "01 03 02 00 F0 B8 00" == frame.hex(" ").upper()
