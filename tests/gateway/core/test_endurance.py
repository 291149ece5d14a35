"""How long the fuel lasts, against the worked example of the fact sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Value
from contract.words import Quality
from gateway.core.endurance import endurance, litres_per_hour
from gateway.core.site import Memory, Site

from .conftest import at, facts, gone, good


def site(level: Value | None, kw: float | None) -> Site:
    """A site whose controller says this of tank and load."""
    values = {} if level is None else {"fuel.level": level}
    return Site(
        memory=Memory(), values={"genset": values | ({} if kw is None else {"generator.power": good(kw * 1000)})}
    )


def test_the_example_of_the_sheet() -> None:
    """56 kW, 15 kW load, 1000 L at 60 %: 6.2 L/h, 550 L usable, 89 h, 75 to 111 h."""
    told = endurance(site(good(60), 15), facts(), at(1))

    assert 6.2 == round(litres_per_hour(15, 56), 1)
    assert 89 == round(550 / litres_per_hour(15, 56))
    assert told is not None
    assert 75 == pytest.approx(told.low_h, abs=1)
    assert 111 == pytest.approx(told.high_h, abs=2)
    assert "model" == told.basis


def test_an_idling_set_burns_too() -> None:
    """At no load 0.042 L/h per rated kW: 2.4 L/h for 56 kW, and never zero."""
    assert 2.352 == pytest.approx(litres_per_hour(0, 56))
    assert litres_per_hour(-20, 56) == litres_per_hour(0, 56)


@pytest.mark.parametrize(("kw", "basis"), [(None, "model-at-design-load"), (0, "model-at-design-load"), (1.1, "model")])
def test_a_set_that_stands_is_counted_at_the_design_load(kw: float | None, basis: str) -> None:
    """The basis says which load was meant."""
    told = endurance(site(good(60), kw), facts(), at(1))

    assert told is not None
    assert basis == told.basis


@pytest.mark.parametrize("level", [None, gone(Quality.SENSOR_FAULT), gone(Quality.COMM_ERROR)])
def test_without_a_level_nobody_knows(level: Value | None) -> None:
    """No level is not an empty tank."""
    assert endurance(site(level, 15), facts(), at(1)) is None


def test_without_a_tank_nobody_knows() -> None:
    """A site that has not said how large its tank is gets no hours."""
    assert endurance(site(good(60), 15), facts(tank_litres=0.0), at(1)) is None


@pytest.mark.parametrize("level", [0, 3, 5])
def test_what_cannot_be_drawn_is_no_fuel(level: float) -> None:
    """Below the suction pipe there are zero hours."""
    told = endurance(site(good(level), 15), facts(), at(1))

    assert told is not None
    assert (0.0, 0.0) == (told.low_h, told.high_h)


def test_near_the_bottom_only_the_lower_end_is_told() -> None:
    """One percent of the tank is then more than what is left."""
    told = endurance(site(good(6), 15), facts(), at(1))

    assert told is not None
    assert 0 < told.low_h < 1
    assert told.high_h is None


@given(
    level=st.floats(0, 130),
    kw=st.floats(-100, 20_000),
    rated=st.floats(0.1, 10_000),
    tank=st.floats(0.1, 1_000_000),
    dead=st.floats(0, 50),
)
def test_it_is_an_interval_of_hours_whatever_is_measured(
    level: float, kw: float, rated: float, tank: float, dead: float
) -> None:
    """Never negative, never upside down, never a division by zero."""
    of = facts(rated_kw=rated, tank_litres=tank, dead_percent=dead, design_load_kw=0.0)
    told = endurance(site(good(level), kw), of, at(1))

    assert told is not None
    assert 0 <= told.low_h < 1e9
    assert told.high_h is None or told.low_h <= told.high_h < 1e9
