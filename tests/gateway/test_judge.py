"""The command `judge`: its files, its exit codes, the stories that come along, and its documentation."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.__main__ import _parser
from gateway.core.story.story import judged, play
from gateway.core.story.story_format import NAMES, PRESETS
from gateway.core.story.story_orders import PLACES, SHORT
from gateway.judge import run_judge, shipped
from gateway.story_file import BadStory, StoryTable, load, read

ROOT = Path(__file__).resolve().parents[2]
DOC = (ROOT / "docs/judging.md").read_text("utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", DOC, re.DOTALL)
LEAST = 'story = """\n00:00 genset normal mains.voltage=230\n"""\n'
SHIPPED = (
    "clean-outage", "clock-wrong-until-network", "emergency-stop", "flapping-mains", "fuel-theft", "kall-manual",
    "monthly-test-low-load", "refuelling-in-a-run", "restart-in-an-outage", "running-without-transfer", "sender-fault",
    "silence-4h", "start-failure", "theft-in-a-run", "ups-end-of-life",
)  # fmt: skip


def judge(*words: str) -> int:
    """The exit code of a call."""
    return run_judge(_parser().parse_args(["judge", *words]))


def written(tmp_path: Path, text: str) -> str:
    """The path of a file with that text."""
    path = tmp_path / "story.toml"
    path.write_text(text, "utf-8")
    return str(path)


def mistakes(text: str) -> list[tuple[int, str]]:
    """(line, sentence) of every mistake in a file."""
    with pytest.raises(BadStory) as caught:
        read(text, "story.toml")
    return list(caught.value.faults)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_story_comes_out_as_expected(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every expectation, reasoned out from the fact sheet, is met."""
    code = judge(name, "--quiet")

    assert 0 == code, capsys.readouterr().out


