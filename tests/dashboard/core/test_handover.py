"""What the next shift reads of each site: the worst first, and of one that nobody hears no more than is known."""

from collections.abc import Callable
from typing import Any

import pytest

from contract.words import Power
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.overview.told import Line, Told
from dashboard.core.reader import Reader
from dashboard.core.site.card import Card, card
from dashboard.core.sites import Site
from dashboard.core.work.handover import SiteRow, site_rows
from dashboard.core.work.holding_words import holding_row
from dashboard.core.work.ownership import Holding


@pytest.fixture
def rows(reader: Callable[..., Reader]) -> Callable[..., list[SiteRow]]:
    """`rows(card, …, told=…)`: what stands of these sites, which nobody has."""

    def make(*cards: Card, told: Any = None) -> list[SiteRow]:
        held = {one.id: holding_row(Holding(subject=f"site:{one.id}"), reader(), "b") for one in cards}
        return site_rows(cards, held, reader(), told)

    return make


def _never(reader: Reader) -> Card:
    site = Site(id="are-zz", place="Zz", in_service=True)
    return card(site, SitePicture(site=site.id), (), reader)


def test_worst_stands_first_among_those_that_nobody_has(
    kall: Any, rows: Callable[..., list[SiteRow]], reader: Callable[..., Reader]
) -> None:
    """Dead, then unheard, then on reserve, whatever they are called."""
    dead, reserve = kall.card(Power.DEAD), kall.card(Power.ON_RESERVE)
    named = [
        type(one)(**{name: getattr(one, name) for name in one.__struct_fields__} | {"id": key, "place": key})
        for key, one in (("a", reserve), ("z", dead))
    ]

    assert ["z", "are-zz", "a"] == [one.site for one in rows(*named, _never(reader()))]


def test_of_a_site_never_heard_only_that_is_said(
    rows: Callable[..., list[SiteRow]], reader: Callable[..., Reader]
) -> None:
    """Not that its alarms are as they were; and what people told, with who."""
    said = Line(words="ström: ingen", said="av Karin 11:50", role="bad", frame="ÖVNING", seen_at=0)
    (row,) = rows(_never(reader()), told={"are-zz": Told(lines=(said,))})

    assert (False, False) == (row.alarms_known, row.heard_once)
    assert ("ÖVNING: ström: ingen, av Karin 11:50",) == row.told
    assert "Vi vet ingenting om platsen ännu." == row.since
