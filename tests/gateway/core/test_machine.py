"""What a computer says of itself in text: numbers, nothing of the kind, or garbage with a reason."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import example, given
from hypothesis import strategies as st

from contract.words import Quality
from gateway.core.box import machine
from gateway.core.box.machine import DAY_MS, Certificate, Missing, Space, Supply

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOON_MS = int(NOON.timestamp() * 1000)
KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(days: float) -> x509.Certificate:
    """A certificate that runs out so many days after noon."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(NOON - timedelta(days=1000))
        .not_valid_after(NOON + timedelta(days=days))
        .sign(KEY, hashes.SHA256())
    )


def file(*days: float, name: str = "ca.pem") -> Certificate:
    """A file with these certificates, one after another."""
    return Certificate(name, b"".join(certificate(one).public_bytes(serialization.Encoding.PEM) for one in days))


def quality(found: machine.Found) -> Quality | None:
    """The quality of what is missing."""
    return found.quality if isinstance(found, Missing) else None


@pytest.mark.parametrize(
    ("expected", "free", "usable"), [(100.0, 50, 50), (0.0, 0, 50), (33.3, 1, 3), (0.1, 1, 1000), (0.0, 1, 10**9)]
)
def test_free_space_is_a_share_of_what_may_be_used(expected: float, free: int, usable: int) -> None:
    """A full disk is 0, which is a number and not a missing value."""
    assert expected == machine.disk_free(Space(free, usable))


@pytest.mark.parametrize("space", [Space(0, 0), Space(-1, 5), Space(6, 5)])
def test_space_that_cannot_be_is_bad_data(space: Space) -> None:
    """A file system without blocks, or with more free ones than there are."""
    assert Quality.BAD_DATA is quality(machine.disk_free(space))


def test_a_store_that_cannot_be_asked_is_a_fault_with_its_reason() -> None:
    """The card fell out: not 0, and not as if there had never been one."""
    assert Missing(Quality.SENSOR_FAULT, "/data: Input/output error") == machine.disk_free("/data: Input/output error")


@pytest.mark.parametrize(
    ("expected", "wear"),
    [
        (None, ()),
        (10, ("0x01 0x01\n",)),
        (30, ("0x01 0x03\n",)),
        (30, ("0x03 0x01",)),
        (100, ("0x0A 0x00\n",)),
        (110, ("0x0B 0x01\n",)),
        (20, ("0x02",)),
        (90, ("0x01 0x01\n", "0x09 0x01\n")),
    ],
)
def test_wear_is_that_of_the_worst_cells_of_the_worst_card(expected: int | None, wear: tuple[str, ...]) -> None:
    """Steps of ten percent, upper end; beyond its life is more than 100; an SD card has no such file."""
    assert expected == machine.card_worn(wear)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (Quality.NOT_FITTED, "0x00 0x00\n"),
        (Quality.BAD_DATA, "0x0C 0x01"),
        (Quality.BAD_DATA, "0xFF 0xFF"),
        (Quality.BAD_DATA, ""),
        (Quality.BAD_DATA, "worn 0x01"),
        (Quality.BAD_DATA, "-0x1"),
    ],
)
def test_wear_that_is_not_told_is_not_zero(expected: Quality, text: str) -> None:
    """`Not defined` is not fitted; reserved codes and garbage are bad data."""
    assert expected is quality(machine.card_worn([text]))


@pytest.mark.parametrize(
    ("expected", "text"), [(None, None), (48.3, "48312\n"), (0.0, "0\n"), (-31.5, "-31500"), (150.0, "150000")]
)
def test_temperature_comes_in_thousandths(expected: float | None, text: str | None) -> None:
    """Zero and frost are numbers."""
    assert expected == machine.temperature(text)


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (Quality.BAD_DATA, ""),
        (Quality.BAD_DATA, "hot\n"),
        (Quality.BAD_DATA, "48.3"),
        (Quality.BAD_DATA, "\ufffd\ufffd"),
        (Quality.IMPLAUSIBLE, "-274000\n"),
        (Quality.IMPLAUSIBLE, "9" * 30),
    ],
)
def test_temperature_that_cannot_be_is_missing(expected: Quality, text: str) -> None:
    """Garbage of a driver never becomes an alarm of heat."""
    assert expected is quality(machine.temperature(text))


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ((None, False), Supply()),
        ((0, False), Supply(alarm="0\n")),
        ((1, False), Supply(alarm="1\n")),
        ((0, False), Supply(throttled="0\n")),
        ((1, True), Supply(throttled="50005\n")),
        ((0, True), Supply(throttled="0x50000")),
        ((0, False), Supply(throttled="80008")),
        ((0, False), Supply(alarm="0", throttled="50005")),
        ((1, True), Supply(alarm="what", throttled="50005")),
    ],
)
def test_supply_is_what_the_driver_says_or_else_the_firmware(expected: tuple, told: Supply) -> None:
    """Only bits 0 and 16 speak of the voltage; heat (3, 19) is another matter."""
    assert expected == machine.supply(told)


