"""Sensor nodes at a real gateway: played by clients that come in at the broker's own door for them, as installed."""

import asyncio
import json
import re
import signal
from collections.abc import Callable, Iterator
from itertools import dropwhile, pairwise
from pathlib import Path
from typing import Any

import pytest

from contract import topics
from contract.messages import decode
from contract.nodes import MAX_NODE_MESSAGE, NodeConfig, NodeMark, NodeTime
from tests.dashboard.conftest import Dashboard, settings_text
from tests.firmware.nodes_played import Played, play, released
from tests.keys.conftest import Client

from .conftest import SITE, eventually
from .node_house import MACHINE, UP_MS, WALL_MS, Board, House

PLAYER = Path(__file__).parents[1] / "firmware" / "on_chip" / "node_player.py"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all tests of this file; each test has a node of its own."""
    made = House(tmp_path_factory.mktemp("house"))
    made.start()
    yield made
    made.gateway.end()
    made.broker.stop()


@pytest.fixture
def board(house: House) -> Iterator[Callable[..., Board]]:
    """Makes boards; all leave at the end."""
    made: list[Board] = []

    def one(name: str, boot: str) -> Board:
        made.append(Board(house, name, boot))
        return made[-1]

    yield one
    for each in made:
        each.client.leave()


@pytest.fixture
def owner(house: House) -> Iterator[Client]:
    """The owner's page."""
    client = house.enter("owner").asks(topics.up_all(SITE), topics.food(SITE))
    yield client
    client.leave()


def values(owner: Client, device: str) -> dict[str, Any]:
    """A device as it was last told."""
    told = [body for topic, body in list(owner.heard) if topic == topics.device(SITE, device)]
    return dict(json.loads(told[-1])["values"]) if told else {}


def ever(owner: Client, device: str, signal: str) -> set[float | None]:
    """Every value that was told of a signal."""
    told = [json.loads(body) for topic, body in list(owner.heard) if topic == topics.device(SITE, device)]
    return {one["values"].get(signal, {}).get("value") for one in told}


def alarms(owner: Client) -> dict[tuple[str, str], dict[str, Any]]:
    """(key, device) → alarm, as last told."""
    told = [body for topic, body in list(owner.heard) if topic == topics.alarms(SITE)]
    return {(one["key"], one["device"]): one for one in json.loads(told[-1])["alarms"]} if told else {}


def food(owner: Client) -> list[dict[str, Any]]:
    """The log of the food control, once both of the freezer's readings are in it."""
    told = [json.loads(body)["days"] for topic, body in list(owner.heard) if topic == topics.food(SITE)]
    return list(told[-1]) if told and told[-1] and told[-1][0]["low"] == -18.0 else []


def test_report_becomes_a_value_and_is_marked_when_it_is_on_the_disk(
    house: House, board: Callable[..., Board], owner: Client
) -> None:
    """Litres and degrees stand in the picture like those of any device; twice told is kept once."""
    tank = board("tank-1", "00000001")
    tank.says("birth", retain=True, version=1, board="esp32", channels=[[10, "fuel.litres", "ml"]], reset="power")
    tank.reports((1, 10, 412_300, 0), (2, 30, None, 2))
    eventually(lambda: values(owner, "tank-1").get("fuel.litres", {}).get("value"), "litres in the picture")
    eventually(lambda: tank.mark() == 2, "a mark")
    kept = len([row for row in house.rows("tank-1") if "sensor_fault" in row["missing"]])
    tank.reports((1, 10, 999_000, 0), (2, 30, 99_00, 0))
    tank.reports((3, 30, 451, 0))
    eventually(lambda: tank.mark() == 3, "the next mark")

    shown = values(owner, "tank-1")
    assert 412.3 == shown["fuel.litres"]["value"]
    assert 4.51 == shown["room.temperature"]["value"]
    assert 1 == kept
    assert [2, 1] == [row["decoded"] for row in house.rows("tank-1") if "not_" not in row["missing"]][-2:]
    birth = json.loads([body for topic, body in owner.heard if topic == topics.birth(SITE)][-1])
    device = next(one for one in birth["devices"] if one["device"] == "tank-1")
    periods = {one["key"]: one["period_s"] for one in device["signals"]}
    assert ("Tanken", {"fuel.litres": 60, "room.temperature": 60}) == (
        device["name"],
        {key: period for key, period in periods.items() if not key.startswith("node.")},
    )


