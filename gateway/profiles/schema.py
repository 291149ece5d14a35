"""What a device profile may say, and what is made of it. `checks.py` compares it with the catalogues.

A profile is one TOML file: `[link]` how to ask, `[[block]]` what may be read, `[absent]` codes that mean "no value",
`[words.<name>]` closed lists of words, `[[identity]]` how the device proves what it is, `[[signal]]` one row per
signal, `[[alarms]]` four alarms per register, `[[alarm_bits]]` one alarm per bit. `[defaults]` fills what a row leaves
out. `like` at the top names a profile whose rows this one has, too, where it does not say otherwise.

Addresses are 0-based, as on the wire. A value is raw × scale in `unit`. Bit 0 and nibble 0 are the lowest.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contract.words import Place, Quality

Type = Literal["u16", "s16", "u32", "s32", "u64", "s64", "f32", "bit", "bits", "text", "record"]
Rate = Literal["fast", "slow", "once"]
Evidence = Literal["2", "2f", "2d", "1d", "1f", "1", "X"]
Function = Literal[1, 2, 3, 4]
"""Coils, discrete inputs, holding registers, input registers: what reads, and nothing else."""
BIT_FUNCTIONS = (1, 2)
"""An address is one bit there, not one register."""

WIDTH: dict[str, int] = {"u16": 1, "s16": 1, "u32": 2, "s32": 2, "u64": 4, "s64": 4, "f32": 2, "bit": 1}
"""Addresses per type; a text, and several coils or inputs together ("bits"), say themselves how many they take."""
LEAST_RECORD = 3
"""Registers of a record of a list of alarms: reserved, level and status, text."""
NONE_SET = -1
"""In a list of words by bit: the word when none of its bits is set."""
WEAK = ("1", "X")
"""Evidence that was never seen on a machine, or is contradicted: such rows must be marked experimental."""
ALARM_WORDS = {
    0: "disabled",
    1: "inactive",
    2: "warning",
    3: "shutdown",
    4: "trip",
    5: "controlled_shutdown",
    8: "indication_inactive",
    9: "indication_inactive",
    10: "indication_active",
}
"""GenComm alarm nibbles. 6 and 7 are reserved; 15 is unimplemented."""
ALARM_ABSENT = {15: Quality.NOT_FITTED}
LEVELS = ("indication_active", "warning", "controlled_shutdown", "trip", "shutdown")
"""What an alarm that is one bit can mean when it is set, mildest first."""

Address = Annotated[int, Meta(ge=0, le=65535)]
Line = Annotated[str, Meta(min_length=1, max_length=300)]
Codes = tuple[tuple[int, Quality], ...]
"""Pairs of raw bit pattern and quality."""


class ProfileFault(ValueError):
    """A profile that cannot be used. `faults` holds one sentence each, with file and row."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything that stands in a profile file."""


class Link(Strict, frozen=True, kw_only=True):
    """How the device wants to be asked. `pause_s` is quiet on the line before each request to it."""

    function: Function
    word_order: Literal["big", "little"]
    max_words: Annotated[int, Meta(ge=1, le=125)]
    max_bits: Annotated[int, Meta(ge=1, le=2000)] = 128
    timeout_s: Annotated[float, Meta(gt=0, le=60)]
    pause_s: Annotated[float, Meta(ge=0, le=10)] = 0.0
    holes: Literal["readable", "forbidden"]


class Range(Strict, frozen=True, kw_only=True):
    """Registers first…last that may be read. `probe`: not on every model, a refusal means *not fitted*."""

    first: Address
    last: Address
    title: str = ""
    function: Function | None = None
    probe: bool = False


class Identity(Strict, frozen=True, kw_only=True):
    """A signal that must have one of these values, else another device answers; a text must begin with one of them."""

    key: str
    one_of: Annotated[tuple[int | str, ...], Meta(min_length=1)]


class Absent(Strict, frozen=True, kw_only=True):
    """Bit patterns that mean "no value", by type."""

    u16: Codes = ()
    s16: Codes = ()
    u32: Codes = ()
    s32: Codes = ()
    u64: Codes = ()
    s64: Codes = ()


class Defaults(Strict, frozen=True, kw_only=True):
    """What a row says when it does not say it itself."""

    rate: Rate | None = None
    evidence: Evidence | None = None
    source: Line | None = None


class Plus(Strict, frozen=True, kw_only=True):
    """A register (u16) in which a value counts on, as minutes do beside hours; at `below` it begins again."""

    at: Address
    scale: float
    below: Annotated[int, Meta(ge=2, le=65535)]


class SignalRow(Strict, frozen=True, kw_only=True):
    """One `[[signal]]` as it stands in the file. `absent` adds to, or with `good` takes from, the type's codes."""

    key: str
    at: Address
    type: Type | None = None
    """u16 where it does not say so; a coil or input is a bit."""
    scale: float = 1
    unit: str = ""
    valid: tuple[float, float] | None = None
    zero: bool = False
    """0 is valid, too, beside a range that does not hold it: a frequency is 0 or near that of the mains."""
    absent: Codes = ()
    words: str | None = None
    bit: Annotated[int, Meta(ge=0, le=15)] | None = None
    nibble: Annotated[int, Meta(ge=0, le=3)] | None = None
    length: Annotated[int, Meta(ge=1, le=64)] | None = None
    """Registers of a text, or of one record of a list of alarms; coils or inputs that one word is made of, the first
    of them bit 0."""
    by_bit: bool = False
    """`words` are numbers of bits: the first of the list that is set is told, so the order is the rank. −1: none is."""
    inverted: bool = False
    """A flag that is true where its bit is 0."""
    witness: str | None = None
    """A signal of this device that is not zero where a zero here is true: the device says 0 for "no data", too."""
    function: Function | None = None
    rate: Rate | None = None
    evidence: Evidence | None = None
    source: Line | None = None
    experimental: bool = False
    place: Place | None = None
    models: tuple[int, ...] = ()
    """Models of a device that says itself where they stand; `at` and `scale_at` count from the model's number."""
    scale_at: Address | None = None
    """Where its exponent stands (s16): the value is raw × scale × 10^exponent, both read in one request."""
    plus: Plus | None = None
    """raw × scale + the number there × its scale, both read in one request."""
    tens_of: str | None = None
    """A signal of this device, read once: the value is raw × scale × 10^n, where n is its number of digits less one."""


