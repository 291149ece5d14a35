"""The judge of the coordinator's and the owner's pages: what is so, what a page says, and that each lie is named."""

import pytest

from contract.words import Power
from demo.core import coordinator, own_page, reading
from demo.core.coordinator import Pages
from demo.core.known import Fuel, Ground, Known
from demo.core.page_text import parts

FUEL = Fuel(litres=880, idle_l_per_h=2.352, l_per_kwh=0.256, kw=13.5)
WALL_MS = 1_768_891_200_000
"""Tuesday 20 January 2026, 07:40 in Sweden."""
GROUND = Ground(fuel=FUEL, by_hand=True, begins_wall_ms=WALL_MS, late_s=900)
TOLD = [
    {"event": "mains_fails", "at_s": 360},
    {"event": "engine_warming", "at_s": 54_040},
    {"event": "on_reserve", "at_s": 54_360},
    {"event": "mains_back", "at_s": 259_200},
    {"event": "back_on_mains", "at_s": 261_000},
    {"event": "engine_stopped", "at_s": 261_660},
]
STEPS = [
    {"do": "link_down", "at_s": 14_400},
    {"do": "box_off", "at_s": 39_600},
    {"do": "box_on", "at_s": 54_540, "clock": "1970"},
    {"do": "report", "at_s": 55_080, "needs": "Filtar"},
    {"do": "link_up", "at_s": 259_560},
    {"do": "clock_set", "at_s": 259_632},
]
DEAD_ROW = {"between": "Troligen 104–155\u00a0h", "least": "minst 104\u00a0h"}


def _known(hour: float) -> Known:
    return GROUND.known(TOLD, STEPS, 3600 * hour)


def test_what_is_known_follows_plant_link_and_box() -> None:
    """The centre knows of a lost site what was so when it was heard last, however long ago that is."""
    early, lost, dark, back = (_known(hour) for hour in (2, 8, 13, 73.9))

    assert (Power.DEAD, 360, None) == (early.power, early.since_s, early.heard_s)
    assert (14_400, Power.DEAD, True) == (lost.heard_s, lost.heard and lost.heard.power, lost.box)
    assert (14_400, False, True) == (dark.heard_s, dark.box, _known(20).box)
    assert (Power.ON_MAINS, True, True, ("Filtar",)) == (back.power, back.reachable, back.clock, back.needs)
    assert (False, Power.ON_RESERVE) == (_known(20).clock, _known(20).power)


def test_hours_of_fuel_fall_with_what_the_set_has_burnt() -> None:
    """880 litres at 5.8 an hour; an hour with the load takes an hour."""
    assert pytest.approx(880 / 5.808, rel=1e-6) == _known(2).hours
    assert pytest.approx(10, rel=1e-6) == _known(20).hours - _known(30).hours


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hördes: för 1\u00a0dygn 3\u00a0h sedan", 97_200),
        ("för 40\u00a0s sedan", 40),
        ("nyss", 0),
        ("aldrig hörd", None),
    ],
)
def test_ages_are_read_back(text: str, expected: float | None) -> None:
    """As the page writes them."""
    assert expected == reading.age_s(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Troligen 104–155\u00a0h", (104, 155)),
        ("Troligen 90\u00a0min–3\u00a0h", (1.5, 3)),
        ("1\u00a0200–1\u00a0400\u00a0h", (1200, 1400)),
        ("–", None),
    ],
)
def test_intervals_are_read_back(text: str, expected: tuple[float, float] | None) -> None:
    """Each end with its own unit, thousands with their space."""
    assert expected == reading.interval(text)


def test_words_for_the_other_case_are_not_read() -> None:
    """Without contact what is marked for contact is unseen, and the other way about; so is paper, age and shape."""
    html = (
        '<ul><li id="row" data-contact="no"><p class="row-state"><span class="if-contact role-bad">Strömlös</span>'
        '<span class="if-lost"><b class="role-unknown">Ingen kontakt</b></span></p><svg><text>x</text></svg>'
        '<p class="only-print">papper</p>'
        '<span data-freshness="fresh"><i class="when-stale">gammalt</i>5 h</span></li></ul>'
    )
    row, state = parts(html)["row"], parts(html)[".row-state"]

    assert ("Ingen kontakt 5 h", ["unknown"], "no") == (row.text, row.roles, row.contact)
    assert "Ingen kontakt" == state.text
    assert "Strömlös" == parts(html.replace('"no"', '"yes"'))[".row-state"].text