def test_history_lies_in_the_past_and_a_kill_makes_nothing_double(
    house: House, board: Callable[..., Board], owner: Client
) -> None:
    """What was measured before is dated and kept once, moves the mark up to what is missing, and is not shown."""
    tank = board("tank-1", "00000002")
    up = house.up()
    tank.reports((11, 30, 500, 0), up=up)
    eventually(lambda: values(owner, "tank-1").get("room.temperature", {}).get("value") == 5.0, "the present")
    old = [[seq, up - 60 + seq, 30, 100 * seq, 0] for seq in range(1, 9)]
    tank.says("report", history=1, oldest=1, up=up, records=old)
    eventually(lambda: tank.mark() == 8, "a mark below what is missing")
    house.gateway.end(signal.SIGKILL)
    house.start()
    tank.says("report", history=1, oldest=11, up=house.up(), records=[*old, [11, up, 30, 500, 0]])
    eventually(lambda: tank.mark() == 11, "9 and 10 are lost, the rest is there")
    lost = [[1, 50, 30, 700, 0]]
    tank.says("report", boot="0000000a", history=1, oldest=1, up=60, clock=2, wall0=1_789_000_000, records=lost)
    past = eventually(lambda: [row for row in house.rows("tank-1") if row["wall_ms"] == 1_789_000_050_000], "the past")

    assert "holdover" == past[0]["clock"]
    earlier = [row for row in house.rows("tank-1") if row["run"] == "node tank-1" and row["boot"] == "boot-of-the-box"]
    assert 8 == len(earlier)
    assert [1000] * 7 == [b["up_ms"] - a["up_ms"] for a, b in pairwise(earlier)]
    assert all(row["wall_ms"] - row["up_ms"] == WALL_MS - UP_MS for row in earlier)
    told = [one["values"]["room.temperature"] for one in house.remembered("tank-1")]
    assert (1.0, 7.0) == (told[0]["value"], told[-1]["value"])
    assert len(told) < 5
    assert 1_789_000_050_000 == house.remembered("tank-1")[-1]["at"]["wall_ms"]
    assert "not_yet_read" == values(owner, "tank-1")["room.temperature"]["quality"]


def test_silence_is_told(board: Callable[..., Board], owner: Client) -> None:
    """Who says nothing for longer than it may has no value any more, until it is heard again."""
    node = board("quiet-1", "00000001")
    node.reports((1, 30, 1850, 0))
    eventually(lambda: 18.5 in ever(owner, "quiet-1", "room.temperature"), "a value")
    gone = eventually(
        lambda: (one := values(owner, "quiet-1")["room.temperature"]).get("quality") == "comm_error" and one, "silence"
    )
    assert None is gone["value"]
    node.reports((2, 30, 1900, 0))
    eventually(lambda: 19.0 in ever(owner, "quiet-1", "room.temperature"), "it is back")


def test_a_warm_freezer_is_an_alarm_with_the_place_s_own_name(board: Callable[..., Board], owner: Client) -> None:
    """Beyond its limit for longer than it may; over when it is cold again."""
    frys = board("frys-1", "00000001")
    frys.reports((1, 35, -1150, 0))
    raised = eventually(lambda: alarms(owner).get(("place-temperature", "frys-1")), "the alarm")
    frys.reports((2, 35, -1800, 0))

    assert "Frysen vid kassan -11.5" == raised["detail"]
    eventually(
        lambda: alarms(owner).get(("place-temperature", "frys-1"), {}).get("state") in (None, "returned_unacked"),
        "it is cold again",
    )
    day = eventually(lambda: food(owner), "the log of the day")[0]
    assert ("Frysen vid kassan", -18.0, -11.5, -15.0) == (day["place"], day["low"], day["high"], day["above"])
    assert 1 <= day["out_min"] < day["known_min"] <= 10
    place = eventually(lambda: (one := places(owner)[0])["out_since"] is None and one, "it is cold in the log")
    assert ("frys-1", "freezer.temperature", -15.0) == (place["device"], place["signal"], place["above"])


def places(owner: Client) -> list[dict[str, Any]]:
    """The watched places as told last."""
    told = [json.loads(body)["places"] for topic, body in list(owner.heard) if topic == topics.food(SITE)]
    return list(told[-1])


