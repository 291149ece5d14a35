"""One line per signal: its value as people read it, or why it is missing, and how old it is."""

from typing import Literal

from msgspec import Struct

from contract import alarms, signals
from contract.freshness import age_ms, judge, limit_ms
from contract.messages import DeviceBirth, DevicePicture, Head, SignalBirth, Value
from contract.words import Freshness, Origin, Quality
from dashboard.core import numbers
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader, moment_of
from dashboard.core.site.sitewords import box_says, word

CALM = ("not_active", "inactive", "indication_inactive", "healthy", "disabled", "unimplemented")
"""Words of a controller's alarm condition that mean that nothing is wrong."""


class ValueRow(Struct, frozen=True, kw_only=True):
    """One signal. `shown` is None when there is no value, then `why` says why. `limit_ms`: older than this is old."""

    key: str
    name: str
    shown: str | None
    why: str
    freshness: Freshness
    age_ms: int | None
    ago: str
    limit_ms: int
    origin: str
    quality: str
    """The word of its quality, with the reason where one was given."""
    experimental: bool
    group: Literal["values", "conditions", "not_fitted"]


class DeviceValues(Struct, frozen=True, kw_only=True):
    """All signals of one device."""

    device: str
    name: str
    profile: str
    rows: tuple[ValueRow, ...]

    def group(self, name: str) -> list[ValueRow]:
        """The rows of one group."""
        return [row for row in self.rows if row.group == name]

    @property
    def missing(self) -> int:
        """How many signals have no value though they should."""
        return sum(row.shown is None and row.group != "not_fitted" for row in self.rows)


def device_values(picture: SitePicture, reader: Reader) -> tuple[DeviceValues, ...]:
    """Devices in the order of the birth; without a birth, all that were heard of."""
    births = picture.birth.devices if picture.birth else tuple(_assumed(one) for one in picture.devices.values())
    return tuple(_one_device(birth, picture, reader) for birth in births)


def _assumed(device: DevicePicture) -> DeviceBirth:
    return DeviceBirth(device=device.device, profile="?", name=device.device, signals=())


def _one_device(birth: DeviceBirth, picture: SitePicture, reader: Reader) -> DeviceValues:
    held = picture.devices.get(birth.device)
    values = dict(held.values) if held else {}
    known = {signal.key: signal for signal in birth.signals}
    keys = [*known, *(key for key in values if key not in known)]
    head = held.head if held else None
    rows = [value_row(key, known.get(key), values.get(key), head, picture, reader) for key in keys]
    return DeviceValues(device=birth.device, name=birth.name, profile=birth.profile, rows=tuple(rows))


def value_row(
    key: str, birth: SignalBirth | None, value: Value | None, head: Head | None, picture: SitePicture, reader: Reader
) -> ValueRow:
    """One signal of a device; `value` None when nothing has come of it yet."""
    period_s = birth.period_s if birth else picture.heartbeat_s
    age = None if value is None or head is None else age_ms(moment_of(head, value), picture.contact, reader.now)
    silence = None if picture.offline else picture.silence(reader.now)
    return ValueRow(
        key=key,
        name=signal_name(key, reader.language),
        shown=None if value is None else _shown(key, value, birth, reader.language),
        why=_quality(value, reader),
        freshness=judge(age, period_s, picture.heartbeat_s, silence, picture.told_every_s),
        age_ms=age,
        ago=reader.ago(age),
        limit_ms=limit_ms(period_s, picture.told_every_s),
        origin="" if value is None or value.origin is Origin.MEASURED else reader.phrase("origin", value.origin),
        quality=_quality(value, reader),
        experimental=bool(birth and birth.experimental),
        group=_group(key, value),
    )


def _quality(value: Value | None, reader: Reader) -> str:
    """The word of its quality, and in brackets what the box says of it."""
    if value is None:
        return reader.phrase("quality", Quality.NOT_YET_READ)
    word_of_it = reader.phrase("quality", value.quality)
    if value.reason in ("", value.quality.value):
        return word_of_it
    return f"{word_of_it} ({box_says(value.reason, reader.language)})"


def _group(key: str, value: Value | None) -> Literal["values", "conditions", "not_fitted"]:
    if value is not None and value.quality is Quality.NOT_FITTED:
        return "not_fitted"
    if key.startswith(signals.ALARM_PREFIX) and (value is None or value.value in CALM):
        return "conditions"
    return "values"


def source_name(source: str, picture: SitePicture, language: str) -> str:
    """`device/signal` as people call it: the device by its title, the signal by its name; a person by their own."""
    device, _, signal = source.partition("/")
    if device == "person":
        return signal
    titles = {one.device: one.name for one in picture.birth.devices} if picture.birth else {}
    title = titles.get(device, device)
    if list(titles.values()).count(title) > 1:  # two machines of one make: only their own names tell them apart
        title = f"{title}, {device}"
    return f"{title} ({signal_name(signal, language)})" if signal else title


def signal_name(key: str, language: str) -> str:
    """A signal's name for people; the key itself for one that the catalogue does not have."""
    known = signals.catalogue().get(key)
    if known:
        return known.sv if language == "sv" else known.en
    condition = alarms.catalogue().get(key.removeprefix(signals.ALARM_PREFIX))
    if condition:
        return condition.sv if language == "sv" else condition.en
    return key


def _shown(key: str, value: Value, birth: SignalBirth | None, language: str) -> str | None:
    """The value in words or figures; None when it is missing."""
    raw, known = value.value, signals.catalogue().get(key)
    if raw is None:
        return None
    if isinstance(raw, str):
        return word(raw, language)[:80]
    if known and known.kind == "flag":
        return {"sv": ("nej", "ja"), "en": ("no", "yes")}[language][bool(raw)]
    if known and known.kind == "code":
        return str(raw) if abs(raw) < 2**63 else "–"
    unit = birth.unit if birth else known.unit if known else ""
    return numbers.quantity(_bounded(raw), unit, known.deadband if known else 0.1, language)


def _bounded(raw: float) -> float:
    """A number that a screen can show: what is beyond reason becomes infinite, shown as a dash."""
    return float(raw) if abs(raw) < 1e15 else float("inf")
