"""Polls one after the other: what counts as a change, and what the wire was like."""

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire.rounds import Rounds, Wire


def reading(value: float | None, quality: Quality = Quality.GOOD, reason: str = "") -> Value:
    """A value as a poll tells it."""
    return Value(value=value, origin=Origin.MEASURED, up_ms=1, quality=quality, reason=reason)


def silent(reason: str) -> Value:
    """No answer."""
    return reading(None, Quality.COMM_ERROR, reason)


def test_rounds_tell_what_changed_last() -> None:
    """The first round changes nothing; a change stays with the round in which it was seen."""
    rounds = Rounds().then({"a": reading(1), "b": reading(1)}).then({"a": reading(2), "b": reading(1)})

    assert (2, ["a"], 1) == (rounds.number, rounds.changed(), rounds.changes["a"].before.value)
    assert [] == rounds.then({"a": reading(2)}).changed()
    assert 2 == rounds.then({"a": reading(2)}).changes["a"].round


def test_rounds_another_reason_is_a_change_another_silence_is_none() -> None:
    """A sender that breaks is news; a device that is silent in other words is not."""
    rounds = Rounds().then({"a": reading(None, Quality.NOT_FITTED), "b": silent("no answer within 1 s")})
    rounds = rounds.then({"a": reading(None, Quality.SENSOR_FAULT), "b": silent("it is asked again in 5 s")})

    assert ["a"] == rounds.changed()


def test_rounds_keep_what_was_not_read() -> None:
    """What is slow is not read in every round and does not vanish meanwhile."""
    rounds = Rounds().then({"slow": reading(7), "fast": reading(1)}).then({"fast": reading(2)})

    assert 7 == rounds.values["slow"].value


def test_wire_tells_its_share_of_errors() -> None:
    """Lost and garbled answers count, refusals do not; no question is no error."""
    wire = Wire(asked=40, silent=1, garbled=2, refused=5, again=3, slowest_s=0.0304)

    assert 7.5 == wire.error_percent
    assert (
        "40 requests, 7.5 % errors (1 without answer, 2 garbled), 3 asked again, 5 refused, slowest answer 30 ms"
        == wire.sentence
    )
    assert 0.0 == Wire(asked=0, silent=0, garbled=0, refused=0, again=0, slowest_s=0).error_percent
