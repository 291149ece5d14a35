"""Which manifests come in, and when a trial is over: the same rules at the desk, at the signer and on the node."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from node.core import update
from node.core.trial import CALM_S, GIVE_UP_S, Trial

import contract.firmware
from contract.wire import Refused
from keys.core import firmware
from keys.core.faults import BadUse

SHA = hashlib.sha256(b"").hexdigest()
GOOD: dict[str, Any] = {
    "v": 1, "version": 5, "min_board": {"unix": [1, 29]}, "files": 1, "bytes": 0, "list": [80, SHA]
}  # fmt: skip
PATHS = {
    "node/app.py": True, "node/core/tank.mpy": True, "onewire.py": True, "a/b/c/d/e.py": True, "node/__init__.py": True,
    "": False, ".py": False, "/node/x.py": False, "../x.py": False, "node/../main.py": False, "node//x.py": False,
    "node/./x.py": False, "main.py": False, "main.mpy": False, "loader.py": False, "boot.py": False,
    "node/main.py": True, "start/pointer": False, "manifest.json": False, "node/x.txt": False, "node/X.py": False,
    "node/å.py": False,
    "node/x.py\n": False, "node\\x.py": False, "node/x y.py": False, "a/b/c/d/e/f.py": False, "node/x.py/": False,
    "n" * 53 + ".py": True, "n" * 54 + ".py": False, "node/a.b.py": False, "C:x.py": False, "node/x.py\0": False,
}  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_signer_and_node_agree_on_paths(path: str) -> None:
    """What leads out of a slot, or over a file of the board, is refused by both."""
    bodies = {"node/app.py": b"", path: b""}
    try:
        firmware.told(1, {"unix": (1, 29)}, bodies)
        signed = True
    except BadUse:
        signed = False

    assert PATHS[path] == update.path_fits(path) == signed == contract.firmware.path_fits(path)


@given(st.text(max_size=20) | st.from_regex(r"[a-z/._]{1,20}\.m?py", fullmatch=True))
def test_signer_and_node_agree_on_any_path(path: str) -> None:
    """For any text; and what both take is below the slot."""
    fits = update.path_fits(path)

    assert fits == (not firmware._path_fault(path))
    assert not fits or (not path.startswith("/") and ".." not in path)


@pytest.mark.parametrize(
    "name", ["MANIFEST_MAX", "LIST_MAX", "FILES_MAX", "FILE_MAX", "PATH_MAX", "LEVELS_MAX", "VERSION_MAX"]
)
def test_signer_and_node_have_the_same_limits(name: str) -> None:
    """Nothing is signed that no node takes."""
    assert getattr(contract.firmware, name) == getattr(update, name)


def body(**other: Any) -> bytes:
    """A manifest with something else in it."""
    return json.dumps(GOOD | other).encode()


@pytest.mark.parametrize(
    "wrong",
    [
        b"", b"null", b"[]", b"{}", b"7", b'"x"', b"\xff\xfe", b"{" * 50, b"[" * 8000, body()[:-1],
        body(v=2), body(version=0), body(version=-1), body(version=1.5), body(version="5"), body(version=True),
        body(version=10**9), body(version=None), body(min_board={}), body(min_board=["unix"]), body(min_board="unix"),
        body(min_board={"unix": 1}), body(min_board={"unix": [1]}), body(min_board={"unix": [1, "29"]}),
        body(min_board={"unix": [1, -1]}), body(files=0), body(files=129), body(files=[]), body(files="1"),
        body(bytes=-1), body(bytes=None), body(list=[]), body(list={}), body(list=None), body(list=[80]),
        body(list=[80, SHA, 1]), body(list=[0, SHA]), body(list=[16385, SHA]), body(list=[80.0, SHA]),
        body(list=[80, SHA.upper()]), body(list=[80, SHA[:-1]]), body(list=[80, None]), body(list="80"),
        body(more="x" * 1024),
    ],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(wrong: bytes) -> None:
    """Whoever signed it, by the node and by the gateway that hands it on."""
    assert update.opened(wrong, "x") is None
    with pytest.raises(Refused):
        contract.firmware.opened(wrong)


@pytest.mark.parametrize(
    "row",
    [
        "", " ", SHA, f"{SHA} 0", f"{SHA} 0 node/app.py x", f"{SHA}  0 node/app.py", f"{SHA} -1 node/app.py",
        f"{SHA} 98305 node/app.py", f"{SHA} 1.0 node/app.py", f"{SHA} x node/app.py", f"{SHA}  node/app.py",
        f"{SHA.upper()} 0 node/app.py", f"{SHA[1:]} 0 node/app.py", f"{SHA} 0 ../node/app.py", f"{SHA} 999999 a.py",
        f"{SHA} 0 main.py", f"{SHA} 0 node/app.py\r", f"{SHA}\t0\tnode/app.py", f"{SHA} \u0661 node/app.py",
    ],
)  # fmt: skip
def test_row_that_is_none_ends_the_list(row: str) -> None:
    """Whoever signed it; as text and as bytes."""
    assert update.row_of(f"{row}\n") is None
    assert update.row_of(f"{row}\n".encode()) is None
    assert not update.list_fits([f"{SHA} 0 node/app.py\n", f"{row}\n"])
    with pytest.raises(Refused):
        contract.firmware.rows(f"{SHA} 0 node/app.py\n{row}\n".encode())


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["node/app.py"], True),
        (["node/app.mpy", "node/core/tank.py"], True),
        (["node/core/tank.py"], False),
        ([], False),
        (["node/app.py", "node/app.py"], False),
        (["node/app.mpy", "node/app.py"], False),
        (["node/core/tank.py", "node/app.py"], False),
        ([*(f"a{number:03}.py" for number in range(127)), "node/app.py"], True),
        ([*(f"a{number:03}.py" for number in range(128)), "node/app.py"], False),
    ],
)
def test_list_names_each_module_once_and_in_order(paths: list[str], expected: bool) -> None:
    """And the module that is started is among them."""
    lines = [f"{SHA} 0 {path}\n".encode() for path in paths]
    try:
        read = [row.path for row in contract.firmware.rows(b"".join(lines))] == paths
    except Refused:
        read = False

    assert expected == update.list_fits(lines) == read


@given(st.sets(st.from_regex(r"[a-z0-9_]{1,3}(/[a-z0-9_]{1,3}){0,2}", fullmatch=True), max_size=20))
def test_what_is_signed_fits_the_node(modules: set[str]) -> None:
    """Every list that the signer writes is one that the node reads; so is every manifest."""
    bodies = {f"{one}.py": one.encode() for one in modules - set(update.NOT_AT_THE_TOP)} | {"node/app.mpy": b""}
    bodies.pop("node/app.py", None)
    told = firmware.told(3, {"esp32": (1, 29), "pico-w": (1, 30)}, bodies)
    read = update.opened(told.manifest, "name")

    assert update.list_fits(told.listed.splitlines(keepends=True))
    assert (3, len(bodies), "files.txt", len(told.listed)) == (read.version, read.files, *read.list[:2])


TREES = st.recursive(
    st.integers() | st.text() | st.none(),
    lambda more: st.lists(more) | st.dictionaries(st.sampled_from(list(GOOD)), more),
)


@given(st.binary(max_size=80) | TREES.map(lambda told: json.dumps(told).encode()))
def test_no_bytes_break_the_reader(any_bytes: bytes) -> None:
    """Anything may lie in the broker."""
    here = update.Here(1, "unix", (1, 29), None, None, "", "", 0)

    assert update.judged(any_bytes, bytes(64), [bytes(64)], here)[1] is None


def test_manifest_beyond_the_limit_is_not_even_read() -> None:
    """1 KiB and no more."""
    here = update.Here(1, "unix", (1, 29), None, None, "", "", 0)

    assert "manifest" == update.judged(body() + b" " * 1024, bytes(64), [bytes(64)], here)[0]
    assert "signature" == update.judged(body(), bytes(64), [bytes(64)], here)[0]


@pytest.mark.parametrize(
    ("battery_mv", "least_mv", "expected"),
    [(None, None, ""), (3000, None, ""), (11800, 11800, ""), (11799, 11800, "battery"), (None, 1, "battery")],
)
def test_battery_that_is_not_known_is_not_enough(battery_mv: int | None, least_mv: int | None, expected: str) -> None:
    """Where a threshold is set; a board without battery has none."""
    assert expected == update.battery_word(battery_mv, least_mv)


def test_keys_are_read_one_a_line() -> None:
    """What is no key is passed over: a note, a cut line."""
    key = "0a" * 64

    assert [bytes.fromhex(key)] * 2 == update.keys_of(f"# ours\n{key}\n{key[:-1]}\n\n  {key}  \n{'g' * 128}\n")


def test_every_word_of_a_refusal_is_listed() -> None:
    """Once each, short, in plain letters: they travel on the wire."""
    assert len(set(update.WORDS)) == len(update.WORDS)
    assert all(word.isalpha() and word.islower() for word in update.WORDS)


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([(10, 1, 1, [1, 2]), (10 + CALM_S, 1, 1, [1, 2])], "confirm"),
        ([(10, 1, 1, [1, 2, 3]), (9 + CALM_S, 1, 1, [1, 2, 3])], "wait"),
        ([(10, 1, 1, [1, 2]), (100, 1, 0, [1, 2]), (20 + CALM_S, 1, 1, [1, 2])], "wait"),
        ([(10, 1, 1, [1, 2]), (100, 0, 1, [1, 2]), (20 + CALM_S, 1, 1, [1, 2])], "wait"),
        ([(10, 1, 1, [1, 2]), (100, 1, 1, [1]), (20 + CALM_S, 1, 1, [1, 2])], "wait"),
        ([(10, 1, 1, [1]), (GIVE_UP_S - 1, 1, 1, [1])], "wait"),
        ([(10, 1, 1, [1]), (GIVE_UP_S, 1, 1, [1])], "restart"),
        ([(10, 1, 1, [1]), (GIVE_UP_S, 1, 1, [1, 2])], "wait"),
        ([(GIVE_UP_S, 1, 1, [2, 1]), (GIVE_UP_S + CALM_S, 1, 1, [1, 2])], "confirm"),
    ],
)
def test_trial_ends_when_all_worked_together(looks: list, expected: str) -> None:
    """Network, broker and every channel that gave values before, for some minutes without a break."""
    trial = Trial([1, 2], 0)

    assert expected == [trial.look(*look) for look in looks][-1]


def test_sensor_that_was_dead_before_holds_nothing_up() -> None:
    """Only what worked before the update must work after it."""
    trial = Trial([], 0)
    trial.look(0, True, True, [])

    assert "confirm" == trial.look(CALM_S, True, True, [])
