"""The catalogues of texts, read once from `kiosk/texts`: a file for each language, named by its tag."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from kiosk.catalogues import written
from kiosk.core.visitor.languages import MAIN
from kiosk.core.words import Words


@cache
def words(language: str) -> Words:
    """One language's texts by "table.key", with the Swedish ones behind them; KeyError for a language without."""
    if language not in written():
        raise KeyError(language)
    return Words(language, _table(language), None if language == MAIN else _table(MAIN))


@cache
def _table(language: str) -> Mapping[str, str]:
    tree = tomllib.loads(files("kiosk").joinpath("texts", f"{language}.toml").read_text("utf-8"))
    return {f"{table}.{key}": text for table, rows in tree.items() for key, text in rows.items()}
