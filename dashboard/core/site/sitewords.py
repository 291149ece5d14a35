"""What sites say in words of their own, for people: states of machines, reasons, witnesses, contradictions."""

from collections.abc import Callable

from contract import refusals
from contract.judgement import Contradiction, Reason
from contract.missing import missing_words
from contract.phrases import LANGUAGES, phrase
from contract.reasons import catalogue, reason_words
from contract.records import AnswerBody, BulletinBody
from dashboard.core.site.alarm_names import alarm_do, alarm_name
from dashboard.core.texts.pages import text

LONGEST_QUOTE = 200

WORDS: dict[str, tuple[str, str]] = {
    # what controllers and reports say, as words of their profiles
    "stop": ("stopp", "stop"),
    "auto": ("automatik (AUTO)", "automatic (AUTO)"),
    "manual": ("för hand (HAND)", "manual"),
    "test_on_load": ("prov med last", "test on load"),
    "test_off_load": ("prov utan last", "test off load"),
    "auto_manual_restore": ("automatik, återgång för hand", "automatic, manual restore"),
    "user_configuration": ("egen inställning", "user configuration"),
    "not_auto": ("inte automatik (AUTO)", "not automatic (AUTO)"),
    "off": ("av", "off"),
    "ethernet": ("nätkabel", "network cable"),
    "wifi": ("wifi", "wifi"),
    "mobile": ("mobilnät", "mobile network"),
    "other": ("annat", "other"),
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
    "trip": ("frånslag", "trip"),
    "controlled_shutdown": ("ordnat stopp", "controlled shutdown"),
    "unimplemented": ("finns inte", "not implemented"),
    "indication_inactive": ("nej", "no"),
    "indication_active": ("ja", "yes"),
    "starting": ("startar", "starting"),
    "running_loaded": ("går med last", "running on load"),
    "running_unloaded": ("går utan last", "running off load"),
    "mains": ("nätet", "mains"),
    "generator": ("elverket", "the set"),
    "on_mains": ("på nätet", "on mains"),
    "on_battery": ("på batteri", "on battery"),
    "charging": ("laddar", "charging"),
    "bypass": ("förbikopplad", "bypass"),
    # why a sensor node started
    "power_on": ("att strömmen kom", "power coming on"),
    "watchdog": ("att programmet hade hakat upp sig", "a program that hung"),
    "restart": ("en vanlig omstart", "an ordinary restart"),
    "brownout": ("för låg spänning", "too low a voltage"),
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
    "set live": ("elverket ger spänning", "the set gives voltage"),
    "set dead": ("elverket ger ingen spänning", "the set gives no voltage"),
    "load connected": ("butiken är inkopplad på elverket", "the shop is connected to the set"),
    "load not connected": ("butiken är inte inkopplad på elverket", "the shop is not connected to the set"),
    "on battery": ("UPS:en går på batteri", "the UPS is on battery"),
    "not on battery": ("UPS:en går inte på batteri", "the UPS is not on battery"),
}


SUPPRESSED: dict[str, tuple[str, str]] = {
    "service_visit": ("någon arbetar med elverket", "somebody works on the set"),
    "mode_not_auto": ("elverket står inte i läge AUTO", "the set is not in AUTO"),
    "in_outage": ("det hör till avbrottet", "it belongs to the outage"),
    "mains_absent": ("strömmen från nätet är borta", "the mains are gone"),
    "mains_flapping": ("strömmen från nätet kommer och går", "the mains come and go"),
}
"""Why a rule of the site holds an alarm back (`gateway/rules.toml`)."""


def box_says(raw: str, language: str = "sv") -> str:
    """Why there is no value or no record; a sentence of a newer box stands in quotes, as its own."""
    known = missing_words(raw, language)
    return known or text("box_writes", language, said=raw[:LONGEST_QUOTE])


def word(raw: str, language: str = "sv") -> str:
    """A profile's word for people; one that nobody has translated is shown as it is."""
    known = WORDS.get(raw)
    return known[LANGUAGES.index(language)] if known else raw.replace("_", " ")


def says(raw: str, language: str = "sv") -> str:
    """What a witness says, part by part."""
    return ", ".join(_part(part, language) for part in raw.split(", "))


def suppressed(raw: str, language: str = "sv") -> str:
    """Why an alarm is held back."""
    known = SUPPRESSED.get(raw)
    return known[LANGUAGES.index(language)] if known else word(raw, language)


def clash(one: Contradiction, named: Callable[[str], str], language: str = "sv") -> str:
    """Facts that cannot be true together; `named` gives a source its name for people."""
    yes, no = (_sides(part, named, language) for part in one.detail.partition(" | ")[::2])
    return phrase("clash", one.key, language).replace("{yes}", yes).replace("{no}", no)


def _sides(raw: str, named: Callable[[str], str], language: str) -> str:
    """Sources by their names; of a person's words, the words."""
    return ", ".join(named(part) if "/" in part else _part(part, language) for part in raw.split(", "))


def _part(raw: str, language: str) -> str:
    if raw in SAYS:
        return SAYS[raw][LANGUAGES.index(language)]
    if raw.startswith("engine "):
        return f"{'motorn' if language == 'sv' else 'engine'} {word(raw.removeprefix('engine '), language)}"
    return raw


def refusal(answer: AnswerBody | BulletinBody, language: str = "sv") -> str:
    """Why an order or a bulletin was refused and what to do; of a newer site, or an older one, its own sentence."""
    if answer.reason in refusals.catalogue():
        return refusals.refusal_words(answer.reason, language, answer.params)
    return answer.detail


def reason(one: Reason, language: str = "sv") -> tuple[str, str]:
    """A reason for the readiness and what to do about it; `alarm` names an alarm."""
    if one.key == "alarm":
        return alarm_name(one.detail, language), alarm_do(one.detail, language)
    return reason_parts(one.key, one.detail, language)


def reason_parts(key: str, detail: str = "", language: str = "sv") -> tuple[str, str]:
    """A key of the reasons and what to do; one of a newer site, or a sentence in place of a key, is shown as it is."""
    if key not in catalogue():
        return word(key, language), ""
    return reason_words(key, language, detail)


def key_words(key: str, language: str = "sv") -> str:
    """What a key of the reasons means, `key:detail` with its detail."""
    name, _, detail = key.partition(":")
    if name == "alarm":
        return alarm_name(detail, language)
    return reason_parts(name, detail, language)[0] if name in catalogue() else word(key, language)
