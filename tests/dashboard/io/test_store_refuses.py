"""A store that takes nothing: one sentence that says what to do, nothing half done, nothing shown as done."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from contract import topics
from contract.messages import encode
from contract.words import Power
from dashboard.core.access.people import Person, Role
from dashboard.core.work.store_words import store_words
from dashboard.io.mqtt import TRY_MS, Centre
from dashboard.io.store.database import StoreTrouble

FULL = "Serverns disk är full. Ring den som sköter servern."
NEXT = {"next_in": "60", "saw": "0"}
ACK = {"key": "fuel-low", "device": "genset", "raised_run": "run-1", "raised_seq": "7", "comment": ""}


class Limit:
    """What every connection of the store is told first: how large the file may grow, or that nobody may write."""

    def __init__(self, database: Any) -> None:
        self._engine, self._pragma = database._engine, ""
        event.listen(self._engine, "connect", self._tell)

    def _tell(self, connection: Any, _: Any) -> None:
        if self._pragma:
            connection.execute(self._pragma)

    def set(self, pragma: str) -> None:
        """From now on; "" for none."""
        self._pragma = pragma
        self._engine.dispose()

    def full(self) -> None:
        """Not one page more than there is."""
        with self._engine.connect() as connection:
            pages = connection.exec_driver_sql("pragma page_count").scalar_one()
        self.set(f"pragma max_page_count = {pages}")


@pytest.fixture
def cia(staff: Any, voice: Any) -> Any:
    """A coordinator at her browser; two sites without mains, each with an alarm that nobody has seen."""
    staff.desk.broker_up = True
    for name in ("are-kall", "are-huso"):
        site = voice(name)
        for topic, told in (
            (topics.status(name), site.alive()), (topics.state(name), site.state(Power.DEAD)),
            (topics.alarms(name), site.alarms(site.alarm())),
        ):  # fmt: skip
            staff.desk.receive(topic, encode(told), False)
    asyncio.run(staff.desk.look_for_incidents())
    staff.add("Cia", Role.COORDINATOR, "are")
    return staff.enter("Cia")


@pytest.fixture
def press(staff: Any, cia: Any) -> Callable[..., Any]:
    """`press(path, …)`: a form of that page, as a script sends it; the same path is the same press."""
    token = staff.token(cia, "/account")

    def send(path: str, *, page: bool = False, **fields: str) -> Any:
        told = {"page_token": token, "lang": "sv", "idempotency_key": f"key-{path}"[:80], **fields}
        return cia.post(path, data=told, headers={"accept": "text/html" if page else "application/json"})

    return send


def _presses(staff: Any) -> list[tuple[str, dict[str, str]]]:
    """Taking, noting, acknowledging one and many, laying aside, a person's report, the shift."""
    (one,) = staff.desk.work.incidents
    named = " ".join(f"{site}|fuel-low|genset|run-1|7" for site in ("are-kall", "are-huso"))
    return [
        ("/holdings/sites/are-kall/take", NEXT),
        ("/holdings/sites/are-kall/note", {"text": "x"}),
        (f"/incidents/{one.id}/take", NEXT),
        (f"/incidents/{one.id}/ack", {"alarms": named}),
        ("/sites/are-kall/alarms/ack", ACK),
        ("/sites/are-huso/alarms/shelve", {"key": "fuel-low", "device": "genset", "for_s": "1800", "comment": "x"}),
        ("/sites/are-huso/reports", {"power": "none", "needs": "y"}),
    ]  # fmt: skip


def _fill(staff: Any, limit: Limit) -> None:
    """Until the log has no room for the shortest line: an act whose own rows still fit must not be kept either."""
    limit.full()
    for text in ("z" * 200, "z" * 20, ""):
        for _ in range(400):
            try:
                staff.door.audit.write(staff.door.now(), text, Person(name=text), "")
            except StoreTrouble:
                break


