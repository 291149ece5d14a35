"""Every form: its fields are fields of its order, its words are there in both languages, and it makes an order."""

import re
from typing import Any

import msgspec
import pytest

from contract.orders import (
    Absence,
    Answer,
    Confirmation,
    Declaration,
    DeclaredRun,
    Delivery,
    NeedMark,
    NeedSaid,
    Notice,
    Report,
    RunNote,
    ServiceVisit,
    SetClock,
    Shelve,
    StepDone,
)
from contract.words import Declared, NeedKind
from dashboard.core.forms import machine as forms_machine
from dashboard.core.forms.fields import BadOrder
from dashboard.core.forms.form import Form
from dashboard.core.sending.orders import FORMS, KINDS, asked
from gateway.core.readiness.found import REPORT_HOLDS_DAYS

NOON_MS = 1_764_241_200_000
ELSEWHERE = {"ran_by": "who", "for_h": "until_ms"}
"""Fields that the order has under another name: one is taken by whoever fills in the form, one is worked out."""
SENT = {"who": " Bo ", "idempotency_key": "key-0000001", "lang": "sv", "page": "enter"}
FILLED = [
    ("report-power", {"power": "reserve", "set_running": "yes", "load_connected": "no", "doubt_minutes": "15"},
     Report(observed_ms=NOON_MS, power="reserve", set_running=True, load_connected=False, doubt_minutes=15)),
    ("report-fuel", {"litres": "430,5", "station_litres": "2 300", "observed_ms": "2025-11-27T11:00"},
     Report(observed_ms=NOON_MS - 3_600_000, litres=430.5, station_litres=2300)),
    ("report-people", {"people_present": "12", "needs": "lugnt"},
     Report(observed_ms=NOON_MS, people_present=12, needs="lugnt")),
    ("declare", {"service": "food", "declared": "open", "until_ms": "2025-11-27T19:00"},
     Declaration(service="food", declared=Declared.OPEN, until_ms=NOON_MS + 7 * 3_600_000)),
    ("declare", {"service": "food", "declared": "closed", "until_ms": ""},
     Declaration(service="food", declared=Declared.CLOSED, until_ms=None)),
    ("need", {"what": "medicine", "people": "1", "text": "insulin"},
     NeedSaid(need="n-key-0000001", what=NeedKind.MEDICINE, people=1, text="insulin")),
    ("need-read", {"need": "n-1", "state": "read", "note": ""}, NeedMark(need="n-1", state="read")),
    ("need-solved", {"need": "n-1", "state": "solved"}, NeedMark(need="n-1", state="solved")),
    ("set-clock", {"wall_ms": "2025-11-27T12:00"}, SetClock(wall_ms=NOON_MS, boot="-", up_ms=0)),
    ("call-out", {"reason": "storm"}, None),
    ("answer", {"activator": "anna", "coming": "yes", "in_minutes": "20", "note": "lovat per telefon 18:20"},
     Answer(activator="anna", coming=True, in_minutes=20, note="lovat per telefon 18:20")),
    ("step", {"step": "s1"}, StepDone(step="s1")),
    ("step-at", {"step": "s2", "position": "RESERV"}, StepDone(step="s2", position="RESERV")),
    ("open", {"active": "true", "reason": ""}, None),
    ("close", {"active": "false"}, None),
    ("delivery", {"litres": "800", "product": "hvo", "summer": "", "cfpp_c": "-32"},
     Delivery(litres=800, product="hvo", delivered_ms=NOON_MS, cfpp_c=-32)),
    ("run", {"started_ms": "2025-11-27 10:00", "minutes": "34", "voltage": "yes", "load_percent": "22"},
     DeclaredRun(started_ms=NOON_MS - 7_200_000, minutes=34, voltage=True, load_percent=22)),
    ("run-note", {"run_id": "r-1", "ran_by": "Anna", "comment": "rök"},
     RunNote(run_id="r-1", who="Anna", comment="rök")),
    ("visit", {"for_s": "14400", "note": "oljebyte"}, ServiceVisit(for_s=14400, note="oljebyte")),
    ("confirm-sot", {"what": "sot:shop", "ok": "yes", "responsible": "Handlaren"},
     Confirmation(what="sot:shop", ok=True, observed_ms=NOON_MS, responsible="Handlaren")),
    ("confirm-activator", {"what": "activator:anna", "ok": "no"},
     Confirmation(what="activator:anna", ok=False, observed_ms=NOON_MS)),
    ("confirm-check", {"what": "check:battery", "ok": "yes"},
     Confirmation(what="check:battery", ok=True, observed_ms=NOON_MS)),
    ("absence", {"activator": "anna", "from_ms": "", "until_ms": "2025-11-28 12:00"},
     Absence(activator="anna", from_ms=NOON_MS, until_ms=NOON_MS + 86_400_000)),
    ("ack", {"key": "fuel-low", "device": "genset", "raised_run": "run-1", "raised_seq": "7"}, None),
    ("shelve", {"key": "fuel-low", "device": "genset", "for_s": "1800", "comment": "byts"},
     Shelve(key="fuel-low", device="genset", for_s=1800, comment="byts")),
    ("unshelve", {"key": "fuel-low", "device": "genset", "for_s": "0", "comment": "klart"},
     Shelve(key="fuel-low", device="genset", for_s=0, comment="klart")),
    ("notice", {"sv": "Soppa kl. 12", "en": "", "for_h": "4"}, Notice(notice="n-key-0000001", sv="Soppa kl. 12")),
    ("notice-away", {"notice": "n-1", "sv": "Soppa kl. 12", "withdrawn": "true"},
     Notice(notice="n-1", sv="Soppa kl. 12", withdrawn=True)),
    ("out", {"key": "fuel-low", "device": "genset", "out": "true", "comment": "borta"}, None),
    ("back", {"key": "fuel-low", "device": "genset", "out": "false", "comment": "åter"}, None),
]  # fmt: skip
"""Form, what somebody wrote, and the order of it (None: only that there is one)."""


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_fields_of_a_form_are_fields_of_its_order(form: Form) -> None:
    """What is filled in has a place in the order, and nothing that the order must have is left out."""
    kind = KINDS[form.address]
    names = {ELSEWHERE.get(field.name, field.name) for field in form.fields}

    assert names <= set(kind.__struct_fields__)


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
def test_every_form_has_its_words_in_both_languages(form: Form) -> None:
    """No label, title or button is missing, and none is cut for a telephone."""
    for language in (0, 1):
        visible = [field.label[language] for field in form.fields if field.kind != "fixed"]
        words = [form.title[language], form.button[language], *visible]
        words += [said[language] for field in form.fields for _, said in field.choices]
        assert all(words)
        assert all(len(part) <= 24 for one in words for part in re.split(r"[\s-]", one))
        assert (form.intro[language] == "") == (form.intro[0] == "")


