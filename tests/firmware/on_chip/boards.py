"""Every sensor from a configuration as the gateway writes it, on the board files themselves, with played pins.

Under MicroPython only.
"""

import gc

import machine
import onewire
from node.core import quality
from node.core.temperature import crc8

GOOD = quality.GOOD
UNKNOWN = (None, quality.NOT_YET_READ)
BOX = {"shape": "box", "length_mm": 1500, "width_mm": 1000, "height_mm": 1000}


def rom(last):
    """A thermometer's number, as a configuration has it."""
    body = bytes((0x28, 1, 2, 3, 4, 5, last))
    return (body + bytes((crc8(body),))).hex()


def warm(raw, mark=0x10):
    """Its scratchpad."""
    body = bytes((raw & 0xFF, raw >> 8 & 0xFF, 0x4B, 0x46, 0x7F, 0xFF, mark, 0x10))
    return body + bytes((crc8(body),))


def fit(board, channels):
    """Signal → input of a configuration; started."""
    from node.checking import checked
    from node.fitting import fitted

    config = {"channels": channels, "rates": {}, "limits": {}}
    machine.handlers.clear()
    inputs = fitted(config, checked(config, board), board)
    for one in inputs:
        one.driver.start()
    return {one.row[1]: one for one in inputs}


def refused(board, channels):
    """The sentence with which a configuration is refused."""
    try:
        fit(board, channels)
    except ValueError as why:
        return str(why)
    return ""


def esp32():
    """An ESP32."""
    from node.io.boards.esp32 import Esp32

    return Esp32("", {})


def pico_w():
    """A Pico W."""
    from node.io.boards.pico_w import PicoW

    return PicoW("", {})


def burst(inputs, signal, at_ms, more=()):
    """Look at a level for one burst, and at what else it needs; (what it says, ms of its end)."""
    one = inputs[signal]
    while True:
        for other in more:
            if at_ms >= inputs[other].due_ms:
                inputs[other].look(at_ms)
        if at_ms >= one.due_ms:
            told = one.look(at_ms)
            if one.driver.next_ms > 300 or at_ms > 200_000:
                return told, at_ms
        at_ms += 50


def test_mains_in_three_phases_and_their_parts():
    """One of three is gone: the whole is a word, each phase tells its own."""
    told = {"1": {"sensor": "mains", "pins": [25, 26, 27], "wake_pin": 33}}
    for number in (1, 2, 3):
        told[str(1 + number)] = {"sensor": "part", "of": "mains.present"}
    board = esp32()
    inputs = fit(board, told)
    for at in range(0, 5_000, 100):
        for pin in (25, 27):
            for _ in range(10):
                machine.handlers[pin](None)
        found = [inputs[key].look(at) for key in ("mains.present", "mains.present_l1", "mains.present_l2")]

    assert [(None, quality.IMPLAUSIBLE), (1, GOOD), (0, GOOD)] == found
    assert (1, GOOD) == inputs["mains.present_l3"].look(5_000)
    assert [33] == list(board.wakes)
    inputs["mains.present"].stop()
    assert [None, None, None] == [machine.handlers[pin] for pin in (25, 26, 27)]


def test_battery_its_start_and_its_charger():
    """Voltage, a start of a second between two looks, told at once, and a charger that does nothing for an hour."""
    told = {
        "1": {"sensor": "mains", "pins": [25]},
        "20": {"sensor": "battery", "pin": 35, "upper_ohm": 100_000, "lower_ohm": 15_000, "nominal_mv": 12_000,
               "mains": "mains.present"},
        "21": {"sensor": "part", "of": "engine.battery_voltage"},
        "22": {"sensor": "part", "of": "engine.battery_voltage"},
        "23": {"sensor": "part", "of": "engine.battery_voltage"},
    }  # fmt: skip
    inputs = fit(esp32(), told)
    battery, lowest, length = (
        inputs[key] for key in ("engine.battery_voltage", "engine.crank_voltage_min", "engine.crank_time")
    )
    machine.uv[35] = 1_643_478
    assert [(12_600, GOOD), UNKNOWN, UNKNOWN] == [one.look(0) for one in (battery, lowest, length)]
    assert 1_000 == lowest.glance(0)
    at = 100
    while at < 3_000:
        machine.uv[35] = 1_200_000 if 500 <= at < 1_500 else 1_643_478
        at += battery.glance(at)
    assert (9_200, GOOD) == lowest.look(at)
    assert lowest.driver.urgent
    assert 950 < length.look(at)[0] < 1_010
    lowest.look(at + 2_000)
    assert not lowest.driver.urgent
    inputs["mains.present"].last = (1, GOOD)
    charger = inputs["charger.failed"]
    battery.look(at)
    assert [UNKNOWN, (1, GOOD)] == [charger.look(at + ms) for ms in (0, 3_600_000)]


