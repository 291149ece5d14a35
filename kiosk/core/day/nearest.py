"""The nearest other place that is open and warm, with the age of that word: for the page of a closed point."""

from contract.everyday import Nearby, NearestDocument
from contract.freshness import DECLARATION_HOLDS_MS
from contract.words import Declared
from kiosk.core.age import Reader
from kiosk.core.day.said import in_language
from kiosk.core.day.section import Entry
from kiosk.core.look.theme import Role
from kiosk.core.words import clean

OPEN = (Declared.OPEN, Declared.LIMITED)


def nearest(document: object, reader: Reader) -> tuple[Entry, ...]:
    """At most one row: the first place said to be open by a word that still holds, else the first that was.

    Nobody is sent through the cold by an old word as if it were new: past four hours, or with no clock to judge it by,
    it says "was".
    """
    if not isinstance(document, NearestDocument):
        return ()
    places = [one for one in document.places if one.declared in OPEN]
    young = [one for one in places if _holds(one, reader)]
    return tuple(_row(one, one in young, reader) for one in (young or places)[:1])


def _age_ms(one: Nearby, reader: Reader) -> int | None:
    """A word from the future is no younger than any other that cannot be judged."""
    here = reader.wall_ms()
    gone = None if here is None else here - int(one.told.timestamp() * 1000)
    return None if gone is None or gone < 0 else gone


def _holds(one: Nearby, reader: Reader) -> bool:
    age = _age_ms(one, reader)
    return age is not None and age <= DECLARATION_HOLDS_MS


def _row(one: Nearby, holds: bool, reader: Reader) -> Entry:
    say, age = reader.words.say, _age_ms(one, reader)
    name, where = in_language(one.title, reader.words.language), clean(one.where)
    key = "glance.nearest" if holds and where else "glance.nearest_plain" if holds else "glance.nearest_old"
    when = reader.at(int(one.told.timestamp() * 1000))
    told = say("glance.told_only", when=when) if age is None else say("glance.told", when=when, ago=reader.ago(age))
    text = say(key, name=name if holds else ", ".join(part for part in (name, where) if part), where=where)
    return Entry(text=text, role=Role.GOOD if holds else Role.UNKNOWN, detail=told)