def test_the_list_names_all_shipped_stories(capsys: pytest.CaptureFixture[str]) -> None:
    """With one sentence each; each expects something."""
    code = judge("--list")
    named = [line.split()[0] for line in capsys.readouterr().out.splitlines()]

    assert (0, list(SHIPPED)) == (code, named)
    assert [] == [name for name, path in shipped().items() if not load(path).expected or not load(path).title]


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_of_the_documentation_are_true(
    example: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is a whole file whose expectations are met."""
    code = judge(written(tmp_path, example))

    assert 0 == code, capsys.readouterr().out
    assert "expect =" in example


def test_the_documentation_names_everything_that_can_be_written() -> None:
    """Settings, devices, presets, and what people do."""
    short = {tag: name for name, tag in SHORT.items() if name in ("confirm", "declare")}
    settings = ["title", "start", "clock", "for", "in_order", "poll", "tick", "story", "expect"]
    tables = [name for name in StoryTable.__struct_encode_fields__ if name not in settings]

    assert settings == re.findall(r"^\| `(\w+)` \|", DOC.split("### Devices")[0], re.MULTILINE)
    assert [] == [name for name in tables if f"[{name}]" not in DOC]
    assert [] == [name for name, (kind, _) in NAMES.items() if f"| `{name}` | `{kind}` |" not in DOC]
    assert [] == [word for presets in PRESETS.values() for word in presets if f"{word}`" not in DOC]
    assert [] == [tag for tag in PLACES if f"| `{short.get(tag, tag)}` |" not in DOC]


def test_every_change_is_printed_and_the_end_last(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Time, then words; at last how the site stands."""
    code = judge(written(tmp_path, LEAST + 'for = "2min"'), "--every", "1min")
    lines = capsys.readouterr().out.splitlines()

    assert (0, "00:00:00  power unknown -> on_mains by genset") == (code, lines[1])
    assert ["00:00:00", "00:01:00", "00:02:00"] == [
        line.split()[0] for line in lines if "  = power on_mains · " in line
    ]
    assert re.match(r"story\.toml: end 00:02:00 · power on_mains · .* · no expectations", lines[-1])


def test_swedish_stands_under_each_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What people read."""
    judge(written(tmp_path, LEAST), "--sv")
    lines = capsys.readouterr().out.splitlines()

    assert "          El från nätet" == lines[lines.index("00:00:00  power unknown -> on_mains by genset") + 1]


def test_json_is_one_object_per_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Changes with their bodies, the state at the end, and how many expectations were not met."""
    code = judge(written(tmp_path, LEAST + 'expect = "at end power=dead"'), "--json")
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    assert 1 == code
    assert {"gateway_started", "power_changed", "state", "unmet", "end"} <= {one["kind"] for one in found}
    assert "on_mains" == next(one["state"]["power"] for one in found if one["kind"] == "state")


def test_an_unmet_expectation_is_shown_with_what_came(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1, the line of the file, and the lines around it."""
    code = judge(written(tmp_path, LEAST + 'expect = """\n00:05 mains_lost\n"""'), "--quiet")
    out = capsys.readouterr().out

    assert 1 == code
    assert "story.toml:5: 00:05 mains_lost\n    not seen; around it:\n    00:00:00  gateway_started" in out
    assert "0 of 1 expectations met" in out


def test_the_worst_of_several_files_is_the_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All are played all the same."""
    good = written(tmp_path, LEAST)

    assert 2 == judge(good, str(tmp_path / "none.toml"), good)
    told = capsys.readouterr()
    assert "none.toml:1: cannot be read: No such file or directory" in told.err
    assert 2 == told.out.count("story.toml: end")


@pytest.mark.parametrize("words", [[], ["--every", "often", "clean-outage"]])
def test_a_mistake_in_the_call_is_one_sentence(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """And exit 2."""
    assert 2 == judge(*words)
    assert 1 == len(capsys.readouterr().err.splitlines())


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("story = 3", 1, "expected text"),
        ("title = ''\n", 1, "story: is missing"),
        (LEAST + "stry = 'x'", 4, "did you mean story?"),
        (LEAST + "a = [[[", 4, "is not TOML"),
        (LEAST + "[tank]\nliters = 3", 5, "did you mean litres?"),
        (LEAST + "[[activator]]\nid = 'a'\nname = 'A'\n[[activator]]\nid = 'B b'\nname = 'B'", 8, "must be of a-z"),
        (LEAST + "start = 2026-01-15T06:00:00", 4, "needs an offset"),
        (LEAST + "for = 3", 4, "expected text"),
        (LEAST + "for = 'long'", 4, "is not a duration"),
        (LEAST + "for = '3650d'", 4, "is too long; at most 400d"),
        (LEAST + "poll = '1ms'", 4, "is too short; at least 100ms"),
        (LEAST + "start = 'yesterday'", 4, "write a date with time and offset"),
        (LEAST + "[movable]\nbegins = 2026-11-01", 5, "2026-11-01 does not fit: expected a date with time and offset"),
        ("story = ''", 1, "nothing happens in it"),
        ("story = '''\n# soon\n ;\n'''", 1, "nothing happens in it"),
        (LEAST + "clock = 'late'", 4, "known are synced, holdover, unsynced"),
        (LEAST + "[[device]]\nname = 'genset'\nkind = 'engine'", 6, "known are generator_controller"),
        (LEAST + "[[device]]\nname = 'clock'\nkind = 'node'", 5, "none of gateway, clock, centre"),
        (LEAST + "[[device]]\nname = 'genset'\nkind = 'node'\n[[device]]\nname = 'm'\nkind = 'meter'", 2, "normal"),
        (
            "device = [{name = 'genset', kind = 'generator_controller'}]\n"
            + LEAST
            + "[[activator]]\nid = 1\nname = ''",
            6,
            "expected text",
        ),
        (LEAST + "for = '3000h'", 4, "steps are too many"),
        ("for = '1h'\nstory = '''\n00:00 genset normal\n02:00 genset silent\n'''", 4, "after the end of the story"),
        (LEAST + "for = '1h'\nexpect = '''\nat 02:00 power=dead'''", 6, "after the end of the story"),
        ('title = """\nstory = 1\n"""\nstory = """\n\n  00:00 genst normal\n"""', 6, "did you mean genset?"),
        ('story = """00:00 genst normal"""', 1, "did you mean genset?"),
        (LEAST + "expect = '00:01 mains_los'", 4, "did you mean mains_lost?"),
    ],
)
def test_every_mistake_has_its_line(text: str, line: int, says: str) -> None:
    """One clear sentence each."""
    found = mistakes(text)

    assert [(line, True)] == [(number, says in sentence) for number, sentence in found if number == line]


def test_all_mistakes_of_a_story_are_told_at_once() -> None:
    """Of the text and of the expectations, in the order of their lines."""
    found = mistakes('story = """\n00:00 genst normal\n00:60 genset normal\n"""\nexpect = """\n00:01 mains_los\n"""')

    assert [2, 3, 6] == [line for line, _ in found]


def test_a_file_that_is_no_text_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As is a folder."""
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")

    assert 2 == judge(str(tmp_path / "bytes.toml"), str(tmp_path))
    assert 2 == len(capsys.readouterr().err.splitlines())


def test_texts_below_a_table_are_meant_for_the_file() -> None:
    """TOML would give them to the table above."""
    story = read(
        '[tank]\nlitres = 500\nstory = "00:00 genset normal"\n[site]\nfor = "3min"\nexpect = "any mains_lost"', ""
    )

    assert (180_000, 500.0, 1) == (story.length_ms, story.facts.tank.litres, len(story.expected))


def test_without_devices_those_are_there_that_the_story_names() -> None:
    """A site without a set has none."""
    story = read('story = "00:00 inputs mains.present=1 ; meter normal"', "")

    assert [("meter", "load"), ("inputs", None)] == [(one.name, one.place) for one in story.facts.devices]
    assert None is story.facts.controller


def test_what_is_usual_gives_way_to_what_is_said() -> None:
    """56 kW with 15 kW design load; another rated power has its own."""
    usual, other = read(LEAST, ""), read(LEAST + "[generator]\nrated_kw = 100", "")

    assert (56.0, 15.0, 1000.0) == (usual.facts.set.rated_kw, usual.facts.set.design_load_kw, usual.facts.tank.litres)
    assert (100.0, 30.0) == (other.facts.set.rated_kw, other.facts.set.design_load_kw)


def test_a_file_from_windows_is_read(tmp_path: Path) -> None:
    """With its mark at the beginning and its line ends."""
    path = tmp_path / "story.toml"
    path.write_bytes(b"\xef\xbb\xbf" + LEAST.replace("\n", "\r\n").encode())

    assert 1 == len(load(path).facts.devices)


WORDS = st.sampled_from([
    "00:10", "+30s", "-1d", "2h", "genset", "meter", "gateway", "clock", "Kim", "normal", "silent", "repeat", "every",
    "5", "3s:", ";", "#", '"', "fuel.level=60->40", "over", "1h", "by", "report", "none", "ack", "need", "at", "end",
    "never", "count", "alarm", "raised", "power", "->", "dead", "..", "~", "=", "fuel.level=", "?", "until_ms=+", "up",
    "!", "jump", "mains.voltage=", "±", "has", "reasons", "services.=x", "for_s=9h", "\n",
])  # fmt: skip
TEXT = st.lists(WORDS | st.text(max_size=6), max_size=12).map(" ".join)


@given(story=TEXT, expect=TEXT)
@example(story="00:00 Kim report services.food=open services=3", expect="at end call.steps.x.y=1")
def test_whatever_is_written_no_mistake_is_a_traceback(story: str, expect: str) -> None:
    """A story, or sentences with lines that are in the file."""
    faults: tuple[tuple[int, str], ...] = ((1, ""),)
    try:
        read(f"story = {json.dumps(story)}\nexpect = {json.dumps(expect)}\n", "story.toml")
    except BadStory as fault:
        faults = fault.faults

    assert faults
    assert all(1 <= line and "\n" not in sentence for line, sentence in faults)


@pytest.mark.parametrize("tank", ["", "[tank]\nlitres = 300", "[tank]\nlitres = 30000"])
def test_in_order_is_in_order_whatever_is_fitted(tank: str) -> None:
    """With every device that has a word for normal, and a tank of any size."""
    normal = " ; ".join(f"{name} normal" for name, (kind, _) in NAMES.items() if kind in PRESETS)
    text = f'in_order = true\nfor = "5min"\nstory = "00:00 {normal} ; genset mains.voltage=230"\n{tank}'
    story = read(text + '\nexpect = "at end readiness=ready"', "")

    assert [] == judged(story, play(story))


def test_a_long_story_says_how_far_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a terminal, every few seconds; to a file or another program nothing."""
    path = written(tmp_path, LEAST + "for = '3min'")
    seconds = iter(range(10**6))
    monkeypatch.setattr("gateway.judge.time.monotonic", lambda: next(seconds))
    judge(path, "--quiet")
    silent = capsys.readouterr().err
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    judge(path, "--quiet")
    lines = capsys.readouterr().err.splitlines()

    assert "" == silent
    assert "story.toml: 00:00:02 of 00:03:00 played" == lines[0]
    assert 60 == len(lines)
