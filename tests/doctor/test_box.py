"""Clock, disk, serial line, services, supply: each well, and each ill in its ways."""

import json
import os
import re
import sqlite3
import stat
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from contract.words import ClockQuality
from doctor.core import box as parts
from doctor.core import clock, disk
from doctor.core.clock import ClockLook, Rtc
from doctor.core.disk import Space
from doctor.core.finding import Finding, Why
from doctor.io import services, stores
from doctor.io.texts import catalogue, sentence

ROOT = Path(__file__).resolve().parents[2]
RTC = "sys/class/rtc/rtc0"


@pytest.mark.parametrize(
    ("rtc", "text"),
    [
        (None, "rtc.none"),
        (Rtc(name="rtc0", since_epoch=1000, at_boot=True), "rtc.good"),
        (Rtc(name="rtc0", since_epoch=1000, at_boot=True, battery_uv=3_000_000), "rtc.charged"),
        (Rtc(name="rtc0", since_epoch=1000, at_boot=True, battery_uv=2_200_000), "rtc.weak"),
        (Rtc(name="rtc0", since_epoch=1000, at_boot=True, battery_uv=90_000), "rtc.empty"),
        (Rtc(name="rtc0", since_epoch=None, at_boot=True), "rtc.lost"),
        (Rtc(name="rtc0", since_epoch=1000, at_boot=True, power_failed=True), "rtc.lost"),
        (Rtc(name="rtc0", since_epoch=1000), "rtc.unused"),
        (Rtc(name="rtc0", since_epoch=5000, at_boot=True), "rtc.wrong"),
    ],
)
def test_clock_with_battery(rtc: Rtc | None, text: str) -> None:
    """It is required, must have run through, must be used, and its cell must have voltage where that is told."""
    look = ClockLook(quality=ClockQuality.SYNCED, wall_s=1000, rtcs=() if rtc is None else (rtc,))

    assert ["clock.synced", text] == [one.text for one in clock.judge(look)]


def test_clock_of_a_pi_is_read_from_its_files(box, doctor: Callable) -> None:
    """The voltage of the cell is found where a Pi 5 shows it; a chip that gives no time has lost it."""
    box.file(f"{RTC}/hctosys", "1")
    box.file(f"{RTC}/battery_voltage", "40000")
    empty = doctor(*box.call)
    box.file(f"{RTC}/battery_voltage", "3010000")
    lost = doctor(*box.call)

    assert (["rtc.empty"], ["rtc.lost"]) == (empty.of("rtc"), lost.of("rtc"))


@pytest.mark.parametrize(
    ("space", "text"),
    [
        (Space(path="/", free=50 * 10**9, usable=100 * 10**9), "disk.room"),
        (Space(path="/", free=10 * 10**9, usable=100 * 10**9), "disk.little"),
        (Space(path="/", free=10**8, usable=2 * 10**8), "disk.full"),
        (Space(path="/", free=0, usable=0), "disk.full"),
        (Space(path="/", free=50 * 10**9, usable=100 * 10**9, files_free=10, files=1000), "disk.files"),
        (Space(path="/", free=50 * 10**9, usable=100 * 10**9, read_only=True), "disk.read_only"),
        (Space(path="/", why_not="No such file or directory"), "disk.unseen"),
    ],
)
def test_room_on_the_disk(space: Space, text: str) -> None:
    """Bytes, files, and whether it can be written at all."""
    assert text == disk.judge((space,), ("0x01 0x01",))[0].text


@pytest.mark.parametrize(
    ("wear", "text"),
    [((), "card.unsaid"), (("0x02 0x01",), "card.fresh"), (("0x01 0x08",), "card.worn"), (("0x0b 1",), "card.worn_out"),
     (("garbage",), "card.unsaid")],
)  # fmt: skip
def test_wear_of_the_card(wear: tuple[str, ...], text: str) -> None:
    """The worst of its kinds of memory counts; a card that says nothing is not called good."""
    found = disk.judge((), wear)[0]

    assert text == found.text
    assert (found.grade == "ok") == (text == "card.fresh")