def test_every_form_is_tried_here() -> None:
    """A new form gets its line in the table above."""
    assert set(FORMS) == {form for form, _, _ in FILLED}


@pytest.mark.parametrize(("form", "written", "expected"), FILLED)
def test_filled_in_form_is_an_order(reader: Any, form: str, written: dict[str, str], expected: Any) -> None:
    """As a browser sends it: text only, and what was left empty is left out."""
    made = asked(FORMS[form].address, SENT | {"form": f"{form}.x"} | written, reader())

    assert ("Bo", "key-0000001") == (made.who, made.idempotency_key)
    assert expected is None or expected == made.what
    assert KINDS[FORMS[form].address] is type(made.what)


@pytest.mark.parametrize(("form", "written"), [(form, written) for form, written, _ in FILLED])
def test_required_field_left_out_is_named(reader: Any, form: str, written: dict[str, str]) -> None:
    """Each of them, empty or not sent at all, gets the sentence at its place."""
    required = [field.name for field in FORMS[form].fields if field.required]
    sent = SENT | {"form": form} | written
    for name in required:
        for body in (sent | {name: " "}, {key: value for key, value in sent.items() if key != name}):
            with pytest.raises(BadOrder) as fault:
                asked(FORMS[form].address, body, reader())
            assert ("Fyll i det här.", name) == (str(fault.value), fault.value.field)


@pytest.mark.parametrize(
    ("field", "sentence", "form", "written"),
    [
        ("who", "Fyll i det här.", "call-out", {"who": " ", "reason": "storm"}),
        ("who", "Skriv högst 80 tecken.", "call-out", {"who": "x" * 81, "reason": "storm"}),
        ("", "Fyll i minst en uppgift.", "report-fuel", {"litres": ""}),
        ("comment", "Fyll i minst en uppgift.", "run-note", {"run_id": "r", "comment": " "}),
        ("until_ms", "Slutet är före början.", "absence",
         {"activator": "a", "from_ms": "2025-12-02 12:00", "until_ms": "2025-12-01 12:00"}),
        ("until_ms", "Den tiden har redan varit.", "declare",
         {"service": "food", "declared": "open", "until_ms": "2025-11-27 11:00"}),
        ("text", "Skriv högst 300 tecken.", "need", {"what": "food", "text": "x" * 301}),
    ],
)  # fmt: skip
def test_what_no_order_can_be_made_of(reader: Any, field: str, sentence: str, form: str, written: Any) -> None:
    """One sentence, at its field where it has one."""
    with pytest.raises(BadOrder) as fault:
        asked(FORMS[form].address, SENT | {"form": form} | written, reader())

    assert (field, sentence) == (fault.value.field, str(fault.value))


def test_absence_of_no_length_takes_it_back(reader: Any) -> None:
    """Equal times are an order, not a fault."""
    same = {"activator": "a", "from_ms": "2025-12-01 12:00", "until_ms": "2025-12-01 12:00"}

    made = asked("absences", SENT | {"form": "absence"} | same, reader()).what

    assert made.from_ms == made.until_ms


def test_without_a_clock_now_is_told_as_unknown(reader: Any) -> None:
    """0 says that nobody here knew the time; the site then takes its own."""
    made = asked("reports", SENT | {"power": "none"}, reader(wall=False)).what

    assert 0 == made.observed_ms


def test_programs_need_no_form(reader: Any) -> None:
    """The same address takes numbers and truth values as such, and no form's limits on choices."""
    body = {"key": "k", "device": "d", "for_s": 600, "comment": "x"}

    assert Shelve(**body) == asked("alarms/shelve", SENT | body, reader()).what


def test_checks_that_can_be_confirmed_are_those_of_the_site() -> None:
    """The list of the form is the list of the gateway, so that nobody confirms in vain."""
    assert {f"check:{key}" for key in REPORT_HOLDS_DAYS} == {key for key, _ in forms_machine.CHECKS}


def test_choices_of_a_form_fit_its_order() -> None:
    """Each answer that can be chosen is one that the order takes."""
    for form, written, _ in FILLED:
        kind = KINDS[FORMS[form].address]
        for field in FORMS[form].fields:
            for value, _ in field.choices:
                told = {ELSEWHERE.get(field.name, field.name): value}
                if field.name in kind.__struct_fields__:
                    types = {one.name: one.type for one in msgspec.structs.fields(kind)}
                    assert msgspec.convert(value, types[field.name], strict=False) is not None, (form, told, written)
