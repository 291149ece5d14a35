"""Litres from gauges, sticks and tables, against the figures of the fact sheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.facts import TankFacts
from gateway.core.fuel import tank

LYING = TankFacts(litres=1000.0, shape="lying_cylinder", height_cm=100.0, gauge="height")
TABLE = TankFacts(shape="table", table=((10.0, 50.0), (50.0, 400.0), (100.0, 1000.0)), gauge="height")
TANKS = st.sampled_from(
    [
        TankFacts(litres=1000.0),
        TankFacts(litres=1000.0, gauge="height", height_cm=80.0),
        LYING,
        TankFacts(litres=1000.0, shape="lying_cylinder", ends="dished", height_cm=100.0, gauge="height"),
        TankFacts(litres=600.0, shape="lying_cylinder", ends="dished", gauge="height"),
        TABLE,
        TankFacts(litres=1100.0, shape="table", table=TABLE.table, gauge="height", height_cm=110.0),
        TankFacts(litres=2.0, shape="lying_cylinder", ends="dished", height_cm=500.0, gauge="height"),
        TankFacts(),
    ]
)


@pytest.mark.parametrize(("height", "volume"), [(10, 5.2), (25, 19.6), (50, 50.0), (75, 80.4), (90, 94.8)])
def test_a_lying_cylinder_as_the_sheet_has_it(height: float, volume: float) -> None:
    """Percent of the height are not percent of the volume."""
    litres = tank.litres_of_percent(LYING, height)

    assert litres is not None
    assert volume == pytest.approx(litres / 10, abs=0.06)


def test_a_gauge_of_volume_asks_no_shape() -> None:
    """Where the controller tells percent of the volume, the shape was reckoned there."""
    lying = TankFacts(litres=1000.0, shape="lying_cylinder", height_cm=100.0, gauge="volume")

    assert 250 == tank.litres_of_percent(lying, 25)


def test_a_stick_goes_through_the_shape_whatever_the_gauge() -> None:
    """25 cm in a lying cylinder of one metre are 196 L of 1000."""
    lying = TankFacts(litres=1000.0, shape="lying_cylinder", height_cm=100.0, gauge="volume")

    assert 196 == pytest.approx(tank.litres_of_stick(lying, 25), abs=1)


def test_dished_ends_hold_less_below_and_more_in_the_middle_of_the_height() -> None:
    """Ends like a pressed ball: full, empty and half are the same, a quarter is less."""
    dished = TankFacts(litres=1000.0, shape="lying_cylinder", ends="dished", height_cm=100.0, gauge="height")
    at = {percent: tank.litres_of_percent(dished, percent) for percent in (0, 25, 50, 75, 100)}

    assert (0, 500, 1000) == pytest.approx((at[0], at[50], at[100]))
    # ends hold 200 of 1000 L here, and fill to 15.6 % at a quarter of the height
    assert 0.8 * 195.5 + 0.2 * 156.25 == pytest.approx(at[25], abs=0.1)
    assert 1000 == pytest.approx(at[25] + at[75])  # type: ignore[operator]


@pytest.mark.parametrize(
    ("cm", "litres"), [(0, 0), (5, 25), (10, 50), (30, 225), (50, 400), (75, 700), (100, 1000), (120, 1000)]
)
def test_a_strapping_table_is_read_between_its_rows(cm: float, litres: float) -> None:
    """Straight lines between rows, from an empty tank to the last row and no further."""
    assert litres == pytest.approx(tank.litres_of_stick(TABLE, cm))
    assert litres == pytest.approx(tank.litres_of_percent(TABLE, cm))


def test_a_table_alone_says_how_much_the_tank_holds() -> None:
    """Its last row, when nothing else is given."""
    assert 1000 == tank.full_l(TABLE)
    assert 1500 == tank.full_l(TankFacts(litres=1500.0, shape="table", table=TABLE.table))


def test_without_a_height_a_stick_says_nothing() -> None:
    """Centimetres of an unknown tank are no litres."""
    assert tank.litres_of_stick(TankFacts(litres=1000.0), 40) is None


def test_without_a_size_a_percent_says_nothing() -> None:
    """Percent of an unknown tank are no litres."""
    assert tank.litres_of_percent(TankFacts(), 60) is None
    assert tank.litres_of_stick(TankFacts(height_cm=100.0), 60) is None


@pytest.mark.parametrize(("litres", "usable"), [(600, 550), (50, 0), (0, 0), (51, 1)])
def test_what_lies_below_the_suction_pipe_is_not_counted(litres: float, usable: float) -> None:
    """Five percent of 1000 L."""
    assert usable == tank.usable_l(TankFacts(litres=1000.0), litres)


def test_of_a_tank_of_unknown_size_the_same_share_is_lost() -> None:
    """A node tells 400 L; 5 % of them."""
    assert 380 == tank.usable_l(TankFacts(), 400)


def test_a_gauge_is_coarser_where_the_tank_is_wide() -> None:
    """One percent of the height is 12.7 L in the middle of a lying cylinder of 1000 L, less near its top and bottom."""
    assert 12.7 == pytest.approx(tank.gauge_sd_l(LYING, 50), abs=0.1)
    assert tank.gauge_sd_l(LYING, 5) < 8
    assert 10 == tank.gauge_sd_l(TankFacts(litres=1000.0), 5)


def test_warmth_widens_how_much_there_is() -> None:
    """0.083 % per °C over ten degrees of 1000 L are 8.3 L."""
    assert 8.3 == pytest.approx(tank.with_warmth(1000, 0))
    assert 13.0 == pytest.approx(tank.with_warmth(1000, 10), abs=0.05)


@given(of=TANKS, ends=st.tuples(st.floats(-10, 150), st.floats(-10, 150)).map(sorted))
def test_more_percent_are_never_fewer_litres(of: TankFacts, ends: list[float]) -> None:
    """Monotone, within the tank, whatever its shape."""
    low, high = (tank.litres_of_percent(of, percent) for percent in ends)

    if low is None or high is None:
        assert 0 == tank.full_l(of)
        return
    assert -1e-9 <= low <= high + 1e-9 <= tank.full_l(of) + 1e-6
    assert 0 <= tank.usable_l(of, low) <= tank.usable_l(of, high) + 1e-9
    assert tank.gauge_sd_l(of, ends[0]) >= 0


@given(of=TANKS, ends=st.tuples(st.floats(0, 1000), st.floats(0, 1000)).map(sorted))
def test_more_centimetres_are_never_fewer_litres(of: TankFacts, ends: list[float]) -> None:
    """The same with a stick."""
    low, high = (tank.litres_of_stick(of, cm) for cm in ends)

    assert (low is None) is (high is None)
    if low is not None and high is not None:
        assert 0 <= low <= high + 1e-9
        assert tank.stick_sd_l(of, ends[1]) > 0
