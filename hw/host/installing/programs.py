"""The programs of the product: put in place without a network, and asked on the way (settings, keys)."""

import hashlib
import shutil
import tempfile
from pathlib import Path

from installing import settings
from installing.answers import Answers, Faults
from installing.running import LONG_S, Failed, has, inside, run
from installing.tree import CannotInstall, Tree

HOME = "/opt/sotpunkt"
"""A link to the side that is in use: a new version is whole and has read the answers before the link is turned."""
SIDES = (f"{HOME}-a", f"{HOME}-b")
STAMP = "installed"
EXTRAS = ("gateway", "kiosk", "dashboard")
ALWAYS = ("keys", "doctor", "nodes")


class Programs:
    """The product's commands: in the tree, or, for a trial, in a folder of this machine."""

    def __init__(self, tree: Tree, outside: Path | None = None) -> None:
        self._tree = tree
        self._outside = outside
        self.home = HOME
        """The side that is asked: that in use, or the new one before it is."""

    @property
    def there(self) -> bool:
        """Can they be asked?"""
        return self._outside is not None or has(self._tree, f"{self.home}/bin/sotpunkt-gateway")

    def path(self, path: str) -> str:
        """A path of the tree as the programs see it."""
        return path if self._outside is None else str(self._tree.at(path))

    def ask(self, name: str, *arguments: str, what: str) -> str:
        """What a command prints; raises CannotInstall with what it said."""
        if self._outside is not None:
            return run([str(self._outside / name), *arguments], what)
        return inside(self._tree, [f"{self.home}/bin/{name}", *arguments], what)

    def check_settings(self, answers: Answers) -> None:
        """Every program reads its new file before the old one is touched; raises Faults with what they say."""
        faults = []
        folder = Path("/tmp") if self._outside else self._tree.at("/tmp")  # noqa: S108 - a fresh folder of our own in it
        with tempfile.TemporaryDirectory(dir=folder, prefix="sotpunkt-") as new:
            for program, text in settings.files(answers).items():
                file = Path(new) / f"{program}.toml"
                file.write_text(text, "utf-8")
                seen = str(file) if self._outside else f"/{file.relative_to(self._tree.root)}"
                try:
                    self.ask(f"sotpunkt-{program}", "check", seen, what=program)
                except Failed as fault:
                    faults += [f"{program}: {one}" for one in _each(fault.lines)]
        if not any("unknown profile" in one for one in faults):
            faults += self._unknown_profiles(answers)
        if faults:
            raise Faults("answers", list(dict.fromkeys(faults)))

    def _unknown_profiles(self, answers: Answers) -> list[str]:
        """The gateway comes to its devices only when the form of all tables is right: told with that."""
        asked = self.ask("sotpunkt-gateway", "profiles", what="gateway").splitlines()
        known = [line.split()[0] for line in asked if line.strip()]
        if not known:
            return []
        there = ", ".join(known)
        return [
            f'gateway: [device {device.get("name")}] unknown profile "{device["profile"]}"; there are: {there}'
            for device in answers.tree.get("device", [])
            if isinstance(device, dict) and "profile" in device and device["profile"] not in known
        ]


def _each(lines: list[str]) -> list[str]:
    """The faults that a program told: below a first line that counts them, or one alone."""
    below = [line.strip() for line in lines if line.startswith("  ")]
    return below or [" / ".join(lines[-3:])]


def install(answers: Answers, tree: Tree, house: Path) -> tuple[str, str]:
    """The programs from a wheelhouse, beside those in use: (the side where they lie, what to tell of it)."""
    wheel = _newest(house)
    extras = [one for one in EXTRAS if one in answers.programs] + _known(wheel)
    python = inside(tree, ["python3", "-c", "import sys; print(*sys.version_info[:2], sep='.')"], "programs").strip()
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    stamp = f"{wheel.name} {digest} {','.join(extras)} Python {python}\n"
    for side in SIDES:
        if tree.text(f"{side}/{STAMP}") == stamp:
            return side, f"{wheel.name}, as before" if _in_use(tree) == side else wheel.name
    side = next(one for one in SIDES if one != _in_use(tree))
    seen = str(house)
    if not tree.live:
        seen = "/" + str(house.relative_to(tree.root)) if house.is_relative_to(tree.root) else ""
        if not seen:
            raise CannotInstall(
                f"{house} lies outside {tree.root}, and its programs cannot see it; copy it into the tree"
            )
    _make(tree, side, seen, f"sotpunkt[{','.join(extras)}]")
    tree.write(f"{side}/{STAMP}", stamp)
    return side, wheel.name


def _make(tree: Tree, side: str, house: str, wanted: str) -> None:
    """A Python environment of its own, made anew; what could not be made whole leaves its room to the site."""
    here = tree.at(side)
    try:
        shutil.rmtree(here, ignore_errors=True)
        inside(tree, ["python3", "-m", "venv", side], "programs", LONG_S)
        pip = [f"{side}/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
        _fill(tree, [*pip, "--find-links", house, wanted], house)
    except BaseException:
        shutil.rmtree(here, ignore_errors=True)
        raise


def _fill(tree: Tree, command: list[str], house: str) -> None:
    try:
        inside(tree, command, "programs", LONG_S)
    except Failed as fault:
        if not any("No matching distribution" in line for line in fault.lines):
            raise
        raise CannotInstall(
            f"{house} does not hold all that this machine's Python needs; run `make wheelhouse` on one of the same "
            f'kind with the same Debian (pip says "{fault.lines[0].removeprefix("ERROR: ")}")'
        ) from fault


def take(tree: Tree, side: str) -> None:
    """From now on this side is in use. The other stays until the next version, for what still runs of it."""
    here = tree.at(HOME)
    if here.is_dir() and not here.is_symlink():  # as older installers made it: in one place
        before = tree.at(f"{HOME}-before")
        here.rename(before)
        tree.link(HOME, Path(side).name)
        shutil.rmtree(before, ignore_errors=True)
    tree.link(HOME, Path(side).name)


def _in_use(tree: Tree) -> str:
    here = tree.at(HOME)
    return f"{Path(HOME).parent}/{here.readlink().name}" if here.is_symlink() else ""


def _newest(house: Path) -> Path:
    wheels = sorted(house.glob("sotpunkt-*.whl"), key=lambda path: path.stat().st_mtime)
    if not wheels:
        raise CannotInstall(
            f"{house} holds no sotpunkt-*.whl; `make wheelhouse` fills it, or name it: --wheelhouse DIR"
        )
    return wheels[-1]


def _known(wheel: Path) -> list[str]:
    """Of the extras that every site has, those that this wheel knows."""
    import zipfile

    with zipfile.ZipFile(wheel) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
        told = archive.read(name).decode("utf-8")
    return [one for one in ALWAYS if f"Provides-Extra: {one}\n" in told]
