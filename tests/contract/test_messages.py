"""What is taken from the wire and what is refused, and that a missing value never looks like one."""

import inspect
import json
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import bulletins, content, messages, orders, records
from contract.messages import MAX_MESSAGE, DevicePicture, Head, SiteStatus, Value, decode, encode
from contract.wire import Moment, Refused, Wire
from contract.words import ClockQuality, Origin, Quality, Status

TYPES = sorted(
    {
        thing
        for room in (messages, records, orders, bulletins, content)
        for thing in vars(room).values()
        if inspect.isclass(thing) and issubclass(thing, Wire) and thing is not Wire
    },
    key=lambda kind: kind.__name__,
)
BELIEVED = {Quality.GOOD, Quality.SUBSTITUTED}
GOOD = {"value": 1.5, "origin": "measured", "up_ms": 7}


def value(**changes: Any) -> bytes:
    """A good value on the wire, with changes; `...` takes a field away."""
    return json.dumps({name: said for name, said in (GOOD | changes).items() if said is not ...}).encode()


def test_message_comes_back_as_it_went(head: Head) -> None:
    """Encoded and decoded, a message is equal to itself."""
    said = SiteStatus(head=head, online=True, heartbeat_s=300.0, version="0.1.0")

    assert said == decode(encode(said), SiteStatus)
    assert 1 == json.loads(encode(said))["head"]["v"]


def test_head_knows_its_moment(head: Head) -> None:
    """The time of sending is that of the head."""
    assert Moment(boot="b-1", up_ms=86_400_000, wall_ms=1_764_000_000_000, clock=ClockQuality.SYNCED) == head.moment()


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_all_that_travels_is_frozen_and_tolerant(kind: type[Wire]) -> None:
    """No message can be changed after it was made, and none refuses what a newer program adds."""
    assert kind.__struct_config__.frozen
    assert not kind.__struct_config__.forbid_unknown_fields


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("data", [b"", b"null", b"[]", b'"x"', b"1", b"{", b"\xff\xfe", b"{}x", b'{"a":NaN}'])
def test_no_type_takes_what_is_not_a_table(kind: type[Wire], data: bytes) -> None:
    """Anything but an object is refused with one line that names the type."""
    with pytest.raises(Refused, match=f"^{kind.__name__}: ") as told:
        decode(data, kind)

    assert 1 == len(str(told.value).splitlines())


def test_unknown_fields_are_ignored(head: Head) -> None:
    """A newer program may say more than an older one reads, at every level, and with a newer version number."""
    tree = json.loads(encode(SiteStatus(head=head, online=True, heartbeat_s=300.0, version="9.0")))
    tree["mood"] = {"deep": [1, 2]}
    tree["head"] |= {"v": 2, "colour": None}

    assert msgspec.structs.replace(head, v=2) == decode(json.dumps(tree).encode(), SiteStatus).head


@pytest.mark.parametrize(
    "changes",
    [
        {"value": True},
        {"value": [1]},
        {"value": {"number": 1}},
        {"value": ...},
        {"origin": "guessed"},
        {"origin": None},
        {"origin": ...},
        {"up_ms": -1},
        {"up_ms": 1.5},
        {"up_ms": "7"},
        {"up_ms": True},
        {"up_ms": None},
        {"up_ms": 2**53 + 1},
        {"up_ms": 10**400},
        {"quality": "superb"},
        {"quality": 1},
        {"reason": 5},
        {"reason": "x" * 2001},
    ],
    ids=str,
)
def test_wrong_types_are_refused(changes: dict[str, Any]) -> None:
    """Nothing is turned into something else to make it fit."""
    with pytest.raises(Refused, match=r"^Value: "):
        decode(value(**changes), Value)


@pytest.mark.parametrize(
    "text", ["1e400", "-1e400", "NaN", "Infinity", "9" * 5000, '"\\ud800"', "01", "+1", ".5", "0x1"]
)
def test_numbers_that_are_none_are_refused(text: str) -> None:
    """Too large, not a number, or not JSON: no value."""
    with pytest.raises(Refused):
        decode(b'{"value":%s,"origin":"measured","up_ms":7}' % text.encode(), Value)


@pytest.mark.parametrize(("name", "size"), [("site", 0), ("site", 81), ("run", 0), ("boot", 81)])
def test_names_have_a_size(head: Head, name: str, size: int) -> None:
    """A name is 1 to 80 letters."""
    data = json.dumps(json.loads(encode(head)) | {name: "x" * size}).encode()

    with pytest.raises(Refused, match=name):
        decode(data, Head)


def test_too_large_is_refused_before_it_is_read(head: Head) -> None:
    """At the limit a message is taken, one byte more is not, whatever it says."""
    data = encode(head)
    padded = data + b" " * (MAX_MESSAGE - len(data))

    assert head == decode(padded, Head)
    with pytest.raises(Refused, match=f"{MAX_MESSAGE + 1} bytes, at most {MAX_MESSAGE}"):
        decode(padded + b" ", Head)
    with pytest.raises(Refused, match="at most 10 are taken"):
        decode(data, Head, limit=10)


@pytest.mark.parametrize("opening", [b'{"z":' + b"[" * 250_000, b'{"z":' * 50_000, b'{"body":' + b'{"a":' * 50_000])
@pytest.mark.parametrize("kind", [Value, records.Record, content.PublicDocument])
def test_deep_nesting_is_refused(kind: type[Wire], opening: bytes) -> None:
    """Brackets in brackets bring no program down."""
    with pytest.raises(Refused, match=f"^{kind.__name__}: "):
        decode(opening, kind)


