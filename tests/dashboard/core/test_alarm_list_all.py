"""The alarms of all sites: what calls for somebody first, chosen by state, priority and site."""

from collections.abc import Callable
from typing import Any

import msgspec

from contract.messages import Shelf
from contract.words import AlarmState
from dashboard.core.hearing.picture import SitePicture, fold
from dashboard.core.reader import Reader
from dashboard.core.site.alarm_list import alarm_rows
from dashboard.core.sites import Site
from dashboard.core.work.alarm_page import AlarmPage, Choice, of_site, page

SITES = tuple(Site(id=f"are-{name}", place=name.title(), in_service=True) for name in ("kall", "huso"))


def _page(voice: Any, reader: Reader, choice: Choice | None = None, *, flood: bool = False) -> AlarmPage:
    pictures = {}
    for site in SITES:
        speaks = voice(site.id)
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
    rows = [one for site in SITES for one in of_site(site, pictures[site.id], (), (), reader)]
    return page(rows, SITES, pictures, choice or Choice(), reader.now)


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