@pytest.mark.parametrize("told", [Supply(alarm="x"), Supply(throttled="five"), Supply(alarm="", throttled="-1")])
def test_supply_in_garbage_is_bad_data(told: Supply) -> None:
    """Neither well nor too low."""
    found, noted = machine.supply(told)

    assert (Quality.BAD_DATA, False) == (quality(found), noted)


@given(st.text(max_size=5000))
@example("0x" * 2000)
@example("9" * 4300)
def test_any_text_is_a_number_or_missing_with_a_short_reason(text: str) -> None:
    """Whatever a driver says, nothing is raised and no reason fills the message."""
    found = [
        machine.temperature(text), machine.card_worn([text]), machine.supply(Supply(alarm=text))[0],
        machine.supply(Supply(throttled=text))[0],
    ]  # fmt: skip
    for one in found:
        assert isinstance(one, int | float) or (isinstance(one, Missing) and 0 < len(one.reason) < 500)


@pytest.mark.parametrize(
    ("expected", "days"),
    [
        (30, (30.0,)),
        (0, (0.9,)),
        (-1, (-0.1,)),
        (7, (400.0, 7.5)),
        (400, (-200.0, 400.0)),
        (-3, (-200.0, -2.5)),
    ],
)
def test_the_first_certificate_that_still_holds_counts(expected: int, days: tuple[float, ...]) -> None:
    """Whole days, rounded down; a leftover beside a good one counts for nothing, and below 0 all have run out."""
    assert expected == machine.certificate_days([file(*days)], (), NOON_MS)


def test_the_worst_of_files_and_servers_counts() -> None:
    """An authority that holds for years helps nobody whose broker's certificate ends on Friday."""
    files = [file(3000.0, name="a"), file(90.0, name="b")]

    assert 90 == machine.certificate_days(files, (), NOON_MS)
    assert 4 == machine.certificate_days(files, (NOON_MS + 4 * DAY_MS,), NOON_MS)
    assert 12 == machine.certificate_days([], (NOON_MS + 12 * DAY_MS,), NOON_MS)


def test_without_a_clock_nobody_knows_how_many_days_are_left() -> None:
    """A box without time must not cry that everything has run out, nor that it has not."""
    assert Quality.NOT_YET_READ is quality(machine.certificate_days([file(-5.0)], (0,), None))


@pytest.mark.parametrize(
    ("expected", "one"),
    [
        (Quality.SENSOR_FAULT, Certificate("ca.pem", None, "No such file or directory")),
        (Quality.BAD_DATA, Certificate("ca.pem", b"")),
        (Quality.BAD_DATA, Certificate("ca.pem", b"\xff\xfe")),
        (Quality.BAD_DATA, Certificate("ca.pem", file(3.0).body[:200])),
    ],
)
def test_a_certificate_that_cannot_be_read_is_named(expected: Quality, one: Certificate) -> None:
    """Not there, empty, garbage, cut short; also when another file is well."""
    found = machine.certificate_days([file(9.0), one], (), NOON_MS)

    assert expected is quality(found)
    assert "ca.pem" in found.reason


def test_a_server_that_was_not_seen_is_unknown() -> None:
    """The system's authorities are believed, and the link has not been up."""
    assert Quality.NOT_YET_READ is quality(machine.certificate_days([], (), NOON_MS))


def test_grace_of_the_sites_own_certificate_does_not_count() -> None:
    """It is made to run thirty days longer than was agreed: the agreed days are told, below 0 in the grace."""
    own = [msgspec.structs.replace(file(one), ours=True) for one in (95.0, 20.0)]

    assert [65, -10] == [machine.certificate_days([one], (), NOON_MS) for one in own]
    assert 65 == machine.certificate_days([file(300.0), own[0]], (NOON_MS + 95 * DAY_MS,), NOON_MS)


def test_the_end_of_a_served_certificate() -> None:
    """As the wire gives it, and None for what is no certificate."""
    der = certificate(5).public_bytes(serialization.Encoding.DER)

    assert NOON_MS + 5 * DAY_MS == machine.served_end(der)
    assert machine.served_end(b"nonsense") is None
