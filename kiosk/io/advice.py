"""The cards of advice, read once from `kiosk/advice`."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from kiosk.core.advice import CARDS, Card, Frame, Library


@cache
def library() -> Library:
    """Every card, and the words round them."""
    cards = {name: msgspec.convert(_tree(name), Card) for name in CARDS}
    return Library(cards, msgspec.convert(_tree("frame"), dict[str, Frame]))


def _tree(name: str) -> dict[str, Any]:
    return tomllib.loads(files("kiosk").joinpath("advice", f"{name}.toml").read_text("utf-8"))
