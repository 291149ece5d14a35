"""Topics: spelled in one place, closed to what could break out of its level, plain enough for a board."""

import ast
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contract import topics

SOURCE = Path(topics.__file__).read_text("utf-8")
LEVEL = "abcdefghijklmnopqrstuvwxyz0123456789-"

MAKERS = [
    topics.status,
    topics.up_all,
    topics.down_all,
    topics.public_all,
    lambda level: topics.device("are-kall", level),
    lambda level: topics.record("are-kall", level),
    lambda level: topics.bulletin("are-kall", level),
    lambda level: topics.blob("are-kall", level),
    lambda level: topics.public_bulletin("are-kall", level),
    lambda level: topics.public_content("are-kall", level),
    lambda level: topics.node_report("are-kall", level),
]
HOSTILE = [
    "", "#", "++", "a/b", "/", "../up", "a#", "ÅRE-KALL", "Are-Kall", "åre-kall", "are kall", "are_kall", "are.kall",
    "a\0b", "a\n", "$SYS", "a" * 49, "ａｒｅ", "are-kall/up/status",
]  # fmt: skip


@pytest.mark.parametrize("text", ["are-kall", "a", "7", "-", "a" * 48, "dse-7320-2"])
def test_plain_level_is_valid(text: str) -> None:
    """Lower-case ASCII letters, digits and hyphens, at most 48 of them."""
    assert topics.valid_level(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_level_is_not_valid(text: str) -> None:
    """Nothing that could be a second level, a wildcard, or look like another name."""
    assert not topics.valid_level(text)


@pytest.mark.parametrize("text", [text for text in HOSTILE if len(text) < 48])
@pytest.mark.parametrize("make", MAKERS)
def test_no_topic_is_made_of_a_hostile_level(make, text: str) -> None:
    """Each function refuses it with a sentence that shows it."""
    with pytest.raises(ValueError, match="not a topic level") as told:
        make(text)

    assert repr(text) in str(told.value)


@pytest.mark.parametrize("make", [topics.public_bulletin, topics.public_content])
def test_what_is_published_for_visitors_has_a_name(make) -> None:
    """A wildcard is only taken where somebody subscribes."""
    with pytest.raises(ValueError, match="not a topic level"):
        make("are-kall", "+")


def test_wildcard_makes_a_filter() -> None:
    """`+` stands for all sites, devices, streams, nodes."""
    assert "sot/1/+/up/#" == topics.up_all("+")
    assert "sot/1/+/up/device/+" == topics.device("+", "+")
    assert "sot/1/are-kall/up/record/+" == topics.record("are-kall", "+")
    assert "sot/1/are-kall/node/+/report" == topics.node_report("are-kall", "+")
    assert "sot/1/are-kall/node/+/wish" == topics.node_wish("are-kall", "+")


def test_blob_is_named_by_forty_digits() -> None:
    """A SHA-256 is longer than a level may be."""
    assert "sot/1/are-kall/down/blob/" + "0123456789" * 4 == topics.blob("are-kall", "0123456789" * 6 + "abcd")


@pytest.mark.parametrize(
    ("expected", "topic"),
    [
        (("are-kall", "up", "status"), "sot/1/are-kall/up/status"),
        (("are-kall", "up", "device", "dse-7320"), "sot/1/are-kall/up/device/dse-7320"),
        (("are-kall", "local", "public", "receipt-mark"), "sot/1/are-kall/local/public/receipt-mark"),
        (None, ""),
        (None, "sot/1"),
        (None, "sot/1/"),
        (None, "sot/1/are-kall"),
        (None, "sot/1/are-kall/up"),
        (None, "sot/1//up/status"),
        (None, "sot/2/are-kall/up/status"),
        (None, "sot/10/are-kall/up/status"),
        (None, "/sot/1/are-kall/up/status"),
        (None, "sot/1/Are-Kall/up/status"),
        (None, "sot/1/+/up/status"),
        (None, "sot/1/are-kall/up/#"),
        (None, "sot/1/are-kall/up/device/"),
        (None, "sot/1/are-kall/up/device/../../other"),
        (None, "sot/1/are-kall//status"),
        (None, "$SYS/broker/version"),
    ],
)
def test_parts_of_a_topic(expected: tuple[str, ...] | None, topic: str) -> None:
    """A topic of ours is cut into its levels; anything else is None."""
    assert expected == topics.parts(topic)


@given(site=st.text(LEVEL, min_size=1, max_size=48), name=st.text(LEVEL, min_size=1, max_size=48))
def test_parts_undo_what_a_function_made(site: str, name: str) -> None:
    """What was put in comes out."""
    assert (site, "up", "device", name) == topics.parts(topics.device(site, name))
    assert (site, "node", name, "report") == topics.parts(topics.node_report(site, name))
    assert (site, "local", "public", "bulletin", name) == topics.parts(topics.public_bulletin(site, name))


@given(st.text(max_size=60))
@example("sot/1/a/b/\ud800")
def test_any_topic_is_cut_or_refused(topic: str) -> None:
    """Whatever a broker sends as a topic, parts answers with clean levels or with None."""
    for text in (topic, "sot/1/" + topic):
        levels = topics.parts(text)
        assert levels is None or all(set(level) <= set(LEVEL) and level for level in levels)


PLAIN = (
    ast.Module, ast.Expr, ast.Constant, ast.Assign, ast.Name, ast.Load, ast.Store, ast.FunctionDef, ast.arguments,
    ast.arg,
    ast.Return, ast.If, ast.IfExp, ast.Raise, ast.Call, ast.Attribute, ast.Subscript, ast.Slice, ast.Tuple, ast.Compare,
    ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.And, ast.Or, ast.Not, ast.Add, ast.Mod, ast.Eq, ast.NotEq, ast.Lt, ast.Gt,
    ast.In, ast.NotIn, ast.GeneratorExp, ast.comprehension,
)  # fmt: skip
BUILTINS = {"len", "all", "tuple", "ValueError"}
METHODS = {"startswith", "split"}


def _not_plain(source: str) -> list[str]:
    """What a board could stumble over: imports, annotations, defaults, decorators, f-strings, unknown built-ins."""
    tree = ast.parse(source)
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    faults = []
    for node in ast.walk(tree):
        if not isinstance(node, PLAIN):
            faults.append(type(node).__name__)
        if isinstance(node, ast.FunctionDef) and (node.returns or node.decorator_list or node.args.defaults):
            faults.append(node.name)
        if isinstance(node, ast.arg) and node.annotation:
            faults.append(f"{node.arg}: annotated")
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            faults += [] if name in own | BUILTINS | METHODS else [f"{name}()"]
    return faults


def test_topics_stay_plain_enough_for_a_board() -> None:
    """The file imports nothing, annotates nothing and uses a small part of the language: it is copied unchanged."""
    assert [] == _not_plain(SOURCE)


@pytest.mark.parametrize(
    "source",
    ["import re", "def a(b: int): return b", "def a(b) -> int: return b", "a = f'{b}'", "def a(b=1): return b",
     "a = set(b)", "try:\n    a = 1\nexcept ValueError:\n    a = 2", "async def a(): return 1", "class A: pass"],
)  # fmt: skip
def test_planted_finery_is_seen(source: str) -> None:
    """The check above sees what it is for."""
    assert [] != _not_plain(source)
