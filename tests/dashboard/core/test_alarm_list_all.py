"""The alarms of all sites: what calls for somebody first, chosen by state, priority and site."""

from collections.abc import Callable
from typing import Any

import msgspec

from contract.messages import Shelf
from contract.words import AlarmState, Status
from dashboard.core.hearing.picture import SitePicture, fold
from dashboard.core.reader import Reader
from dashboard.core.site.alarm_list import alarm_rows
from dashboard.core.sites import Site
from dashboard.core.work.alarm_page import AlarmPage, Choice, of_site, page

SITES = tuple(Site(id=f"are-{name}", place=name.title(), in_service=True) for name in ("kall", "huso"))


def _page(
    voice: Any, reader: Reader, choice: Choice | None = None, *, flood: bool = False, copies: int = 1,
    status: Status = Status.ACTUAL,
) -> AlarmPage:  # fmt: skip
    pictures = {}
    for site in SITES:
        speaks = voice(site.id)
        speaks.status = status
        told = (
            speaks.alarm("battery-low", 1, priority=2), speaks.alarm("fuel-critical", 2, priority=1),
            speaks.alarm("mains-lost", 3, priority=1, first_out=True),
            speaks.alarm("fuel-low", 4, state=AlarmState.ACKED),
            speaks.alarm("box-hot", 5, state=AlarmState.SHELVED, priority=3),
        )  # fmt: skip
        picture = SitePicture(site=site.id)
        for message in (speaks.alive(), msgspec.structs.replace(speaks.alarms(*told), flood=flood)):
            picture = fold(picture, message, 0)
        pictures[site.id] = picture
    held = [one for site in SITES for one in of_site(site, pictures[site.id], ())]
    return page(held * copies, SITES, pictures, {}, choice or Choice(), reader)


def test_first_out_stands_first_among_equals(voice: Any, reader: Callable[..., Reader]) -> None:
    """Not acknowledged, urgent, and of a burst what came first; laid aside comes last."""
    rows = _page(voice, reader()).rows

    assert ["mains-lost", "mains-lost", "fuel-critical", "fuel-critical", "battery-low", "battery-low"] == [
        one.alarm.key for one in rows[:6]
    ]
    assert ["aside", "aside"] == [one.alarm.stage for one in rows[-2:]]


def test_choice_by_state_priority_and_site(voice: Any, reader: Callable[..., Reader]) -> None:
    """What is chosen is shown; how many there are in all stays told."""
    found = _page(voice, reader(), Choice(stage="open", priority=1, site="are-huso"))

    assert [("Huso", "mains-lost"), ("Huso", "fuel-critical")] == [(one.place, one.alarm.key) for one in found.rows]
    assert {"open": 6, "acked": 2, "aside": 2} == found.counts
    assert () == _page(voice, reader(), Choice(site="nobody")).rows


def test_many_come_in_parts_and_are_all_counted(voice: Any, reader: Callable[..., Reader]) -> None:
    """Every part has other alarms, together they are all; a part that is none any more is the last."""
    told = [_page(voice, reader(), Choice(page=number), copies=12) for number in (1, 2, 3, 9)]

    assert [(1, 3, 50), (2, 3, 50), (3, 3, 20), (3, 3, 20)] == [(one.page, one.pages, len(one.rows)) for one in told]
    assert [1, 51, 101, 101] == [one.first for one in told]
    assert [(120, 72)] * 4 == [(one.total, one.counts["open"]) for one in told]
    assert ["open"] * 50 == [one.alarm.stage for one in told[0].rows]
    assert ["aside"] * 20 == [one.alarm.stage for one in told[2].rows][-20:]


def test_alarm_of_an_exercise_says_so_among_those_of_all_sites(voice: Any, reader: Callable[..., Reader]) -> None:
    """Nobody who reads the list at night takes it for real."""
    assert [("ÖVNING",)] * 10 == [one.frames for one in _page(voice, reader(), status=Status.EXERCISE).rows]
    assert [()] * 10 == [one.frames for one in _page(voice, reader()).rows]


def test_flood_and_silence_are_said(voice: Any, reader: Callable[..., Reader]) -> None:
    """Which sites flood; how many are not heard, so that their alarms are old."""
    loud, late = _page(voice, reader(), flood=True), _page(voice, reader(gone_ms=3_600_000))

    assert (("Kall", "Huso"), 0) == (loud.flood, loud.unheard)
    assert (2, [False]) == (late.unheard, list({one.heard for one in late.rows}))


def test_shelved_alarm_comes_back_by_itself(kall: Any, reader: Callable[..., Reader]) -> None:
    """The site ends it; then it calls for somebody again, whatever was said here."""
    shelf = Shelf(who="Bo", at=kall.at(1_800_000), for_s=3600, comment="")
    stages = []
    for number, state in enumerate((AlarmState.SHELVED, AlarmState.UNACKED)):
        alarm = kall.site.alarm(state=state, shelved=shelf if state is AlarmState.SHELVED else None)
        kall.site.tick()
        kall.messages.append(kall.site.alarms(alarm, revision=number + 1))
        (row,) = alarm_rows(kall.picture(), (), reader())
        stages.append((row.stage, row.needs_ack, row.aside[:16]))

    assert [("aside", False, "Vilar till 12:30"), ("open", True, "")] == stages
