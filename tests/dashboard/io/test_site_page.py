"""What stands on the page of a site: the decision first, every reason with what to do, nothing further than proven."""

import re
from typing import Any

import msgspec
import pytest

from contract import topics
from contract.judgement import Activator, CallNow, Endurance, Grounds, NeedNow, Reason, Reported, RunDone
from contract.messages import Shelf, encode
from contract.words import AlarmState, Basis, NeedKind, NeedState, Opening, Power, Readiness
from dashboard.core.texts.pages import text
from dashboard.io.store.database import StoreTrouble

SPACES = {0xA0: " ", 0x202F: " "}


def _plain(html: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).translate(SPACES).replace(" ,", ",").replace(" :", ":")


@pytest.fixture
def told(office: Any) -> Any:
    """A site on reserve that has judged everything."""
    site = office.site
    anna = Activator(id="anna", name="Anna", phone="+46 70-123 45 67")
    run = RunDone(id="r", kind="test", started=site.moment(), ended=site.moment(), running_s=600.0,
                  why_not=("run_too_short",))  # fmt: skip
    need = NeedNow(id="n", what=NeedKind.DIESEL, people=None, text="", who="Bo", at=site.moment())
    office.say(
        site.state(
            Power.ON_RESERVE,
            endurance=Endurance(low_h=75.4, high_h=111, basis="calibrated", at=site.moment(), load_kw=15.0),
            battery=Endurance(low_h=0.7, high_h=1.2, basis="ups", at=site.moment()),
            station=Reported(value=2300, who="Handlaren", at=site.moment()),
            readiness=Readiness.NOT_READY,
            reasons=(Reason(key="no_fuel"), Reason(key="battery_unknown", basis=Basis.MISSING)),
            grounds=Grounds(measured=7, reported=2, missing=2),
            call=CallNow(opening=Opening.ASKED, since=site.moment(), call_next=anna, unanswered=True),
            needs=(need,),
            last_run=run,
        )
    )
    return office


def test_decision_stands_before_the_details(told: Any) -> None:
    """Hours with clock time, then the interval, then what it rests on; the fuel station's tank apart."""
    page = _plain(told.page())

    order = [
        "minst 75 h",
        "räcker till",
        "Troligen 75–111 h",
        "beräknad förbrukning, rättad efter platsens körningar",
        "vid last 15 kW",
        "minst 42 min",
        "Reserv i mackens tank: 2 300 L (uppgivet av Handlaren",
    ]
    places = [page.index(part) for part in order]
    assert sorted(places) == places


def test_readiness_stands_with_grounds_and_what_to_do(told: Any) -> None:
    """The verdict, what it rests on, each reason with what to do, the last run and why it did not count."""
    page = _plain(told.page())

    for words in ("Inte redo", "7 av 11 kontroller mätta, 2 uppgivna, 2 saknas", "Bränslet är slut", "Fyll tanken.",
                  "(saknas)", "inte godkänd", "ingen godkänd körning är känd"):  # fmt: skip
        assert words in page


def test_unanswered_call_is_the_first_thing(told: Any) -> None:
    """In the style of an alarm, before the power state, with a number that dials; on the overview too."""
    site, overview = told.page(), told.client.get("/").text

    assert site.index("Ingen har lovat att komma. Ring nu.") < site.index("På reservkraft")
    for page in (site, overview):
        assert 'href="tel:+46701234567"' in page
    assert "1 dit ingen har lovat att komma" in overview


def test_needs_say_that_it_is_not_112(told: Any) -> None:
    """Beside every list of needs; what is saved at the site is not said to have come here."""
    page = _plain(told.page())

    assert "Det här är inte 112" in page
    assert "Sparat på platsen" in page
    assert "Framme hos kommunen" not in page


def test_overview_says_the_same_in_short(told: Any) -> None:
    """Hours, readiness with its first reason, the point, needs."""
    page = _plain(told.client.get("/").text)

    for words in ("minst 75 h räcker till", "Inte redo Bränslet är slut", "Ska öppnas, men ingen har svarat ja än",
                  "1 behov är inte löst"):  # fmt: skip
        assert words in page


def test_without_contact_the_hours_are_calculated_and_the_rest_unknown(told: Any) -> None:
    """Both are in the page, and its state says which is to be read."""
    told.say(told.site.tick().alive(online=False))

    page = told.page()

    assert 'data-contact="no"' in page
    assert "Beräknat, ingen kontakt sedan" in page


def test_alarms_laid_aside_stand_apart(office: Any) -> None:
    """They are counted and folded, so that the rest is read; the flood says where to begin."""
    site = office.site
    shelf = Shelf(who="Bo", at=site.moment(), for_s=7200, comment="givaren byts")
    listed = site.alarms(
        site.alarm(seq=1),
        site.alarm("sensor-fault", 2, state=AlarmState.SHELVED, shelved=shelf),
        site.alarm("gen-shutdown", 3, state=AlarmState.SUPPRESSED, suppressed_by="service_visit"),
        site.alarm("battery-low", 4, state=AlarmState.OUT_OF_SERVICE),
    )
    office.say(site.state(), msgspec.structs.replace(listed, flood=True))

    page = office.page()

    assert "Vilande, dämpade och ur drift: 3" in page
    assert page.index("Många larm på kort tid.") < page.index('id="alarm-run-1-1"') < page.index('id="alarms-quiet"')
    for words in ("bestämt av Bo: givaren byts", "Dämpat: någon arbetar med elverket", "Ur drift: larmar inte"):
        assert words in _plain(page)