@given(data=st.binary(max_size=200), kind=st.sampled_from(TYPES))
def test_any_bytes_are_taken_or_refused(data: bytes, kind: type[Wire]) -> None:
    """Whatever comes, there is a message or one sentence."""
    try:
        said = decode(data, kind)
    except Refused as told:
        said = str(told)

    assert isinstance(said, kind) or said.startswith(f"{kind.__name__}: ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(
    tree=st.fixed_dictionaries(
        {"value": JSON, "origin": st.sampled_from([*Origin]) | JSON, "up_ms": st.integers() | JSON},
        optional={"quality": st.sampled_from([*Quality]) | JSON, "reason": JSON},
    )
)
def test_any_value_taken_is_one_that_can_be_believed_or_missing(tree: dict[str, Any]) -> None:
    """Of all that JSON can say, only a number or word with a good quality, or nothing with a bad one, gets in."""
    try:
        taken = decode(json.dumps(tree).encode(), Value)
    except Refused:
        return
    assert (taken.value is not None) == (taken.quality in BELIEVED)
    assert not isinstance(taken.value, float) or math.isfinite(taken.value)
    assert taken == decode(encode(taken), Value)


@pytest.mark.parametrize("quality", Quality)
def test_value_and_quality_agree(quality: Quality) -> None:
    """Good and substituted go with a value, every other quality with none: here and on the wire."""
    with_value = {"value": 0.0, "origin": Origin.MEASURED, "up_ms": 7, "quality": quality}
    without = with_value | {"value": None}
    fits, denies = (with_value, without) if quality in BELIEVED else (without, with_value)

    assert quality is Value(**fits).quality
    with pytest.raises(ValueError, match=f"quality {quality.value} does not go with value"):
        Value(**denies)
    with pytest.raises(Refused, match=f"quality {quality.value} does not go with value"):
        decode(json.dumps(denies).encode(), Value)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_no_value_is_not_a_number(number: float) -> None:
    """JSON would make it null with a good quality, and every reader would refuse the whole picture."""
    assert b"null" == msgspec.json.encode(number)
    with pytest.raises(ValueError, match="bad_data"):
        Value(value=number, origin=Origin.MEASURED, up_ms=7)


@pytest.mark.parametrize("said", [0, 0.0, -0.0, "", "stopped", 5e-324, -1.5e300, 2**53])
def test_zero_is_zero(said: float | str) -> None:
    """Zero, the empty word and the smallest number are values, and stay what they are."""
    there = Value(value=said, origin=Origin.MEASURED, up_ms=0)

    back = decode(encode(there), Value)

    assert (said, Quality.GOOD) == (back.value, back.quality)


def test_good_value_is_short_on_the_wire() -> None:
    """Quality and reason travel only when there is something to say."""
    good = Value(value=61.5, origin=Origin.MEASURED, up_ms=7)
    broken = Value(value=None, origin=Origin.MEASURED, up_ms=7, quality=Quality.SENSOR_FAULT, reason="code 65534")

    assert b'{"value":61.5,"origin":"measured","up_ms":7}' == encode(good)
    assert broken == decode(encode(broken), Value)
    assert b'"value":null' in encode(broken)


def test_one_bad_value_refuses_the_picture_and_says_where(head: Head) -> None:
    """A picture with a value that denies itself is not taken in part."""
    tree = {
        "head": json.loads(encode(head)),
        "device": "genset",
        "values": {"fuel.level": GOOD | {"quality": "comm_error"}},
    }

    with pytest.raises(Refused, match=r"^DevicePicture: quality comm_error .*\$\.values"):
        decode(json.dumps(tree).encode(), DevicePicture)


@pytest.mark.parametrize("status", Status)
def test_every_message_of_a_site_says_whether_it_is_meant(head: Head, status: Status) -> None:
    """Status and `simulated` travel in the head, and a head without a status is refused."""
    tree = json.loads(encode(msgspec.structs.replace(head, status=status, simulated=True)))

    assert (status, True) == (tree["status"], tree["simulated"])
    del tree["status"]
    with pytest.raises(Refused, match="status"):
        decode(json.dumps(tree).encode(), Head)


def test_version_of_the_past_is_refused(head: Head) -> None:
    """There is no version 0."""
    with pytest.raises(Refused, match="v"):
        decode(json.dumps(json.loads(encode(head)) | {"v": 0}).encode(), Head)


@pytest.mark.parametrize("heartbeat", [0, -1, None, "300"])
def test_heartbeat_is_a_time(head: Head, heartbeat: Any) -> None:
    """A heartbeat of nothing would make every site silent or never silent."""
    tree = json.loads(encode(SiteStatus(head=head, online=True, heartbeat_s=300.0, version="0.1.0")))

    with pytest.raises(Refused, match="heartbeat_s"):
        decode(json.dumps(tree | {"heartbeat_s": heartbeat}).encode(), SiteStatus)


@pytest.mark.parametrize(
    ("taken", "changes"),
    [
        (True, {}),
        (True, {"drawn_up_ms": None, "why_not": "the screen program is not running"}),
        (True, {"drawn_up_ms": 10}),
        (False, {"drawn_up_ms": 11}),
        (False, {"drawn_up_ms": -1}),
        (False, {"screen": ""}),
        (False, {"screen": "x" * 81}),
    ],
)
def test_sign_of_life_tells_of_a_frame_that_was(taken: bool, changes: dict[str, Any]) -> None:
    """Drawn before it is told, or never; a frame that is still to come is refused with a sentence."""
    said = json.dumps({"screen": "shop", "boot": "b", "up_ms": 10, "drawn_up_ms": 3} | changes).encode()

    if taken:
        assert changes.get("drawn_up_ms", 3) == decode(said, messages.KioskStatus).drawn_up_ms
    else:
        with pytest.raises(Refused, match=r"^KioskStatus: "):
            decode(said, messages.KioskStatus)
