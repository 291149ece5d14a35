"""The DS18B20's nine bytes and its lies. Runs under CPython and MicroPython."""

from node.core import quality, temperature


def scratchpad(raw, config=0x7F, mark=None):
    """Nine bytes as a sensor sends them."""
    mark = (0x10 - (raw & 0xF)) if mark is None else mark
    body = bytes((raw & 0xFF, raw >> 8 & 0xFF, 0x4B, 0x46, config, 0xFF, mark, 0x10))
    return body + bytes((temperature.crc8(body),))


def test_degrees_of_the_data_sheet():
    """The table of the maker, in hundredths, halves away from zero."""
    expected = ((0x07D0, 12500), (0x0191, 2506), (0x00A2, 1013), (8, 50), (0, 0), (0xFFF8, -50), (0xFE6F, -2506))
    for raw, centi in expected:
        assert (centi, quality.GOOD) == temperature.decoded(scratchpad(raw)), raw
    assert (-5500, quality.GOOD) == temperature.decoded(scratchpad(0xFC90))


def test_check_byte_of_the_data_sheet():
    """The power-on scratchpad as it is printed everywhere ends in 0x1C."""
    assert 0x1C == temperature.crc8(bytes((0x50, 0x05, 0x4B, 0x46, 0x7F, 0xFF, 0x0C, 0x10)))


def test_eighty_five_degrees_that_nobody_measured():
    """The value of power-on is no temperature; a true 85.0 °C is."""
    assert (None, quality.BAD_DATA) == temperature.decoded(scratchpad(0x0550, mark=0x0C))
    assert (None, quality.NOT_YET_READ) == temperature.decoded(scratchpad(0x0550), False)
    assert (8500, quality.GOOD) == temperature.decoded(scratchpad(0x0550))


def test_shorted_line_is_no_frost():
    """Nine zeros have a right check and would be 0.0 °C."""
    assert 0 == temperature.crc8(bytes(9))
    assert (None, quality.SENSOR_FAULT) == temperature.decoded(bytes(9))


def test_bytes_that_are_no_sensor():
    """Ones, a wrong check, a configuration that does not exist, too few bytes, a number beyond the sensor."""
    assert (None, quality.COMM_ERROR) == temperature.decoded(b"\xff" * 9)
    for config in range(256):
        known = config in (0x1F, 0x3F, 0x5F, 0x7F)
        assert known is (temperature.decoded(scratchpad(0x0191, config))[0] is not None), config
    assert (None, quality.BAD_DATA) == temperature.decoded(b"\x91\x01")
    assert (None, quality.BAD_DATA) == temperature.decoded(scratchpad(0x0800))


def test_every_flipped_bit_is_seen():
    """No single bit of a scratchpad can change the temperature unseen."""
    good = scratchpad(0x0191)
    for bit in range(72):
        bad = bytearray(good)
        bad[bit // 8] ^= 1 << bit % 8
        assert (None, quality.COMM_ERROR) == temperature.decoded(bytes(bad)), bit


def test_unused_bits_of_a_coarse_conversion():
    """At 9 bits the lowest three mean nothing."""
    assert (2500, quality.GOOD) == temperature.decoded(scratchpad(0x0197, 0x1F))
    assert (2550, quality.GOOD) == temperature.decoded(scratchpad(0x019F, 0x1F))
