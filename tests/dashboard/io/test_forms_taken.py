"""Forms as browsers send them, with a script and without: what is written becomes an order that waits for the site."""

import re
from typing import Any

import pytest

from contract.judgement import Activator, CallNow, NeedNow, StepNow
from contract.orders import Answer, NeedMark, Report, Shelve, StepDone
from contract.words import AlarmState, NeedKind, NeedState, Opening, Power

PATTERN = re.compile(r'<form method="post" action="/sites/are-kall/([\w/]+)".*?name="form" value="([^"]+)"', re.DOTALL)


def _full(office: Any) -> None:
    """A site with people, a checklist, needs and alarms: everything that can be acted on."""
    site = office.site
    anna = Activator(id="anna", name="Anna", phone="070-123 45 67")
    steps = (
        StepNow(id="s1", sv="Lås upp", en="Unlock"),
        StepNow(id="s2", sv="Ställ om", en="Set", electrical=True, position="RESERV"),
        StepNow(id="s3", sv="Ring behörig", en="Call", electrical=True, blocked="no_approved_list"),
    )
    need = NeedNow(id="n-1", what=NeedKind.FOOD, people=4, text="mjölk", who="Bo", at=site.moment(),
                   state=NeedState.RECEIVED)  # fmt: skip
    call = CallNow(opening=Opening.ASKED, since=site.moment(), steps=steps, call_next=anna, unanswered=True)
    office.say(
        site.tick().state(Power.DEAD, call=call, activators=(anna,), needs=(need,)),
        site.alarms(site.alarm(), site.alarm("sensor-fault", 8, state=AlarmState.SHELVED)),
    )


def test_every_form_on_the_pages_is_taken_by_its_address(office: Any) -> None:
    """What the pages offer has an address that knows it: an empty form gets a sentence, never a fault."""
    _full(office)
    offered = set(PATTERN.findall(office.page() + office.page("/enter")))

    assert {"reports", "needs/mark", "alarms/shelve", "alarms/service", "calls/step"} <= {one for one, _ in offered}
    for address, form in offered:
        answer = office.fill(address, form, who="")
        assert (400, "Fyll i det här." in answer.text) == (answer.status_code, True), (address, form)
    assert () == office.pending


def test_form_without_script_becomes_an_order(office: Any) -> None:
    """It is kept, the browser goes back to the list of what waits, and the list shows it."""
    answer = office.fill("reports", "report-fuel", litres="430,5", dipstick_cm="", observed_ms="")

    assert (303, "/sites/are-kall/enter?lang=sv#panel-orders") == (answer.status_code, answer.headers["location"])
    (order,) = office.pending
    assert isinstance(order.what, Report)
    assert ("Bo", 430.5, "dashboard", "coordinator") == (order.who, order.what.litres, order.through, order.role)
    page = office.page("/enter")
    assert "<strong>Rapport</strong> · Bo" in page
    assert "väntar på platsen" in page


def test_same_form_twice_is_one_order(office: Any) -> None:
    """A browser that sends it again has not said anything new."""
    for _ in range(2):
        office.fill("reports", "report-fuel", litres="430")

    assert 1 == len(office.pending)


def test_wrong_form_comes_back_with_its_sentence_and_what_was_written(office: Any) -> None:
    """Nothing is saved, nobody writes anything twice, the sentence stands at the field, hostile words are text."""
    evil = "<script>alert(1)</script>"

    answer = office.fill("reports", "report-fuel", litres=evil, station_litres="2300", who="Åsa")

    assert (400, ()) == (answer.status_code, office.pending)
    assert 'data-wrong="litres">Skriv ett tal, till exempel 120 eller 7,5.</p>' in answer.text
    for kept in ('value="2300"', 'value="Åsa"', 'id="fold.report-fuel" open', "Inget är sparat."):
        assert kept in answer.text
    assert evil not in answer.text


def test_wrong_form_in_english(office: Any) -> None:
    """The sentence is in the language of the page."""
    answer = office.fill("needs", "need", what="", lang="en")

    assert "Fill this in." in answer.text
    assert 'lang="en"' in answer.text


def test_script_gets_sentence_and_field(office: Any) -> None:
    """The same words for a page that sends it in place."""
    body = {"who": "Bo", "idempotency_key": "key-00000001", "form": "need", "lang": "sv", "what": "food", "people": "x"}

    answer = office.client.post("/sites/are-kall/needs", json=body)

    assert (400, {"error": "Skriv ett heltal, till exempel 12.", "field": "people"}) == (
        answer.status_code, answer.json(),
    )  # fmt: skip


def test_form_of_another_page_is_answered_by_a_sentence(office: Any) -> None:
    """An alarm's form without a script: what is wrong, that nothing is saved, and the way back."""
    answer = office.fill("alarms/shelve", "shelve.alarm-x", key="fuel-low", device="genset", for_s="1800", page="")

    assert 400 == answer.status_code
    assert "Inget är sparat." in answer.text
    assert 'href="/sites/are-kall?lang=sv"' in answer.text


def test_form_of_the_site_page_goes_back_there(office: Any) -> None:
    """Whoever lays an alarm aside sees the alarms again."""
    answer = office.fill(
        "alarms/shelve", "shelve.a", key="fuel-low", device="genset", for_s="1800", comment="x", page=""
    )

    assert "/sites/are-kall?lang=sv#panel-orders" == answer.headers["location"]
    assert Shelve(key="fuel-low", device="genset", for_s=1800, comment="x") == office.pending[0].what


