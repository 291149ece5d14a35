"""The sensors of a node in the settings: each can be told, and what cannot be is one sentence at the desk."""

from pathlib import Path

import pytest

from doors.settings import SettingsFault
from gateway.config_node import config_of
from tests.gateway.test_config_node import NODE, plan


def measured(sensor: str, signal: str, options: str) -> str:
    """One channel."""
    return f'[[node.channel]]\nsensor = "{sensor}"\nsignal = "{signal}"\noptions = {{{options}}}\n'


DOOR = '[[node.channel]]\nsensor = "contact"\nsignal = "door.engine_room"\noptions = {pin = 32}\n'
TANK = 'tank = {shape = "box", length_mm = 1500, width_mm = 1000, height_mm = 1000}\n'
BATTERY = '[[node.channel]]\nsensor = "battery"\nsignal = "engine.battery_voltage"\n'
LOOP = '[[node.channel]]\nsensor = "loop"\nsignal = "fuel.litres"\n' + TANK
AIR = measured("ds18b20", "outdoor.temperature", 'pin = 4, rom = "28ff641e83160349"')
ESP32 = NODE + 'board = "esp32"\n'


EVERY_SENSOR = (
    ESP32
    + DOOR
    + AIR
    + measured("mains", "mains.present", "pins = [25, 26, 27], wake_pin = 39")
    + "".join(measured("part", f"mains.present_l{n}", 'of = "mains.present"') for n in (1, 2, 3))
    + measured("ultrasonic", "fuel.litres", 'trigger = 5, echo = 34, air = "outdoor.temperature", sensor_mm = 1200')
    + TANK
    + measured(
        "battery", "engine.battery_voltage", "pin = 35, upper_ohm = 100000, lower_ohm = 15000, nominal_mv = 12000"
    )
    + measured("part", "engine.crank_voltage_min", 'of = "engine.battery_voltage"')
    + measured("part", "engine.crank_time", 'of = "engine.battery_voltage"')
    + measured("part", "charger.failed", 'of = "engine.battery_voltage", mains = "mains.present"')
    + measured("supervised", "door.cabinet", "input = 0, supply_input = 3, sda = 21, scl = 22")
    + measured("supervised", "door.tank", "input = 1, supply_input = 3, sda = 21, scl = 22")
    + measured("pulse", "input.count_1", "pin = 19")
    + measured("contact", "fuel.low_switch", "pin = 33, closed_is = 1, on_ms = 5000, off_ms = 10000")
)
LEVELS = {
    "loop": "pin = 36, shunt_mohm = 100000, span_pa = [0, 10000], density = 832",
    "resistive": "pin = 36, supply_pin = 39, series_mohm = 100000, points = [[10000, 0], [180000, 1000]]",
    "ultrasonic_uart": "tx = 17, rx = 16, compensated = 1, sensor_mm = 1200",
}


