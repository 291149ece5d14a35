"""What a card says: old is never fresh, missing is never 0, silence is not death."""

import zoneinfo
from typing import Any

import pytest

from contract.freshness import Now
from contract.judgement import Contradiction, Witness
from contract.phrases import LANGUAGES
from contract.words import Clash, ClockQuality, Freshness, Origin, Place, Power, Readiness
from dashboard.core.hearing.picture import SitePicture, fold
from dashboard.core.reader import Reader
from dashboard.core.site.card import Card, card
from dashboard.core.site.values import ValueRow
from dashboard.core.sites import Site

ZONE = zoneinfo.ZoneInfo("Europe/Stockholm")
KALL = Site(id="are-kall", place="Kall", in_service=True)


def _reader(mono_ms: int, language: str = "sv", wall_ms: int | None = None) -> Reader:
    clock = ClockQuality.UNSYNCED if wall_ms is None else ClockQuality.SYNCED
    return Reader(language=language, zone=ZONE, now=Now(mono_ms=mono_ms, wall_ms=wall_ms, clock=clock))


def _card(messages: list[Any], gone_ms: int = 0, *, live: bool = True, language: str = "sv") -> Card:
    picture = SitePicture(site="are-kall")
    for message in messages:
        picture = fold(picture, message, 0 if live else None)
    return card(KALL, picture, (), _reader(gone_ms, language))


def _row(shown: Card, key: str) -> ValueRow:
    return next(row for device in shown.devices for row in device.rows if row.key == key)


@pytest.mark.parametrize(
    ("gone_ms", "expected"),
    [
        (0, Freshness.FRESH),
        (30_000, Freshness.FRESH),
        (30_001, Freshness.STALE),
        (900_000, Freshness.STALE),
        (900_001, Freshness.UNKNOWN),
    ],
)
def test_value_ages_by_its_period_and_the_heartbeat(voice: Any, gone_ms: int, expected: Freshness) -> None:
    """Old after three periods, unknown after three heartbeats of silence; the figure stays with its age."""
    site = voice("are-kall")

    row = _row(_card([site.alive(), site.birth(), site.device(fuel__level=62.0)], gone_ms), "fuel.level")

    assert (expected, "62,0\u00a0%", gone_ms) == (row.freshness, row.shown, row.age_ms)


def test_missing_value_is_never_a_figure(voice: Any) -> None:
    """No value comes with its reason, and zero is zero."""
    site = voice("are-kall")
    told = site.device(fuel__level=(None, "sensor_fault"), generator__power=0)

    shown = _card([site.alive(), site.birth(), told])

    assert (None, "givarfel") == (_row(shown, "fuel.level").shown, _row(shown, "fuel.level").why)
    assert "0,0\u00a0kW" == _row(shown, "generator.power").shown
    assert (None, "inte läst än") == (_row(shown, "engine.speed").shown, _row(shown, "engine.speed").why)


def test_silence_is_not_death(voice: Any) -> None:
    """A silent site says that there is no contact and what was known last; a dead one in contact says dead."""
    site = voice("are-kall")
    messages = [site.alive(), site.state(Power.ON_RESERVE)]

    heard, silent = _card(messages), _card(messages, 900_001)
    dead = _card([site.alive(), site.state(Power.DEAD)])

    assert ("reserve", True) == (heard.role_now, heard.contact.in_contact)
    assert ("unknown", False) == (silent.role_now, silent.contact.in_contact)
    assert ("Ingen kontakt på 15\u00a0min", "På reservkraft") == (silent.contact.lost, silent.power_words)
    assert ("bad", "Strömlös") == (dead.role_now, dead.power_words)


def test_retained_state_alone_is_not_now(voice: Any) -> None:
    """What the broker had kept is the last known, until the site is heard."""
    site = voice("are-kall")

    shown = _card([site.alive(), site.state(Power.ON_MAINS), site.device(fuel__level=62.0)], live=False)

    assert ("unknown", None) == (shown.role_now, shown.contact.silence_ms)
    assert Freshness.UNKNOWN is shown.fuel.freshness


def test_state_of_the_run_before_is_not_now(voice: Any) -> None:
    """A gateway that has started anew and not judged yet is heard, but its site is unknown."""
    before, after = voice("are-kall"), voice("are-kall", run="run-2")

    shown = _card([before.alive(), before.state(Power.ON_MAINS), after.tick().alive()])

    assert ("unknown", True) == (shown.role_now, shown.contact.restarted)
    assert "har inte sagt hur den har det" in shown.contact.lost


