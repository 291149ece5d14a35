"""The settings of sensor nodes: each mistake is one sentence, and what a node is told follows from them."""

from pathlib import Path

import pytest

from doors.settings import SettingsFault
from gateway import config
from gateway.config_node import config_of
from gateway.core.nodes.health import signals_of

HEAD = '[site]\nid = "are-kall"\nplace = "Kall"\n[store]\npath = "g.db"\n[site_broker]\nurl = "mqtt://127.0.0.1:1883"\n'
NODE = '[[node]]\nname = "tank-1"\ntitle = "Tanken"\n'
CHANNEL = '[[node.channel]]\nsensor = "played"\nsignal = "fuel.litres"\n'
OTHER = CHANNEL.partition("signal")[0]


def plan(folder: Path, text: str) -> config.Plan:
    """The settings, read."""
    file = folder / "site.toml"
    file.write_text(HEAD + text, "utf-8")
    file.chmod(0o600)
    return config.read(file)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (NODE, "channel"),
        (NODE + CHANNEL.replace('sensor = "played"', ""), "sensor"),
        (NODE + CHANNEL + CHANNEL, "[node tank-1] channel fuel.litres: stands twice"),
        (NODE + CHANNEL + NODE + CHANNEL, "[node tank-1] name: stands twice"),
        (NODE.replace("tank-1", "Tank 1") + CHANNEL, "[node Tank 1] name: must be of a-z"),
        (NODE.replace("tank-1", "owner") + CHANNEL, "[node owner] name: is an account of the broker already"),
        (NODE.replace("tank-1", "box") + CHANNEL, "is taken by the gateway's own computer"),
        (NODE + "silent_after_s = 300\n" + CHANNEL, "silent_after_s: 300 does not exceed every_s 300"),
        (NODE + OTHER + 'signal = "engine.speed"\n', "no node can tell it"),
        (NODE + CHANNEL + 'tank = {shape = "lying", length_mm = 900}\n', 'shape "lying" needs diameter_mm'),
        (NODE + CHANNEL + 'tank = {shape = "table", table = [[0, 0], [9, 9], [8, 10]]}\n', "must rise from row to row"),
        (NODE + OTHER + 'signal = "room.temperature"\ntank = {shape = "table", table = [[0, 1]]}\n', "only fuel"),
        (NODE + CHANNEL + "above = 5\n", "title: a place that is watched needs the name"),
        (NODE + CHANNEL + 'title = "x"\nabove = 5\nbelow = 6\n', "below 6 must be less than above 5"),
        (NODE + CHANNEL + 'title = "x"\nabove = 5\nfood = true\n', "the log needs a temperature"),
        (NODE + OTHER + 'signal = "mains.present"\ntitle = "x"\nabove = 0\n', "only numbers have limits"),
        (NODE + CHANNEL + f'options = {{note = "{"x" * 17_000}"}}\n', "is too long to be told to a node"),
        ('[generator]\ncontroller = "tank-1"\n' + NODE + CHANNEL, "there is no device 'tank-1'"),
    ],
)  # fmt: skip
def test_each_mistake_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    """It names the node and says what to do."""
    with pytest.raises(SettingsFault) as told:
        plan(tmp_path, text)

    assert sentence in str(told.value)


def test_a_node_is_a_device_of_its_own_kind(tmp_path: Path) -> None:
    """With its signals, their periods and the rule of its place; silent after three of the longest period."""
    freezer = OTHER + 'signal = "freezer.temperature"\nevery_s = 600\ntitle = "Frysen"\nabove = -15\n'
    found = plan(tmp_path, NODE + CHANNEL + freezer)
    facts = found.facts
    rule = facts.rules["place-above.tank-1.freezer.temperature"]

    assert ["tank-1", "box"] == [one.name for one in facts.devices]
    assert ("node", "Tanken", None) == (facts.devices[0].kind, facts.devices[0].title, facts.devices[0].place)
    measured = {"fuel.litres": ("L", 300.0, False), "freezer.temperature": ("°C", 600.0, False)}
    assert measured | signals_of(300.0) == facts.devices[0].signals
    assert (1800.0, None) == (facts.nodes[0].silent_after_s, facts.controller)
    assert ("tank-1", "place-temperature", -15, -15.5, 1800) == (
        rule.device, rule.alarm, rule.above, rule.clear, rule.on_delay_s,
    )  # fmt: skip


def test_revision_moves_with_anything_that_the_node_is_told(tmp_path: Path) -> None:
    """And with nothing else: a title is for people."""
    texts = (CHANNEL, CHANNEL + "calibration = [[0, 0], [100, 101]]\n", CHANNEL + "every_s = 60\n")
    nodes = [plan(tmp_path, NODE + text).settings.node[0] for text in texts]
    renamed = plan(tmp_path, NODE.replace("Tanken", "Farmartanken") + CHANNEL).settings.node[0]

    assert 3 == len({config_of(one).revision for one in nodes})
    assert config_of(nodes[0]) == config_of(renamed)
