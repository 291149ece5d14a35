"""From the form to a signed bulletin: nothing is lost or sent twice, and whoever sends it proves who they are."""

import re
import threading
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.bulletins import Bulletin, SignedBulletin
from contract.topics import bulletin as topic_of
from contract.words import ClockQuality
from dashboard.core.access.people import Role
from dashboard.io.signing import Signer
from dashboard.io.store.published import Moved, Published

FILLED = {
    "kind": "water", "gravity": "serious", "status": "actual", "until": "4h", "sender": "Åre kommun",
    "headline_sv": "Koka vattnet", "instruction_sv": "Koka det.", "headline_en": "Boil the water",
    "instruction_en": "Boil it.", "sites": "are-kall are-huso", "idempotency_key": "key-0123456789",
}  # fmt: skip


class Room:
    """A coordinator of Åre, signed in, with a key that signs."""

    def __init__(self, staff: Any) -> None:
        self.staff, self.desk = staff, staff.desk
        self.desk.signer = Signer(Ed25519PrivateKey.generate())
        self.desk.broker_up = True
        staff.add("Carin", Role.COORDINATOR, "are")
        self.browser = staff.enter("Carin")

    def post(self, step: str, browser: Any = None, **fields: str) -> Any:
        """A step as the page sends it."""
        return self.staff.send(browser or self.browser, "/messages/new", "/account", **FILLED | {"step": step} | fields)

    def send(self, **fields: str) -> Any:
        """Send it, with the code that the app shows."""
        return self.post("send", **{"code": self.staff.code()} | fields)

    def kept(self) -> list[Bulletin]:
        """What was issued, the oldest first."""
        return [one.bulletin for one in reversed(self.desk.published.all())]

    def sent_id(self, **fields: str) -> str:
        """The id of a message that was sent just now."""
        answer = self.send(**fields)
        assert 303 == answer.status_code, answer.text
        return re.search(r"/messages/(m-[0-9a-f]{16})", answer.headers["location"])[1]


@pytest.fixture
def room(staff: Any) -> Room:
    """The municipality's dashboard with Carin in it."""
    return Room(staff)


def test_message_is_shown_confirmed_signed_kept_and_logged(room: Room) -> None:
    """Look, then the code: one bulletin for its two sites, on its way, with a line of the log."""
    shown = room.post("look").text
    name = room.sent_id(**_settled(shown))
    (one,) = room.kept()

    assert "Skickas till 2 platser: Are-Kall, Are-Huso, tar hela skärmen" in shown
    assert (name, 1, ("are-kall", "are-huso"), "alert") == (one.id, one.serial, one.sites, one.msg_type)
    payload = room.desk.down_due[topic_of("are-huso", name)]
    assert one == msgspec.json.decode(msgspec.json.decode(payload, type=SignedBulletin).signed, type=Bulletin)
    assert ("Carin", f"message alert: {name}", "ok") == room.staff.log()[0]
    assert "Koka vattnet" in room.browser.get(f"/messages/{name}").text
    assert "På skärmen 0 av 2, 2 hörs inte" in room.browser.get("/messages").text


def _settled(page: str) -> dict[str, str]:
    """The hidden fields of the page that confirms."""
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    return {key: text for key, text in fields.items() if key not in ("page_token", "lang")}


@pytest.mark.parametrize("code", ["", "000000", "abc", "٣٣٣٣٣٣"])
def test_wrong_code_sends_nothing_and_keeps_what_was_written(room: Room, code: str) -> None:
    """The page that confirms comes again with one sentence; everything is still in it."""
    answer = room.post("send", code=code)

    assert (400, []) == (answer.status_code, room.kept())
    assert re.search(r'id="message.code.wrong" role="alert">\w', answer.text)
    assert "Koka vattnet" in _settled(answer.text)["headline_sv"]
    assert ("Carin", "sign_in", "wrong_code") == room.staff.log()[0]


def test_code_counts_once_and_a_used_one_sends_nothing(room: Room) -> None:
    """The code that somebody looked over a shoulder for is worthless after its use."""
    code = room.staff.code()
    first = room.post("send", code=code)
    second = room.post("send", code=code, idempotency_key="another-key-0")

    assert (303, 400, 1) == (first.status_code, second.status_code, len(room.kept()))


