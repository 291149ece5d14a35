"""What people tell in plain words: with who told them, at once on every page of coordinators, never as a fact."""

import re
from typing import Any

import pytest

from contract.orders import Report
from contract.words import ClockQuality
from dashboard.core.access.people import Role
from dashboard.core.sending.orders import MOST_REPORTS

PAGES = ("/", "/refuelling", "/handover", "/alarms", "/messages", "/messages/new", "/reports", "/sites/are-kall",
         "/sites/are-kall/enter", "/rows", "/refuelling/panels", "/handover/panels", "/api/overview")  # fmt: skip


@pytest.fixture
def carin(staff: Any) -> Any:
    """A coordinator of Åre at her browser."""
    staff.add("Carin", Role.COORDINATOR, "are")
    return staff.enter("Carin")


def _report(staff: Any, carin: Any, key: str = "key-of-a-report", **told: str) -> Any:
    body = {"form": "report-power", "idempotency_key": key, "power": "none"} | told
    return staff.send(carin, "/sites/are-kall/reports", "/account", **body)


def test_report_in_plain_words_names_who_told(staff: Any, carin: Any) -> None:
    """The form asks who told; row, refuelling list and hand-over say it with that name; the site stays unheard."""
    form = carin.get("/sites/are-kall/enter").text
    sent = _report(staff, carin, relay="Lars på macken")
    (order,) = staff.desk.pending["are-kall"]
    overview, list_, shift = (carin.get(path).text for path in ("/", "/refuelling", "/handover"))
    row = re.search(r'<li class="row[^>]*id="row-are-kall".*?</li>', overview, re.DOTALL)

    assert 'id="report-power.relay"' in form
    assert 303 == sent.status_code
    assert isinstance(order.what, Report)
    assert ("Carin", "Lars på macken") == (order.who, order.what.told_by)
    assert row is not None
    assert re.search(r"Rapporterat:\s+<strong>ström: ingen</strong>.*av Carin, från Lars på macken", row[0])
    assert "Bara rapport" in row[0]
    assert "role-good" not in row[0].split('class="row-place"')[0].replace("if-contact", "")
    assert "varav 1 utan nätström enligt rapport" in overview
    assert "av Carin, från Lars på macken" in list_
    assert "Rapporterat: ström: ingen, av Carin, från Lars på macken" in shift


def test_sites_own_page_asks_nobody_who_told(owner: Any) -> None:
    """Whoever writes at the site has seen it."""
    assert 'id="report-power.power' in owner.page("/enter")
    assert ".relay" not in owner.page("/enter")


def test_too_long_a_name_is_refused_at_its_field(staff: Any, carin: Any) -> None:
    """With what was written still there, and nothing kept."""
    answer = _report(staff, carin, relay="x" * 61)

    assert 400 == answer.status_code
    assert re.search(r'id="report-power.relay.wrong" data-wrong="relay">\w', answer.text)
    assert () == staff.desk.pending["are-kall"]


def test_script_in_a_name_is_text(staff: Any, carin: Any) -> None:
    """Whatever somebody is called."""
    _report(staff, carin, relay="<script>x</script>")

    assert not any("<script>x" in carin.get(path).text for path in ("/", "/refuelling", "/handover", "/sites/are-kall"))


def test_site_without_a_box_never_gets_full(staff: Any, carin: Any) -> None:
    """The oldest reports make room; what was told stays in the store, and other orders keep their place."""
    for number in range(MOST_REPORTS + 2):
        assert 303 == _report(staff, carin, f"key-of-report-{number}", needs=str(number)).status_code
    pending = staff.desk.pending["are-kall"]

    assert MOST_REPORTS == len(pending)
    assert "nyare rapporter har kommit" in carin.get("/sites/are-kall").text
    assert set(staff.desk.entered) == {one.id for one in pending}
    assert ["order_outlived"] * 2 == [one.answer for one in staff.desk.shelf.lately("are-kall", 10)]


@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page_is_there_without_a_clock(staff: Any, carin: Any, language: str) -> None:
    """A server that does not know the time shows all it shows else; a report that was entered then has an age."""
    staff.clock.how = ClockQuality.UNSYNCED
    assert 303 == _report(staff, carin).status_code
    staff.clock.go(120_000)

    answers = {path: carin.get(f"{path}?lang={language}") for path in PAGES}

    assert dict.fromkeys(PAGES, 200) == {path: one.status_code for path, one in answers.items()}
    assert "2\u00a0min" in answers["/"].text
    assert "None" not in re.sub(r"<[^>]*>", "", answers["/"].text)