def test_endurance_counts_down_on_reserve(voice: Any) -> None:
    """Hours left fall while the set carries the site; nobody heard for an hour takes an hour off the low end."""
    site = voice("are-kall")
    messages = [site.alive(), site.state(Power.ON_RESERVE, endurance=site.endurance(30, 44))]

    first, later = _card(messages).endurance, _card(messages, 3_600_000).endurance
    assert ("minst 30\u00a0h", "Troligen 30–44\u00a0h") == (first.least, first.between)
    assert ("minst 29\u00a0h", "Troligen 29–44\u00a0h") == (later.least, later.between)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_words_in_both_languages(voice: Any, language: str) -> None:
    """No state, readiness or frame lacks its word."""
    site = voice("are-kall", simulated=True)

    for power in Power:
        for readiness in Readiness:
            shown = _card([site.alive(), site.state(power, readiness=readiness)], language=language)
            assert shown.power_words
            assert shown.readiness
            assert shown.frames


def test_witnesses_have_names_place_and_doubt(voice: Any) -> None:
    """Who says it by the title people know, on which side of the changeover, and how far its time may be wrong."""
    site = voice("are-kall")
    told = (
        Witness(source="genset/engine.state", says="engine running", origin=Origin.MEASURED, up_ms=1,
                place=Place.GENERATOR),
        Witness(source="person/Handlaren", says="power reserve", origin=Origin.REPORTED, up_ms=1, doubt_s=900),
    )  # fmt: skip

    one, person = _card([site.alive(), site.birth(), site.state(Power.ON_RESERVE, witnesses=told)]).witnesses

    assert ("Elverk (Motorns läge)", "motorn går", "på elverkets sida", "") == (
        one.source, one.says, one.place, one.doubt,
    )  # fmt: skip
    assert ("Handlaren", "el från elverket", "", "tiden kan vara fel med 15\u00a0min") == (
        person.source, person.says, person.place, person.doubt,
    )  # fmt: skip


def test_a_doubt_of_a_second_is_none(voice: Any) -> None:
    """An age of so little has no number ("nyss")."""
    site = voice("are-kall")
    told = (Witness(source="person/Bo", says="present", origin=Origin.REPORTED, up_ms=1, doubt_s=1.5),)

    (person,) = _card([site.alive(), site.state(Power.ON_RESERVE, witnesses=told)]).witnesses

    assert "" == person.doubt


def test_what_a_person_saw_says_when(kall: Any, reader: Any) -> None:
    """By the clock here, and how long ago."""
    told = (Witness(source="person/Bo", says="present", origin=Origin.REPORTED, up_ms=1, at=kall.at(7_200_000)),)

    (person,) = kall.card(witnesses=told).witnesses

    assert ("sett 10:00", 7_200_000, "för 2\u00a0h sedan") == (person.seen, person.age_ms, person.ago)


def test_what_an_instrument_measured_has_an_age(kall: Any) -> None:
    """Counted on the uptime of the site."""
    up_ms = kall.at(60_000).up_ms
    told = (Witness(source="genset/engine.state", says="engine running", origin=Origin.MEASURED, up_ms=up_ms),)

    (one,) = kall.card(witnesses=told).witnesses

    assert ("", 60_000, "för 1\u00a0min sedan") == (one.seen, one.age_ms, one.ago)


def test_a_person_without_a_time_of_its_own_has_no_age(kall: Any) -> None:
    """An older site does not say in which boot it was."""
    told = (Witness(source="person/Bo", says="present", origin=Origin.REPORTED, up_ms=kall.at(60_000).up_ms),)

    (person,) = kall.card(witnesses=told).witnesses

    assert ("", None, "") == (person.seen, person.age_ms, person.ago)


def test_contradictions_name_their_sources(voice: Any) -> None:
    """Both sides stand in the sentence, by the names people know."""
    site = voice("are-kall")
    quarrel = Contradiction(key=Clash.MAINS_QUARREL, detail="genset/mains.voltage_l1n | meter/meter.voltage_l1n")

    (said,) = _card([site.alive(), site.birth(), site.state(contradictions=(quarrel,))]).contradictions

    assert said.startswith("Nätet: Elverk (")
    assert "säger att det har spänning, Elmätare (" in said
