"""Sets without a bus: what the site says of its contacts becomes signals; what bounces is not told."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.messages import Value
from contract.words import Origin, Quality
from gateway.core.wire.decode import decode
from gateway.core.wire.lines import SerialLine
from gateway.core.wire.plan import Block, plans
from gateway.core.wire.steady import Stood, steadied
from gateway.profiles.checks import faults_of
from gateway.profiles.contacts import MEANINGS, ContactTable, wired
from gateway.profiles.registry import load
from gateway.profiles.schema import Row

MODULE = load("waveshare-io-8ch")


def contact(number: int, means: str, active: str = "closed", steady_s: float = 1.0) -> ContactTable:
    """A contact as the settings have it."""
    return ContactTable(input=number, means=means, active=active, steady_s=steady_s)


def said(contacts: list[ContactTable], inputs: list[int]) -> dict[str, float | str | None]:
    """What the module tells while its inputs stand so (1: closed)."""
    profile, faults = wired(MODULE, contacts)
    assert [] == faults
    values = decode(profile.rows, Block(2, 0, 8), inputs, 0, Origin.MEASURED)
    return {key: value.value for key, value in values.items()}


@pytest.mark.parametrize("means", MEANINGS)
def test_every_meaning_is_a_signal_of_the_catalogue(means: str) -> None:
    """A contact that means it is accepted as a row of a profile would be; closed and open tell different things."""
    one = contact(3, means)
    profile, faults = wired(MODULE, [one])
    key, active, calm = MEANINGS[means]

    assert ([], []) == (faults, faults_of(profile))
    assert {key: active or 1} == said([one], [0, 0, 1, 0, 0, 0, 0, 0])
    assert {key: calm or 0} == said([one], [0] * 8)


def test_normally_closed_contact_is_an_alarm_when_its_wire_breaks() -> None:
    """`active = "open"`: no current, no calm."""
    one = contact(1, "common_shutdown", active="open")

    assert {"alarm.common-shutdown": "shutdown"} == said([one], [0] * 8)
    assert {"alarm.common-shutdown": "inactive"} == said([one], [1, 0, 0, 0, 0, 0, 0, 0])


@pytest.mark.parametrize(
    ("contacts", "kind"),
    [
        ([contact(1, "running"), contact(2, "mains_present")], "generator_controller"),
        ([contact(1, "ups_on_battery")], "ups"),
        ([contact(1, "mains_present")], "inputs"),
    ],
)
def test_module_is_what_its_contacts_speak_for(contacts: list[ContactTable], kind: str) -> None:
    """Contacts of the set make it the set's controller, those of a UPS a UPS."""
    assert kind == wired(MODULE, contacts)[0].head.kind


@pytest.mark.parametrize(
    ("contacts", "sentence"),
    [
        ([], "contact: says nothing yet; name at least one input and what it means"),
        ([contact(9, "running")], "contact 1: input 9: the module has 8"),
        ([contact(1, "running"), contact(1, "auto")], "contact 2: input 1 stands twice"),
        ([contact(1, "running"), contact(2, "running")], "contact 2: running stands twice"),
    ],
)
def test_wrong_contacts_are_named(contacts: list[ContactTable], sentence: str) -> None:
    """One sentence for each."""
    assert [sentence] == wired(MODULE, contacts)[1]


def test_contacts_belong_to_a_module_of_inputs() -> None:
    """A meter has none."""
    assert ["contact: only a module of inputs has contacts"] == wired(load("eastron-sdm120"), [contact(1, "auto")])[1]


def test_one_short_request_reads_all_contacts() -> None:
    """Eight inputs are one byte on the wire."""
    profile, _ = wired(MODULE, [contact(number, means) for number, means in enumerate(("running", "auto"), 2)])

    assert [Block(2, 1, 2)] == [read.block for read in plans(profile, SerialLine(device="/dev/x"))["fast"]]


ROW = Row(key="mains.present", function=2, at=0, type="bit", steady_s=2.0)


def played(says: list[tuple[int, float | None]]) -> list[float | None]:
    """What is told of a contact that says this at these moments (ms)."""
    stood: dict[str, Stood] = {}
    told = []
    for up_ms, one in says:
        quality = Quality.GOOD if one is not None else Quality.COMM_ERROR
        value = Value(value=one, origin=Origin.MEASURED, up_ms=up_ms, quality=quality, reason="")
        values, stood = steadied([ROW], {"mains.present": value}, stood)
        assert up_ms == values["mains.present"].up_ms
        told.append(values["mains.present"].value)
    return told


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ([(0, 1), (500, 0), (1000, 1), (1500, 0), (2000, 1)], [1, 1, 1, 1, 1]),
        ([(0, 1), (1000, 0), (2000, 0), (3000, 0), (4000, 0)], [1, 1, 1, 0, 0]),
        ([(0, 1), (1000, 0), (2000, None), (3000, 0)], [1, 1, None, 0]),
        ([(0, 0), (5000, 1), (60_000, 1)], [0, 0, 1]),
    ],
    ids=["bounces", "changes", "silent between", "slow polls"],
)
def test_contact_is_believed_when_it_stands(says: list[tuple[int, float | None]], told: list[float | None]) -> None:
    """What bounces is not told; what stands for its time is; silence is told at once."""
    assert told == played(says)


@given(st.lists(st.sampled_from([0, 1, None]), min_size=1, max_size=30))
def test_nothing_is_told_that_the_contact_has_not_said(says: list[int | None]) -> None:
    """At each moment: what it says now, or what was told before; never a word of its own."""
    told = played([(500 * at, one) for at, one in enumerate(says)])

    for at, one in enumerate(told):
        assert one == says[at] or (says[at] is not None and one == told[at - 1])


def test_settings_carry_contacts() -> None:
    """As TOML has them."""
    one = msgspec.convert({"input": 4, "means": "low_fuel", "active": "open", "steady_s": 30}, ContactTable)

    assert contact(4, "low_fuel", "open", 30.0) == one
