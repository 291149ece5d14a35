"""A device is known by what it answers, not by what the settings hope."""

import pytest

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire.identity import identify
from gateway.profiles.registry import load

DSE = load("dse-73xx-mkii")


def answered(manufacturer: int | None, model: int | None, quality: Quality = Quality.GOOD) -> dict[str, Value]:
    """The two identity values of a GenComm controller."""

    def value(number: int | None) -> Value:
        given = Quality.GOOD if number is not None else quality
        return Value(value=number, origin=Origin.MEASURED, up_ms=1, quality=given)

    return {"controller.manufacturer": value(manufacturer), "controller.model": value(model)}


@pytest.mark.parametrize(
    ("values", "fits"),
    [
        (answered(1, 32841), True),
        (answered(1, 32840), True),
        (answered(1, 32833), False),
        (answered(2, 32841), False),
        (answered(1, None, Quality.NOT_FITTED), False),
        (answered(None, 32841, Quality.BAD_DATA), False),
        (answered(None, None, Quality.COMM_ERROR), None),
        (answered(1, None, Quality.NOT_YET_READ), None),
        ({}, None),
    ],
)
def test_identity_is_compared_with_the_profile(values: dict[str, Value], fits: bool | None) -> None:
    """Both numbers must be listed; a device without them is another one; silence proves nothing."""
    assert fits is identify(DSE, values).fits


def test_identity_says_what_it_found() -> None:
    """A technician reads what the device calls itself and what was wanted."""
    sentence = "wrong device: controller.model is 32833, dse-73xx-mkii needs 32840 or 32841 or 32845 or 32846"

    assert sentence == identify(DSE, answered(1, 32833)).sentence


def test_profile_without_identity_accepts_any_device() -> None:
    """A meter that cannot prove what it is, is taken, and the sentence says so."""
    verdict = identify(load("eastron-sdm630"), {})

    assert verdict.fits is True
    assert "no identity" in verdict.sentence