@pytest.mark.parametrize(
    ("alarm", "throttled", "text"),
    [("0", None, "supply.good"), ("1", None, "supply.low"), (None, "50000", "supply.been"),
     (None, "50005", "supply.low"),
     (None, "0", "supply.good"), (None, None, "supply.unsaid"), (None, "zz", "supply.unsaid")],
)  # fmt: skip
def test_voltage_of_the_supply(alarm: str | None, throttled: str | None, text: str) -> None:
    """Too low now is a fault, too low since the start a remark."""
    assert text == parts.supply(alarm, throttled).text


def test_watchdog_that_sleeps_is_a_fault(box, doctor: Callable) -> None:
    """Nobody feeds it: the box would stand still for good."""
    box.file("sys/class/watchdog/watchdog0/state", "inactive")
    asleep = doctor(*box.call)
    box.file("sys/class/watchdog/watchdog0/state", "active")

    assert ("fault", "ok") == (asleep.grade("watchdog.asleep"), doctor(*box.call).grade("watchdog.active"))


def test_services_that_do_not_run_are_named() -> None:
    """Each by its name and systemd's word for it."""
    states = {"sotpunkt-broker": "active", "sotpunkt-gateway": "failed"}
    found = parts.services(parts.ServicesLook(states, ("sotpunkt-broker", "sotpunkt-gateway", "nftables")))

    assert [("sotpunkt-gateway", "failed"), ("nftables", "unknown")] == [
        (one.values["name"], one.values["state"]) for one in found
    ]


@pytest.mark.parametrize(
    ("states", "text"),
    [((), "watchdog.none"), (("",), "watchdog.unsaid"), (("inactive", ""), "watchdog.asleep"),
     (("", "active"), "watchdog.active")],
)  # fmt: skip
def test_watchdog_that_says_nothing_is_not_called_missing(states: tuple[str, ...], text: str) -> None:
    """A kernel that does not show whether it is fed leaves that open."""
    assert text == parts.watchdog(states).text


@pytest.mark.parametrize("command", ["#!/bin/sh\nexit 1\n", None])
def test_systemd_that_does_not_answer_is_not_called_missing(tmp_path: Path, command: str | None) -> None:
    """Where it runs but nobody can ask it, how the services are is not known: a fault, and not "no systemd"."""
    systemctl = tmp_path / "systemctl"
    if command is not None:
        systemctl.write_text(command, "utf-8")
        systemctl.chmod(0o755)
    states = services.states(("sotpunkt-gateway",), tmp_path, str(systemctl))
    (found,) = parts.services(parts.ServicesLook(states, ("sotpunkt-gateway",)))

    assert ("services.unsaid", "fault") == (found.text, found.grade)
    assert services.states(("sotpunkt-gateway",), tmp_path / "none") is None


def test_settings_that_nobody_can_read_do_not_make_a_site_alone(box, doctor: Callable) -> None:
    """Whether it has a centre is then not known; a table that cannot be used is not one that is missing."""
    (box.etc / "gateway.toml").write_text("[site\n", "utf-8")
    unread = doctor(*box.call)
    box.settings(central="[central_broker]\nurl = 7\n")
    wrong = doctor(*box.call)
    box.settings()

    assert (["contact.unseen"], ["contact.unseen"]) == (unread.of("contact"), wrong.of("contact"))
    assert ["screen.unknown"] == unread.of("screen")
    assert ["contact.alone"] == doctor(*box.call).of("contact")


@pytest.fixture
def line() -> tuple[int, str]:
    """A serial line as far as a program can tell."""
    master, slave = os.openpty()
    path = os.ttyname(slave)
    os.close(slave)
    yield master, path
    os.close(master)


def _serial(path: str) -> str:
    return f'[[device]]\nname = "meter"\nserial = "{path}"\n'


def test_line_that_nobody_has(box, doctor: Callable, line: tuple[int, str]) -> None:
    """There, allowed and unused is a remark: the gateway should have it."""
    (box.root / "proc").symlink_to("/proc")
    box.settings(devices=_serial(line[1]))
    found = doctor(*box.call).of("line")

    assert found in (["line.free"], ["line.unseen"])  # the second where other accounts' processes are hidden


def test_line_that_somebody_else_has(box, doctor: Callable, line: tuple[int, str]) -> None:
    """Another program on the line is named with its number."""
    (box.root / "proc").symlink_to("/proc")
    box.settings(devices=_serial(line[1]))
    handle = os.open(line[1], os.O_RDWR | os.O_NOCTTY)
    try:
        said = doctor(*box.call)
    finally:
        os.close(handle)

    assert ["line.taken"] == said.of("line")
    assert str(os.getpid()) in said.sentence("line.taken")