def test_guessing_codes_costs_as_at_signing_in(room: Room) -> None:
    """After a few wrong ones nobody may try for a while, not even with the right one."""
    code = room.staff.code()
    answers = [room.post("send", code=f"{number:06}").status_code for number in range(12)]
    right = room.post("send", code=code)

    assert 429 == answers[-1]
    assert (429, []) == (right.status_code, room.kept())
    assert right.headers["retry-after"].isdigit()


def test_recovery_code_proves_it_too_and_once(room: Room) -> None:
    """Whoever has lost the phone can still warn the village."""
    account = room.staff.door.accounts.named("Carin")
    room.staff.door.accounts.set_recovery(account.number, ["abcd-efgh-jkmn"], lambda _: None)
    first = room.post("send", code="ABCD EFGH JKMN")
    second = room.post("send", code="abcd-efgh-jkmn", idempotency_key="another-key-0")

    assert (303, 400) == (first.status_code, second.status_code)


def test_same_form_twice_is_one_message_without_a_second_code(room: Room) -> None:
    """The answer was lost and the browser asks again: the same bulletin, no code spent; other words are refused."""
    settled = _settled(room.post("look").text)
    name = room.sent_id(**settled)
    again = room.post("send", **settled)
    other = room.send(**settled | {"headline_sv": "Koka inte vattnet"})

    assert (303, True) == (again.status_code, f"/messages/{name}" in again.headers["location"])
    assert (400, 1) == (other.status_code, len(room.kept()))
    assert "redan skickat med en annan text" in other.text


def test_update_then_end_and_each_names_what_it_replaces(room: Room) -> None:
    """Alert, update, cancel: one incident, rising serials, references; the page of the first leads to the newest."""
    first = room.sent_id()
    second = room.sent_id(
        of=first, type="update", headline_sv="Koka vattnet i Kall", idempotency_key="key-of-update", sites="berg-byn"
    )
    third = room.sent_id(of=second, type="cancel", idempotency_key="key-of-the-end")
    a, b, c = room.kept()

    assert [first, second, third] == [a.id, b.id, c.id]
    assert [("alert", (), 1), ("update", (first,), 2), ("cancel", (second,), 3)] == [
        (one.msg_type, one.references, one.serial) for one in (a, b, c)
    ]
    assert {first} == {one.incident for one in (a, b, c)}
    assert {("are-kall", "are-huso")} == {one.sites for one in (a, b, c)}
    assert "inte längre det senaste" in room.browser.get(f"/messages/{first}").text


def test_two_who_change_one_message_never_lose_each_others_words(room: Room) -> None:
    """The second learns that there is a newer one, and reads it first; the form keeps what was written."""
    first = room.sent_id()
    room.sent_id(of=first, type="update", headline_sv="Min text", idempotency_key="key-of-update")
    late = room.send(of=first, type="update", headline_sv="Din text", idempotency_key="key-of-other")

    assert (400, 2) == (late.status_code, len(room.kept()))
    assert "inte längre det senaste" in late.text
    assert "Din text" in late.text


@pytest.mark.parametrize(("who", "role", "scope"), [("Vera", Role.VIEWER, "are"), ("Olle", Role.OWNER, "are-kall")])
def test_viewer_and_owner_read_only(room: Room, who: str, role: Role, scope: str) -> None:
    """They see the message and its receipts, and no button; the form is not theirs."""
    name = room.sent_id()
    room.staff.add(who, role, scope)
    browser = room.staff.enter(who)

    assert "Koka vattnet" in browser.get("/messages").text
    assert "/messages/new" not in browser.get("/messages").text + browser.get(f"/messages/{name}").text
    assert 403 == browser.get("/messages/new").status_code
    assert 403 == room.post("send", browser, code="000000").status_code