def test_every_sensor_can_be_told_to_a_node(tmp_path: Path) -> None:
    """Nothing is wrong with them, on one board or one by one."""
    whole = plan(tmp_path, EVERY_SENSOR).settings.node[0]
    levels = [plan(tmp_path, ESP32 + measured(sensor, "fuel.litres", told) + TANK) for sensor, told in LEVELS.items()]

    assert 15 == len(config_of(whole).channels)
    assert list(LEVELS) == [one.settings.node[0].channel[0].sensor for one in levels]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            ESP32 + DOOR.replace("32", "34"),
            "channel door.engine_room: pin: pin 34 of this board cannot do that; these can: 4",
        ),
        (ESP32 + DOOR.replace("32", "12"), "pin: pin 12 of this board cannot do that"),
        (NODE + 'board = "pico-w"\n' + DOOR.replace("32", "29"), "pin: pin 29 of this board cannot do that"),
        (NODE + DOOR.replace("32", "99"), "pin must be the number of a pin, not 99"),
        (NODE + DOOR.replace("pin = 32", "pim = 32"), "pim: contact knows only closed_is, off_ms, on_ms, pin"),
        (NODE + DOOR.replace("pin = 32", ""), "pin is missing"),
        (NODE + DOOR.replace("pin = 32", "pin = 32, sensor = 1"), "options: sensor is none; it stands beside them"),
        (NODE + DOOR + DOOR.replace("engine_room", "tank"), "channel door.tank: pin 32 is used twice"),
        (NODE + DOOR.replace("contact", "reed"), "sensor: 'reed' is none of contact, supervised, mains"),
        (NODE + DOOR + "calibration = [[0, 1], [2, 3]]\n", "calibration: only numbers have one"),
        (NODE + AIR + "calibration = [[0, 1]]\n", "calibration: two points [read, true] are needed"),
        (NODE + AIR.replace("0349", "034a"), "rom: 28ff641e8316034a is mistyped"),
        (
            NODE + AIR + AIR.replace("outdoor", "room"),
            "channel room.temperature: the thermometer 28ff641e83160349 is used twice",
        ),
        (NODE + AIR.replace("outdoor.temperature", "fuel.litres"), "sensor: ds18b20 does not tell fuel.litres"),
        (
            NODE
            + measured(
                "ultrasonic", "fuel.litres", 'trigger = 5, echo = 34, air = "room.temperature", sensor_mm = 1200'
            )
            + TANK,
            "air must be the signal of another channel of this node, not 'room.temperature'",
        ),
        (
            NODE
            + DOOR
            + measured(
                "ultrasonic", "fuel.litres", 'trigger = 5, echo = 34, air = "door.engine_room", sensor_mm = 1200'
            )
            + TANK,
            "air: door.engine_room is measured by none of ds18b20",
        ),
        (
            NODE + LOOP + "options = {pin = 36, input = 1, shunt_mohm = 100000, span_mm = [0, 1000]}\n",
            "one of pin (of the board) and input (of an ADS1115) must be named",
        ),
        (NODE + LOOP + "options = {input = 1, shunt_mohm = 100000, span_mm = [0, 1000]}\n", "sda is missing"),
        (
            NODE + LOOP + "options = {pin = 36, shunt_mohm = 100000}\n",
            "one of span_mm, span_water_mm, span_pa must say",
        ),
        (NODE + LOOP + "options = {pin = 36, shunt_mohm = 100000, span_pa = [0, 9]}\n", "density is missing"),
        (ESP32 + LOOP + "options = {pin = 36, shunt_mohm = 150000, span_mm = [0, 1000]}\n", "use a smaller shunt"),
        (
            NODE + LOOP.replace(TANK, "") + "options = {pin = 36, shunt_mohm = 100000, span_mm = [0, 1000]}\n",
            "tank: fuel.litres needs",
        ),
        (
            ESP32 + BATTERY + "options = {pin = 35, upper_ohm = 80000, lower_ohm = 15000, nominal_mv = 12000}\n",
            "more than this input can read (2450 mV)",
        ),
        (
            NODE + BATTERY + "options = {pin = 35, upper_ohm = 80000, lower_ohm = 15000, nominal_mv = 13000}\n",
            "12000 or 24000",
        ),
        (
            NODE + DOOR + measured("part", "mains.present_l1", 'of = "door.engine_room"'),
            "mains.present_l1 is no part of door",
        ),
        (
            NODE
            + measured("mains", "mains.present", "pins = [25]")
            + measured("part", "mains.present_l2", 'of = "mains.present"'),
            "of: mains.present watches 1 phases",
        ),
        (NODE + measured("supervised", "door.tank", "pin = 36"), "supply_pin is missing"),
    ],
)
def test_a_sensor_that_cannot_be_is_refused_at_the_desk(tmp_path: Path, text: str, sentence: str) -> None:
    """Before a node ever sees it: a wrong pin, an unknown option, a pin used twice, a wire that is not there."""
    with pytest.raises(SettingsFault) as told:
        plan(tmp_path, text)

    assert sentence in str(told.value)
