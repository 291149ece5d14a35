"""The command as a process: events in order, faults in one sentence, a clean end."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

OUTAGE = [
    (60, "mains_fails", "mains_lost"),
    (90, "engine_starting", "engine_starting"),
    (120, "engine_warming", "engine_warming"),
    (150, "engine_running", "engine_running"),
    (180, "on_reserve", "on_reserve"),
    (210, "sender_fault", "sensor_fault"),
    (290, "sender_fault_ends", "sensor_back"),
    (320, "silent", "device_silent"),
    (380, "silent_ends", "device_back"),
    (470, "mains_back", "mains_back"),
    (500, "back_on_mains", "back_on_mains"),
    (530, "engine_cooling", "engine_cooling"),
    (560, "engine_stopped", "engine_stopped"),
]


def test_outage_plays_to_its_end(start):
    """On a fast clock every event of the outage is told once, in order, with the product's times."""
    clock = "rate=400,wall_ms=1764000000000,up_ms=600000,boot=demo-1"
    running = start("run", "automatic", "--scenario", "outage", "--clock", clock, "--to-end")

    ready, *events, last = running.rest()

    begins = ready["begins_up_ms"]
    assert 600_000 < begins < 600_000 + 400 * 20_000
    assert OUTAGE == [(event["at_s"], event["event"], event["expect"]) for event in events]
    assert [begins + 1000 * at_s for at_s, _, _ in OUTAGE] == [event["up_ms"] for event in events]
    (apart,) = {event["wall_ms"] - event["up_ms"] for event in events}
    assert abs(apart - (1_764_000_000_000 - 600_000)) < 1000
    assert ("genset", "fuel.level") == (events[5]["device"], events[5]["signal"])
    assert "meter" == events[7]["device"]
    assert ({"genset", "genset-rtu", "meter"}, False) == (set(last["asked"]), last["ready"])
    assert (0, "") == running.stop()


def test_events_of_the_outage_are_three_polls_apart():
    """A gateway that asks every 10 s sees each event apart from the next."""
    assert all(later[0] - earlier[0] >= 30 for earlier, later in pairwise(OUTAGE))


def test_fault_windows_open_and_close_on_the_wire(tmp_path, start, ask_tcp):
    """While a window is open the register shows the code, after it the value again; nothing is restarted."""
    scenario = tmp_path / "s.toml"
    fault = 'do = "sender_fault"\ndevice = "genset"\nsignal = "fuel.level"\n'
    scenario.write_text(
        'title = "Windows"\nlength_s = 80000\n'
        + "".join(f"[[step]]\nat_s = {at_s}\nfor_s = 2000\n{fault}" for at_s in range(0, 80_000, 4000))
    )
    began_s = time.time()
    clock = f"rate=1000,up_ms=0,real_s={began_s}"
    running = start("run", "automatic", "--scenario", scenario, "--clock", clock, "--dir", tmp_path / "d")
    port = running.next_line()["tcp"]["genset"]["port"]

    def shown(expected: str) -> str:
        """The register between an event and the next one two seconds later, the first that was read in time."""
        while True:
            told = running.next_line()
            answer = ask_tcp(port, 1, bytes.fromhex("0304030001")).hex()
            if told["event"] == expected and time.time() < began_s + told["up_ms"] / 1_000_000 + 2:
                return answer

    assert "0302fffc" == shown("sender_fault")
    assert "0302003f" == shown("sender_fault_ends")


def test_scenario_begins_when_it_is_told_to(tmp_path, start):
    """With --begin-up-ms the first event comes at that uptime of the shared clock, not when the process was ready."""
    running = start(
        "run", "automatic", "--scenario", "outage", "--clock", "rate=100,up_ms=0", "--begin-up-ms", "100000"
    )

    assert 100_000 == running.next_line()["begins_up_ms"]
    first = running.next_line()
    assert ("mains_fails", 160_000) == (first["event"], first["up_ms"])