def test_line_that_is_gone_or_is_none(box, doctor: Callable, tmp_path: Path) -> None:
    """An unplugged adapter, and a file that is no device."""
    plain = tmp_path / "plain"
    plain.touch()
    box.settings(devices=_serial("/dev/sotpunkt/gone") + _serial(str(plain)))

    assert ["line.gone", "line.no_line"] == doctor(*box.call).of("line")


def test_line_that_the_account_may_not_open() -> None:
    """Who may open it is judged for the gateway's account, not for who asks."""
    from doctor.core.serial_lines import LineLook, judge

    look = LineLook(path="/dev/ttyUSB0", there=True, account="sotpunkt-gateway", allowed=False)

    assert "line.forbidden" == judge(look).text


def test_words_follow_the_language(box, doctor: Callable) -> None:
    """Swedish where the system is Swedish, or where it is asked for."""
    plain = box.call[:-1]

    assert "klocka med batteri" in doctor(*plain, LANG="sv_SE.UTF-8", LC_ALL="").out
    assert "clock with a battery" in doctor(*plain, LANG="de_DE.UTF-8", LC_ALL="").out
    assert "klocka med batteri" in doctor(*plain, "--language", "sv").out


def test_catalogues_say_the_same() -> None:
    """Both languages have the same keys and the same braces, and every key that the code uses."""
    texts = {name: tomllib.loads((ROOT / f"doctor/texts/{name}.toml").read_text("utf-8")) for name in ("sv", "en")}
    rows = {
        name: {
            f"{table}.{key}": set(re.findall(r"{(\w+)}", text))
            for table, all_of in tree.items()
            for key, text in all_of.items()
        }
        for name, tree in texts.items()
    }
    used = set()
    for path in [*(ROOT / "doctor/core").glob("*.py"), ROOT / "doctor/examine.py"]:
        used |= {
            f"{a}.{b}" for a, b in re.findall(r'(?:ok|remark|fault)\(\s*"(\w+)", "(\w+)"', path.read_text("utf-8"))
        }

    assert set(rows["sv"]) == set(rows["en"])
    assert {key: names for key, names in rows["sv"].items() if names - rows["en"][key]} == {}
    assert set() == used - set(rows["en"])
    assert len(used) > 40


def test_reasons_from_outside_move_no_cursor() -> None:
    """A file's or a broker's words cannot break the line or colour the terminal."""
    from doctor.core.finding import Why
    from doctor.io.texts import catalogue, sentence

    found = Finding(
        check="settings", grade="fault", text="settings.wrong", values={"path": "a\n"}, why=Why("no_toml", "\x1b[2J")
    )

    assert sentence(found, catalogue("en")).isprintable()


def test_settings_that_are_broken_hide_nothing_else(box, doctor: Callable) -> None:
    """A file that is no TOML is a finding; clock and disk are looked at all the same."""
    (box.etc / "gateway.toml").write_text("[site\n", "utf-8")
    said = doctor(*box.call)

    assert 1 == said.code
    assert ["settings.wrong"] == said.of("settings")
    assert ["disk.room"] == [one for one in said.of("disk") if one == "disk.room"] or said.of("disk")
    assert said.of("rtc")


def test_folder_that_is_not_there(doctor: Callable, tmp_path: Path) -> None:
    """A wrong call is one sentence and exit code 2."""
    said = doctor("--dir", tmp_path / "none")

    assert (2, 1) == (said.code, len(said.err.splitlines()))


def test_nothing_on_the_box_changes(box, doctor: Callable) -> None:
    """The doctor looks: no file of settings or stores is written or made."""
    (box.state / "gateway.db").write_bytes(b"")
    before = {path: (path.stat().st_mtime_ns, stat.S_IMODE(path.stat().st_mode)) for path in box.etc.parent.rglob("*")}
    time.sleep(0.02)
    doctor(*box.call)

    assert before == {
        path: (path.stat().st_mtime_ns, stat.S_IMODE(path.stat().st_mode)) for path in box.etc.parent.rglob("*")
    }


