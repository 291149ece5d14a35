"""The catalogues of sentences: `texts/sv.toml` and `texts/en.toml`, with the same keys."""

import tomllib
from importlib.resources import files

from contract.missing import missing_words
from doctor.core.finding import Finding, Why

LANGUAGES = ("sv", "en")
TOLD = "told"
"""A reason in the gateway's own words, for which the contract has those of people."""


def catalogue(language: str) -> dict[str, str]:
    """Key (`clock.synced`) → sentence, `grade.ok` … → the word before it, and `language` → which one it is."""
    tree = tomllib.loads(files("doctor").joinpath(f"texts/{language}.toml").read_text("utf-8"))
    return {f"{table}.{key}": text for table, rows in tree.items() for key, text in rows.items()} | {
        "language": language
    }


def sentence(finding: Finding, texts: dict[str, str]) -> str:
    """The finding in words; a reason from outside cannot bring line breaks or terminal signs."""
    values = finding.values | {"why": _reason(finding.why, finding.values, texts)}
    return texts[finding.text].format_map(_clean(values))


def _reason(why: Why | None, outer: dict[str, str], texts: dict[str, str]) -> str:
    """A reason in words, with the reason of it; one that a newer program gives is quoted."""
    if why is None:
        return ""
    if why.key == TOLD and (told := missing_words(why.said, texts["language"])) is not None:
        return told
    values = {**outer, **why.values, "said": why.said or why.key, "why": _reason(why.inner, outer, texts)}
    return texts.get(f"why.{why.key}", texts["why.said"]).format_map(_clean(values))


def _clean(values: dict[str, str]) -> dict[str, str]:
    return {name: "".join(letter if letter.isprintable() else " " for letter in one) for name, one in values.items()}
