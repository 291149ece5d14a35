"""The settings file: every fault at once, each with what to do, and nothing started."""

import base64
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from doors.broker import BrokerSettings
from doors.settings import SettingsFault
from gateway import config, config_node, config_provision, config_site, config_wake
from gateway.profiles.contacts import ContactTable

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "gateway/example.toml"
LEAST = """
[site]
id = "are-kall"
place = "Kall"
[store]
path = "gateway.db"
[site_broker]
url = "mqtt://127.0.0.1:1883"
"""
DEVICE = '\n[[device]]\nname = "{}"\nprofile = "eastron-sdm630"\n'


def faults_of(folder: Path, text: str) -> list[str]:
    """All faults of a file."""
    file = folder / "site.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsFault) as caught:
        config.read(file)
    return caught.value.faults


def plan_of(folder: Path, text: str) -> config.Plan:
    """What a file without faults says."""
    file = folder / "site.toml"
    file.write_text(text, "utf-8")
    return config.read(file)


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The program as a person starts it."""
    command = [sys.executable, "-m", "gateway", *words]
    return subprocess.run(command, cwd=cwd, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=100)


def test_the_example_has_no_faults_and_its_profiles_exist(tmp_path: Path) -> None:
    """`check` says who the site is and lists its devices; nothing is made on the disk."""
    told = run("check", str(EXAMPLE), cwd=tmp_path)

    assert (0, "") == (told.returncode, told.stderr)
    assert "Site are-kall (Kall), automatic, status actual" in told.stdout
    assert 3 == len(told.stdout.splitlines())
    assert [] == list(tmp_path.iterdir())


def test_the_least_that_must_be_said_is_enough(tmp_path: Path) -> None:
    """A site without devices and without centre is a site."""
    plan = plan_of(tmp_path, LEAST)

    assert ((), None, None) == (plan.wired, plan.facts.controller, plan.settings.central_broker)
    assert 15.0 == plan.facts.set.design_load_kw
    assert (["box"], 1) == ([one.name for one in plan.facts.devices], plan.facts.screens)


def test_all_faults_of_the_form_are_told_at_once(tmp_path: Path) -> None:
    """Unknown, missing and wrong settings, each with its place and a suggestion."""
    text = (
        LEAST.replace("place", "plats") + '[pace]\nheartbeet_s = 1\nsample_every_s = 0\n[generator]\nrated_kw = "56"\n'
    )

    assert {
        "[site] plats: unknown setting; did you mean place?",
        "[site] place: is missing",
        "[generator] rated_kw: '56' does not fit: expected a number, got text",
        "[pace] heartbeet_s: unknown setting; did you mean heartbeat_s?",
        "[pace] sample_every_s: 0 is below 0.1",
    } == set(faults_of(tmp_path, text))


def test_all_faults_of_the_meaning_are_told_at_once(tmp_path: Path) -> None:
    """Names, brokers, lines, profiles and keys."""
    text = (
        LEAST.replace("are-kall", "Åre Kall").replace("mqtt://127.0.0.1:1883", "http://x")
        + '[generator]\ncontroller = "gen"\n'
        + DEVICE.format("a") + 'tcp = "192.0.2.1"\nserial = "/dev/ttyUSB0"\n'
        + DEVICE.format("a") + 'tcp = "192.0.2.1:port"\n'
        + DEVICE.format("B") + 'serial = "/dev/ttyUSB0"\nbaud = 9600\n'
        + DEVICE.format("c") + 'serial = "/dev/ttyUSB0"\nbaud = 19200\n'
        + DEVICE.format("d").replace("sdm630", "sdm603") + 'tcp = "192.0.2.1"\n'
        + '[[bulletins.key]]\nid = "k"\npublic = "åäö"\n[[bulletins.key]]\nid = "k"\npublic = "QUJD"\n'
    )  # fmt: skip
    faults = "\n".join(faults_of(tmp_path, text))

    for part in (
        "[site] id: 'Åre Kall' must be of a-z",
        "[site_broker] url: 'http://x' is not like mqtt://host:1883",
        "[device a] needs exactly one of tcp, rtu_over_tcp and serial",
        "'192.0.2.1:port' is not like 192.0.2.10:502",
        "[device a] name: stands twice",
        "[device B] name: must be of a-z",
        "[device c] baud: /dev/ttyUSB0 runs at 9600 already",
        "eastron-sdm630",
        "[generator] controller: there is no device 'gen'; devices are a, a, B, c, d",
        "[bulletins key k] public: is not a raw Ed25519 key",
        "[bulletins key k] id: stands twice",
    ):
        assert part in faults


@pytest.mark.parametrize("path", ["", ".", "/", "data/.."])
def test_a_store_needs_the_name_of_a_file(tmp_path: Path, path: str) -> None:
    """A folder is no store."""
    assert [f"[store] path: {path!r} is not the name of a file"] == faults_of(
        tmp_path, LEAST.replace("gateway.db", path)
    )


@pytest.mark.parametrize(
    ("tcp", "expected"),
    [("192.0.2.1", ("192.0.2.1", 502)), ("plc.local:1502", ("plc.local", 1502)), ("[fe80::1]:502", ("fe80::1", 502))],
)
def test_a_tcp_address_may_leave_out_its_port(tmp_path: Path, tcp: str, expected: tuple[str, int]) -> None:
    """502 is meant then."""
    line = plan_of(tmp_path, LEAST + DEVICE.format("a") + f'tcp = "{tcp}"\n').wired[0].line

    assert expected == (getattr(line, "host", None), getattr(line, "port", None))


def test_a_meter_stands_on_the_load_side_unless_said_otherwise(tmp_path: Path) -> None:
    """So its voltage never proves mains by mistake."""
    text = (
        LEAST + DEVICE.format("a") + 'tcp = "192.0.2.1"\n' + DEVICE.format("b") + 'tcp = "192.0.2.2"\nplace = "grid"\n'
    )

    assert ["load", "grid", None] == [device.place for device in plan_of(tmp_path, text).facts.devices]


def test_good_keys_are_taken(tmp_path: Path) -> None:
    """32 bytes in base64."""
    text = LEAST + f'[[bulletins.key]]\nid = "k"\npublic = "{base64.b64encode(bytes(32)).decode()}"\n'

    assert {"k": bytes(32)} == plan_of(tmp_path, text).keys


def test_replaced_key_has_a_last_day(tmp_path: Path) -> None:
    """Believed to the end of that day in UTC; a key without one has no end."""
    public = base64.b64encode(bytes(32)).decode()
    text = LEAST + f'[[bulletins.key]]\nid = "old"\npublic = "{public}"\ntrusted_until = 1970-01-02\n'
    text += f'[[bulletins.key]]\nid = "new"\npublic = "{public}"\n'

    assert {"old": 2 * 86_400_000 - 1} == plan_of(tmp_path, text).keys_end_ms


@pytest.mark.parametrize(
    ("words", "text", "code", "said"),
    [
        (["check"], LEAST, 0, ""),
        (["check"], LEAST + "[pase]\n", 2, "did you mean pace?"),
        (["check"], "[[[", 2, "is not TOML"),
        (["check"], None, 2, "cannot be read: No such file or directory; check the path"),
        (["run", "--clock", "rate=20"], LEAST, 2, "only a site with `simulated = true` may run on another clock"),
        (["run", "--clock", "rate=-1"], LEAST.replace('"Kall"', '"Kall"\nsimulated = true'), 2, "--clock: rate=-1"),
        (["run"], LEAST.replace("gateway.db", "site.toml/x.db"), 1, "cannot be used as store"),
        (["counts"], LEAST, 1, "there is no store; has the gateway run?"),
        (["counts"], LEAST.replace("gateway.db", "site.toml"), 1, "cannot be read as a store"),
    ],
)
def test_exit_codes(tmp_path: Path, words: list[str], text: str | None, code: int, said: str) -> None:
    """0 well, 1 could not, 2 a mistake; a sentence, never a traceback, and no store left behind by a mistake."""
    if text is not None:
        (tmp_path / "site.toml").write_text(text, "utf-8")
    told = run(*words, "site.toml", cwd=tmp_path)

    assert (code, code == 0) == (told.returncode, not told.stderr)
    assert said in told.stderr
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "gateway.db").exists()


SITE_FAULTS = [
    ('[tank]\nlitres = 1000\nshape = "table"\n', '[tank] table: shape "table" needs at least two rows'),
    ("[tank]\ntable = [[0, 0], [10, 90], [9, 100]]\n", "[tank] table: both centimetres and litres must rise"),
    ("[generator]\nconsumption = [[20, 7]]\n", "[generator] consumption: give at least two rows"),
    ('[[activator]]\nid = "Anna"\nname = "x"\n', "[activator Anna] id: must be of a-z, 0-9 and hyphen"),
    ('[[activator]]\nid = "a"\nname = "x"\n[[activator]]\nid = "a"\nname = "y"\n', "[activator a] id: stands twice"),
    (
        '[[checklist.step]]\nid = "s"\nsv = "Gör så"\n',
        "electrical",
    ),
    ('[checklist]\napproved_by = "E"\n', "[checklist] approved_by and approved_on belong together"),
    (
        "[movable]\nbegins = 2026-11-01T00:00:00\nends = 2026-12-01T00:00:00\n",
        "[movable] begins and ends need an offset",
    ),
    ("[movable]\nbegins = 2026-11-01T00:00:00Z\nends = 2026-10-01T00:00:00Z\n", "[movable] ends: must be after begins"),
    ('[responsible]\nbutik = "x"\n', "[responsible] butik: is none of shop, fuel_station"),
    (DEVICE.format("box") + 'tcp = "192.0.2.1"\n', "[device box] name: is taken by the gateway's own computer"),
    ("[screens]\nexpected = -1\n", "[screens] expected: -1 is below 0"),
]


@pytest.mark.parametrize(("text", "said"), SITE_FAULTS)
def test_what_is_wrong_with_the_site_is_told_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    """Tank, set, people, list and place: each fault names its table and what to do."""
    path = tmp_path / "site.toml"
    path.write_text(LEAST + text, "utf-8")
    with pytest.raises(SettingsFault) as fault:
        config.read(path)

    assert said in str(fault.value)


@pytest.mark.parametrize(("day", "refused"), [("2026-01-02", False), ("2026-01-11", False), ("2026-01-12", True)])
def test_an_approval_of_the_future_is_refused_where_a_person_checks(tmp_path: Path, day: str, refused: bool) -> None:
    """Beyond tomorrow; a box that starts with a wrong clock takes it as it is."""
    path = tmp_path / "site.toml"
    path.write_text(LEAST + f'[checklist]\napproved_by = "E"\napproved_on = {day}\n', "utf-8")
    said = ""
    try:
        config.read(path, date(2026, 1, 10))
    except SettingsFault as fault:
        said = str(fault)

    assert refused == (f"[checklist] approved_on: {day} is in the future" in said)
    assert refused == (said != "")
    assert day == config.read(path).facts.call.approved_on


def test_the_site_stands_in_the_facts(tmp_path: Path) -> None:
    """Every table of the site reaches the core as it was written."""
    path = tmp_path / "site.toml"
    text = (
        '[generator]\nrated_kw = 56\nconsumption = [[14, 6], [56, 17]]\nrating = "ESP"\n'
        '[tank]\nlitres = 1000\nfuel = "hvo"\nminimum_h = 48\n[test_run]\nminutes = 60\n'
        "[ups]\ndischarge_tested = 2026-05-01\n[call_out]\nanswer_within_s = 600\n"
        '[[activator]]\nid = "a"\nname = "A"\n[checklist]\napproved_by = "E"\napproved_on = 2026-01-02\n'
        '[[checklist.step]]\nid = "s"\nsv = "Gör så"\nelectrical = true\nposition = "NÄT"\n'
        "[movable]\nbegins = 1970-01-01T00:00:01Z\nends = 1970-01-01T01:00:02+01:00\n"
        '[responsible]\nfuel_station = "Macken"\n[screens]\nexpected = 2\n'
        "[last_words]\nbattery = 'own'\nbattery_minutes = 90\nhalts = true\n"
    )
    path.write_text(LEAST + text, "utf-8")
    facts = config.read(path).facts

    assert (((14.0, 6.0), (56.0, 17.0)), "ESP") == (facts.set.consumption, facts.set.rating)
    assert (1000.0, "hvo", 48.0) == (facts.tank.litres, facts.tank.fuel, facts.tank.minimum_h)
    assert (60.0, "2026-05-01") == (facts.run.minutes, facts.ups.discharge_tested)
    assert (600.0, ["a"]) == (facts.call.answer_within_s, [one.id for one in facts.call.activators])
    assert ("E", "2026-01-02", "NÄT") == (facts.call.approved_by, facts.call.approved_on, facts.call.steps[0].position)
    assert facts.movable is not None
    assert (1000, 2000) == (facts.movable.from_ms, facts.movable.until_ms)
    assert {"fuel_station": "Macken"} == facts.responsible
    assert 2 == facts.screens
    words = facts.last_words
    assert ("own", 90.0, 10.0, 5.0, True) == (
        words.battery, words.battery_minutes, words.say_below_min, words.halt_below_min, words.halts,
    )  # fmt: skip


def tables(kind: type[msgspec.Struct]) -> dict[str, list[str]]:
    """The tables of the file and their settings, from the types."""
    of: dict[str, Any] = {
        "site": config.SiteTable, "store": config.StoreTable, "site_broker": BrokerSettings,
        "generator": config.GeneratorTable, "tank": config_site.TankTable, "test_run": config_site.RunTable,
        "ups": config_site.UpsTable, "call_out": config_site.CallTable, "activator": config_site.ActivatorTable,
        "checklist": config_site.ChecklistTable, "checklist.step": config_site.StepTable,
        "movable": config_site.MovableTable, "pace": config.PaceTable, "device": config.DeviceTable,
        "bulletins.key": config.KeyTable, "screens": config.ScreensTable, "last_words": config.LastWordsTable,
        "wake": config_wake.WakeTable, "wake.person": config_wake.WakePersonTable,
        "device.contact": ContactTable, "nodes": config_node.NodesTable,
        "node": config_node.NodeTable, "node.channel": config_node.ChannelTable,
        "node.channel.tank": config_node.TankShapeTable, "provision": config_provision.ProvisionTable,
    }  # fmt: skip
    assert {name.split(".")[0] for name in of} | {"central_broker", "responsible"} == set(kind.__struct_fields__)
    tables_of = {name: list(table.__struct_fields__) for name, table in of.items()}
    for table, inner in (("device", "contact"), ("node", "channel"), ("node.channel", "tank")):
        tables_of[table].remove(inner)
    return tables_of


@pytest.mark.parametrize(("table", "settings"), tables(config.Settings).items())
def test_every_setting_has_a_line_in_the_readme(table: str, settings: list[str]) -> None:
    """Each key of each table, and no key that is not there."""
    parts = re.split(r"^### ", (ROOT / "gateway/README.md").read_text("utf-8"), flags=re.MULTILINE)
    part = next(part for part in parts if f"[{table}]" in part.splitlines()[0])

    assert settings == re.findall(r"^\| \**`(\w+)`\** \|", part, flags=re.MULTILINE)


def test_every_file_stands_in_the_readme() -> None:
    """A stranger finds each file by its line."""
    text = (ROOT / "gateway/README.md").read_text("utf-8")
    files = [path.relative_to(ROOT / "gateway") for path in (ROOT / "gateway").glob("**/*.py")]

    assert [] == [str(file) for file in files if file.name != "__init__.py" and f"`{file}`" not in text
                  and file.parts[0] != "profiles"]  # fmt: skip
