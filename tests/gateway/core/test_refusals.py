"""Every refusal has its words: the keys and parts that the program uses are those of the catalogue."""

import ast
from pathlib import Path

import msgspec
import pytest

from contract.orders import DeclaredRun, Delivery, OutOfService, Shelve, StepDone, What
from contract.records import BODIES
from contract.refusals import catalogue, places, refusal_words
from gateway.core.orders.handling import MAX_PARAM, Refusal
from gateway.core.story.story_swedish import sentences

from .calls import Call
from .conftest import WALL_MS, Story, at, facts, order

CORE = Path(__file__).parents[3] / "gateway" / "core"


def raised() -> list[tuple[str, set[str]]]:
    """Every `Refusal(key, **params)` and `Unfit(key, …)` of the program: its key, and the names of its parts."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted(CORE.rglob("*.py"))]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id in ("Refusal", "Unfit")]
    return [(ast.literal_eval(node.args[0]), {str(part.arg) for part in node.keywords}) for node in found]


def test_every_key_used_exists_and_every_key_is_used() -> None:
    """A refusal without words, and words without a refusal, are both faults."""
    used = raised()

    assert 40 < len(used)
    assert set(catalogue()) == {key for key, _ in used}


def test_every_refusal_brings_what_its_words_need() -> None:
    """Neither less nor more."""
    assert [] == [(key, parts) for key, parts in raised() if parts != places(catalogue()[key].en)]


def test_a_refusal_is_the_english_sentence_and_its_parts_are_bounded() -> None:
    """Logs and older readers read the sentence; a long list of names is cut."""
    refusal = Refusal("tank_smaller", litres=1000)
    long = Refusal("activator_unknown", activator="x" * 80, known=", ".join(["somebody"] * 100))

    assert "The set's tank holds 1000 litres. Enter the litres that went into it." == str(refusal)
    assert ("tank_smaller", {"litres": "1000"}) == (refusal.key, refusal.params)
    assert (MAX_PARAM, "…") == (len(long.params["known"]), long.params["known"][-1])
    assert 2000 > len(str(long))


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (Delivery(delivered_ms=WALL_MS, litres=5000, product="diesel"), "tank_smaller"),
        (DeclaredRun(started_ms=WALL_MS + 3_600_000, minutes=30, voltage=True), "run_ahead"),
        (Shelve(key="battery-low", device="genset", for_s=600, comment="x"), "shelve_nothing"),
        (OutOfService(key="nonsense", device="genset", out=True, comment="x"), "alarm_unknown"),
    ],
)
def test_the_record_carries_key_parts_and_sentence(what: What, expected: str) -> None:
    """Whoever reads it can word it in any language; the sentence in it is the English of just that."""
    told = refused(Story(facts()), what)

    assert expected == told["reason"]
    assert told["detail"] == refusal_words(expected, "en", told["params"])
    assert told["detail"] != refusal_words(expected, "sv", told["params"])


def test_an_order_that_is_done_carries_no_reason() -> None:
    """Nothing was refused."""
    story = Story(facts())
    told = story.step(at(10), order(1, Delivery(delivered_ms=WALL_MS, litres=300, product="diesel")))
    (done,) = [one.body for one in told if one.kind == "order_done"]

    assert ("", "", {}) == (done["detail"], done["reason"], done["params"])


def test_what_somebody_wrote_comes_back_as_it_was_written() -> None:
    """Also where it looks like a place to fill in."""
    call = Call()
    told = refused(call, StepDone(step="switch", position="{asked} %s <b>"))

    assert {"asked": "Läge ELVERK", "told": "{asked} %s <b>"} == told["params"]
    assert "“{asked} %s <b>” was entered" in told["detail"]


def test_judge_reads_it_in_swedish() -> None:
    """`judge --sv` prints the same words as the page."""
    body = refused(Story(facts()), Delivery(delivered_ms=WALL_MS, litres=5000, product="diesel"))

    assert [refusal_words("tank_smaller", "sv", {"litres": "1000"})] == sentences("order_refused", body)


def refused(story: Story, what: What) -> dict[str, object]:
    """The body of the refusal of one order, as it came through its own type."""
    told = story.step(at(10), order(7, what))
    (body,) = [one.body for one in told if one.kind == "order_refused"]
    travelled = msgspec.convert(msgspec.json.decode(msgspec.json.encode(body)), BODIES["order_refused"])
    assert body == msgspec.to_builtins(travelled)
    return body