def test_ready_line_hands_over_what_the_conductor_has_to_do(start):
    """The steps round the plant come with the ready line, in order of time, and are not played."""
    ready = start("run", "manual", "--scenario", "three-days").next_line()

    steps = ready["conductor"]
    assert 74 * 3600 == ready["ends_s"]
    assert ["link_down", "box_off", "box_on", "report", "notice", "link_up", "clock_set"] == [s["do"] for s in steps]
    assert [4, 11] == [step["at_s"] / 3600 for step in steps[:2]]
    assert "1970" == steps[2]["clock"]
    assert {"at_s", "do", "notice", "sv", "en"} == set(steps[4])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly(tmp_path, start, number):
    """Both signals end it with code 0, without a word on stderr, and the link is gone."""
    running = start("run", "automatic", "--dir", tmp_path)
    link = Path(running.next_line()["rtu"]["meter"]["path"])
    assert link.is_symlink()

    running.process.send_signal(number)

    assert 0 == running.process.wait(60)
    assert (0, "") == running.stop()
    assert [] == list(tmp_path.iterdir())


def test_it_ends_when_nobody_listens_any_more():
    """When its reader is gone it stops at the next event, without a traceback."""
    read, write = os.pipe()
    arguments = [sys.executable, "-m", "simulator", "run", "automatic", "--scenario", "outage", "--clock", "rate=100"]
    process = subprocess.Popen(
        arguments, cwd=Path(__file__).parents[2], stdout=write, stderr=subprocess.PIPE, text=True
    )
    os.close(write)
    with os.fdopen(read) as lines:
        assert json.loads(lines.readline())["ready"]

    _, errors = process.communicate(timeout=60)

    assert (0, "") == (process.returncode, errors)


