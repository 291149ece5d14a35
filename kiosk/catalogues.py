"""Which languages there are texts in: a file for each in `kiosk/texts`, named by its tag."""

from functools import cache
from importlib.resources import files


@cache
def written() -> tuple[str, ...]:
    """Tags, sorted."""
    names = (file.name for file in files("kiosk").joinpath("texts").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))
