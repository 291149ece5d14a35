"""What sites say in words of their own, for people: states of machines, reasons, witnesses, contradictions."""

import re

from contract.phrases import LANGUAGES
from dashboard.core.alarm_names import alarm_name

WORDS: dict[str, tuple[str, str]] = {
    # what controllers and reports say, as words of their profiles
    "stop": ("stopp", "stop"),
    "auto": ("automatik", "automatic"),
    "manual": ("manuell", "manual"),
    "test_on_load": ("prov med last", "test on load"),
    "test_off_load": ("prov utan last", "test off load"),
    "auto_manual_restore": ("automatik, återgång för hand", "automatic, manual restore"),
    "user_configuration": ("egen inställning", "user configuration"),
    "off": ("av", "off"),
    "on": ("på", "on"),
    "stopped": ("står", "stopped"),
    "pre_start": ("förbereder start", "pre-start"),
    "warming_up": ("värms upp", "warming up"),
    "running": ("går", "running"),
    "cooling_down": ("kyls ner", "cooling down"),
    "post_run": ("efterkörning", "post run"),
    "disabled": ("avstängt", "disabled"),
    "inactive": ("nej", "no"),
    "not_active": ("nej", "no"),
    "healthy": ("nej", "no"),
    "warning": ("varning", "warning"),
    "shutdown": ("stoppande", "shutdown"),
    "electrical_trip": ("frånslag", "electrical trip"),
    "controlled_shutdown": ("ordnat stopp", "controlled shutdown"),
    "unimplemented": ("finns inte", "not implemented"),
}

REASONS: dict[str, tuple[str, str]] = {
    "no-controller": ("Ingen styrenhet är inkopplad", "No controller is connected"),
    "controller-silent": ("Elverkets styrsystem svarar inte", "The controller of the set does not answer"),
    "mode-not-auto": ("Elverket står inte i automatik", "The set is not in automatic"),
    "mode-unknown": ("Vet inte om elverket står i automatik", "Not known whether the set is in automatic"),
    "battery-unknown": ("Vet inte hur startbatteriet mår", "Not known how the start battery is"),
    "fuel-unknown": ("Vet inte hur mycket bränsle som finns", "Not known how much fuel there is"),
    "no-fuel": ("Bränslet är slut", "The fuel is gone"),
}

SAYS: dict[str, tuple[str, str]] = {
    "mains present": ("nätet har spänning", "mains present"),
    "no mains": ("nätet har ingen spänning", "no mains"),
    "load live": ("butiken har spänning", "the load is live"),
    "load dead": ("butiken har ingen spänning", "the load is dead"),
    "power mains": ("el från nätet", "mains power"),
    "power reserve": ("el från elverket", "power from the set"),
    "power none": ("ingen el", "no power"),
    "set running": ("elverket går", "the set is running"),
    "set stopped": ("elverket står", "the set is stopped"),
    "present": ("någon är på plats", "somebody is there"),
    "the set delivers power but its engine is stopped": (
        "Elverket lämnar effekt men motorn står",
        "The set delivers power but its engine is stopped",
    ),
    "the load side is live but there is neither mains nor a running set": (
        "Butiken har spänning fast varken nät eller elverk ger någon",
        "The load side is live but there is neither mains nor a running set",
    ),
}

_QUARREL = re.compile(r"^mains: (?P<yes>.{1,300}) says present, (?P<no>.{1,300}) says absent$")
_QUARREL_WORDS = ("Nätet: {yes} säger spänning, {no} säger ingen", "Mains: {yes} says present, {no} says absent")


def word(raw: str, language: str = "sv") -> str:
    """A profile's word for people; one that nobody has translated is shown as it is."""
    known = WORDS.get(raw)
    return known[LANGUAGES.index(language)] if known else raw.replace("_", " ")


def says(raw: str, language: str = "sv") -> str:
    """What a witness says, or a contradiction, part by part."""
    quarrel = _QUARREL.match(raw)
    if quarrel:
        return _QUARREL_WORDS[LANGUAGES.index(language)].format(**quarrel.groupdict())
    return ", ".join(_part(part, language) for part in raw.split(", "))


def _part(raw: str, language: str) -> str:
    if raw in SAYS:
        return SAYS[raw][LANGUAGES.index(language)]
    if raw.startswith("engine "):
        return f"{'motorn' if language == 'sv' else 'engine'} {word(raw.removeprefix('engine '), language)}"
    return raw


def reason(raw: str, language: str = "sv") -> str:
    """A reason for the readiness; those that begin with `alarm:` are alarms."""
    if raw in REASONS:
        return REASONS[raw][LANGUAGES.index(language)]
    key = raw.removeprefix("alarm:")
    name = alarm_name(key, language)
    return name if name != key else word(key, language)
