"""Cards of advice that need no network: what stands on them, and which come first for what is going on."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from kiosk.core.voice.passages import Passage
from kiosk.core.warnings.alert_view import AlertView

CARDS = ("warmth", "water", "food", "medicine", "information", "outage")
"""Every card, in the order in which they stand when nothing is going on."""


class CardText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One language of a card. `reviewed`: an expert (Swedish) or a speaker (the others) has read and approved it."""

    title: str
    lead: str
    steps: tuple[str, ...]
    reviewed: bool


class Basis(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where sentences of a card were found, for whoever checks them again; never drawn.

    `about`: "lead", or a step's number from 1. `source`: whose advice; `address`: where it was read, of another
    when `note` says who passed it on. `dated`: the page's own date, empty if it shows none.
    """

    about: tuple[str, ...]
    source: str
    title: str
    address: str
    dated: str = ""
    note: str = ""


class Card(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One card; its file is kiosk/advice/<id>.toml. `sources`: whose public advice its facts were compared with.

    `basis`: which page says which sentence; `read`: the day on which those pages were read.
    """

    id: str
    icon: str
    sources: tuple[str, ...]
    basis: tuple[Basis, ...]
    read: dt.date
    sv: CardText
    en: CardText
    fi: CardText

    def texts(self) -> dict[str, CardText]:
        """By language."""
        return {"sv": self.sv, "en": self.en, "fi": self.fi}


class Frame(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words round the cards in one language. `name`: the language's own name."""

    name: str
    sources: str
    not_reviewed: str


ORIGINAL = "sv"
"""What the cards were written in; the others are translations of it."""


@dataclass(frozen=True, slots=True)
class Library:
    """All cards by id, and the words round them by language."""

    cards: Mapping[str, Card]
    frames: Mapping[str, Frame]

    def languages(self) -> tuple[str, ...]:
        """What every card can be read in."""
        return tuple(self.frames)


NONE = Library({}, {})
"""No cards: then there is no door to them."""

ABOUT: dict[str, tuple[str, ...]] = {
    # beginnings of words in what a sender writes -> the cards that then come first
    "kolmonoxid": ("warmth",), "carbon": ("warmth",),
    "elavbrott": ("outage", "warmth", "food"), "strömavbrott": ("outage", "warmth", "food"),
    "strömlös": ("outage", "warmth", "food"), "reservkraft": ("outage", "warmth"),
    "power": ("outage", "warmth", "food"), "sähkökatko": ("outage", "warmth", "food"),
    "kyla": ("warmth", "outage"), "snö": ("warmth", "outage"), "storm": ("outage", "warmth"),
    "vind": ("outage", "warmth"), "byvind": ("outage", "warmth"), "wind": ("outage", "warmth"),
    "cold": ("warmth",), "snow": ("warmth", "outage"), "fjärrvärme": ("warmth",),
    "vatten": ("water", "food"), "dricksvatten": ("water", "food"), "koka": ("water", "food"),
    "water": ("water", "food"), "boil": ("water", "food"), "vesi": ("water", "food"),
    "läkemedel": ("medicine",), "medicin": ("medicine",), "sjukhus": ("medicine",), "vård": ("medicine",),
    "värme": ("medicine", "water"), "heat": ("medicine", "water"), "smitt": ("medicine", "water"),
    "mat": ("food",), "livsmedel": ("food",),
    "tele": ("information",), "mobil": ("information",), "112": ("information",), "phone": ("information",),
}  # fmt: skip
NOT_WATER = ("vattenstånd", "vattennivå", "vattenflöd", "vattendrag")
"""High water in rivers is no matter of drinking water."""
CATEGORIES: dict[str, tuple[str, ...]] = {
    # CAP 1.2 categories -> the cards that come first when the words say nothing
    "infra": ("outage", "water"), "met": ("warmth", "outage"), "health": ("medicine", "water"),
    "env": ("water",), "transport": ("information",), "safety": ("information",), "security": ("information",),
}  # fmt: skip
_WORD = re.compile(r"[\w]+")


def first(alerts: Iterable[AlertView], *, dark: bool) -> tuple[str, ...]:
    """Every card, those first that fit what is in force, the gravest message first. `dark`: the point has no mains."""
    wanted: list[str] = []
    for one in alerts:
        wanted += _of(one)
    if dark:
        wanted += ["outage", "warmth"]
    return tuple(dict.fromkeys((*wanted, *CARDS)))


def _of(one: AlertView) -> list[str]:
    """The cards for one message: by its words in order, else by its category."""
    found: list[str] = []
    for word in _WORD.findall(f"{one.headline} {one.instruction} {one.description}".lower()):
        if word.startswith(NOT_WATER):
            continue
        found += next((cards for stem, cards in _LONGEST if word.startswith(stem) and _whole(stem, word)), ())
    return found or [card for word in one.category.split() for card in CATEGORIES.get(word) or ABOUT.get(word, ())]


_LONGEST = sorted(ABOUT.items(), key=lambda row: -len(row[0]))
_SHORT = 3


def _whole(stem: str, word: str) -> bool:
    """A stem of three letters is a word of its own ("mat" is not "matta"), or stands before an ending."""
    return len(stem) > _SHORT or word in (stem, f"{stem}en")


def passages(card: Card, language: str, frame: Frame) -> tuple[Passage, ...]:
    """A card as it is read: the most important, what to do, whose advice it builds on, and if nobody has checked it."""
    text = card.texts()[language]
    told = [Passage(text.lead)] + [Passage(f"• {step}") for step in text.steps]
    told.append(Passage(frame.sources.format(names=", ".join(card.sources))))
    if not text.reviewed:
        told.append(Passage(frame.not_reviewed))
    return tuple(told)
