"""Words and figures: every text that a page asks for is there, and figures read as Swedish does."""

import re
import tomllib
import zoneinfo
from pathlib import Path

import pytest

from contract.judgement import Contradiction, Reason
from contract.orders import Command
from contract.phrases import LANGUAGES, phrase
from contract.words import Clash, Place, Power, Status
from dashboard.core import numbers
from dashboard.core.access.people import Role
from dashboard.core.overview.asked import SHOWS, SORTS
from dashboard.core.overview.risk import Likely
from dashboard.core.overview.row import READY_WORST
from dashboard.core.sending.bulletins import WHY_NOT
from dashboard.core.sending.orders import KINDS
from dashboard.core.site import sitewords
from dashboard.core.texts import pages
from dashboard.core.texts.pages import TEXTS, text

ROOM = Path(__file__).parents[3] / "dashboard"
ZONE = zoneinfo.ZoneInfo("Europe/Stockholm")
SOURCES = [
    path for path in (*ROOM.rglob("*.html"), *ROOM.rglob("*.py")) if path.parent.name != "texts"
]  # fmt: skip
PEOPLE = tuple(role for role in Role if role is not Role.PROGRAM)
"""Roles of people: no program has an account."""
BUILT = {
    "priority": ("1", "2", "3"),
    "bulletin": ("alert", "update", "cancel"),
    "why_not": WHY_NOT,
    "place": tuple(Place),
    "power": ("mains", "reserve", "none"),
    "state": tuple(Power),
    "order": tuple(str(kind.__struct_config__.tag) for kind in (*KINDS.values(), Command)),
    "role": tuple(Role),
    "role_does": PEOPLE,
    "welcome": ("setup", "setup_why", "invite", "invite_why", "renew", "renew_why"),
    "did": (
        "sign_in",
        "signed_in",
        "signed_in_recovery",
        "signed_out",
        "signed_out_everywhere",
        "password_changed",
        "recovery_made",
        "accepted_setup",
        "accepted_invite",
        "accepted_renew",
        "setup_link",
        "renewal_made",
        *(f"invited_{role}" for role in PEOPLE),
        "account_lock",
        "account_unlock",
        "account_remove",
        "withdrawn",
        "denied",
        "order",
        "notification",
        *(f"work_{act}" for act in ("take", "give", "note", "done", "ack_all", "hand_over")),
    ),
    "work": ("take", "take_over", "renew", "accept", "give", "note", "done", "ack_all"),
    "work_in": ("30", "60", "120", "240", "480", "1440"),
    "work_did": ("take", "give", "note", "done", "ack_all", "hand_over"),
    "work_late": ("take", "give", "done"),
    "work_ack_fault": ("gone", "denied", "full", "store"),
    "notify_kind": ("email", "sms", "push", "room", "webhook"),
    "notify_language": LANGUAGES,
    "notify_state": ("waiting", "sending", "accepted", "failed", "dropped"),
    "notify_why": ("refused", "no_answer", "wrong_address", "unknown", "no_longer", "removed"),
    "short": tuple(Power),
    "message_in": LANGUAGES,
    "message_status": (Status.EXERCISE, Status.TEST),
    "period": tuple(f"{one}{of}" for one in ("24h", "7d", "1y") for of in ("", "_of")),
    "region": tuple(power for power in Power if power is not Power.UNKNOWN),
    "ready": READY_WORST,
    "guess": tuple(Likely),
    "show": SHOWS,
    "sort": tuple(SORTS),
    "role_word": ("good", "remark", "bad", "reserve", "unknown"),
    "result": ("ok", "wrong_password", "locked", "wrong_code", "many_more", "denied", "late"),
}
"""Texts that are asked for by the first part of their key and a word of a list."""


UNSAID = {"owner_point_closed", "owner_point_unanswered"}
"""States of which nothing needs to be said."""


def test_every_text_asked_for_is_written_and_every_written_one_is_asked_for() -> None:
    """The catalogue has what the pages use, and nothing that nobody uses."""
    sources = [path.read_text("utf-8") for path in SOURCES]
    built = {f"{first}_{word}" for first, words in BUILT.items() for word in words}
    asked = {key for source in sources for key in re.findall(r"\bt\(['\"](\w*[^\W_])['\"]", source)}
    named = {key for source in sources for key in re.findall(r"['\"](\w+)['\"]", source)}

    begun = {first for source in sources for first in re.findall(r"['\"](\w+_)(?:['\"{%])", source)}
    alone = TEXTS.keys() - named - built

    assert set() == (asked | built) - TEXTS.keys()
    assert set() == {key for key in alone if not key.startswith(tuple(begun))}


def test_no_text_is_written_twice() -> None:
    """Page, judgement, forms and signing in share no key: one would hide the other."""
    rooms = [
        room for name, room in vars(pages).items() if isinstance(room, dict) and name.isupper() and name != "TEXTS"
    ]

    assert len(TEXTS) == sum(len(room) for room in rooms)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_takes_the_same_parts_in_both_languages(language: str) -> None:
    """A translation names the same parts as the Swedish text."""
    for key, words in TEXTS.items():
        parts = [set(re.findall(r"\{(\w+)\}", one)) for one in words]
        assert parts[0] == parts[1], key
        assert key in UNSAID or text(key, language, **dict.fromkeys(parts[0], "1"))


