"""Why a value is missing: every sentence that the gateway can say has words in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.missing import LONGEST, catalogue, missing_words, places
from contract.phrases import LANGUAGES
from gateway.io import modbus

ROOM = Path(__file__).parents[2] / "gateway"
FILES = [path for folder in ("core", "io") for path in sorted((ROOM / folder).rglob("*.py"))]
SAYING = {"Missing": 1, "Fault": 1, "Verdict": 1, "missing": 2, "too_large": 1}
"""Who is given a sentence → as which argument."""
NAMED = ("reason", "sentence", "why", "WHY")
"""Names under which one is carried."""
NOT_OF_A_VALUE = (
    "has no identity to compare",
    "the device is one of",
    "not asked yet",
    "read all the same",
    "the device has 7",
)
"""Sentences of a device that did prove itself, and of one that was not asked: they stand beside no value."""
OTHER_SENTENCES = {"store_file.py", "substitute.py", "recovery.py", "store.py", "leaving.py"}
"""Files whose `sentence` and `why` go to a log, beside the road of values and records."""
REFUSING = ("down", "orders")
"""Rooms whose sentences refuse what came in: they have words in `refusals.toml`."""


def _sentences(path: Path) -> Iterator[str]:
    """What a file says of what is missing, with 7 for everything that it fills in."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = SAYING.get(name)
            told = [node.args[place]] if place is not None and len(node.args) > place else []
            told += [one.value for one in node.keywords if one.arg in ("reason", "why")]
        elif isinstance(node, ast.Tuple) and path.name == "decode.py":
            told = list(node.elts[2:3])
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id in NAMED:
            told = [node.value]
        elif isinstance(node, ast.FunctionDef) and node.name.lstrip("_").startswith("why"):
            told = [one.value for one in ast.walk(node) if isinstance(one, ast.Return) and one.value is not None]
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            values = node.value.elts if isinstance(node.value, ast.Tuple) else []
            named = zip(node.targets[0].elts, values, strict=False)
            told = [value for target, value in named if getattr(target, "id", "") in NAMED]
        else:
            continue
        yield from (text for one in told if (text := _text(one)))


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(one.value if isinstance(one, ast.Constant) else "7" for one in node.values)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "rstrip":
        return _text(node.func.value)
    return ""


SAID = sorted(
    {
        text
        for path in FILES
        if path.name not in OTHER_SENTENCES and path.parent.name not in REFUSING
        for text in _sentences(path)
        if " " in text and not any(part in text for part in NOT_OF_A_VALUE)
    }
)


def test_the_walk_finds_what_the_gateway_says() -> None:
    """Sentences of every kind are among those found: plain, filled in, returned, carried by a name."""
    assert {
        "no modem answers (ModemManager)",
        "unit 7 on 7: no answer within 7 s",
        "7: no connection; check address, port and network",
        "7 is outside 7…7 7",
        "the store was damaged",
        "wrong device: 7 is 7, 7 needs 7",
        "7 registers came, 7 were asked for",
        "the disk was full and too many records were waiting",
    } <= set(SAID)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_gateway_has_words(language: str) -> None:
    """A reason that somebody adds to the gateway without words for people fails here."""
    said = [*SAID, *modbus.REFUSALS.values()]

    assert [] == [one for one in said if missing_words(one.replace("7: 7", "/7: 7"), language) is None]


@pytest.mark.parametrize("key", catalogue())
def test_words_fill_in_the_same(key: str) -> None:
    """Both languages name what the box filled in, begin small and end without a full stop."""
    words = catalogue()[key]
    texts = [words.said, words.sv, words.en or words.said]

    assert [places(words.said)] * 3 == [places(text) for text in texts]
    assert all(text == text.strip() and not text.endswith(".") for text in texts)
    assert words.en != words.said
    assert not re.search(r"[åäö]", words.en + words.said)


@pytest.mark.parametrize(
    ("expected", "language", "said"),
    [
        ("enhet 10 på /dev/ttyUSB0: inget svar inom 0,5 s", "sv", "unit 10 on /dev/ttyUSB0: no answer within 0.5 s"),
        ("enhet 10: har inte de registren (felkod 02 vid register 768)", "sv",
         "unit 10: has no such registers (exception 02 at 768)"),
        ("132,5 ligger utanför -40…120 °C", "sv", "132.5 is outside -40…120 °C"),
        ("1.3 is outside -1…1", "en", "1.3 is outside -1…1"),
        ("/etc/sotpunkt/ca.pem: behörighet saknas", "sv", "/etc/sotpunkt/ca.pem: Permission denied"),
        ("temperaturgivaren säger 990000, i tusendels grader", "sv",
         "temp says 990000, in thousandths of a degree"),
        ("the converter has no way to it", "en", "the gateway has no way to it"),
    ],
)  # fmt: skip
def test_what_was_filled_in_stands_in_the_words(expected: str, language: str, said: str) -> None:
    """Names stay as they are, numbers are written as people write them, a sentence within a sentence is worded too."""
    assert expected == missing_words(said, language)


@pytest.mark.parametrize(
    "said", ["", "a reason of tomorrow", "unit 3: ", "unit  on : no answer within  s", "x" * (LONGEST + 1),
             ": " * 200, "… is outside of it"]
)  # fmt: skip
def test_what_nobody_has_words_for_is_told_as_such(said: str) -> None:
    """None, and quickly, also of a text that means harm."""
    assert missing_words(said) is None
