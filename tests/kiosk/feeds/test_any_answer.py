"""Whatever a feed sends: an answer or one sentence, never another exception, and every text clean."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import json as wire

from kiosk.feeds import krisinformation, smhi, vma
from kiosk.feeds.alert import Alert, Answer, BadAnswer
from kiosk.feeds.outline import MAX_POINTS
from kiosk.feeds.plain import clean

Read = Callable[[bytes], Answer]
ANSWERS = Path(__file__).with_name("answers")
READERS: dict[str, Read] = {
    "vma": vma.read,
    "cap": vma.read,
    "smhi": smhi.read,
    "krisinformation": krisinformation.read,
}
FILES = sorted(ANSWERS.glob("*.json"))
TREES = [(READERS[path.name.split("_")[0]], json.loads(path.read_text("utf-8"))) for path in FILES]

SIGNS = st.characters(codec=None) | st.sampled_from("\ud800\u202e\x00\n<>&;{0}å,")
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(SIGNS, max_size=30)
    | st.sampled_from(
        ["Actual", "Update", "2026-03-14T09:30:00+01:00", "RED", "00", "23", "Polygon", "sv", 10**400, ""]
    )
)
KEYS = st.sampled_from(["alerts", "info", "area", "id", "identifier", "references", "geometry", "coordinates", "x"])
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner), max_leaves=20)
SLOW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _texts(alert: Alert) -> list[str]:
    said = [part for words in alert.words.values() for part in (words.headline, words.description, words.instruction)]
    where = [words.area for words in alert.words.values()]
    named = [*alert.incidents, *alert.references, *alert.area.names, *alert.area.codes]
    return [*said, *where, *named, alert.id, alert.category, alert.sender, alert.web, *alert.words]


def _outcome(read: Read, body: bytes) -> Answer | str:
    try:
        return read(body)
    except BadAnswer as bad:
        return str(bad)


def _check(read: Read, body: bytes) -> None:
    """Read, and look at all that came out."""
    answer = _outcome(read, body)
    if isinstance(answer, str):
        assert answer
        assert answer == clean(answer, 1000)
        return
    for alert in answer.alerts:
        assert [] == [text for text in _texts(alert) if text != clean(text)]
        assert alert.sent_ms >= 0
        points = [point for polygon in alert.area.shape.polygons for ring in polygon for point in ring]
        assert len(points) <= MAX_POINTS
        assert all(math.isfinite(number) for point in points for number in point)
    for reject in answer.rejects:
        assert reject.what
        assert reject.why
        assert (reject.what, reject.why) == (clean(reject.what), clean(reject.why))
    # what was read can be kept and read again
    assert answer == wire.decode(wire.encode(answer), type=Answer)


def _places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a tree of JSON, as the way to it."""
    found = [path] if path else []
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, inner in steps:
        found += _places(inner, (*path, step))
    return found


def _put(tree: Any, path: tuple[Any, ...], new: Any) -> bytes:
    """The tree with something else at one place."""
    copy = json.loads(json.dumps(tree))
    at = copy
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = new
    return json.dumps(copy).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("name", ["vma", "smhi", "krisinformation"])
@given(body=ANYTHING.map(lambda tree: json.dumps(tree).encode()) | st.binary(max_size=200))
@SLOW
def test_any_bytes_are_an_answer_or_a_sentence(name: str, body: bytes) -> None:
    """Any JSON and any bytes: an answer or BadAnswer."""
    _check(READERS[name], body)


@given(st.data())
@settings(SLOW, max_examples=600)
def test_anything_in_a_true_answer_is_survived(data: st.DataObject) -> None:
    """One place of a recorded answer holds something else: the rest is still read, or refused with a sentence."""
    read, tree = data.draw(st.sampled_from([(read, tree) for read, tree in TREES if tree]))
    path = data.draw(st.sampled_from(_places(tree)))

    _check(read, _put(tree, path, data.draw(ANYTHING)))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_truncated_answer_is_never_a_shorter_list(path: Path) -> None:
    """A recorded answer cut off anywhere is a failed check."""
    read, body = READERS[path.name.split("_")[0]], path.read_bytes().strip()

    for length in range(0, len(body), 1 + len(body) // 200):
        with pytest.raises(BadAnswer):
            read(body[:length])


@pytest.mark.parametrize("path", [path for path in FILES if "none" not in path.name], ids=lambda path: path.stem)
def test_wrong_charset_is_refused(path: Path) -> None:
    """Swedish text in another coding is not shown with wrong letters: the check failed."""
    text = path.read_text("utf-8").encode("cp1252", "ignore")

    with pytest.raises(BadAnswer, match="not UTF-8"):
        READERS[path.name.split("_")[0]](text)


@pytest.mark.parametrize("name", ["vma", "smhi", "krisinformation"])
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 400_000,
        b'{"alerts":[' * 100_000,
        b'{"alerts":[' + b"{}," * 500_000 + b"{}]}",
        b"[" + b"{}," * 500_000 + b"{}]",
        b'{"alerts":[{"identifier":' + b"9" * 1_000_000 + b"}]}",
        b"[" + b"1e5," * 300_000 + b"1]",
        b'[{"id":1,"Identifier":"1","alerts":"' + b"\\ud800" * 200_000 + b'"}]',
    ],
    ids=["brackets", "nested", "empty-objects", "empty-records", "digits", "numbers", "halves"],
)
def test_hostile_bulk_is_refused(name: str, body: bytes) -> None:
    """Nesting, endless lists and endless numbers end with a sentence."""
    with pytest.raises(BadAnswer):
        READERS[name](body)


def test_deep_value_in_a_good_answer_harms_nobody() -> None:
    """Nesting that can be parsed stands in a field that is not read, and in one that is; the good one is read."""
    tree = json.loads((ANSWERS / "vma_update_and_exercise_cancel.json").read_text("utf-8"))
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    for field in ("note", "references", "incidents", "info"):
        _check(vma.read, _put(tree, ("alerts", 0, field), deep))
    assert 2 == len(vma.read(_put(tree, ("alerts", 0, "note"), deep)).alerts)


@pytest.mark.parametrize("read", [vma.read, smhi.read, krisinformation.read])
def test_the_same_bytes_give_the_same_answer(read: Read) -> None:
    """A parser has no memory: reading again gives the same."""
    for path in FILES:
        if READERS[path.name.split("_")[0]] is read:
            assert read(path.read_bytes()) == read(path.read_bytes())