@pytest.mark.parametrize(
    ("kind", "words"),
    [("order_done", "utfört"), ("order_refused", "gick inte: the alarm is no longer in the list")],
)
def test_answer_of_the_site_is_shown(office: Any, kind: str, words: str) -> None:
    """What waited is done or refused, with the site's sentence; nothing waits any more."""
    office.fill("alarms/shelve", "shelve.a", key="fuel-low", device="genset", for_s="1800", comment="x")
    body = {"order": office.pending[0].id, "kind": "shelve", "detail": words.partition(": ")[2]}

    office.say(office.site.tick().batch(office.site.record(1, kind, body)))

    page = office.page("/enter")
    assert () == office.pending
    assert words in page
    assert "Inget väntar." in page


TANK = {
    "detail": "The set's tank holds 1000 litres. Enter the litres that went into it.",
    "reason": "tank_smaller",
    "params": {"litres": "1000"},
}


@pytest.mark.parametrize(
    ("language", "changed", "expected"),
    [
        ("sv", {}, "gick inte: Elverkets tank rymmer 1000 liter. Skriv in hur många liter som fylldes på i den."),
        ("en", {}, "not done: The set&#39;s tank holds 1000 litres."),
        ("sv", {"reason": "of_a_newer_site", "detail": "Not now."}, "gick inte: Not now."),
        ("sv", {"params": {"litres": 7}, "detail": "Not so much."}, "gick inte: Not so much."),
        ("sv", {"params": {"litres": "<b>"}}, "rymmer &lt;b&gt; liter"),
    ],
)
def test_refusal_is_in_the_language_of_the_page(
    office: Any, language: str, changed: dict[str, Any], expected: str
) -> None:
    """By its key, in the list of what was sent and among the events; what cannot be read so, as the site says it."""
    office.fill("deliveries", "delivery", litres="5000", product="diesel")
    body = {"order": office.pending[0].id, "kind": "delivery"} | TANK | changed

    office.say(office.site.tick().batch(office.site.record(1, "order_refused", body)))

    assert expected in office.page("/enter", language)
    events = office.page("", language).partition('id="panel-events"')[2]
    assert ((expected.partition(": ")[2] or expected) in events) is (changed.get("params") != {"litres": 7})


def test_answer_kept_by_an_earlier_version_is_shown_as_it_was_told(office: Any) -> None:
    """It has the sentence alone."""
    office.fill("deliveries", "delivery", litres="5000", product="diesel")
    body = {"order": office.pending[0].id, "kind": "delivery"} | TANK
    office.say(office.site.tick().batch(office.site.record(1, "order_refused", body)))

    with office.database.writing() as connection:
        connection.exec_driver_sql("update orders set refusal = null")

    assert "gick inte: The set&#39;s tank holds 1000 litres." in office.page("/enter")


def test_steps_ask_for_the_position_of_the_list(office: Any) -> None:
    """A step is confirmed with the position that the list names; a blocked one has no form at all."""
    _full(office)
    page = office.page("/enter")

    without = office.fill("calls/step", "step-at.s2", step="s2")
    office.fill("calls/step", "step-at.s2", step="s2", position="RESERV")

    assert 'value="RESERV"' in page
    assert "step.s3" not in page
    assert 400 == without.status_code
    assert [StepDone(step="s2", position="RESERV")] == [one.what for one in office.pending]


def test_people_are_chosen_by_name(office: Any) -> None:
    """Who answered is chosen from the site's own list; without one there is no such form."""
    assert "calls/answer" not in office.page("/enter")
    _full(office)

    office.fill("calls/answer", "answer", activator="anna", coming="yes", note="lovat per telefon 18:20")

    assert "<span>Anna</span>" in office.page("/enter")
    assert [Answer(activator="anna", coming=True, note="lovat per telefon 18:20")] == [
        one.what for one in office.pending
    ]


def test_need_is_read_at_the_centre_only(office: Any, owner: Any) -> None:
    """Only the municipality can say that it has read; solved both may say."""
    for page in (office, owner):
        _full(page)

    assert "need-read.n-1" in office.page()
    office.fill("needs/mark", "need-read.n-1", need="n-1", state="read", page="")

    assert "need-read.n-1" not in owner.page()
    assert "need-solved.n-1" in owner.page()
    assert [NeedMark(need="n-1", state="read")] == [one.what for one in office.pending]
    assert "Bo: väntar på platsen" in office.page()


def test_order_carries_whether_it_is_an_exercise(office: Any) -> None:
    """What is entered while the site shows itself in an exercise says so."""
    office.site.status = type(office.site.status).EXERCISE
    office.say(office.site.tick().alive())

    office.fill("calls", "call-out", reason="övning")

    assert "exercise" == office.pending[0].status


def test_open_and_close_follow_the_state(office: Any) -> None:
    """A point that is open can be closed, one that is not can be opened."""
    closed = office.page("/enter")
    office.say(office.site.tick().state(Power.DEAD, active=True))
    opened = office.page("/enter")

    assert ('id="form.open"' in closed, 'id="form.close"' in closed) == (True, False)
    assert ('id="form.open"' in opened, 'id="form.close"' in opened) == (False, True)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_pages_are_whole_with_everything_on_them(office: Any, language: str) -> None:
    """Every id stands once, every label has its field, nothing is left open."""
    _full(office)
    for path in ("", "/enter"):
        html = office.page(path, language)
        ids = re.findall(r'\bid="([^"]+)"', html)
        assert sorted(set(ids)) == sorted(ids)
        assert set(re.findall(r'<label for="([^"]+)"', html)) <= set(ids)
        assert not re.search(r">\s*None\s*<|\{\{|\}\}", html)
