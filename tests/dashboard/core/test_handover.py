"""What the next shift reads of each site: the worst first, and of one that nobody hears no more than is known."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from contract.words import Power
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.overview.risk import Around
from dashboard.core.overview.row import Row, row
from dashboard.core.overview.told import Line, Told
from dashboard.core.reader import Reader
from dashboard.core.site.card import Card, card
from dashboard.core.sites import Site
from dashboard.core.work.handover import chosen, part, site_row
from dashboard.core.work.holding_words import HoldingRow, holding_row
from dashboard.core.work.ownership import Holding

AROUND = Around(heard=0, without_mains=0)


def _never(reader: Reader, name: str = "are-zz") -> tuple[Row, Card, SitePicture]:
    site = Site(id=name, place=name, in_service=True)
    picture = SitePicture(site=site.id)
    shown = card(site, picture, (), reader)
    return row(site, picture, shown, AROUND, reader), shown, picture


def _rows(kall: Any, reader: Reader, **powers: Power) -> list[Row]:
    """By id: how they are fed."""
    site = Site(id="are-kall", place="Kall", in_service=True)
    made = [(name, row(site, kall.picture(power), kall.card(power), AROUND, reader)) for name, power in powers.items()]
    return [replace(one, id=name, place=name) for name, one in made]


def _held(rows: list[Row], reader: Reader) -> dict[str, HoldingRow]:
    return {one.id: holding_row(Holding(subject=f"site:{one.id}"), reader, "b") for one in rows}


def test_worst_stands_first_among_those_that_nobody_has(kall: Any, reader: Callable[..., Reader]) -> None:
    """Dead, then unheard, then on reserve, whatever they are called; what has its mains is not there."""
    kall.messages.append(kall.site.alarms())
    rows = [*_rows(kall, reader(), a=Power.ON_RESERVE, z=Power.DEAD, well=Power.ON_MAINS), _never(reader())[0]]

    assert ["z", "are-zz", "a"] == [one.id for one in chosen(rows, _held(rows, reader()))]


def test_many_sites_come_in_parts(reader: Callable[..., Reader]) -> None:
    """No site is left out and none comes twice; on paper all of them; of nothing there is one empty part."""
    rows = [_never(reader(), f"are-{number:03}")[0] for number in range(120)]
    parts = [part(rows, number, whole=False) for number in (1, 2, 3)]

    assert rows == [one for told in parts for one in told.rows]
    assert [(1, 3), (51, 3), (101, 3)] == [(told.first, told.pages) for told in parts]
    assert (rows, 1, 120) == (list((whole := part(rows, 1, whole=True)).rows), whole.pages, whole.total)
    assert (0, 1, 0) == ((none := part([], 4, whole=False)).first, none.page, none.total)


def test_of_a_site_never_heard_only_that_is_said(reader: Callable[..., Reader]) -> None:
    """Not that its alarms are as they were; and what people told, with who."""
    said = Line(words="ström: ingen", said="av Karin 11:50", role="bad", frame="ÖVNING", seen_at=0)
    one, shown, _ = _never(reader())
    told = site_row(shown, _held([one], reader())["are-zz"], Told(lines=(said,)), reader())

    assert (False, False) == (told.alarms_known, told.heard_once)
    assert ("ÖVNING: ström: ingen, av Karin 11:50",) == told.told
    assert "Vi vet ingenting om platsen ännu." == told.since
