"""What the box's own computer says of itself → numbers, or what is missing and why.

The texts are those of Linux' sysfs as `io/box.py` found them; None where there is nothing of the kind.
"""

from collections.abc import Iterable

import msgspec
from cryptography import x509

from contract.certificates import GRACE_DAYS
from contract.words import Quality

HOT_C = (-60, 150)
"""A processor outside of these does not run; the text is garbage."""
UNDERVOLTAGE_NOW, UNDERVOLTAGE_BEEN = 1 << 0, 1 << 16
"""Bits of the Raspberry Pi firmware's `get_throttled`: now, and since the firmware last cleared them."""
WORN_OUT = 0x0B
DAY_MS = 86_400_000


class Missing(msgspec.Struct, frozen=True):
    """No value, and why."""

    quality: Quality
    reason: str


Found = float | int | Missing | None
"""None: this computer has nothing of the kind."""


class Space(msgspec.Struct, frozen=True):
    """A file system, in blocks: what a program may still write, and what it may use at all."""

    free: int
    usable: int


class Supply(msgspec.Struct, frozen=True):
    """`alarm` is that of the driver rpi_volt (hwmon), `throttled` the firmware's word in hexadecimal."""

    alarm: str | None = None
    throttled: str | None = None


class Certificate(msgspec.Struct, frozen=True):
    """A file of the settings: what lies in it, or None with why it cannot be read.

    `ours`: the site's own, which is made to run a grace longer than was agreed; only the agreed days count.
    """

    name: str
    body: bytes | None
    why_not: str = ""
    ours: bool = False


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One look at the machine. `served` is the certificate that the centre's broker showed (DER), on the link now."""

    space: Space | str
    """Or why it cannot be told."""
    wear: tuple[str, ...] = ()
    heat: str | None = None
    certificates: tuple[Certificate, ...] = ()
    served: bytes | None = None


def disk_free(space: Space | str) -> Found:
    """Percent of the file system that the store may still fill; a full one has 0."""
    if isinstance(space, str):
        return Missing(Quality.SENSOR_FAULT, space)
    if space.usable <= 0 or not 0 <= space.free <= space.usable:
        return Missing(Quality.BAD_DATA, f"{space.free} of {space.usable} blocks")
    return round(100 * space.free / space.usable, 1)


def card_worn(wear: Iterable[str]) -> Found:
    """Percent of its life that the most worn card has used, at most (JEDEC: steps of 10 %, 0x0B is beyond its life).

    eMMC tells of two kinds of cells, of which the worse counts. SD cards do not tell: they have no such file.
    """
    steps: list[int] = []
    texts = list(wear)
    for text in texts:
        words = [_hexadecimal(word) for word in text.split()]
        if not words or any(word is None or word > WORN_OUT for word in words):
            return Missing(Quality.BAD_DATA, f"life_time says {text.strip()[:40]!r}")
        steps += [word for word in words if word]  # 0x00: not defined
    if steps:
        return 10 * max(steps)
    return Missing(Quality.NOT_FITTED, "the card does not tell of its wear") if texts else None


def temperature(heat: str | None) -> Found:
    """°C of the processor; sysfs tells of thousandths."""
    if heat is None:
        return None
    try:
        thousandths = int(heat)
    except ValueError:
        return Missing(Quality.BAD_DATA, f"temp says {heat.strip()[:40]!r}")
    if not HOT_C[0] * 1000 <= thousandths <= HOT_C[1] * 1000:
        return Missing(Quality.IMPLAUSIBLE, f"temp says {heat.strip()[:40]}, in thousandths of a degree")
    return round(thousandths / 1000, 1)


def supply(told: Supply) -> tuple[Found, bool]:
    """Is the supply too low now (1, 0), and has the firmware noted that it was?

    The driver comes first: where it runs it clears the firmware's notes every two seconds, and newer kernels complain
    in their log when the firmware's word is read all the same.
    """
    if told.alarm is not None and told.alarm.strip() in ("0", "1"):
        return int(told.alarm), False
    bits = None if told.throttled is None else _hexadecimal(told.throttled)
    if bits is not None:
        return int(bool(bits & UNDERVOLTAGE_NOW)), bool(bits & UNDERVOLTAGE_BEEN)
    garbage = told.throttled if told.alarm is None else told.alarm
    return None if garbage is None else Missing(Quality.BAD_DATA, f"undervoltage says {garbage.strip()[:40]!r}"), False


def certificate_days(files: Iterable[Certificate], served: Iterable[int], wall_ms: int | None) -> Found:
    """Whole days until the first certificate runs out that the links rest on; below 0 when it has.

    `served` are the ends of what servers showed. Nobody can tell without knowing what day it is.
    """
    if wall_ms is None:
        return Missing(Quality.NOT_YET_READ, "the clock is not known, so nobody can tell what day it is")
    firsts = list(served)
    for file in files:
        ends = _ends(file)
        if isinstance(ends, Missing):
            return ends
        # one that ran out beside others that hold is a leftover of a change, and does not count
        firsts.append(min((end for end in ends if end > wall_ms), default=max(ends)))
    if not firsts:
        return Missing(Quality.NOT_YET_READ, "the centre's certificate has not been seen in this run")
    return (min(firsts) - wall_ms) // DAY_MS


def _ends(file: Certificate) -> list[int] | Missing:
    if file.body is None:
        return Missing(Quality.SENSOR_FAULT, f"{file.name}: {file.why_not}")
    try:
        ends = [_end_ms(one) for one in x509.load_pem_x509_certificates(file.body)]
    except ValueError:
        return Missing(Quality.BAD_DATA, f"{file.name} holds no certificate that can be read")
    return [end - GRACE_DAYS * DAY_MS for end in ends] if file.ours else ends


def served_end(served: bytes) -> int | None:
    """When the certificate of a server runs out, wall clock in ms; None when it cannot be read."""
    try:
        return _end_ms(x509.load_der_x509_certificate(served))
    except ValueError:
        return None


def _end_ms(certificate: x509.Certificate) -> int:
    return int(certificate.not_valid_after_utc.timestamp() * 1000)


def _hexadecimal(text: str) -> int | None:
    """0x50005 or 50005, as drivers please."""
    try:
        number = int(text, 16)
    except ValueError:
        return None
    return number if number >= 0 else None