def test_a_taken_port_is_one_sentence(tmp_path, refused):
    """A port that another program has: exit 1, one sentence, and no link is left behind."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        plant = tmp_path / "plant.toml"
        plant.write_text(
            f'title = "Taken"\n[[rtu]]\n[[rtu.device]]\nname = "meter"\nprofile = "eastron-sdm630"\nunit = 1\n'
            f'[[tcp]]\nport = {port}\n[[tcp.device]]\nname = "genset"\nprofile = "dse-73xx-mkii"\nunit = 1\n'
        )
        code, out, errors = refused("run", plant, "--dir", tmp_path / "run")

    assert (1, "") == (code, out)
    assert f"port {port} at 127.0.0.1 is taken by another program; choose another port or host\n" == errors
    assert not (tmp_path / "run").exists() or [] == list((tmp_path / "run").iterdir())


def test_a_folder_in_use_is_one_sentence(tmp_path, refused):
    """Two simulators cannot share a folder: the second ends with 1 and leaves the first alone."""
    held = os.open(tmp_path / "simulator.lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)

    code, out, errors = refused("run", "automatic", "--dir", tmp_path)
    os.close(held)

    assert (1, "", f"{tmp_path} is used by another simulator; choose another --dir\n") == (code, out, errors)
    assert (tmp_path / "simulator.lock").exists()


GENSET = '[[tcp]]\n[[tcp.device]]\nname = "genset"\nprofile = "dse-73xx-mkii"\nunit = 1\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('title = "T"\n', "has no device; give at least one [[tcp]] or [[rtu]] with a device"),
        (
            'title = "T"\n' + GENSET.replace("dse-73xx-mkii", "dse-73xx-mk2"),
            'unknown profile "dse-73xx-mk2"; did you mean',
        ),
        ('title = "T"\ntank = 5\n' + GENSET, "tank: unknown setting"),
        ('title = "T"\n[generator]\ntank_l = 0\n' + GENSET, "[generator] tank_l: 0 is not above 0"),
        ('title = "T"\n[load]\nkw = 1\nswing_kw = 2\n' + GENSET, "swing_kw 2 is above kw 1"),
        ('title = "T"\n' + GENSET + 'values = { "engine.sped" = 1 }\n', "has no signal engine.sped"),
        ('title = "T"\n' + GENSET + GENSET, "device name 'genset' stands twice"),
        ('title = "T"\n' + GENSET + GENSET[8:].replace('"genset"', '"other"'), "have the same unit on the same wire"),
        ("title =", "is not TOML"),
    ],
)
def test_a_bad_plant_is_refused(tmp_path, refused, text, sentence):
    """A plant file with a fault: exit 2, the fault in words, nothing on stdout, no traceback."""
    path = tmp_path / "plant.toml"
    path.write_text(text)

    code, out, errors = refused("run", path)

    assert (2, "") == (code, out)
    assert sentence in errors
    assert "plant.toml: " in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ('do = "mains_fail"\nat_s = 1', "[step 1] do: 'mains_fail' does not fit"),
        ('do = "mains_fails"', "[step 1] mains_fails: give at_s or at_h"),
        ('do = "mains_fails"\nat_s = 1\nat_h = 1', "[step 1] mains_fails: give at_s or at_h, not both"),
        ('do = "mains_fails"\nat_s = 601', "[step 1] mains_fails: at 601 s is after the end at 600 s"),
        ('do = "mains_back"\nat_s = 1', "[step 1] mains_back at 1 s: the mains is already so"),
        ('do = "connect_load"\nat_s = 1', "connect_load at 1 s: cannot be done now, the set is ready in mode auto"),
        ('do = "silent"\nat_s = 1', "[step 1] silent: device is missing"),
        (
            'do = "silent"\nat_s = 1\ndevice = "ups"',
            "device 'ups' is not in the plant; there are genset, genset-rtu, meter",
        ),
        ('do = "silent"\nat_s = 1\ndevice = "meter"\nlitres = 1', "[step 1] silent: litres has no meaning here"),
        ('do = "sender_fault"\nat_s = 1\ndevice = "meter"\nsignal = "meter.power"', "has no code for sensor_fault"),
        (
            'do = "sender_fault"\nat_s = 1\ndevice = "meter"\nsignal = "fuel.level"',
            "eastron-sdm630 has no signal fuel.level",
        ),
        (
            'do = "set_value"\nat_s = 1\ndevice = "genset"\nsignal = "engine.state"\nvalue = "flying"',
            "has no word 'flying'",
        ),
        ('do = "alarm"\nat_s = 1\ndevice = "genset"\nalarm = "tea-cold"', "has no signal alarm.tea-cold"),
    ],
)
def test_a_bad_scenario_is_refused(tmp_path, refused, step, sentence):
    """A scenario with a fault: exit 2, the step and the fault in words, nothing started."""
    path = tmp_path / "scenario.toml"
    path.write_text(f'title = "T"\nlength_s = 600\n[[step]]\n{step}\n')

    code, out, errors = refused("run", "automatic", "--scenario", path)

    assert (2, "") == (code, out)
    assert sentence in errors
    assert "nothing started" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["run", "nowhere"], "nowhere: there is no such name among the plants; there are automatic, manual"),
        (["run", "./nowhere.toml"], "./nowhere.toml: cannot be read: No such file or directory; check the path"),
        (["run", "automatic", "--scenario", "stormy"], "there are calm, outage, three-days"),
        (["run", "automatic", "--clock", "speed=2"], "--clock: unknown part 'speed'"),
        (["run", "automatic", "--clock", "rate=0"], "--clock: rate=0 is not between"),
        (["image", "/dev/null"], "title: is missing"),
        (["check", "simulator"], "cannot be read: Is a directory"),
    ],
)
def test_a_bad_word_on_the_command_line_is_refused(refused, arguments, sentence):
    """A name, path or clock that is not one: exit 2 and one sentence."""
    code, out, errors = refused(*arguments)

    assert (2, "") == (code, out)
    assert sentence in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("name", ["calm", "outage", "three-days"])
def test_built_in_scenarios_pass_their_own_check(refused, name):
    """Every scenario that comes with the program plays on the plant it names."""
    code, out, errors = refused("check", f"simulator/scenarios/{name}.toml")

    assert (0, "") == (code, errors)
    assert f"scenarios/{name}.toml: scenario of " in out


@pytest.mark.parametrize("name", ["automatic", "manual"])
def test_built_in_plants_pass_their_own_check(refused, name):
    """Every plant that comes with the program can be laid out."""
    code, out, errors = refused("check", f"simulator/plants/{name}.toml")

    assert (0, "") == (code, errors)
    assert "plant with 3 devices" in out


def test_list_names_every_scenario(refused):
    """The list has one line per scenario."""
    code, out, _ = refused("scenarios")

    assert (0, ["calm", "outage", "three-days"]) == (code, [line.split()[0] for line in out.splitlines()])