def test_what_a_node_measures_reaches_the_owner_s_page(
    house: House, board: Callable[..., Board], tmp_path: Path
) -> None:
    """All the way, with the rights of the page's own account: value, limit, since when, the log, how the node is."""
    text = settings_text((SITE,), house.port, "site").replace(
        "[store]", f'user = "owner"\npassword_file = "{house.home / "owner"}"\n[store]'
    )
    page = Dashboard(tmp_path, text, "--clock", house.spec).start()
    try:
        frys = board("frys-1", "00000009")
        frys.says("status", online=1, rssi=-70, dropped=5)
        frys.reports((1, 35, -1230, 0))
        told = eventually(lambda: 'class="place-since">sedan ' in (html := page.get("/food")[1]) and html, "since", 60)
        rows = eventually(lambda: page.get("/food.csv")[1].splitlines()[1:], "a day", 60)
        first = eventually(lambda: "upp till 5 mätvärden" in (html := page.get("/")[1]) and html, "the node", 60)
    finally:
        page.kill()

    assert "Frysen vid kassan" in told
    assert ["För varmt", "12,3"] == [one for one in ("För varmt", "12,3") if one in told]
    assert ";Frysen vid kassan;frys-1;" in rows[0]
    assert "Frysen vid kassan" in first


def test_how_a_node_is_stands_beside_what_it_measures(board: Callable[..., Board], owner: Client) -> None:
    """Lost records, radio and sleep are values like others; what it says in many lines is one line of the log."""
    node = board("quiet-1", "00000007")
    node.says("birth", version=12, board="esp32", channels=[], reset="brownout")
    node.says("status", online=1, rssi=-88, heap=21_000, queued=7, dropped=3, asleep_s=60, refused="a\nROOT LOGIN")
    eventually(lambda: values(owner, "quiet-1").get("node.dropped", {}).get("value") == 3, "its health")
    shown = values(owner, "quiet-1")

    assert [-88, 21.0, 7, 60, 12, 0, "brownout"] == [
        shown[f"node.{name}"]["value"]
        for name in ("radio", "memory_free", "queued", "asleep", "program", "as_told", "restarted_by")
    ]


def test_one_node_s_flood_stops_at_its_own_bound(house: House, board: Callable[..., Board], owner: Client) -> None:
    """Twenty-six thousand records at once: no more than its share is kept, and another node is heard as ever."""
    flood, calm = board("tank-1", "00000005"), board("frys-1", "00000005")
    up, before = house.up(), len(house.rows("tank-1"))
    flood.reports((1, 30, 100, 0), up=up)
    for first in range(2, 26_002, 200):
        rows = [[seq, seq % up, 30, seq, 0] for seq in range(first, first + 200)]
        flood.says("report", history=1, up=up, records=rows)
    calm.reports((1, 35, -2111, 0))
    eventually(lambda: values(owner, "frys-1").get("freezer.temperature", {}).get("value") == -21.11, "the other", 60)
    eventually(lambda: "tells more records than can be kept" in house.gateway.said(), "a sentence", 60)

    grown = 20 * (house.up() - up)  # its share grows by one in fifty milliseconds of the product's time
    eventually(lambda: flood.mark() > 19_000, "its share is on the disk", 60)
    assert len(house.rows("tank-1")) - before < 20_500 + grown
    assert "ROOT LOGIN" not in [line.strip() for line in house.gateway.said().splitlines()]


def test_who_stands_in_no_settings_is_named_and_never_merged(board: Callable[..., Board], owner: Client) -> None:
    """An alarm says who it is; none of its values stands anywhere, and it is told no mark."""
    stranger = board("door-9", "00000009")
    stranger.says("birth", version=1, board="pico-w", channels=[], reset="power")
    stranger.reports((1, 30, 2000, 0))
    eventually(lambda: ("node-unknown", "site") in alarms(owner), "the alarm")

    said = eventually(
        lambda: (text := alarms(owner)["node-unknown", "site"]["detail"]) and "×" in text and text, "how often"
    )
    assert re.fullmatch(r"door-9 \(pico-w, ≥ 1 ×, 2026-09-21 \d\d:\d\d UTC\)", said)
    assert {} == values(owner, "door-9")
    assert 0 == stranger.mark()


