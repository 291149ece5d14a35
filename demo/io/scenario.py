"""Scenario files: those that come with the simulator, by name, and any other by its path."""

import os
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from demo.core.faults import BadUse
from demo.core.script import Script, script
from demo.io.processes import answer, module


async def read_script(name_or_path: str) -> Script:
    """What a run must know of it; raises BadUse with what the simulator says of a file that is wrong."""
    path = _path(name_or_path)
    if not path.is_file():
        known = ", ".join(sorted(one.stem for one in _path("outage").parent.glob("*.toml")))
        raise BadUse(f"--scenario {name_or_path}: there is none; there are {known}, or give the path of a file")
    got = await answer(module("simulator", "check", path), environment=dict(os.environ))
    if got.code:
        raise BadUse(got.said or f"--scenario {name_or_path}: the simulator refuses it")
    if b": scenario of " not in got.out:
        raise BadUse(f"--scenario {name_or_path}: is no scenario; simulator/README.md shows what one looks like")
    return script(tree(name_or_path))


def tree(name_or_path: str) -> dict[str, Any]:
    """The tree of its file, as it stands."""
    return tomllib.loads(_path(name_or_path).read_text("utf-8"))


def plant_tree(name_or_path: str) -> dict[str, Any]:
    """The tree of a plant's file, as it stands."""
    if "/" in name_or_path or name_or_path.endswith(".toml"):
        return tomllib.loads(Path(name_or_path).read_text("utf-8"))
    return tomllib.loads(Path(str(files("simulator").joinpath(f"plants/{name_or_path}.toml"))).read_text("utf-8"))


def feed_steps(name: str) -> tuple[dict[str, Any], ...]:
    """The steps of the public feeds' script of the same name; none where there is no such script."""
    path = Path(str(files("simulator").joinpath(f"feeds/{name}.toml")))
    if "/" in name or not path.is_file():
        return ()
    return tuple(tomllib.loads(path.read_text("utf-8")).get("step", ()))


def _path(name_or_path: str) -> Path:
    if "/" in name_or_path or name_or_path.endswith(".toml"):
        return Path(name_or_path)
    return Path(str(files("simulator").joinpath(f"scenarios/{name_or_path}.toml")))
