"""The settings files that a run writes are files that the programs take."""

import tomllib

from demo.core import settings
from demo.core.pace import FASTEST, pace
from demo.core.script import Script, repeated, script


def test_toml_text_reads_back_as_it_was() -> None:
    """Tables, tables in tables, lists of tables, and every plain value."""
    tree = {
        "a": {"text": 'quote " and å', "number": 1.5, "yes": True, "list": [1, 2], "in": {"deep": "x"}},
        "row": [{"id": "1"}, {"id": "2", "of": [{"n": 1}]}],
        "empty": {},
    }

    assert tree == tomllib.loads(settings.toml(tree))


def test_devices_come_from_the_ready_line() -> None:
    """Where the plant can be reached is what the gateway is told."""
    ready = {
        "tcp": {"genset": {"host": "127.0.0.1", "port": 1502, "unit": 1, "profile": "dse-73xx-mkii"}},
        "rtu": {"meter": {"path": "plant/rtu", "baud": 19200, "unit": 3, "profile": "eastron-sdm630"}},
    }
    genset = settings.Wire(name="genset", profile="dse-73xx-mkii", unit=1, tcp="127.0.0.1:1502")
    meter = settings.Wire(name="meter", profile="eastron-sdm630", unit=3, serial="plant/rtu", baud=19200)

    assert (genset, meter) == settings.wires(ready)


def test_a_screen_is_waited_for_only_where_it_can_answer_in_time() -> None:
    """At the pace of an outage one screen must live; at that of days its answer alone takes minutes."""
    wire = settings.Wire(name="genset", profile="dse-73xx-mkii", unit=1, tcp="127.0.0.1:1502")
    door = {"url": "mqtt://127.0.0.1:1883"}

    def expected(rate: float) -> int:
        text = settings.gateway(
            pace=pace(rate), devices=[wire], connection="automatic", store="g.db", site_broker=door,
            central_broker=door, keys=[],
        )  # fmt: skip
        return int(tomllib.loads(text)["screens"]["expected"])

    assert [1, 1, 0] == [expected(rate) for rate in (1, FASTEST, 1440)]


def test_repeated_scenario_is_the_same_again_later() -> None:
    """Every step comes once per round, a calm while after the last."""
    scenario = {"title": "t", "length_s": 100, "step": [{"at_s": 10, "do": "mains_fails"}]}

    twice = repeated(scenario, 2)

    assert [10, 170] == [step["at_s"] for step in twice["step"]]
    assert 320 == twice["length_s"]


def test_script_tells_length_and_place() -> None:
    """Hours or seconds; a plant without a name is the automatic one; a mode of its own changes who connects."""
    by_hand = Script(length_s=266_400.0, plant="manual", connection="manual")
    by_itself = Script(length_s=570.0, plant="automatic", connection="automatic")

    assert by_hand == script({"length_h": 74, "plant": "manual"})
    assert by_itself == script({"length_s": 570})
    assert "manual" == script({"length_s": 570, "start": {"mode": "manual"}}).connection
