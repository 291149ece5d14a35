"""What each sensor must be told: checked at the desk before a node ever sees it, and by the node with the same words.

What no option says alone is for the desk (`gateway/config_sensor.py`); on a node the drivers refuse it themselves.

A line of SENSORS: kind, units of the channels that it can be for, then its options: name, ! needed or ? not, and what
it must be: least-most (whole), `in` (an input with pull-up), `free` (without), `wake` (ends a deep sleep), `out`,
`adc`, `i2c` and `wire` (shared), `ins` (one to three), `key` (the signal of another channel), `rom`, `pair`, `pairs`,
`text`, `any`. A text, for on a chip a table costs more (see `channels.py`).
"""

SENSORS = """\
contact flag pin!in closed_is?0-1 on_ms?0-60000 off_ms?0-60000
supervised flag @ supply_pin?adc supply_input?0-3 closed_is?0-1 on_ms?0-60000 off_ms?0-60000
mains flag pins!ins loss_ms?200-1000 back_ms?10000-60000 per_period?1-2 wake_pin?wake
ds18b20 c°C pin!wire rom!rom
battery mV pin!adc upper_ohm!1000-10000000 lower_ohm!100-1000000 nominal_mv!12000-24000 mains?key
pulse count pin!in most_hz?1-1000 width_ms?0-1000
ultrasonic ml,permille trigger!out echo!free air!key ^
ultrasonic_uart ml,permille tx!out rx!free ask?0-255 air?key compensated?0-1 ^
loop ml,permille @ shunt_mohm!1-1000000 span_mm?pair span_water_mm?pair span_pa?pair density?600-1100 fuel?key *
resistive ml,permille @ supply_pin?adc supply_input?0-3 series_mohm!1000-100000000 points!pairs steps?0-1 #
part flag,mV,ms of!key mains?key
played flag,ml,permille,c°C,mV,ms,count values?any file?text look_ms?10-60000
"""
SHORT = {
    "@": "pin?adc input?0-3 sda?i2c scl?i2c address?72-75",
    "^": "sensor_mm!1-20000 blind_mm?10-2000 farthest_mm?100-20000 #",
    "*": "above_bottom_mm?0-20000 #",
    "#": "height_mm?1-20000",
}
FORMS = {
    "key": "the signal of another channel of this node",
    "rom": "16 hex digits, as a scan of its wire tells them",
    "pair": "two whole numbers, at 4 mA and at 20 mA",
    "pairs": "2 to 60 pairs [mohm, level_mm] of whole numbers",
}
OURS = ("signal", "sensor", "calibration", "tank")
PINS = {
    "esp32": {
        "in": (4, 5, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23, 25, 26, 27, 32, 33),
        "adc": (32, 33, 34, 35, 36, 37, 38, 39),
        "wake": (4, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39),
    },
    "pico-w": {"in": tuple(range(23)) + (26, 27, 28), "adc": (26, 27, 28), "wake": ()},
}
"""ESP32: without those of flash and console, and 0, 2 and 12: a contact that holds them keeps it from starting.

34 to 39 have no pull-up and drive nothing; with Wi-Fi only the first converter works. Pico W: 23 to 25 and 29 are the
radio's.
"""


class Options:
    """The options of one node's channels. `board`: its name, or "" while nobody knows; `others`: signal → options."""

    def __init__(self, board: str, others: "dict[str, dict[str, object]]") -> None:
        self._pins = PINS.get(board)
        self._others = others
        self._used: dict[str, str] = {}

    def check(self, signal: str, unit: str, told: "dict[str, object]") -> None:
        """Refuse what one channel is told by a ValueError with one sentence."""
        kind = told.get("sensor")
        at = ("\n" + SENSORS).find("\n%s " % kind) if isinstance(kind, str) else -1
        if at < 0 or (kind == "played" and self._pins):
            known = [line.split(" ")[0] for line in SENSORS.split("\n") if line]
            raise ValueError("sensor: %r is none of %s" % (kind, ", ".join(known)))
        line = SENSORS[at : SENSORS.find("\n", at)].split(" ")
        if unit not in line[1].split(","):
            raise ValueError("sensor: %s does not tell %s" % (kind, signal))
        fields = _fields(line[2:])
        for name in sorted(told):
            if name not in fields and name not in OURS:
                raise ValueError("%s: %s knows only %s" % (name, kind, ", ".join(sorted(fields))))
        for name in sorted(fields):
            needed, must = fields[name]
            if name in told:
                self._value(name, must, told[name])
            elif needed:
                raise ValueError("%s is missing" % name)

    def _value(self, name: str, must: str, value: object) -> None:
        if must == "ins":
            if not isinstance(value, (list, tuple)) or not 1 <= len(value) <= 3:
                raise ValueError("%s must be a list of one to three pins, not %r" % (name, value))
            for one in value:
                self._pin(name, "in", one)
        elif must in ("in", "free", "wake", "out", "adc", "i2c", "wire"):
            self._pin(name, must, value)
        elif not _is(must, value, self._others):
            raise ValueError("%s must be %s, not %r" % (name, FORMS.get(must, must), value))

    def _pin(self, name: str, must: str, pin: object) -> None:
        if not isinstance(pin, int) or isinstance(pin, bool) or not 0 <= pin <= 48:
            raise ValueError("%s must be the number of a pin, not %r" % (name, pin))
        if self._pins:
            can = self._pins[must if must in ("adc", "wake") else "in"]
            if must == "free":
                can = can + self._pins["adc"]
            if pin not in can:
                these = " ".join([str(one) for one in sorted(set(can))]) or "none"
                raise ValueError("%s: pin %d of this board cannot do that; these can: %s" % (name, pin, these))
        self.claim("pin %d" % pin, name if must in ("i2c", "wire") or name == "supply_pin" else "")

    def claim(self, what: str, shared: str = "") -> None:
        """Two may use it only under the same name."""
        if what in self._used and (not shared or self._used[what] != shared):
            raise ValueError("%s is used twice" % what)
        self._used[what] = shared


def _fields(words: "list[str]") -> "dict[str, tuple[bool, str]]":
    """name → (needed, what it must be)."""
    found: dict[str, tuple[bool, str]] = {}
    for word in words:
        if word in SHORT:
            found.update(_fields(SHORT[word].split(" ")))
            continue
        mark = "!" if "!" in word else "?"
        name, must = word.split(mark)
        found[name] = (mark == "!", must)
    return found


def _number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 0x40000000


def _is(must: str, value: object, others: "dict[str, dict[str, object]]") -> bool:
    """Is it of this form? true and false are whole numbers for options that are 0 or 1."""
    if "-" in must:
        low, high = [int(one) for one in must.split("-")]
        return isinstance(value, int) and low <= value <= high and (high == 1 or not isinstance(value, bool))
    if isinstance(value, str):
        return must in ("any", "text") or (must == "key" and value in others) or (must == "rom" and len(value) == 16)
    if isinstance(value, (list, tuple)):
        if must == "pairs":
            return 2 <= len(value) <= 60 and all(_is("pair", one, others) for one in value)
        return must == "any" or (must == "pair" and len(value) == 2 and _number(value[0]) and _number(value[1]))
    return False
