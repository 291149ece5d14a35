"""The catalogues of sentences: `texts/sv.toml` and `texts/en.toml`, with the same keys."""

import tomllib
from importlib.resources import files

from doctor.core.finding import Finding

LANGUAGES = ("sv", "en")


def catalogue(language: str) -> dict[str, str]:
    """Key (`clock.synced`) → sentence, and `grade.ok` … → the word before it."""
    tree = tomllib.loads(files("doctor").joinpath(f"texts/{language}.toml").read_text("utf-8"))
    return {f"{table}.{key}": text for table, rows in tree.items() for key, text in rows.items()}


def sentence(finding: Finding, texts: dict[str, str]) -> str:
    """The finding in words; a reason from outside cannot bring line breaks or terminal signs."""
    clean = {
        name: "".join(letter if letter.isprintable() else " " for letter in one) for name, one in finding.values.items()
    }
    return texts[finding.text].format_map(clean)