def test_coordinator_sends_to_own_sites_only_and_sees_no_others(room: Room) -> None:
    """Another municipality's site is refused whole; a message for it alone is not there for this reader."""
    foreign = room.send(sites="are-kall berg-byn")
    room.staff.add("Ada", Role.ADMINISTRATOR)
    ada = room.staff.enter("Ada")
    both = room.post("send", ada, code=room.staff.code(), sites="all:", idempotency_key="key-of-ada-00")
    alone = room.post("send", ada, code=room.staff.code(), sites="berg-byn", idempotency_key="key-of-ada-01")
    name = re.search(r"m-[0-9a-f]{16}", both.headers["location"])[0]
    hidden = re.search(r"m-[0-9a-f]{16}", alone.headers["location"])[0]
    page = room.browser.get(f"/messages/{name}").text

    assert (400, True) == (foreign.status_code, "inte din" in foreign.text)
    assert ("Berg-Byn" in page, "och 1 som du inte ser" in page) == (False, True)
    assert 404 == room.browser.get(f"/messages/{hidden}").status_code
    assert "inte är dina" in room.browser.get(f"/messages/new?of={name}").text or "inte är dina" in page


def test_without_a_key_the_page_says_how_to_get_one(room: Room) -> None:
    """One sentence, and no code is asked for."""
    room.desk.signer = None
    page, sent = room.browser.get("/messages").text, room.send()

    assert "sotpunkt-dashboard bulletin keys" in page
    assert ("kan inte skrivas under här" in sent.text, []) == (True, room.kept())


def test_script_in_a_text_is_text(room: Room) -> None:
    """On every page that shows it."""
    evil = "<script>alert(1)</script>"
    shown = room.post("look", headline_sv=evil, sender=evil).text
    name = room.sent_id(headline_sv=evil, description_sv=evil, sender=evil)
    pages = [shown, room.browser.get("/messages").text, room.browser.get(f"/messages/{name}").text]
    pages.append(room.browser.get(f"/messages/new?of={name}").text)

    assert [False] * 4 == [evil in page for page in pages]


def test_program_publishes_by_the_same_address(room: Room) -> None:
    """JSON in, the id out; a fault as a sentence with its field."""
    token = room.staff.token(room.browser, "/account")
    body = FILLED | {"step": "send", "sites": ["are-kall"], "page_token": token}
    bad = room.browser.post("/messages/new", json=body | {"headline_sv": "", "code": "000000"})
    good = room.browser.post("/messages/new", json=body | {"code": room.staff.code()})
    listed = room.browser.get("/api/messages").json()

    assert (400, "headline_sv") == (bad.status_code, bad.json()["field"])
    assert (202, good.json()["id"]) == (good.status_code, listed["now"][0]["id"])
    assert "silent" == room.browser.get(f"/api/messages/{good.json()['id']}").json()[0]["receipts"][0]["state"]


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"sites": {"a": 1}}', b'{"sites": [[]]}', b"\xff"])
def test_body_that_is_none_is_refused_with_a_sentence(room: Room, body: bytes) -> None:
    """Never a fault of ours."""
    token = room.staff.token(room.browser, "/account")
    headers = {"content-type": "application/json", "x-page-token": token, "accept": "*/*"}
    answer = room.browser.post("/messages/new", content=body, headers=headers)

    assert (400, True) == (answer.status_code, "a message is a form" in answer.json()["error"])


# --- two at once, and a new start in between ---


def _made(name: str, serial: int, signer: Signer, incident: str = "") -> SignedBulletin:
    return signer.sign(
        Bulletin(
            id=name, serial=serial, incident=incident or name, msg_type="alert", status="actual", sent_ms=1,
            expires_ms=None, sender_name="x", category="Other", urgency="unknown", severity="minor",
            certainty="unknown", sites=("are-kall",), texts={},
        )
    )  # fmt: skip


