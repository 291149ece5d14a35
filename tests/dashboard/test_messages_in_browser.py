"""Messages in the real program: a browser writes one, the broker carries it, the sites answer, a draft is not lost."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page

from contract import topics
from contract.bulletins import Asleep, Bulletin, SignedBulletin
from contract.words import Stream
from dashboard.publishing import make_keys
from doors.clock import spec_of

from .browsing import go_on

CLOCK = spec_of(1.0, 1_764_000_600_000, 600_000, "office")
SITES = ("msg-kall", "msg-huso")


@pytest.fixture(scope="module")
def desk(dashboard_of_module: Any) -> Any:
    """A program that can sign, for all tests of this file."""
    lines = '\n[bulletins]\nkey_file = "keys/bulletin.key"\nsender_name = "Åre kommun"\n'

    def with_key(text: str, folder: Path) -> str:
        make_keys(folder / "keys")
        return text + lines

    return dashboard_of_module(*SITES, options=("--clock", CLOCK), rewrite=with_key)


def _fill(page: Page, headline: str) -> None:
    """Everything that has to be chosen, by hand."""
    for name, value in {"status": "exercise", "kind": "water", "gravity": "serious", "until": "4h"}.items():
        page.check(f'[name="{name}"][value="{value}"]')
    page.check('[name="sites"][value="all:"]')
    page.fill('[name="headline_sv"]', headline)
    page.fill('[name="instruction_sv"]', "Koka vattnet innan du dricker det.")


def test_message_goes_from_the_form_to_the_screens_and_back(
    desk: Any, broker: Any, voice: Any, wait: Any, chromium: Any
) -> None:
    """Written, seen beside the form, confirmed, on the broker; the page follows what the site and the screen answer."""
    wait(lambda: desk.json("/healthz")["broker"], "the link")
    kall = voice("msg-kall")
    broker.say(kall.alive(), kall.birth())
    page = chromium.new_page()
    page.goto(f"{desk.url}/messages/new")
    _fill(page, "Koka vattnet")
    page.wait_for_selector(".live-preview .kiosk-headline:has-text('Koka vattnet')")
    go_on(page, 'button[value="look"]')
    sentence, frame = page.inner_text(".sentence"), page.inner_text("form .frame-word")
    go_on(page, 'button[value="send"]')
    page.wait_for_url("**/messages/m-*")
    name = page.url.split("/")[-1].split("?")[0]
    topic = topics.bulletin("msg-kall", name)
    wait(lambda: topic in broker.seen, "the bulletin")
    one = msgspec.json.decode(msgspec.json.decode(broker.seen[topic], type=SignedBulletin).signed, type=Bulletin)

    assert sentence.startswith("Skickas till 2 platser")
    assert ("ÖVNING" in frame, "exercise", SITES) == (True, one.status.value, one.sites)

    taken = {"bulletin": name, "serial": one.serial, "detail": ""}
    broker.say(kall.batch(kall.record(1, "bulletin_taken", taken)))
    page.wait_for_selector("text=Mottaget och kontrollerat")
    dark = {"kiosk_run": "k", "number": 1, "screen": "skylt-1", "bulletin": name, "serial": one.serial,
            "status": "exercise", "first_frame": None, "why_not": Asleep.CLOSED}  # fmt: skip
    broker.say(kall.batch(kall.record(1, "receipt", dark), stream=Stream.RECEIPT))
    page.wait_for_selector("text=På skärmen 0 av 2, 1 hörs inte, 1 med släckt skärm")
    page.wait_for_selector("text=skylt-1: släckt, platsen är stängd och strömmen sparas")
    shown = dark | {"number": 2, "first_frame": msgspec.to_builtins(kall.moment()), "why_not": ""}
    broker.say(kall.batch(kall.record(2, "receipt", shown), stream=Stream.RECEIPT))
    page.wait_for_selector("text=På skärmen 1 av 2")
    page.close()


def test_half_written_message_survives_a_closed_page(desk: Any, chromium: Any) -> None:
    """The draft is there again in the same browser, and gone once the message is sent or the draft thrown away."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{desk.url}/messages/new")
    page.fill('[name="headline_sv"]', "Halv rubrik")
    page.close()
    again = context.new_page()
    again.goto(f"{desk.url}/messages/new")
    kept = again.input_value('[name="headline_sv"]')
    again.click("#draft-drop")
    again.reload()

    assert ("Halv rubrik", "") == (kept, again.input_value('[name="headline_sv"]'))
    context.close()


def test_message_can_be_sent_without_a_script(desk: Any, broker: Any, wait: Any, chromium: Any) -> None:
    """A fault keeps what was written; then it goes."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{desk.url}/messages/new")
    _fill(page, "")
    go_on(page, 'button[value="look"]')
    wrong = page.inner_text('[data-wrong="headline_sv"]')
    kept = page.input_value('[name="instruction_sv"]')
    page.fill('[name="headline_sv"]', "Utan skript")
    go_on(page, 'button[value="look"]')
    go_on(page, 'button[value="send"]')
    name = page.url.split("/")[-1].split("?")[0]
    wait(lambda: topics.bulletin("msg-huso", name) in broker.seen, "the bulletin")

    assert (True, "Koka vattnet innan du dricker det.") == (bool(wrong), kept)
    context.close()


def test_kept_message_is_sent_after_a_kill(desk: Any, broker: Any, wait: Any) -> None:
    """kill -9 and a broker that has lost it: the next start tells every site again what it was told."""
    name = desk.json("/api/messages")["now"][0]["id"]
    topic = topics.bulletin("msg-huso", name)
    before = broker.seen[topic]
    desk.kill()
    broker.publish(topic, b"", retain=True)
    wait(lambda: broker.seen[topic] == b"", "the loss")
    desk.start()
    wait(lambda: broker.seen[topic] == before, "the same bytes again")

    assert before == broker.seen[topic]


def test_key_that_others_can_read_starts_nothing(desk: Any, tmp_path: Any, asked: Any) -> None:
    """One line that says what to type; exit code 2."""
    from dashboard.publishing import make_keys

    make_keys(tmp_path)
    (tmp_path / "bulletin.key").chmod(0o644)
    text = desk.file.read_text("utf-8").replace("keys/bulletin.key", "bulletin.key")
    (tmp_path / "d.toml").write_text(text, "utf-8")
    code, _, err = asked("check", tmp_path / "d.toml")

    assert (2, True) == (code, "[bulletins] key_file" in err and "chmod 600" in err)
