"""The programs of the product: put in place without a network, and asked on the way (settings, keys)."""

import hashlib
import tempfile
from pathlib import Path

from installing import settings
from installing.answers import Answers, Faults
from installing.running import LONG_S, Failed, has, inside, run
from installing.tree import CannotInstall, Tree

HOME = "/opt/sotpunkt"
BIN = f"{HOME}/bin"
STAMP = f"{HOME}/installed"
EXTRAS = ("gateway", "kiosk", "dashboard")
ALWAYS = ("keys", "doctor")


class Programs:
    """The product's commands: in the tree, or, for a trial, in a folder of this machine."""

    def __init__(self, tree: Tree, outside: Path | None = None) -> None:
        self._tree = tree
        self._outside = outside

    @property
    def there(self) -> bool:
        """Can they be asked?"""
        return self._outside is not None or has(self._tree, f"{BIN}/sotpunkt-gateway")

    def path(self, path: str) -> str:
        """A path of the tree as the programs see it."""
        return path if self._outside is None else str(self._tree.at(path))

    def ask(self, name: str, *arguments: str, what: str) -> str:
        """What a command prints; raises CannotInstall with what it said."""
        if self._outside is not None:
            return run([str(self._outside / name), *arguments], what)
        return inside(self._tree, [f"{BIN}/{name}", *arguments], what)

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


def install(answers: Answers, tree: Tree, house: Path) -> str:
    """The programs from a wheelhouse into a Python environment of their own; what to tell of it."""
    wheel = _newest(house)
    extras = [one for one in EXTRAS if one in answers.programs] + _known(wheel)
    stamp = f"{wheel.name} {hashlib.sha256(wheel.read_bytes()).hexdigest()} {','.join(extras)}\n"
    if tree.text(STAMP) == stamp and has(tree, f"{BIN}/sotpunkt-gateway"):
        return f"{wheel.name}, as before"
    if not has(tree, f"{BIN}/python"):
        inside(tree, ["python3", "-m", "venv", HOME], "programs", LONG_S)
    seen = str(house)
    if not tree.live:
        seen = "/" + str(house.relative_to(tree.root)) if house.is_relative_to(tree.root) else ""
        if not seen:
            raise CannotInstall(
                f"{house} lies outside {tree.root}, and its programs cannot see it; copy it into the tree"
            )
    pip = [f"{BIN}/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
    wanted = f"sotpunkt[{','.join(extras)}]"
    inside(
        tree,
        [*pip, "--find-links", seen, "--upgrade", "--upgrade-strategy", "eager", wanted],
        "programs",
        LONG_S,
    )
    # a wheel of the same number may be another one
    inside(tree, [*pip, "--find-links", seen, "--force-reinstall", "--no-deps", "sotpunkt"], "programs", LONG_S)
    tree.write(STAMP, stamp)
    return wheel.name


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