def test_panels_are_those_of_the_page(told: Any) -> None:
    """What the page fetches again has a place in the page."""
    panels = told.client.get("/sites/are-kall/panels").json()

    assert {"state", "alarms", "readiness", "opening", "needs", "requirements", "orders"} <= set(panels)
    assert all(f'id="panel-{name}"' in told.page() for name in panels)


def test_site_that_has_said_nothing_promises_nothing(office: Any) -> None:
    """Nothing known is not ready, not open, not without needs."""
    page = _plain(office.page())

    for words in ("Vet inte hur länge bränslet räcker", "Platsen har inte sagt vad beredskapen bygger på.",
                  "SOT-krav: vet inte", "Ingen körning är känd.", "Larm: vet inte"):  # fmt: skip
        assert words in page
    assert "Inga behov är anmälda." not in page
    assert "Inget att göra." not in page


def test_received_need_is_said_at_both_places(owner: Any) -> None:
    """The site's own page tells that the municipality has it, once that is proven."""
    site = owner.site
    need = NeedNow(id="n", what=NeedKind.FOOD, people=1, text="", who="Bo", at=site.moment())
    owner.say(site.state(needs=(need,)))
    before = owner.page()
    owner.say(site.tick().state(needs=(msgspec.structs.replace(need, state=NeedState.RECEIVED),)))

    assert ("Sparat här" in before, "Framme hos kommunen" in before) == (True, False)
    assert "Framme hos kommunen" in owner.page()


def test_past_stands_in_the_page_without_a_script(told: Any) -> None:
    """The timeline with its list, runs and people are drawn by the server; what nobody knows is a stretch."""
    site = told.site
    power = {"power": "on_reserve", "was": "on_mains", "source": "genset"}
    run = RunDone(id="r", kind="test", started=site.moment(), ended=site.moment(), running_s=1800.0,
                  load_mean_percent=22.0, who="<b>Bo</b>")  # fmt: skip
    told.say(site.batch(site.record(1, "power_changed", power),
                        site.record(2, "run_ended", {"run": msgspec.to_builtins(run)})))  # fmt: skip

    html = told.page()
    page = _plain(html)

    for words in ("På reservkraft", "Vet inte, inga uppgifter", "Visa som lista", "Gick 30 min vid 22 %"):
        assert words in page
    assert 'class="tl tl-nobody_knows"' in html
    assert "<b>Bo</b>" not in html
    assert 'href="/sites/are-kall/runs.csv?lang=sv"' in html


def test_period_is_a_link_and_no_other_is_taken(told: Any) -> None:
    """24 hours, 7 days, a year; the panels that are fetched again keep to it."""
    year = told.client.get("/sites/are-kall?lang=sv&period=1y").text.replace("&amp;", "&")

    assert 'data-panels="/sites/are-kall/panels?lang=sv&period=1y"' in year
    assert "senaste året" in year
    assert 400 == told.client.get("/sites/are-kall?period=2y").status_code


def test_people_of_the_site_can_be_called(told: Any) -> None:
    """A number that dials for each who has one."""
    anna = Activator(id="anna", name="Anna", phone="+46 70-123 45 67")
    told.say(told.site.tick().state(activators=(anna, Activator(id="bo", name="Bo"))))

    page = told.page()

    assert 'class="dial" href="tel:+46701234567" aria-label="Ring Anna, +46 70-123 45 67"' in page
    assert "telefonnummer saknas" in page


def test_every_signal_has_its_quality(told: Any) -> None:
    """Also one that is missing: why, in words; what a newer box says stands as its own words."""
    told.say(told.site.tick().state())
    told.desk.receive(topics.device("are-kall", "genset"), encode(told.site.device(
        fuel__level=62.0, engine__oil_level=(None, "sensor_fault", "it was there, and is there no more"),
        engine__speed=(None, "bad_data", "of tomorrow"))), False)  # fmt: skip

    page = _plain(told.page())

    # the word for old is there for when it grows old
    assert re.search(r"62,0 % gammalt (nyss|\d+ s) giltigt", page)
    assert "givarfel (det fanns tidigare, men finns inte längre)" in page
    assert "ogiltigt värde (dosans egna ord: ”of tomorrow”)" in page
    assert re.search(r"genset, [\w-]+ · \d+ värden · [1-9]\d* saknas", page)


def test_site_that_never_spoke_has_no_past(office: Any) -> None:
    """All of the timeline is unknown; no curve, no run, nobody to call."""
    page = _plain(office.page())

    for words in ("Inga körningar är kända.", "Inget avslutat avbrott är känt.",
                  "Platsen har inte sagt vem man kan ringa."):  # fmt: skip
        assert words in page
    assert "El från nätet" not in page


def test_store_that_does_not_answer_leaves_the_rest_of_the_page(told: Any, monkeypatch: Any) -> None:
    """The past is unknown then, and the page says that the store is in trouble."""

    def broken(*_: Any, **__: Any) -> Any:
        raise StoreTrouble("the disk is gone")

    monkeypatch.setattr(told.desk.records.history, "past", broken)

    page = told.page()

    assert "minst 75" in _plain(page)
    assert "Inget är känt från den här tiden." in page
    assert text("store_other") in told.page()