def test_two_boards_under_one_name_are_believed_neither(board: Callable[..., Board], owner: Client) -> None:
    """A boot that comes back after another one is a second board: no value, an alarm, no mark."""
    twin = board("twin-1", "00000001")
    twin.reports((1, 30, 1000, 0))
    twin.reports((1, 30, 3000, 0), boot="00000002")
    twin.reports((2, 30, 1010, 0))
    eventually(lambda: ("node-doubled", "twin-1") in alarms(owner), "the alarm")

    shown = eventually(
        lambda: (one := values(owner, "twin-1")["room.temperature"]).get("quality") == "wrong_device" and one,
        "no value",
    )
    assert None is shown["value"]


def test_a_node_gets_its_settings_and_the_time_and_nothing_of_others(house: House, board: Callable[..., Board]) -> None:
    """What the gateway says is retained where it lasts; the list of rights keeps nodes apart."""
    tank, frys = board("tank-1", "00000003"), board("frys-1", "00000003")
    asked_s = house.up() - 100
    tank.client.says(topics.node_wish(SITE, "tank-1"), '{"v":1,"want":"time","number":61204}')
    tank.client.says(topics.node_report(SITE, "frys-1"), json.dumps({"v": 1, "boot": "0000000f", "up": 1, "records": [[1, 1, 35, 0, 0]]}))  # fmt: skip  # noqa: E501
    eventually(lambda: topics.node_time(SITE, "tank-1") in dict(tank.client.heard), "the time")
    for one in (tank, frys):
        eventually(lambda one=one: topics.node_config(SITE, one.name) in dict(one.client.heard), "settings")
    heard = dict(tank.client.heard)

    config = decode(heard[topics.node_config(SITE, "tank-1")], NodeConfig)
    assert {"diameter_mm": 1000, "length_mm": 1500, "shape": "lying"} == config.channels["10"]["tank"]
    assert {"10": 60, "30": 60} == config.rates
    assert (None, -1500) == decode(dict(frys.client.heard)[topics.node_config(SITE, "frys-1")], NodeConfig).limits["35"]
    told = decode(heard[topics.node_time(SITE, "tank-1")], NodeTime)
    assert (2, 61_204) == (told.clock, told.number)
    assert asked_s - 100 < told.wall - WALL_MS // 1000 < house.up()
    assert not [topic for topic in heard if "/node/tank-1/" not in topic]


async def real(house: House, folder: Path, name: str, **more: Any) -> Played:
    """The node's own program, as a board gets it, with that name."""
    password = (house.home / name).read_text().strip()
    link = {"user": name, "password": password, "client": name, "host": MACHINE, "port": house.nodes_port}
    waits = {"keepalive_s": 5, "answer_ms": 10_000, "first_pause_ms": 50, "longest_pause_ms": 500}
    (folder / "start").mkdir(exist_ok=True)
    start = {"site": SITE, "node": name, "link": link | waits} | more
    (folder / "start" / "node.json").write_text(json.dumps(start), "utf-8")
    return await play(PLAYER, str(folder), board=folder, program=released())


async def slept(house: House, folder: Path) -> int:
    """One wake of `doze-1` to its end, its clock is that of the house; when it fell asleep."""
    (folder / "start").mkdir(exist_ok=True)
    (folder / "start" / "clock").write_text(json.dumps({"ms": 1000 * house.up()}), "utf-8")
    node = await real(house, folder, "doze-1", sleep_s=30, retained=True)
    try:
        assert 0 == await asyncio.wait_for(node.process.wait(), 60)
    finally:
        await node.stop()
    return house.up()


