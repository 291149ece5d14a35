"""What a capture keeps of a device's words, and what it puts in place of what is private."""

import pytest

from contract.words import Origin
from gateway.core.wire.capture import captured
from gateway.core.wire.decode import decode
from gateway.core.wire.plan import Block
from gateway.profiles.registry import load, registry
from gateway.profiles.schema import Row

PRIVATE = [
    (profile.name, row)
    for profile in registry().values()
    for row in profile.rows
    if row.key.endswith((".serial", ".name")) and not profile.head.discover
]


@pytest.mark.parametrize(("name", "row"), PRIVATE, ids=lambda one: one.key if isinstance(one, Row) else one)
def test_capture_hides_every_serial_number_and_name(name: str, row: Row) -> None:
    """Of every profile: what comes out decodes to something, and nothing of what went in is left."""
    block = Block(row.function, row.at, row.count)
    secret = [0x4142 + place for place in range(row.count)]
    found = captured(load(name), {block: secret})
    words = [found.cells[row.function, at] for at in range(row.at, row.end)]
    value = decode([row], block, words, 0, Origin.MEASURED)[row.key].value

    assert (row.key,) == found.replaced
    assert [] == [word for word in words if word in secret]
    assert value in ("CAPTURED"[: 2 * row.count], 12345678 % 2 ** (16 * row.count) * row.scale)


def test_capture_leaves_what_is_missing_missing() -> None:
    """A controller without a serial number has none afterwards either."""
    row = load("dse-73xx-mkii").row("controller.serial")
    found = captured(load("dse-73xx-mkii"), {Block(row.function, row.at, row.count): [0xFFFF, 0xFFFF]})

    assert (0xFFFF, 0xFFFF) == tuple(found.cells.values())
    assert () == found.replaced