def test_every_reason_is_in_both_catalogues() -> None:
    """A reason that the code names has words."""
    from doctor.core.refusals import SYSTEM
    from doctor.io import whys
    from doctor.io.texts import catalogue

    used = {key for path in (ROOT / "doctor").rglob("*.py") for key in re.findall(r'Why\(\s*"(\w+)"', path.read_text())}
    tables = (SYSTEM, whys.NAMES, whys.NOT_BELIEVED, whys.ALERTS, whys.SETTINGS, whys.FILES)
    used |= {key for table in tables for key in table.values()}

    for language in ("sv", "en"):
        assert set() == {f"why.{key}" for key in used} - set(catalogue(language))


@pytest.mark.parametrize(
    ("language", "said", "words"),
    [("sv", "the site's broker has not answered yet", "(platsens meddelandeserver har inte svarat än)"),
     ("en", "the site's broker has not answered yet", "(the site's message server has not answered yet)"),
     ("sv", "a newer reason", '(gatewayen säger "a newer reason")')],
)  # fmt: skip
def test_reason_of_the_gateway_is_told_in_words_of_people(language: str, said: str, words: str) -> None:
    """Why a value is missing, as the gateway says it, is told as the screens tell it; what nobody knows is quoted."""
    found = parts.screen(expected=True, silent_s=None, why_not=Why("told", said))

    assert words in sentence(found, catalogue(language))


def test_swedish_doctor_speaks_swedish(box, doctor: Callable, tmp_path: Path) -> None:
    """No sentence of a box that is in a bad way holds English; what only the system knows is quoted."""
    box.settings(screens=1, central=f'[central_broker]\nurl = "mqtts://127.0.0.1:1"\nca_file = "{tmp_path}/none.crt"\n')
    (box.etc / "kiosk.toml").write_text("[site\n", "utf-8")
    box.password.unlink()
    said = doctor(*box.call, "--language", "sv")

    assert "prövades inte: `password_file`" in said.sentence("site_broker.files")
    assert "finns inte" in said.sentence("site_broker.files")
    assert "går inte att läsa (finns inte)" in said.sentence("authority.unreadable")
    assert "se raden om den" in said.sentence("screen.unknown")
    assert "det finns ingen fil än" in said.sentence("waiting.unseen")
    told = " ".join(row["sentence"] for row in json.loads(said.out)["findings"])
    plain = re.sub(r'"[^"]*"|`[^`]*`', "", told).lower()
    assert [] == re.findall(r"\b(?:the|such|not|check|nobody|said|was|is|file)\b", plain), plain


def test_store_that_others_can_read_is_remarked_on(box, doctor: Callable) -> None:
    """Names and telephone numbers stand in it; behind a shut folder it is nobody's to read."""
    (box.state / "gateway.db").touch(0o644)
    box.state.chmod(0o755)
    said = doctor(*box.call, "--language", "sv")
    box.state.chmod(0o750)

    assert "remark" == said.grade("stores.open")
    assert f"chmod 600 {box.state}/gateway.db" in said.sentence("stores.open")
    assert [] == doctor(*box.call).of("stores")


@pytest.mark.parametrize(
    ("signs_in", "accounts", "text"),
    [(True, 2, "owner_page.accounts"), (True, 0, "owner_page.nobody"), (True, None, "owner_page.unseen"),
     (False, 2, "owner_page.shut_in")],
)  # fmt: skip
def test_somebody_can_use_the_owners_page(signs_in: bool, accounts: int | None, text: str) -> None:
    """A page that nobody can sign in to is a fault; whether anybody can, only the store says."""
    found = parts.owner_page(signs_in=signs_in, accounts=accounts, why_not=Why("no_store"))

    assert text == found.text


def test_accounts_are_counted_in_the_pages_store(tmp_path: Path) -> None:
    """Those that are locked let nobody in; a store without the table, or none, is not nobody."""
    store = tmp_path / "dashboard.sqlite"
    before = stores.accounts(str(store))
    with sqlite3.connect(store) as db:
        db.execute("create table accounts (locked integer)")
        db.execute("insert into accounts values (0), (1), (0)")

    assert (None, "no_store") == (before[0], before[1].key)
    assert (2, None) == stores.accounts(str(store))