class AlarmGroup(Strict, frozen=True, kw_only=True):
    """`[[alarms]]`: four per register from `first` on, the first of them in the top nibble; `skip` nibbles are left."""

    first: Address
    order: Annotated[tuple[str, ...], Meta(min_length=1)]
    skip: Annotated[int, Meta(ge=0, le=3)] = 0
    function: Function | None = None
    rate: Rate | None = None
    evidence: Evidence | None = None
    source: Line | None = None
    experimental: bool = False


class AlarmBits(Strict, frozen=True, kw_only=True):
    """`[[alarm_bits]]`: one alarm per bit from `at` on, of `level` where it is set; an empty name is left out.

    Of registers the bits 0…15 of each in turn, of coils and inputs one address each. One alarm may have several bits
    of different levels: the gravest that is set is told.
    """

    at: Address
    order: Annotated[tuple[str, ...], Meta(min_length=1)]
    level: Literal["indication_active", "warning", "controlled_shutdown", "trip", "shutdown"] = "warning"
    models: tuple[int, ...] = ()
    bit: Annotated[int, Meta(ge=0, le=15)] = 0
    inverted: bool = False
    function: Function | None = None
    rate: Rate | None = None
    evidence: Evidence | None = None
    source: Line | None = None
    experimental: bool = False


class Head(Strict, frozen=True, kw_only=True):
    """The top of the file. `unknown`: what is not known of the device, a sentence each, for the table of devices."""

    name: Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    title: Line
    maker: Line
    family: Line
    source: Line
    kind: Literal["generator_controller", "meter", "ups", "transfer_switch", "inputs"]
    default_unit: Annotated[int, Meta(ge=1, le=247)] = 1
    experimental: bool = False
    unknown: tuple[Line, ...] = ()
    discover: Literal["", "sunspec"] = ""
    """How the device says itself where its models stand: there are no blocks then, and signals name their models."""
    like: str = ""
    drop: tuple[str, ...] = ()
    """Signals of `like` that this family has not."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One signal, ready for use: all defaults and codes are filled in.

    `absent` maps a raw bit pattern to its quality. For a bit it is that of the whole register (a register of ones is
    missing, not sixteen alarms); for a nibble that of the nibble (four nibbles of ones are four missing alarms).
    """

    key: str
    function: int
    at: int
    type: Type
    scale: float = 1
    unit: str = ""
    valid: tuple[float, float] | None = None
    zero: bool = False
    absent: dict[int, Quality] = {}
    words: dict[int, str] | None = None
    bit: int | None = None
    nibble: int | None = None
    length: int = 1
    by_bit: bool = False
    inverted: bool = False
    witness: str | None = None
    steady_s: float = 0.0
    """So long a contact must stand before it is believed; the site's settings say it."""
    big: bool = True
    rate: Rate = "slow"
    evidence: str = ""
    source: str = ""
    experimental: bool = False
    place: Place | None = None
    models: tuple[int, ...] = ()
    scale_at: int | None = None
    plus: Plus | None = None
    tens_of: str | None = None
    label: str = ""

    @property
    def count(self) -> int:
        """Addresses it takes: registers, or one coil or input."""
        return WIDTH.get(self.type, self.length)

    @property
    def end(self) -> int:
        """The address after its last one."""
        return self.at + self.count

    @property
    def beside(self) -> int | None:
        """The register that must come in one answer with the value: its exponent, or where it counts on."""
        return self.plus.at if self.plus is not None else self.scale_at

    @property
    def first(self) -> int:
        """The first address of what must come in one answer."""
        beside = self.beside
        return self.at if beside is None else min(self.at, beside)

    @property
    def stop(self) -> int:
        """The address after the last of what must come in one answer."""
        beside = self.beside
        return self.end if beside is None else max(self.end, beside + 1)

    @property
    def flag(self) -> bool:
        """Is it one bit, of a register or by itself?"""
        return self.bit is not None or self.type == "bit"

    @property
    def mask(self) -> int:
        """Which bits of its registers it owns, as one number."""
        if self.bit is not None:
            return 1 << self.bit
        if self.nibble is not None:
            return 0xF << 4 * self.nibble
        if self.by_bit and self.type != "bits":
            return sum(1 << bit for bit in self.words or () if 0 <= bit < 16 * self.count)
        return (1 << 16 * self.count) - 1


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One device family. `rows` are sorted by function and address, alarms among them."""

    head: Head
    link: Link
    blocks: tuple[Range, ...]
    identity: tuple[Identity, ...]
    rows: tuple[Row, ...]

    @property
    def name(self) -> str:
        """The name by which a settings file asks for it."""
        return self.head.name

    def row(self, key: str) -> Row:
        """The row of one signal; KeyError for a stranger."""
        for row in self.rows:
            if row.key == key:
                return row
        raise KeyError(key)