@pytest.mark.parametrize(
    ("expected", "value", "unit", "deadband"),
    [
        ("62,5\u00a0%", 62.5, "%", 0.5),
        ("1\u202f503\u00a0rpm", 1503, "rpm", 15),
        ("11,2\u00a0kW", 11_234, "W", 500),
        ("1\u202f253\u00a0h", 4_512_000, "s", 360),
        ("27,3\u00a0V", 27_300, "mV", 100),
        ("0,85", 0.85, "", 0.05),
        ("\u22124,0\u00a0°C", -4, "°C", 0.5),
        ("0,0\u00a0%", -0.01, "%", 0.5),
        ("–", float("inf"), "", 0.5),
    ],
)
def test_quantity_reads_as_swedish_does(expected: str, value: float, unit: str, deadband: float) -> None:
    """Decimal comma, narrow space in thousands, unit after a space, as exact as the signal."""
    assert expected == numbers.quantity(value, unit, deadband).replace("–\u00a0", "–")


@pytest.mark.parametrize(
    ("expected", "ms"),
    [
        ("nyss", 0), ("nyss", 1999), ("2\u00a0s", 2000), ("59\u00a0s", 59_999), ("1\u00a0min", 60_000),
        ("1\u00a0h", 3_600_000), ("2\u00a0h 5\u00a0min", 7_500_000), ("1\u00a0dygn", 86_400_000),
        ("4\u00a0dygn 3\u00a0h", 4 * 86_400_000 + 3 * 3_600_000),
    ],
)  # fmt: skip
def test_age_in_words(expected: str, ms: int) -> None:
    """Ages are told in two units at most."""
    assert expected == numbers.age(ms)


@pytest.mark.parametrize(
    ("expected", "wall_ms", "now_ms"),
    [
        ("06:40", 1_764_049_200_000, 1_764_060_000_000),
        ("tis 06:40", 1_764_049_200_000, 1_764_200_000_000),
        ("25 nov 06:40", 1_764_049_200_000, 1_765_200_000_000),
        ("25 nov 2025 06:40", 1_764_049_200_000, 1_790_000_000_000),
        ("25 nov 2025 06:40", 1_764_049_200_000, None),
        ("–", 2**53, 1_764_060_000_000),
    ],
)
def test_time_in_words(expected: str, wall_ms: int, now_ms: int | None) -> None:
    """The clock for today, weekday for the near, date for the far."""
    assert expected == numbers.when(wall_ms, ZONE, now_ms)


@pytest.mark.parametrize(
    ("expected", "raw"),
    [
        ("motorn värms upp", "engine warming_up"),
        ("el från elverket, elverket går", "power reserve, set running"),
        ("elverket ger ingen spänning", "set dead"),
        ("något nytt", "något nytt"),
    ],
)  # fmt: skip
def test_words_of_the_site_are_told_in_swedish(expected: str, raw: str) -> None:
    """What the gateway says in its own words is translated, and what nobody knows is left as it is."""
    assert expected == sitewords.says(raw)


def test_reasons_are_told_with_what_to_do() -> None:
    """A reason is an alarm with what to do about it, or a word of the catalogue; a newer word stands as it is."""
    alarm, do = sitewords.reason(Reason(key="alarm", detail="gen-shutdown"))

    assert "Elverket har stoppat sig självt" == alarm
    assert do
    assert ("Bränslet är slut", "Fyll tanken.") == sitewords.reason(Reason(key="no_fuel"))
    assert ("något helt nytt", "") == sitewords.reason(Reason(key="något_helt_nytt"))
    assert "The fuel is gone" == sitewords.reason(Reason(key="no_fuel"), "en")[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", list(Clash))
def test_every_clash_is_a_whole_sentence(key: Clash, language: str) -> None:
    """Who says yes and who says no stand by their names, and no hole is left."""
    one = Contradiction(key=key, detail="genset/mains.voltage_l1n | ups/ups.input_voltage")

    said = sitewords.clash(one, str.upper, language)

    assert not re.search(r"[{}]|None", said)
    assert ("{yes}" in phrase("clash", key, language)) == ("GENSET/MAINS.VOLTAGE_L1N" in said)


def test_quarrel_of_a_person_repeats_the_persons_words() -> None:
    """Of a person not the name of an instrument stands there, but what was said."""
    one = Contradiction(key=Clash.PERSON_QUARREL, detail="power reserve, set running")

    said = sitewords.clash(one, str.upper)

    assert said.endswith(": el från elverket, elverket går")


def test_every_rule_that_holds_alarms_back_has_words() -> None:
    """What the site's rules name as reason is told in words of people, in both languages."""
    rules = tomllib.loads((ROOM.parent / "gateway/rules.toml").read_text("utf-8"))
    names = set(re.findall(r"'suppress': \[([^\]]*)\]", str(rules)))
    words = {word for one in names for word in re.findall(r"'(\w+)'", one)}

    assert words
    assert set() == words - sitewords.SUPPRESSED.keys()


@pytest.mark.parametrize(
    ("language", "ms", "expected"),
    [
        ("sv", 1500, "nyss"),
        ("sv", 40_000, "för 40\u00a0s sedan"),
        ("en", 40_000, "40\u00a0s ago"),
        ("en", 0, "just now"),
    ],
)
def test_how_long_ago_is_said_as_people_say_it(language: str, ms: int, expected: str) -> None:
    """Before and behind the age in Swedish, behind it in English; the browser counts on in the same words."""
    script = (ROOM / "static" / "ages.js").read_text("utf-8")

    assert expected == numbers.ago(ms, language)
    assert all(f'"{part}"' in script for part in numbers.AGO[language].split("{age}"))