async def test_a_sleep_is_no_fault_until_it_is_over_and_the_wake_brings_all_back(
    house: House, owner: Client, tmp_path: Path
) -> None:
    """The node's own program: its value grows old, is gone when it should have woken, and the wake brings it back."""
    ear = house.enter("gateway").asks(*(f"sot/1/{SITE}/node/doze-1/{what}" for what in ("birth", "report", "mark")))
    await slept(house, tmp_path)

    def all_told() -> list[dict[str, Any]]:
        pictures = [json.loads(body) for topic, body in list(owner.heard) if topic == topics.device(SITE, "doze-1")]
        known = (one for one in pictures if one["values"].get("room.temperature"))
        return list(dropwhile(lambda one: one["values"]["room.temperature"].get("value") is None, known))

    def rows() -> list[dict[str, Any]]:
        return [one["values"]["room.temperature"] for one in all_told()]

    shown = eventually(rows, "21.5")[0]
    lost = eventually(lambda: [at for at, one in enumerate(rows()) if one.get("quality")], "a fault", 60)[0]
    told = all_told()[: lost + 1]
    await slept(house, tmp_path)
    back = eventually(lambda: [one for one in rows()[lost:] if one.get("value")], "it is back", 60)[0]

    def heard(what: str) -> list[dict[str, Any]]:
        return [json.loads(body) for topic, body in list(ear.heard) if topic.endswith(f"/{what}")]

    def numbers() -> list[int]:
        return sorted(row[0] for row in {tuple(row) for body in heard("report") for row in body["records"]})

    (boot, mark), *_ = eventually(
        lambda: [one for one in heard("mark")[-1]["boots"].items() if one[1] == numbers()[-1]], "the last mark"
    )
    ear.leave()

    assert (21.5, 21.5) == (shown["value"], back["value"])
    assert told[-1]["head"]["up_ms"] > shown["up_ms"] + 120_000, "a fault while it may sleep"
    *before, at_last = [one["values"]["room.temperature"] for one in told]
    assert "comm_error" == at_last["quality"]
    assert [shown] * len(before) == before, "it grows old"
    assert back["up_ms"] > shown["up_ms"]
    assert [(boot, "power"), (boot, "sleep")] == [(one["boot"], one["reset"]) for one in heard("birth")]
    assert list(range(1, mark + 1)) == numbers(), "a gap, or a number of two records"
    assert "node doze-1 has lost" not in house.gateway.said()


async def test_the_node_s_own_program_reports_to_this_gateway(house: House, owner: Client, tmp_path: Path) -> None:
    """On the interpreter of the boards: it takes its settings from here, and what it measures is in the picture."""
    gateway = house.enter("gateway").asks(topics.node_mark(SITE, "real-1"))
    node = await real(house, tmp_path, "real-1")
    try:
        eventually(lambda: values(owner, "real-1").get("room.temperature", {}).get("value") == 21.5, "a value", 60)
        eventually(lambda: any(decode(body, NodeMark).boots for _, body in list(gateway.heard)), "a mark", 60)
    finally:
        await node.stop()
        gateway.leave()


HOSTILE = (
    "x", "{}", "[]", '{"boot":1}', "1e999", "[" * 9000, " " * MAX_NODE_MESSAGE, " " * (MAX_NODE_MESSAGE + 1),
    '{"v":1,"boot":"00000001","up":1,"records":[]}',
    '{"v":1,"boot":"00000001","up":1,"records":[[1,9,30,1,0]]}',
    '{"v":1,"boot":"00000001","up":1.5,"records":[[1,1,30,1,0]]}',
    '{"v":1,"boot":"00000001","up":1,"records":[[0,1,30,1,0]]}',
    '{"v":1,"boot":"00000001","up":1,"records":[[1,1,30,99999999999999,0]]}',
    '{"v":1,"boot":"../..","up":1,"records":[[1,1,30,1,0]]}',
    '{"v":1,"want":"piece","digest":"../../etc/passwd","offset":0,"size":9}',
)  # fmt: skip


def test_rubbish_on_every_topic_of_a_node_changes_nothing(
    house: House, board: Callable[..., Board], owner: Client
) -> None:
    """It costs a sentence in the log; the node's next good report is taken."""
    tank = board("tank-1", "00000004")
    for what in ("birth", "status", "report", "wish"):
        for text in HOSTILE:
            tank.client.says(f"sot/1/{SITE}/node/tank-1/{what}", text)
    tank.reports((1, 30, 777, 0))
    tank.says("report", retain=True, records=[[2, 1, 30, 888, 0]])
    eventually(lambda: values(owner, "tank-1").get("room.temperature", {}).get("value") == 7.77, "the good report")
    tank.client.says(topics.node_report(SITE, "tank-1"), "", retain=True)
    eventually(lambda: "node/tank-1/report: refused" in house.gateway.said(), "a sentence in the log")

    assert "Traceback" not in house.gateway.said()