def test_ultrasonic_level_follows_the_air():
    """The same echo is less air in the cold; without the thermometer there is no litre, and its word is told."""
    told = {
        "10": {"sensor": "ultrasonic", "trigger": 5, "echo": 34, "air": "outdoor.temperature", "sensor_mm": 1_200,
               "tank": BOX},
        "31": {"sensor": "ds18b20", "pin": 4, "rom": rom(1)},
        "35": {"sensor": "ds18b20", "pin": 4, "rom": rom(2)},
    }  # fmt: skip
    inputs = fit(esp32(), told)
    onewire.scratchpads = {bytes.fromhex(rom(1)): warm(0xFEC0), bytes.fromhex(rom(2)): warm(0x0140)}
    machine.levels[34] = 0
    machine.echoes = [4_000] * 2_000
    more = ("outdoor.temperature", "freezer.temperature")
    coldly, at = burst(inputs, "fuel.litres", 0, more)
    assert [(-2_000, GOOD), (2_000, GOOD)] == [inputs[key].last for key in more]
    assert (843_200, GOOD) == coldly
    onewire.scratchpads[bytes.fromhex(rom(1))] = warm(0x0140)
    warmly, at = burst(inputs, "fuel.litres", at + 60_000, more)
    assert (770_400, GOOD) == warmly
    onewire.scratchpads[bytes.fromhex(rom(1))] = bytes(9)
    assert (None, quality.SENSOR_FAULT) == burst(inputs, "fuel.litres", at + 60_000, more)[0]


def test_module_on_a_serial_line():
    """One that knows the temperature itself needs no thermometer; silent, it is a word and no old litre."""
    told = {"11": {"sensor": "ultrasonic_uart", "tx": 17, "rx": 16, "compensated": 1, "sensor_mm": 1_200,
                   "height_mm": 1_000}}  # fmt: skip
    inputs = fit(esp32(), told)
    one, at = inputs["fuel.level"], 0
    while one.driver.next_ms <= 300:
        machine.lines[-1].heard = b"\xff\x02\xbc\xbd"
        told = one.look(at)
        at += 300
    assert (500, GOOD) == told
    assert (None, quality.COMM_ERROR) == burst(inputs, "fuel.level", at + 61_000)[0]


def test_loop_of_board_and_of_ads1115():
    """12 mA of a span in millimetres, in water, in pascal; a break and a chip that is gone are words."""
    board = esp32()
    inputs = fit(board, {"10": {"sensor": "loop", "pin": 36, "shunt_mohm": 100_000, "span_mm": [0, 1_000],
                                "tank": BOX}})  # fmt: skip
    machine.uv[36] = 1_200_000
    assert (750_000, GOOD) == burst(inputs, "fuel.litres", 0)[0]
    machine.uv[36] = 0
    assert (None, quality.SENSOR_FAULT) == burst(inputs, "fuel.litres", 100_000)[0]
    for span, litres in (("span_water_mm", 750_000), ("span_pa", 764_800)):
        told = {"sensor": "loop", "input": 2, "sda": 21, "scl": 22, "shunt_mohm": 100_000, "tank": BOX}
        told.update({span: [0, 8_000 if span == "span_pa" else 800], "density": 800, "above_bottom_mm": 0})
        inputs = fit(board, {"10": told})
        machine.chips[0x48] = [0, 0, 1_200_000, 0]
        assert (litres, GOOD) == burst(inputs, "fuel.litres", 0)[0]
    machine.chips.clear()
    assert (None, quality.COMM_ERROR) == burst(inputs, "fuel.litres", 100_000)[0]


def test_chain_of_reeds_on_two_boards():
    """A step, whatever the supply; on a Pico W by its own converter, for a ratio needs no calibration."""
    chain = {"points": [[10_000, 0], [20_000, 250], [40_000, 500], [80_000, 1_000]], "steps": 1, "sensor": "resistive",
             "series_mohm": 40_000, "tank": BOX}  # fmt: skip
    inputs = fit(esp32(), {"10": dict(chain, input=0, supply_input=3, sda=21, scl=22)})
    machine.chips[0x48] = [1_500_000, 0, 0, 3_000_000]
    assert (750_000, GOOD) == burst(inputs, "fuel.litres", 0)[0]
    inputs = fit(pico_w(), {"10": dict(chain, pin=26, supply_pin=27)})
    machine.uv.update({26: 1_000_000, 27: 2_000_000})
    assert (750_000, GOOD) == burst(inputs, "fuel.litres", 0)[0]


def test_doors_and_pulses():
    """A contact, a loop that tells a cut wire, a count."""
    told = {
        "50": {"sensor": "contact", "pin": 32},
        "51": {"sensor": "supervised", "pin": 34, "supply_pin": 35},
        "13": {"sensor": "contact", "pin": 33, "closed_is": 1, "on_ms": 5_000, "off_ms": 10_000},
        "64": {"sensor": "pulse", "pin": 19, "width_ms": 0},
    }
    inputs = fit(esp32(), told)
    machine.uv.update({34: 1_200_000, 35: 2_400_000})
    machine.levels[33] = 0
    for at in (0, 60, 5_000):
        found = [inputs[key].look(at) for key in ("door.engine_room", "door.tank", "fuel.low_switch")]
    assert [(1, GOOD), (0, GOOD), (1, GOOD)] == found
    machine.uv[34] = 2_400_000
    assert (None, quality.SENSOR_FAULT) == inputs["door.tank"].look(5_100)
    inputs["input.count_1"].look(0)
    for _ in range(3):
        machine.handlers[19](None)
    assert (3, GOOD) == inputs["input.count_1"].look(1_000)


