"""Contacts that bounce are told when they stand, and what is missing is told at once."""

from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire.steady import Stood, steadied
from gateway.profiles.schema import Row

ROW = Row(key="mains.present", function=2, at=0, type="bit", steady_s=2.0)
FREE = Row(key="engine.speed", function=3, at=0, type="u16")


def said(value: float | None, up_ms: int, key: str = "mains.present") -> dict[str, Value]:
    """What a contact says at a moment; None is no answer."""
    quality = Quality.GOOD if value is not None else Quality.COMM_ERROR
    return {key: Value(value=value, origin=Origin.MEASURED, up_ms=up_ms, quality=quality, reason="" if value is not None else "silent")}  # fmt: skip  # noqa: E501


def told(story: list[tuple[int, float | None]]) -> list[float | None]:
    """What is told of a contact that says so at each moment (ms)."""
    stood: dict[str, Stood] = {}
    found = []
    for up_ms, value in story:
        values, stood = steadied([ROW], said(value, up_ms), stood)
        assert up_ms == values["mains.present"].up_ms
        found.append(values["mains.present"].value)
    return found


def test_steady_change_is_told_when_it_has_stood() -> None:
    """Two seconds, no less; the moment of acquisition stays that of the answer."""
    assert [1, 1, 1, 0] == told([(0, 1), (1000, 0), (2999, 0), (3000, 0)])


def test_steady_bounce_is_never_told() -> None:
    """Each break begins the time anew."""
    assert [1, 1, 1, 1, 1, 0] == told([(0, 1), (1000, 0), (2500, 1), (2600, 0), (4500, 0), (4600, 0)])


def test_steady_first_word_is_told_at_once() -> None:
    """There is nothing that it could contradict; nor is there after a silence."""
    assert [0] == told([(0, 0)])
    assert [1, None, 0] == told([(0, 1), (100, None), (200, 0)])


def test_steady_silence_is_told_at_once() -> None:
    """Old is never fresh."""
    assert [1, None] == told([(0, 1), (1, None)])


def test_steady_leaves_other_values_alone() -> None:
    """A number without a time of its own moves as it likes; a row that did not come is not invented."""
    values, stood = steadied([ROW, FREE], said(5, 0, "engine.speed"), {})

    assert ({"engine.speed": 5}, {}) == ({key: value.value for key, value in values.items()}, stood)


@given(st.lists(st.tuples(st.integers(1, 3000), st.sampled_from([0.0, 1.0, None])), min_size=1, max_size=40))
def test_steady_tells_only_what_was_said_for_its_time(steps: list[tuple[int, float | None]]) -> None:
    """A change told between two values was said in every answer of the last two seconds; a missing one always is."""
    story, now = [], 0
    for step, value in steps:
        now += step
        story.append((now, value))
    before: float | None = None
    for place, ((up_ms, value), one) in enumerate(zip(story, told(story), strict=True)):
        assert (one is None) == (value is None)
        if None not in (one, before) and one != before:
            last = [(at, it) for at, it in story[: place + 1] if at > up_ms - 2000]
            assert {it for _, it in last} == {one}
        before = one
