"""What a profile makes of a device's answer, for the tests of profiles."""

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire.decode import decode
from gateway.core.wire.plan import Block
from gateway.profiles.schema import Profile

UP_MS = 600_000


def registers(text: str) -> list[int]:
    """Registers from hexadecimal text, four digits each."""
    return [int(word, 16) for word in text.split()]


def heard(profile: Profile, start: int, words: list[int], function: int | None = None) -> dict[str, Value]:
    """All signals whose cells lie wholly in these words from `start` on; of coils and inputs a word is one bit."""
    of = function or profile.link.function
    rows = [row for row in profile.rows if row.function == of and start <= row.first and row.stop <= start + len(words)]
    return decode(rows, Block(of, start, len(words)), words, UP_MS, Origin.MEASURED)


def one(profile: Profile, key: str, text: str) -> tuple[float | str | None, Quality]:
    """Value and quality of one signal from its own cells."""
    row = profile.row(key)
    block = Block(row.function, row.first, row.stop - row.first)
    value = decode([row], block, registers(text), UP_MS, Origin.MEASURED)[key]
    return value.value, value.quality


def told(values: dict[str, Value]) -> dict[str, float | str | None]:
    """The values alone."""
    return {key: value.value for key, value in values.items()}


def raised(values: dict[str, Value]) -> dict[str, float | str | None]:
    """The alarms among them that are not at rest, with their words."""
    calm = ("inactive", "disabled", "indication_inactive")
    return {
        key.removeprefix("alarm."): value.value
        for key, value in values.items()
        if key.startswith("alarm.") and value.value not in calm
    }


def data_of(frame: str) -> list[int]:
    """The registers in an answer as it was on a serial line: unit, function, count, data, checksum."""
    raw = bytes.fromhex(frame)
    data = raw[3:-2]
    assert raw[2] == len(data)
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]
