"""What happened or was entered, in words of `contract/notes.toml`: names of this site, times here, figures as we write.

What a site tells without a key, or with one of a newer site, is shown in its own words.
"""

from collections.abc import Callable, Mapping

from contract import notes
from contract.phrases import LANGUAGES, phrase
from dashboard.core import numbers
from dashboard.core.forms.fields import Choices
from dashboard.core.forms.machine import CHECKS, DELIVERY
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site.alarm_names import alarm_name
from dashboard.core.site.values import signal_name, source_name

SITE = "site"
"""Stands as device of what belongs to the whole site."""
FUELS: Choices = next(one.choices for one in DELIVERY.fields if one.name == "product")


def note_words(key: str, params: Mapping[str, str], detail: str, picture: SitePicture, reader: Reader) -> str:
    """One note in words; `detail` where there are no words for it."""
    if key not in notes.catalogue():
        return detail

    def show(kind: str, told: str) -> str:
        try:
            return _KINDS[kind](told, picture, reader)
        except (KeyError, ValueError, OverflowError):
            return told

    return notes.note_words(key, reader.language, params, show)


def activator_name(told: str, picture: SitePicture, _reader: Reader) -> str:
    """Somebody who can open the point, by name; the id of somebody whom the site names no longer."""
    people = picture.state.activators if picture.state else ()
    return next((one.name for one in people if one.id == told), told)


def device_name(told: str, picture: SitePicture, reader: Reader) -> str:
    """A device by its title; nothing for the site itself."""
    return "" if told == SITE else source_name(told, picture, reader.language)


def _check(told: str, picture: SitePicture, reader: Reader) -> str:
    """What was confirmed: a check of the readiness, a requirement, somebody who can open."""
    group, _, name = told.partition(":")
    if group == "activator":
        return activator_name(name, picture, reader)
    if group == "sot":
        return phrase("sot", name, reader.language)
    return dict(CHECKS)[told][LANGUAGES.index(reader.language)]


def _fuel(told: str, _: SitePicture, reader: Reader) -> str:
    """Inside a sentence: `diesel`, but `HVO`."""
    said = dict(FUELS)[told][LANGUAGES.index(reader.language)]
    return said if said.isupper() else said[0].lower() + said[1:]


def _litres(told: str, _: SitePicture, reader: Reader) -> str:
    litres = float(told)
    return numbers.quantity(litres, "L", 1 if litres.is_integer() else 0.1, reader.language)


_KINDS: dict[str, Callable[[str, SitePicture, Reader], str]] = {
    "activator": activator_name,
    "alarm": lambda told, _, reader: alarm_name(told, reader.language),
    "alarm_at": device_name,
    "check": _check,
    "count": lambda told, _, reader: numbers.number(float(told), 0, reader.language),
    "device": device_name,
    "fuel": _fuel,
    "hours": lambda told, _, reader: numbers.age(int(told) * 1000, reader.language),
    "litres": _litres,
    "power_source": lambda told, _, reader: reader.t(f"power_{told}"),
    "run": lambda told, _, reader: reader.t(f"run_{told}"),
    "signal": lambda told, _, reader: signal_name(told, reader.language),
    "time": lambda told, _, reader: reader.when(int(told)),
}
"""Kind of `contract/notes.py` → how it is shown. What cannot be read is shown as it came."""