def test_many_publishers_at_once_never_share_a_serial(staff: Any) -> None:
    """Eight threads over two connections to one store, as page and command line are: eight serials without a hole."""
    signer = Signer(Ed25519PrivateKey.generate())
    rooms = [Published(staff.database), Published(type(staff.database)(staff.database.path))]

    def issue(number: int) -> None:
        rooms[number % 2].issue(
            f"m-{number}", signer.key_id, lambda serial: _made(f"m-{number}", serial, signer), told={}
        )

    threads = [threading.Thread(target=issue, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert [*range(1, 9)] == sorted(one.bulletin.serial for one in rooms[0].all())


def test_what_fails_while_it_is_kept_leaves_nothing(staff: Any) -> None:
    """The log refuses its line: no bulletin, and the serial is free for the next."""
    signer, room = Signer(Ed25519PrivateKey.generate()), Published(staff.database)

    def broken(_: Any) -> None:
        raise RuntimeError("no room")

    with pytest.raises(RuntimeError):
        room.issue("m-1", signer.key_id, lambda serial: _made("m-1", serial, signer), told={}, note=broken)
    room.issue("m-2", signer.key_id, lambda serial: _made("m-2", serial, signer), told={})

    assert [("m-2", 1)] == [(one.bulletin.id, one.bulletin.serial) for one in room.all()]


def test_replaced_message_cannot_be_replaced_again(staff: Any) -> None:
    """Asked inside the transaction, after both have read that it was the newest."""
    signer, room = Signer(Ed25519PrivateKey.generate()), Published(staff.database)
    room.issue("m-1", signer.key_id, lambda serial: _made("m-1", serial, signer), told={})
    room.issue("m-2", signer.key_id, lambda serial: _made("m-2", serial, signer, "m-1"), of="m-1", told={})

    with pytest.raises(Moved):
        room.issue("m-3", signer.key_id, lambda serial: _made("m-3", serial, signer, "m-1"), of="m-1", told={})


# --- a server that knows no time ---

TYPED = "2025-11-24T17:00"
TYPED_MS = 1_764_000_000_000


@pytest.fixture
def lost(room: Room) -> Room:
    """The same, on a server that was started without knowing the time; Carin was signed in before."""
    room.staff.clock.how = ClockQuality.UNSYNCED
    return room


def test_without_a_clock_the_form_asks_for_the_time(lost: Room) -> None:
    """A field at the top, and nothing is taken without it; what was written stays."""
    form, refused = lost.browser.get("/messages/new").text, lost.post("look")

    assert 'id="message.clock"' in form
    assert 400 == refused.status_code
    assert 'id="message.clock.wrong" data-wrong="clock">Fyll i' in refused.text
    assert "Koka vattnet" in refused.text


def test_typed_time_goes_on_while_somebody_reads(lost: Room) -> None:
    """From the preview to the sending the server's uptime counts; the message says that a person typed the time."""
    shown = lost.post("look", clock=TYPED)
    lost.staff.clock.go(60_000)
    account = lost.staff.door.accounts.named("Carin")
    lost.staff.door.accounts.set_recovery(account.number, ["abcd-efgh-jkmn"], lambda _: None)
    name = lost.sent_id(**_settled(shown.text), code="abcd-efgh-jkmn")
    (one,) = lost.kept()

    assert "Du har skrivit att klockan är 17:00" in shown.text
    assert (TYPED_MS + 90_000, TYPED_MS + 4 * 3_600_000) == (one.sent_ms, one.expires_ms)
    assert ("Carin", f"message alert: {name} (time typed in)", "ok") == lost.staff.log()[0]
    assert "tiden skrevs in för hand" in lost.browser.get(f"/messages/{name}").text


@pytest.mark.parametrize(
    "told", [{"clock": "1970-01-01T00:00"}, {"clock": "9999-01-01T00:00"}, {"clock": "kvart i"}, {"clock_at": "x:1"},
             {"clock_at": "boot-1:--5"}, {"clock_at": "boot-1:" + "9" * 16}, {"clock_at": "another:1764000000000"}],
)  # fmt: skip
def test_time_that_cannot_be_is_refused(lost: Room, told: dict[str, str]) -> None:
    """With a sentence at its field, also for a hidden one that was tampered with or is of another boot."""
    answer = lost.post("look", **told)

    assert 400 == answer.status_code
    assert re.search(r'id="message.clock.wrong" data-wrong="clock">\w', answer.text)


def test_known_time_is_never_overruled(room: Room) -> None:
    """A server that knows the time asks for none and takes none."""
    fields = _settled(room.post("look", clock="2031-01-01T00:00", clock_at="boot-1:1").text)
    room.sent_id(**fields | {"clock_at": "boot-1:1"})
    (one,) = room.kept()

    assert one.sent_ms < TYPED_MS + 600_000
    assert 'id="message.clock"' not in room.browser.get("/messages/new").text
