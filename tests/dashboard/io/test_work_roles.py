"""Who may have what: viewers read, owners their site, coordinators their municipality; all of it stands in the log."""

import asyncio
from typing import Any

import pytest

from contract import topics
from contract.messages import encode
from contract.words import Power
from dashboard.core.access.people import Role
from dashboard.io.store.database import StoreTrouble
from dashboard.io.work import Work

NEXT = {"next_in": "60", "saw": "0"}


@pytest.fixture
def outage(staff: Any, voice: Any) -> str:
    """Two sites of one municipality without mains: the id of the incident."""
    staff.desk.broker_up = True
    for name in ("are-kall", "are-huso"):
        site = voice(name)
        staff.desk.receive(topics.status(name), encode(site.alive()), False)
        staff.desk.receive(topics.state(name), encode(site.state(Power.DEAD)), False)
    asyncio.run(staff.desk.look_for_incidents())
    return str(staff.desk.work.incidents[0].id)


def _press(staff: Any, browser: Any, path: str, **fields: str) -> Any:
    told = {
        "page_token": staff.token(browser, "/account"),
        "lang": "sv",
        "idempotency_key": f"key-{path}"[:80],
        **fields,
    }
    return browser.post(path, data=told, headers={"accept": "application/json"})


def test_viewer_reads_and_presses_nothing(staff: Any, outage: str) -> None:
    """The pages are there, and no form on them but the choice of alarms."""
    staff.add("Vera", Role.VIEWER, "are")
    vera = staff.enter("Vera")
    pages = [vera.get(path).text for path in (f"/incidents/{outage}", "/handover", "/sites/are-kall")]

    assert ["<form" in page for page in pages] == [False] * 3
    assert all("Elavbrott" in page for page in pages[:2])
    assert 403 == _press(staff, vera, f"/incidents/{outage}/take", **NEXT).status_code
    assert 403 == _press(staff, vera, "/holdings/sites/are-kall/take", **NEXT).status_code
    assert 403 == _press(staff, vera, "/handover", to="Vera").status_code


def test_owner_has_one_site_and_no_incident(staff: Any, outage: str) -> None:
    """Sees of an incident no other site; takes the own one and not the neighbour's."""
    staff.add("Olle", Role.OWNER, "are-kall")
    olle = staff.enter("Olle")
    seen = olle.get(f"/incidents/{outage}").text

    assert ("Are-Kall" in seen, "Are-Huso" in seen) == (True, False)
    assert 403 == _press(staff, olle, f"/incidents/{outage}/take", **NEXT).status_code
    assert 303 == _press(staff, olle, "/holdings/sites/are-kall/take", **NEXT).status_code
    assert 404 == _press(staff, olle, "/holdings/sites/are-huso/take", **NEXT).status_code
    assert "Olle" == staff.desk.work.held("site:are-kall").owner


def test_coordinator_of_another_municipality_knows_nothing_of_it(staff: Any, outage: str) -> None:
    """No page, no press, not a word on the hand-over page."""
    staff.add("Berit", Role.COORDINATOR, "berg")
    berit = staff.enter("Berit")

    assert 404 == berit.get(f"/incidents/{outage}").status_code
    assert 404 == _press(staff, berit, f"/incidents/{outage}/take", **NEXT).status_code
    assert "Elavbrott" not in berit.get("/handover").text
    assert {"berg-byn"} == set(berit.get("/api/work").json()["sites"])


def test_every_press_stands_in_the_log(staff: Any, outage: str) -> None:
    """Who took, who came too late, in the words of the page; the name is the account's, whatever was sent."""
    for name in ("Cia", "Dan"):
        staff.add(name, Role.COORDINATOR, "are")
    staff.add("Ada", Role.ADMINISTRATOR)
    for name in ("Cia", "Dan"):
        _press(
            staff,
            staff.enter(name),
            f"/incidents/{outage}/take",
            who="Somebody",
            idempotency_key=f"k-{name}-0000",
            **NEXT,
        )
    log = staff.enter("Ada").get("/log").text

    assert [("Dan", f"work_take: {outage}", "late"), ("Cia", f"work_take: {outage}", "ok")] == [
        line for line in staff.log() if line[1].startswith("work_")
    ]
    assert f"tog hand om {outage}" in log
    assert "någon annan hann före" in log


def test_nothing_is_given_to_somebody_who_may_not(staff: Any, outage: str) -> None:
    """Not to a viewer, not to nobody; to one of the list it is."""
    staff.add("Cia", Role.COORDINATOR, "are")
    staff.add("Dan", Role.COORDINATOR, "are")
    staff.add("Vera", Role.VIEWER, "are")
    cia = staff.enter("Cia")
    told = [
        _press(
            staff, cia, f"/incidents/{outage}/give", to=name, saw="0", idempotency_key=f"give-{name}-0000"
        ).status_code
        for name in ("Vera", "Nobody", "Dan")
    ]

    assert [400, 400, 303] == told
    assert ("Dan", "Cia") == (lambda held: (held.owner, held.giver))(staff.desk.work.held(f"incident:{outage}"))  # noqa: PLC3002


def test_script_in_a_note_stays_text(staff: Any, outage: str) -> None:
    """What people write is shown as they wrote it."""
    staff.add("Cia", Role.COORDINATOR, "are")
    cia = staff.enter("Cia")
    _press(staff, cia, f"/incidents/{outage}/note", text="<script>alert(1)</script>")
    pages = [cia.get(path).text for path in (f"/incidents/{outage}", "/handover")]

    assert all("&lt;script&gt;alert(1)" in page and "<script>alert" not in page for page in pages)


def test_what_was_done_can_not_be_changed(staff: Any, outage: str) -> None:
    """The store itself refuses."""
    staff.add("Cia", Role.COORDINATOR, "are")
    _press(staff, staff.enter("Cia"), f"/incidents/{outage}/note", text="sett")

    for statement in ("update work_facts set act = 'take'", "delete from work_facts"):
        with pytest.raises(StoreTrouble, match="append only"), staff.database.writing() as connection:
            connection.exec_driver_sql(statement)


def test_incident_of_another_boot_is_the_same(staff: Any, outage: str) -> None:
    """The computer was off for an hour: by the wall clocks it began as long ago as before."""
    began = staff.desk.work.incidents[0].since_ms - staff.clock.up_ms()
    staff.clock.restart(3_600_000)
    (one,) = Work(staff.database, staff.desk.now(), staff.clock.boot).incidents

    assert (outage, began - 3_600_000) == (one.id, one.since_ms - staff.clock.up_ms())


def test_overdue_site_rises_among_equally_bad_ones(staff: Any, outage: str) -> None:
    """Both are without power; the one that was to be looked to again stands first once its time has passed."""
    staff.add("Cia", Role.COORDINATOR, "are")
    cia = staff.enter("Cia")
    _press(staff, cia, "/holdings/sites/are-kall/take", **NEXT)
    orders = []
    for gone_ms in (0, 3_700_000):
        staff.clock.go(gone_ms)
        page = cia.get("/").text
        orders.append(page.index("/sites/are-huso") < page.index("/sites/are-kall"))

    assert outage
    assert [True, False] == orders
    assert "tiden har gått" in cia.get("/handover").text
