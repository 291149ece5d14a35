"""The catalogues of texts, read once from `kiosk/texts`."""

import tomllib
from functools import cache
from importlib.resources import files

from contract.phrases import LANGUAGES
from kiosk.core.words import Words


@cache
def words(language: str) -> Words:
    """One language's texts by "table.key"."""
    if language not in LANGUAGES:
        raise KeyError(language)
    tree = tomllib.loads(files("kiosk").joinpath("texts", f"{language}.toml").read_text("utf-8"))
    return Words(language, {f"{table}.{key}": text for table, rows in tree.items() for key, text in rows.items()})