def test_a_pico_is_believed_after_two_points():
    """Its converter is 30 mV off: a voltage is `not_calibrated` until somebody has measured."""
    told = {"sensor": "battery", "pin": 26, "upper_ohm": 100_000, "lower_ohm": 15_000, "nominal_mv": 12_000}
    machine.uv[26] = 1_643_478
    raw = fit(pico_w(), {"20": dict(told)})["engine.battery_voltage"]
    assert (None, quality.NOT_CALIBRATED) == raw.look(0)
    known = fit(pico_w(), {"20": dict(told, calibration=[[12_230, 12_000], [14_230, 14_000]])})
    assert (12_370, GOOD) == known["engine.battery_voltage"].look(0)


def test_what_cannot_be_is_refused_before_a_pin_is_touched():
    """One sentence that names the channel; nothing of the configuration is taken."""
    door = {"sensor": "contact", "pin": 32}
    wrong = (
        ({"50": {"sensor": "contact"}}, "channel 50: pin is missing"),
        ({"50": dict(door, pin=34)}, "channel 50: pin: pin 34 of this board cannot do that; these can: 4 5 13"),
        ({"50": dict(door, pin=12)}, "channel 50: pin: pin 12 of this board cannot"),
        ({"50": dict(door, pin="32")}, "channel 50: pin must be the number of a pin"),
        ({"50": dict(door, pinn=1)}, "channel 50: pinn: contact knows only closed_is, off_ms, on_ms, pin"),
        ({"50": door, "51": dict(door)}, "channel 51: pin 32 is used twice"),
        ({"50": dict(door, on_ms=60_001)}, "channel 50: on_ms must be 0-60000, not 60001"),
        ({"50": {"sensor": "played", "values": [1]}}, "channel 50: sensor: 'played' is none of contact, supervised"),
        ({"50": {"sensor": None}}, "channel 50: sensor: None is none of"),
        ({"50": []}, "channel 50: its options are no table"),
        ({"99": door}, "channel 99: not known to this program"),
        ({"x": door}, "channel x: invalid"),
        ({"31": door}, "channel 31: sensor: contact does not tell outdoor.temperature"),
        ({"31": {"sensor": "ds18b20", "pin": 4, "rom": "28010203040506ff"}}, "channel 31: ds18b20: the number must be"),
        ({"2": {"sensor": "part", "of": "mains.present"}}, "channel 2: of must be the signal of another channel"),
        ({"2": {"sensor": "part", "of": []}}, "channel 2: of must be the signal of another channel"),
        ({"1": {"sensor": "mains", "pins": []}}, "channel 1: pins must be a list of one to three pins"),
        ({"10": {"sensor": "loop", "pin": 36, "shunt_mohm": 150_000, "span_mm": [0, 1_000], "tank": BOX}},
         "channel 10: loop: 3300 mV over the shunt at 22 mA is more than this input can read"),
        ({"10": {"sensor": "loop", "pin": 36, "shunt_mohm": 100_000, "span_mm": [0, 1_000], "tank": {"shape": "x"}}},
         "channel 10: tank: shape must be"),
    )  # fmt: skip
    board = esp32()
    for channels, sentence in wrong:
        gc.collect()
        found = refused(board, channels)
        assert found.startswith(sentence), found
    assert "these can: none" in refused(pico_w(), {"1": {"sensor": "mains", "pins": [2], "wake_pin": 3}})


def test_what_ends_a_deep_sleep():
    """A shut door that opens and mains that go; a door that stands open would end it at once, and does not."""
    import esp32 as chip

    board = esp32()
    told = {"50": {"sensor": "contact", "pin": 26}, "51": {"sensor": "contact", "pin": 33}}
    told["1"] = {"sensor": "mains", "pins": [25], "wake_pin": 27}
    machine.levels.update({26: 0, 33: 1, 27: 0})
    fit(board, told)
    board.sleep(900)

    assert [26, 27] == sorted(chip.waking)
    assert [900_000] == machine.slept
    machine.levels.clear()


def test_retained_memory_is_handed_out_once():
    """What fits is kept, what does not is refused, and no mark counts twice."""
    for board, most in ((esp32(), 2048), (pico_w(), 27)):
        assert board.remember(b"x" * most)
        assert not board.remember(b"x" * 2049)
        assert board.recall() in (b"x" * most, b"")
        assert board.remember(b"AB")
        assert b"AB" == bytes(board.recall())
        assert b"" == bytes(board.recall())