def _centre(known: Known, **other: str) -> list[str]:
    """A page that is right at hour 2 or 8, with what is told to stand there instead."""
    there = known.reachable
    say = {
        "state": '<b class="role-bad">Strömlös</b>' if there else '<b class="role-unknown">Ingen kontakt</b>',
        "said": "Inte redo"
        if there
        else "Senast känt: Strömlös, sedan 07:50 Beredskap: vet inte om fler: vet inte "
        "Beräknat nu: troligen utan ström. startas för hand",
        "fuel": "minst 104 h" if there else "Senast känt: minst 104 h",
        "heard": "för 20 s sedan" if there else "för 4 h sedan",
        "notice": "" if there else "Ingen kontakt med meddelandeservern.",
        "panel": "Strömlös Inte redo" if there else "Ingen kontakt Senast känt: Strömlös Beredskap vet inte",
        "old": "" if there else "Så var det när platsen senast hördes",
        "alarm": "Strömlöst på platsen sedan 08:00",
    } | other
    overview = (
        f'<div id="panel-notices">{say["notice"]}</div><p class="summary">1 plats: 1 utan kontakt.</p>'
        f'<li id="row-are-kall" data-contact="{"yes" if there else "no"}">SIMULERING '
        f'<p class="row-state">{say["state"]}</p>{say["said"]}'
        f'<p class="row-fuel">{say["fuel"]}</p><p class="row-heard">{say["heard"]}</p></li>'
    )
    site = (
        f'<div id="panel-state">SIMULERING {say["panel"]} vid planerad last 17 kW</div>'
        f'<div id="panel-alarms">{say["old"]}<p id="alarm-1">{say["alarm"]}</p>'
        f'<p id="alarm-2">Strömmen från nätet är borta sedan 07:55</p></div><div id="panel-readiness"></div>'
        f'<div id="panel-needs">{say["old"]}</div><div id="panel-opening">Inte öppnad</div>'
    )
    row = {"word": "Strömlös", "since": "sedan 07:50", "fuel": DEAD_ROW, "unacked": 2, "needs": 0}
    return coordinator.faults(Pages(row=row, overview=parts(overview), site=parts(site)), known, GROUND)


@pytest.mark.parametrize("hour", [2, 8])
def test_page_that_is_right_has_no_fault(hour: float) -> None:
    """In contact, and after four hours without."""
    assert [] == _centre(_known(hour))


@pytest.mark.parametrize(
    ("hour", "part", "text", "named"),
    [
        (2, "state", '<b class="role-good">El från nätet</b>', "Strömlös"),
        (2, "state", '<b class="role-good">Strömlös</b>', "painted"),
        (8, "state", '<b class="role-bad">Strömlös</b>', "painted"),
        (8, "fuel", "minst 104 h", "as if of now"),
        (8, "heard", "för 20 s sedan", "true are 4.0 h"),
        (8, "notice", "", "does not stand"),
        (8, "old", "", "needs stand as if of now"),
        (2, "alarm", "Strömlöst på platsen sedan 08:00 borta sedan 08:10", "does not stand"),
        (2, "said", "Redo", "Inte redo"),
        (2, "said", "Inte redo Inga larm", "Inga larm"),
    ],
)
def test_each_lie_of_the_coordinators_page_is_named(hour: float, part: str, text: str, named: str) -> None:
    """One wrong word is enough."""
    assert any(named in one for one in _centre(_known(hour), **{part: text}))


def test_fuel_that_does_not_hold_the_truth_is_named() -> None:
    """At the load that the page names."""
    burnt = Ground(fuel=Fuel(litres=300, idle_l_per_h=2.352, l_per_kwh=0.256, kw=13.5), by_hand=True,
                   begins_wall_ms=WALL_MS, late_s=900)  # fmt: skip

    assert any("true are 45 h" in one for one in _centre(burnt.known(TOLD, STEPS, 7200)))


def _own(known: Known, sentence: str, role: str, first: str, more: str = "") -> list[str]:
    html = (
        f'<main id="content">SIMULERING<section id="panel-owner-now"><div class="sentence role-{role}">{sentence}</div>'
        f"Hördes för 20 s sedan {more}</section>"
        f'<section id="panel-owner-steps"><p class="what">{first}</p></section></main>'
    )
    return own_page.faults(parts(html), known, 900)


DEAD = ("Det finns ingen ström på platsen. Bränsle för minst 104 timmar.", "bad")
DO_DEAD = "Strömlöst på platsen</p><p>Ring den som ska öppna punkten. Åk dit om ingen svarar."
RESERVE = ("Platsen går på elverket. Bränsle för minst 120 timmar.", "reserve")
NO_CLOCK = "Platsen vet inte vad klockan är."


def test_own_page_that_is_right_has_no_fault() -> None:
    """Dead, on its set without a clock, and dark where the box has no power."""
    assert [] == _own(_known(2), *DEAD, DO_DEAD)
    assert [] == _own(_known(20), *RESERVE, "Dosans klocka går inte att lita på", NO_CLOCK)
    assert [] == own_page.faults(None, _known(13), 900)


def test_each_lie_of_the_own_page_is_named() -> None:
    """A wrong sentence, colour, first thing, clock; a page that is dark, or lit without power."""
    assert ["says", "is painted", "the first"] == [
        one.removeprefix("owner: ")[: len(start)]
        for one, start in zip(_own(_known(2), *RESERVE, "x")[:3], ("says", "is painted", "the first"), strict=True)
    ]
    assert any("which is over" in one for one in _own(_known(20), *RESERVE, "Strömlöst på platsen", NO_CLOCK))
    assert any(NO_CLOCK in one for one in _own(_known(20), *RESERVE, "x"))
    assert ["owner: the page does not answer"] == own_page.faults(None, _known(2), 900)
    assert any("without power" in one for one in own_page.faults({}, _known(13), 900))
    late = RESERVE[0].replace("120", "160")
    assert any("at least 160 h" in one for one in _own(_known(20), late, "reserve", "x", NO_CLOCK))


def test_own_page_says_nothing_as_now_without_the_sites_broker() -> None:
    """Whatever it knew, nothing speaks to it."""
    silent = GROUND.known(TOLD, [*STEPS, {"do": "broker_down", "at_s": 61_000}], 72_000)
    words = "Vi vet inte hur det är nu. Dosan hörs inte."

    assert [] == _own(silent, words, "unknown", "Dosan hörs inte")
    assert 3 == len(_own(silent, *RESERVE, "x"))
