"""What carries the way out, read from texts as Linux and ModemManager write them, and how often it was gone."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.words import Quality
from gateway.core.box import bearer
from gateway.core.box.bearer import BearerLook, Outages, default_interface, received, seen, totals
from gateway.core.box.machine import Missing

ROUTES = """Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wwan0\t00000000\t01D8640A\t0003\t0\t0\t700\t00000000\t0\t0\t0
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
wlan0\t00000000\t0101A8C0\t0002\t0\t0\t50\t00000000\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
"""
ROUTES6 = """00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe80000000000000021f45fffe001122 00000400 00000001 00000000 00450003     eth1
00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo
"""  # noqa: E501
WIRELESS = """Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
 wlan0: 0000   49.  -61.  -256        0      0      0      0    112        0
"""
MODEM = json.dumps({"modem": {
    "3gpp": {"operator-code": "24001", "operator-name": "Telia", "registration-state": "home"},
    "generic": {"access-technologies": ["lte"], "model": "EG25-G", "signal-quality": {"recent": "yes", "value": "67"},
                "state": "connected"},
}})  # fmt: skip
SIGNAL = json.dumps({"modem": {"signal": {
    "5g": {"error-rate": "--", "rsrp": "--", "rsrq": "--", "snr": "--"},
    "gsm": {"error-rate": "--", "rssi": "--"},
    "lte": {"error-rate": "--", "rsrp": "-104.00", "rsrq": "-12.00", "rssi": "-73.00", "snr": "9.40"},
    "refresh": {"rate": "30"},
    "umts": {"ecio": "--", "error-rate": "--", "rscp": "--", "rssi": "--"},
}}})  # fmt: skip
MOBILE = BearerLook(interface="wwan0", uevent="DEVTYPE=wwan\nINTERFACE=wwan0\n", hardware="519\n", modem=MODEM,
                    modem_signal=SIGNAL)  # fmt: skip
HOUR = 3_600_000


def test_the_way_out_is_the_default_route_with_the_least_metric() -> None:
    """One that is down does not count; IPv6 counts alike; loopback is no way out."""
    assert "eth0" == default_interface(ROUTES)
    assert "eth1" == default_interface("", ROUTES6)
    assert "eth0" == default_interface(ROUTES, ROUTES6)
    assert "" == default_interface("", "")


@pytest.mark.parametrize("name", ["..", "a/b", "x" * 40, "."])
def test_an_interface_is_a_name_and_no_path(name: str) -> None:
    """It becomes part of a path in sysfs."""
    assert "" == default_interface(f"head\n{name}\t00000000\t0\t0003\t0\t0\t1\t00000000\t0\t0\t0\n")


@pytest.mark.parametrize(
    ("expected", "look"),
    [
        ("ethernet", BearerLook(interface="eth0", uevent="INTERFACE=eth0\n", hardware="1\n")),
        ("wifi", BearerLook(interface="wlan0", uevent="DEVTYPE=wlan\n", hardware="1\n", wireless=WIRELESS)),
        ("mobile", MOBILE),
        ("mobile", BearerLook(interface="ppp0", hardware="512\n")),
        ("mobile", BearerLook(interface="wwan0", hardware="1\n")),
        ("other", BearerLook(interface="wg0", hardware="65534\n")),
    ],
)
def test_what_carries_is_told_by_the_kernel(expected: str, look: BearerLook) -> None:
    """Device type, hardware and, for a modem that poses as a cable, its name."""
    assert expected == bearer.bearer(look)


def test_no_way_out_is_said() -> None:
    """A cable that is pulled is no other bearer."""
    told = bearer.bearer(BearerLook())

    assert isinstance(told, Missing)
    assert Quality.COMM_ERROR is told.quality


def test_signal_of_wifi_and_of_a_modem() -> None:
    """Percent and dBm; of a modem the reference signal of its newest radio."""
    wifi = received(BearerLook(interface="wlan0", uevent="DEVTYPE=wlan", wireless=WIRELESS))
    byte = received(BearerLook(interface="wlan0", wireless=WIRELESS.replace("-61.", "195.")))
    modem = received(MOBILE)

    assert (70, -61) == (wifi.percent, wifi.dbm)
    assert (70, -61) == (byte.percent, byte.dbm)
    assert (67, -104) == (modem.percent, modem.dbm)


def quality(found: object) -> Quality | None:
    """Why it is missing."""
    return found.quality if isinstance(found, Missing) else None


@pytest.mark.parametrize(
    ("percent", "dbm", "look"),
    [
        (Quality.NOT_FITTED, Quality.NOT_FITTED, BearerLook(interface="eth0", hardware="1")),
        (Quality.NOT_FITTED, Quality.NOT_FITTED, BearerLook(interface="wwan0")),
        (Quality.BAD_DATA, Quality.BAD_DATA, BearerLook(interface="wlan1", wireless=WIRELESS)),
        (Quality.BAD_DATA, Quality.NOT_FITTED, BearerLook(interface="wwan0", modem="{", modem_signal="[]")),
        (Quality.BAD_DATA, Quality.BAD_DATA, BearerLook(
            interface="wwan0", modem=MODEM.replace("67", "670"), modem_signal=SIGNAL.replace("-104.00", "-999"))),
    ],
)  # fmt: skip
def test_a_signal_that_nobody_tells_has_its_reason(percent: Quality, dbm: Quality, look: BearerLook) -> None:
    """Never zero."""
    told = received(look)

    assert (percent, dbm) == (quality(told.percent), quality(told.dbm))


@given(st.text(max_size=200), st.text(max_size=200), st.one_of(st.none(), st.text(max_size=100)))
def test_garbage_is_no_way_out_and_no_signal(routes: str, wireless: str, modem: Any) -> None:
    """Texts of anybody raise nothing."""
    name = default_interface(routes, wireless)
    look = BearerLook(interface=name or "wwan0", wireless=wireless or None, modem=modem, modem_signal=modem)
    told = received(look)

    assert told.percent is None or isinstance(told.percent, Missing) or 0 <= told.percent <= 100
    assert bearer.bearer(look) in ("wifi", "mobile", "ethernet", "other")


nested = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=5)),
    lambda inner: st.dictionaries(st.sampled_from(["modem", "generic", "signal-quality", "value", "signal", "lte",
                                                   "rsrp"]), inner, max_size=3),
)  # fmt: skip


@given(nested)
def test_a_modem_that_answers_something_else_is_read_without_a_fault(tree: Any) -> None:
    """Any JSON."""
    text = json.dumps(tree)
    told = received(BearerLook(interface="wwan0", modem=text, modem_signal=text))

    assert isinstance(told.dbm, Missing) or -150 <= float(told.dbm or 0) < 0


def walked(*looks: tuple[int, bool]) -> Outages:
    """Looks at the link at moments in ms."""
    outages = Outages()
    for now_ms, up in looks:
        outages = seen(outages, up, now_ms)
    return outages


def test_outages_are_counted_with_their_time() -> None:
    """Two of one minute and of two; what is going on counts as it grows."""
    looks = [(0, True), (60_000, False), (120_000, True), (200_000, False), (260_000, False), (320_000, False)]

    assert (2, 180) == totals(walked(*looks))


def test_a_first_connection_that_takes_its_time_is_no_outage() -> None:
    """Nothing was lost that had been there."""
    never = walked((0, False), (HOUR, False))

    assert (None, (0, 0)) == (never.up, totals(never))
    assert (0, 0) == totals(walked((0, False), (HOUR, True), (HOUR + 1, True)))


def test_after_a_day_an_outage_is_forgotten() -> None:
    """And one that began long before counts as the last day of it."""
    looks = [(0, True), (1000, False), (61_000, True)]

    assert (1, 60) == totals(walked(*looks, (23 * HOUR, True)))
    assert (0, 0) == totals(walked(*looks, (25 * HOUR, True)))
    count, seconds = totals(walked((0, True), (1000, False), (40 * HOUR, False)))
    assert 0 == count
    assert 23 * 3600 <= seconds <= 24 * 3600


@given(st.lists(st.tuples(st.integers(0, 10_000_000), st.booleans()), max_size=200))
def test_a_link_that_comes_and_goes_takes_no_room(steps: Any) -> None:
    """At most a day of hours, whatever happens; never more time than has gone."""
    outages, now_ms = Outages(), 0
    for gone_ms, up in steps:
        now_ms += gone_ms
        outages = seen(outages, up, now_ms)

    assert len(outages.hours) <= 25
    assert totals(outages)[1] * 1000 <= now_ms + 1000
