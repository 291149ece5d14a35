"""A radio line goes from the owner's page by voice to the centre, and is there at once as what a person said."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from contract.orders import Report
from contract.radio import SiteFacts, encode, place_code
from contract.words import NeedKind, Power, Status
from dashboard.core.access.people import Role

FACTS = SiteFacts(
    place=place_code("are-kall"), observed_ms=1_764_000_000_000, power=Power.ON_RESERVE, set_running=True, hours=75,
    litres=340, people=30, needs=(NeedKind.MEDICINE,),
)  # fmt: skip
LINE = encode(FACTS)


@pytest.fixture
def carin(staff: Any) -> Any:
    """A coordinator of Åre at her browser."""
    staff.add("Carin", Role.COORDINATOR, "are")
    return staff.enter("Carin")


def _post(staff: Any, browser: Any, step: str, **fields: str) -> Any:
    told = {"line": LINE, "relay": "Lars", "idempotency_key": "key-of-the-line", "step": step} | fields
    return staff.send(browser, "/reports", "/account", **told)


def test_line_is_read_shown_and_kept_for_a_silent_site(staff: Any, carin: Any) -> None:
    """What it means before it is kept; then it waits for its site and stands on its page as a witness's word."""
    shown = _post(staff, carin, "read").text
    kept = _post(staff, carin, "keep")
    again = _post(staff, carin, "keep")
    (order,) = staff.desk.pending["are-kall"]
    page = carin.get("/sites/are-kall").text

    assert "räcker minst 75 h" in shown
    assert "340 liter" in shown
    assert (303, 303) == (kept.status_code, again.status_code)
    assert isinstance(order.what, Report)
    assert ("radio", "Carin", Status.ACTUAL) == (order.through, order.who, order.status)
    assert "Lars" == order.what.told_by
    assert ("reserve", True, 340.0, 30) == (
        order.what.power, order.what.set_running, order.what.litres, order.what.people_present,
    )  # fmt: skip
    assert "rapporterat av Carin, från Lars via radio" in page
    assert "väntar på platsen" in page
    assert "Inget har hörts" in page or "ingen kontakt" in page.lower()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"line": LINE[:-1]}, "22"),
        ({"line": LINE[:6] + ("9" if LINE[6] != "9" else "8") + LINE[7:]}, "Något tecken är fel"),
        ({"line": "Kall går på elverk"}, "finns inte i någon radiorad"),
        ({"line": encode(SiteFacts(place=place_code("berg-byn")))}, "gäller ingen plats som du ser här"),
        ({"relay": ""}, "Fyll i det här"),
        ({"idempotency_key": ""}, "Sidan är inte hel"),
    ],
)
def test_wrong_line_is_refused_with_what_to_ask_for(staff: Any, carin: Any, fields: dict[str, str], said: str) -> None:
    """One sentence, what was typed stays, nothing is kept; another municipality's site is none of hers."""
    answer = _post(staff, carin, "keep", **fields)

    assert (400, True) == (answer.status_code, said in answer.text)
    assert not any(staff.desk.pending.values())


def test_exercise_stays_an_exercise(staff: Any, carin: Any, voice: Any) -> None:
    """A line of an exercise is framed, marked, and refused where the site shows that it is for real."""
    from contract import topics
    from contract.messages import encode as wire

    line = encode(SiteFacts(place=FACTS.place, status=Status.EXERCISE, power=Power.DEAD))
    kept = _post(staff, carin, "keep", line=line)
    page = carin.get("/sites/are-kall").text
    staff.desk.receive(topics.status("are-kall"), wire(voice("are-kall").alive()), False)
    refused = _post(staff, carin, "keep", line=line, idempotency_key="key-of-another")

    assert (303, True) == (kept.status_code, '<span class="frame-tag">ÖVNING</span>' in page)
    assert Status.EXERCISE is staff.desk.pending["are-kall"][0].status
    assert (400, True) == (refused.status_code, "Skarpt läge" in refused.text)


def test_site_is_found_by_part_of_its_name(carin: Any) -> None:
    """Where there are many; of none it is said; a site of somebody else is never found."""
    found = {
        words: re.findall(r"/sites/([\w-]+)/enter", carin.get(f"/reports?q={words}").text) for words in ("HUS", "b")
    }

    assert {"HUS": ["are-huso"], "b": []} == found
    assert ["are-huso", "are-kall"] == sorted(re.findall(r"/sites/([\w-]+)/enter", carin.get("/reports").text))


@pytest.mark.parametrize(("role", "scope"), [(Role.VIEWER, "are"), (Role.OWNER, "are-kall")])
def test_others_do_not_enter_for_sites(staff: Any, role: Role, scope: str) -> None:
    """An owner enters on the own site's page; a viewer nowhere."""
    staff.add("Vera", role, scope)

    assert 403 == staff.enter("Vera").get("/reports").status_code


def test_owner_page_shows_the_line_that_the_centre_reads(owner: Any, staff: Any, carin: Any) -> None:
    """Both ways: the words on the owner's page are those that the coordinator is shown."""
    owner.say(owner.site.state(Power.ON_RESERVE, endurance=owner.site.endurance(76.4, 90.0)))
    page = owner.client.get("/").text
    groups = re.search(r'radio-line">(.*?)</p>', page, re.DOTALL)[1]
    line = " ".join(re.findall(r"<strong>(\w+)</strong>", groups))
    shown = _post(staff, carin, "read", line=line).text

    assert [4, 4, 4, 4, 4, 2] == [len(group) for group in line.split()]
    assert "räcker minst 76 h" in shown
    assert "På reservkraft" in shown
    assert "Are-Kall" in shown


def test_silent_site_tells_no_power(owner: Any) -> None:
    """What was true before the box fell silent is not read aloud as if it were now."""
    owner.say(owner.site.state(Power.ON_MAINS))
    owner.say(owner.site.alive(online=False))
    means = re.search(r"Raden säger:(.*?)</p>", owner.client.get("/").text, re.DOTALL)[1]

    assert "elnätet" not in means.lower()
    assert "el från nätet" not in means.lower()


@given(some.text(max_size=120))
def test_whatever_is_typed_is_a_line_or_one_sentence(text: str) -> None:
    """No text breaks the reader."""
    from contract.freshness import Now
    from contract.words import ClockQuality
    from dashboard.core.forms.fields import BadOrder
    from dashboard.core.reader import Reader
    from dashboard.core.site.radio_line import typed
    from dashboard.core.sites import Site

    reader = Reader(language="sv", zone=None, now=Now(0, 1_764_000_000_000, ClockQuality.SYNCED))  # type: ignore[arg-type]
    with pytest.raises(BadOrder) as caught:
        typed(text, (Site(id="are-kall", place="Kall", in_service=True),), reader)

    assert str(caught.value).count("\n") == 0