@pytest.mark.parametrize(
    ("how", "sentence"), [("full", FULL), ("pragma query_only = 1", "Servern får inte skriva i sin databas.")]
)
def test_nothing_is_kept_halfway_and_the_sentence_says_so(
    staff: Any, cia: Any, press: Callable[..., Any], how: str, sentence: str
) -> None:
    """Every press is refused in words, pages and log are as before; with room again the same presses are done once."""
    limit, presses = Limit(staff.database), _presses(staff)
    if how == "full":
        _fill(staff, limit)
    else:
        limit.set(how)
    before = _all_that_is_kept(staff)
    refused = [press(path, **fields) for path, fields in presses]
    page = press(*presses[0][:1], page=True, **presses[0][1])
    shown = cia.get("/sites/are-kall").text
    limit.set("")

    assert [503] * len(presses) == [one.status_code for one in refused]
    assert all(one.json()["error"].startswith("Det du skickade är inte sparat.") for one in refused)
    assert all(sentence in one.json()["error"] and "sqlite" not in one.text.lower() for one in refused)
    assert (503, True) == (page.status_code, sentence in page.text)
    assert before == _all_that_is_kept(staff)
    assert "Ingen har tagit det här." in shown
    assert "Sidan visar läget nu men kan inte spara något." in shown
    assert [] == [one for one in staff.desk.pending.values() if one]

    again = [press(path, **fields) for path, fields in (*presses, *presses)]
    assert {303} == {one.status_code for one in again}
    assert "Cia" == staff.desk.work.held("site:are-kall").owner
    assert [2, 3] == [len(staff.desk.pending[site]) for site in ("are-kall", "are-huso")]


def _all_that_is_kept(staff: Any) -> tuple[Any, ...]:
    with staff.database.reading() as connection:
        return tuple(
            tuple(connection.exec_driver_sql(f"select number from {table}").scalars())
            for table in ("work_facts", "orders", "audit", "link_losses")
        )


def test_store_that_is_well_again_is_found_well_without_a_record(staff: Any, cia: Any) -> None:
    """On a quiet day no record comes for hours; the banner goes all the same, once the store takes something."""
    limit = Limit(staff.database)
    limit.set("pragma query_only = 1")
    staff.send(cia, "/holdings/sites/are-kall/note", "/account", idempotency_key="key-000001", text="sett")
    centre, told = Centre(staff.desk), []
    for pragma in ("pragma query_only = 1", ""):
        limit.set(pragma)
        staff.clock.go(TRY_MS)
        asyncio.run(centre._try_store())
        told.append(bool(staff.desk.trouble))

    assert [True, False] == told
    assert "kan inte spara något" not in cia.get("/sites/are-kall").text


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("database or disk is full", "store_full"), ("attempt to write a readonly database", "store_readonly"),
        ("disk I/O error", "store_disk"), ("database is locked", "store_busy"),
        ("database disk image is malformed", "store_damaged"), ("something else", "store_other"),
    ],
)  # fmt: skip
def test_words_of_the_library_become_a_sentence_of_ours(said: str, key: str) -> None:
    """What nobody foresaw has one as well."""
    assert key == store_words(f"the store store.sqlite could not do it: {said}")


def test_key_that_stands_for_something_else_is_refused(staff: Any, press: Callable[..., Any]) -> None:
    """Another text under the same key is not kept, and nobody is told that it were; the same again is the same."""
    (path, first), other = ("/holdings/sites/are-kall/note", {"text": "ringt Lars"}), {"text": "ringt Bo"}
    order, report = "/sites/are-kall/reports", {"power": "none"}
    told = [press(path, **fields).status_code for fields in (first, first, other)]
    told += [press(order, **fields).status_code for fields in (report, report, report | {"power": "mains"})]
    page = press(path, page=True, **other)

    assert [303, 303, 409] * 2 == told
    assert (409, True) == (page.status_code, "redan sparat med annat innehåll" in page.text)
    assert 1 == len(staff.desk.pending["are-kall"])
    assert not re.search("ringt Bo", str(staff.desk.work.book.facts("site:are-kall")))
