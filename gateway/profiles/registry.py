"""The profiles that come with the program, by name, and any profile by its file path."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from gateway.profiles.reader import parse
from gateway.profiles.schema import Profile, ProfileFault

SUFFIX = ".toml"


@cache
def registry() -> dict[str, Profile]:
    """All profiles of the program by name, sorted. Raises ProfileFault, also for a name that stands twice."""
    folder = files("gateway.profiles")
    paths = sorted((path for path in folder.iterdir() if path.name.endswith(SUFFIX)), key=lambda path: path.name)
    return collect((path.name, path.read_text("utf-8")) for path in paths)


def collect(texts: Iterable[tuple[str, str]]) -> dict[str, Profile]:
    """Profiles from (file, text) pairs by name, sorted; all faults of all files are told at once."""
    faults: list[str] = []
    found: dict[str, tuple[str, Profile]] = {}
    for file, text in texts:
        try:
            profile = parse(text, file, family)
        except ProfileFault as fault:
            faults += fault.faults
            continue
        if profile.name in found:
            faults.append(f"{file}, head: name {profile.name} is also that of {found[profile.name][0]}")
        found.setdefault(profile.name, (file, profile))
    if faults:
        raise ProfileFault(faults)
    return {name: found[name][1] for name in sorted(found)}


def load(name_or_path: str) -> Profile:
    """A profile of the program by name, or any by path (has a `/` or ends in `.toml`). Raises ProfileFault."""
    if "/" in name_or_path or name_or_path.endswith(SUFFIX):
        return from_file(Path(name_or_path))
    profiles = registry()
    if name_or_path in profiles:
        return profiles[name_or_path]
    close = get_close_matches(name_or_path, profiles, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(profiles)}"
    raise ProfileFault([f'unknown profile "{name_or_path}"; {hint}'])


def from_file(path: Path) -> Profile:
    """A profile from a file outside the program. Raises ProfileFault."""
    try:
        text = path.read_text("utf-8")
    except OSError as fault:
        raise ProfileFault([f"{path}: cannot be read: {fault.strerror or fault}"]) from fault
    except UnicodeDecodeError as fault:
        raise ProfileFault([f"{path}: is not UTF-8 text"]) from fault
    return _parsed(text, path.name)


@lru_cache(maxsize=64)
def _parsed(text: str, file: str) -> Profile:
    """Devices of one profile share it."""
    return parse(text, file, family)


def family(name: str) -> str | None:
    """The text of a family that profiles may be like; None for a stranger."""
    path = files("gateway.profiles").joinpath("families", f"{name}.toml")
    return path.read_text("utf-8") if name.replace("-", "").isalnum() and path.is_file() else None
