"""A new version, a run that is cut off, two at once: what runs goes on, and the next run knows what is left to do."""

import fcntl
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "hw/host/answers-example"


def _all(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


def _house(folder: Path, said: str) -> Path:
    """A wheelhouse with a sotpunkt in it that nobody looks into."""
    folder.mkdir()
    with zipfile.ZipFile(folder / "sotpunkt-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("sotpunkt-1.dist-info/METADATA", f"Name: sotpunkt\nSummary: {said}\n")
    return folder


@pytest.fixture
def sides(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Puts a version into the tree by commands that stand in for Python and pip; (house, fault of pip) → the side."""
    monkeypatch.syspath_prepend(str(ROOT / "hw/host"))
    from installing import answers, programs
    from installing.running import Failed
    from installing.tree import Tree

    def put(house: Path, fault: str = "") -> str:
        def inside(there: Tree, command: list[str], what: str, _within_s: float = 0) -> str:
            if "venv" in command:
                (there.at(command[-1]) / "bin").mkdir(parents=True)
            if "pip" in command and fault:
                raise Failed(what, fault.splitlines())
            return "3.11\n"

        monkeypatch.setattr(programs, "inside", inside)
        side, _ = programs.install(answers.read(EXAMPLE), Tree(tree), house)
        return side

    return put


def test_new_version_is_made_beside_the_one_that_runs(sides: Callable, tree: Path, tmp_path: Path) -> None:
    """It is whole before the link is turned; done again nothing is made anew; what an older installer made goes."""
    from installing import programs
    from installing.tree import Tree

    old, new = _house(tree / "old", "one"), _house(tree / "new", "two")
    (tree / "opt/sotpunkt/bin").mkdir(parents=True)
    first = sides(old)
    before = (tree / "opt/sotpunkt").is_symlink()
    programs.take(Tree(tree), first)
    second, again = sides(new), sides(old)

    assert ("/opt/sotpunkt-a", False, "/opt/sotpunkt-b", "/opt/sotpunkt-a") == (first, before, second, again)
    assert "sotpunkt-a" == str((tree / "opt/sotpunkt").readlink())
    assert ["sotpunkt", "sotpunkt-a", "sotpunkt-b"] == sorted(path.name for path in (tree / "opt").iterdir())


@pytest.mark.parametrize(
    ("fault", "words"),
    [("ERROR: [Errno 28] No space left on device", "No space left"),
     ("ERROR: x\nERROR: No matching distribution found for msgspec", "run `make wheelhouse` on one of the same kind")],
)  # fmt: skip
def test_version_that_cannot_be_made_leaves_nothing(sides: Callable, tree: Path, fault: str, words: str) -> None:
    """A full disk, or wheels for another Python: what runs stays, and the half of the new one gives its room back."""
    from installing import programs
    from installing.tree import CannotInstall, Tree

    programs.take(Tree(tree), sides(_house(tree / "old", "one")))
    with pytest.raises(CannotInstall) as told:
        sides(_house(tree / "new", "two"), fault)

    assert words in str(told.value)
    assert ["sotpunkt", "sotpunkt-a"] == sorted(path.name for path in (tree / "opt").iterdir())


@pytest.mark.usefixtures("as_root")
def test_run_that_was_cut_off_is_known_to_the_next(install_quickly: Callable, tree: Path, answers: Callable) -> None:
    """What it has written but told nobody stays marked until a run comes to its end, which tells it all anew."""
    link = tree / "etc/systemd/journald.conf.d"
    link.parent.mkdir(parents=True)
    link.touch()  # a file where a folder is to be: the run ends there
    cut = install_quickly("--root", tree, answers())
    marked = (tree / "etc/sotpunkt/unfinished").exists()
    link.unlink()
    done = install_quickly("--root", tree, answers())

    assert (1, True, 0, False) == (cut.code, marked, done.code, (tree / "etc/sotpunkt/unfinished").exists())
    assert 1 == len(cut.err.splitlines())


def test_what_a_cut_off_run_has_changed_is_started_anew(monkeypatch: pytest.MonkeyPatch, tree: Path) -> None:
    """With the mark the rules are loaded and the services restarted, also where this run found all as it should be."""
    monkeypatch.syspath_prepend(str(ROOT / "hw/host"))
    from installing import answers, steps
    from installing.tree import Tree

    told: dict[bool, str] = {}
    for everything in (False, True):
        asked: list[str] = []
        monkeypatch.setattr(steps, "run", lambda command, *_, kept=asked: kept.append(" ".join(command)))
        here = Tree(tree)
        here.changed = [steps.UNFINISHED]
        steps._start(answers.read(EXAMPLE), here, lambda _: None, everything=everything)
        told[everything] = "\n".join(asked)

    assert (False, True) == ("reload nftables" in told[False], "reload nftables" in told[True])
    assert ("systemctl start --no-block" in told[False], "systemctl restart --no-block" in told[True]) == (True, True)


def test_two_at_once_do_not_meet(install_quickly: Callable, tree: Path, answers: Callable) -> None:
    """The second is told to wait, and changes nothing."""
    handle = os.open(tree, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        before = _all(tree)
        said = install_quickly("--root", tree, answers())
    finally:
        os.close(handle)

    assert (1, before) == (said.code, _all(tree))
    assert "somebody else installs here just now" in said.err


def test_interface_that_is_not_here_is_remarked_on(install_quickly: Callable, answers: Callable) -> None:
    """On the machine itself a name that it does not have is told with those that it has; it may be plugged in later."""
    said = install_quickly("--check", answers(('uplink = "eth0"', 'uplink = "eht0"')))

    assert 0 == said.code
    leads_out = {path.name for path in Path("/sys/class/net").iterdir()} - {"lo"}
    assert bool(leads_out) == ("remark: [network] uplink: no eht0 is here now (there are " in said.out)


def test_certificate_that_is_of_no_use_is_refused(install: Callable, answers: Callable) -> None:
    """The page would not start with it, so the answers are wrong: told with all the others."""
    more = 'port = 8080\ncertificate_file = "/nowhere/page.crt"\nkey_file = "/nowhere/page.key"'
    said = install("--check", answers(("port = 8080", more)))

    assert 2 == said.code
    assert "dashboard: [web] certificate_file, key_file: /nowhere/page.crt and /nowhere/page.key can not be" in said.err


@pytest.mark.usefixtures("as_root")
def test_certificate_that_root_laid_there_is_given_to_the_page(
    install_quickly: Callable, tree: Path, answers: Callable
) -> None:
    """Files in the page's own folder get its owner and are shut to others; those of other folders are left alone."""
    named = "/etc/sotpunkt/secrets/dashboard/page"
    key, other = tree / f"{named}.key"[1:], tree / "etc/other.crt"
    key.parent.mkdir(parents=True)
    for file in (key, other):
        file.write_text("x", "utf-8")
        file.chmod(0o644)
    more = f'port = 8080\ncertificate_file = "/etc/other.crt"\nkey_file = "{named}.key"'
    said = install_quickly("--root", tree, answers(("port = 8080", more)))

    assert 0 == said.code, said
    assert (0o600, key.parent.stat().st_uid) == (key.stat().st_mode & 0o777, key.stat().st_uid)
    assert (0o644, 0) == (other.stat().st_mode & 0o777, other.stat().st_uid)
    assert 0 != key.stat().st_uid
