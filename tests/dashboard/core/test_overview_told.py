"""What people tell of a site that nobody hears: a witness in its row, its rank and the refuelling list, with age."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from contract.freshness import Now
from contract.orders import Order, Report
from contract.words import ClockQuality, Power, Status
from dashboard.core.hearing.picture import SitePicture, fold
from dashboard.core.overview import ranking, refuelling, regions
from dashboard.core.overview.asked import chosen, read
from dashboard.core.overview.risk import Around
from dashboard.core.overview.row import Row, row
from dashboard.core.overview.told import HOLDS_MS, told
from dashboard.core.reader import Reader
from dashboard.core.sending import orders
from dashboard.core.site.card import card
from dashboard.core.sites import Site

NOON_MS = 1_764_241_200_000
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
HARD = "\u00a0"
KALL = Site(id="are-kall", place="Kall", in_service=False, region="Norra", tank_l=1000.0)
Made = Callable[..., Row]


def _said(ago_ms: int | None = 10 * MINUTE_MS, *, name: str = "o-1", status: Any = Status.ACTUAL, **what: Any) -> Order:
    report = Report(observed_ms=0 if ago_ms is None else NOON_MS - ago_ms, **what)
    return Order(
        id=name, who="Karin", role="coordinator", entered_ms=NOON_MS, through="dashboard", what=report, status=status
    )


@pytest.fixture
def picture(voice: Any) -> Callable[..., SitePicture]:
    """`picture(power, gone_ms=…)`: Kall as it was heard so long ago; without a power never heard."""

    def make(power: Power | None = None, *, gone_ms: int = HOUR_MS, **state: Any) -> SitePicture:
        found = SitePicture(site="are-kall")
        if power is None:
            return found
        site = voice("are-kall").tick(9 * 86_400_000)
        site.up_ms += NOON_MS - gone_ms - (site.wall_ms or 0)
        if "hours" in state:
            endurance = msgspec.structs.replace(site.endurance(*state.pop("hours")), rate_lh=10.0)
            state["endurance"] = endurance
        for message in (site.alive(), site.birth(), site.state(power, **state)):
            found = fold(found, message, -gone_ms)
        return found

    return make


def _row(picture: SitePicture, reader: Reader, *pending: Order, entered: dict[str, int] | None = None) -> Row:
    found = told(pending, picture, reader, entered)
    return row(KALL, picture, card(KALL, picture, pending, reader), Around(), reader, found)


def test_site_without_a_box_lives_on_reports(picture: Any, reader: Callable[..., Reader]) -> None:
    """Its row says what was told, by whom, when and how old it is; it is still no site that is heard."""
    found = _row(picture(), reader(), _said(power="none", litres=120.0))

    assert found.told is not None
    (line,) = found.told.lines
    assert f"ström: ingen, 120{HARD}L i elverkets tank" == line.words
    assert "av Karin 11:50" == line.said
    assert -10 * MINUTE_MS == line.seen_at
    assert ("unknown", False, True, True) == (found.role_now, found.in_contact, found.silent, found.told_out)
    assert found.guess is None


@pytest.mark.parametrize(("power", "tier"), [("none", 1), ("reserve", 5), ("mains", 6)])
def test_report_ranks_a_silent_site(picture: Any, reader: Callable[..., Reader], power: str, tier: int) -> None:
    """Told to have no power it stands next to the dead; told to have mains, still above all that are heard to."""
    assert tier == _row(picture(), reader(), _said(power=power)).rank[1]


def test_old_report_is_not_believed_but_warns(picture: Any, reader: Callable[..., Reader]) -> None:
    """After four hours it is a line with its age; the rank says only that the site may be without power."""
    dark = _row(picture(), reader(), _said(HOLDS_MS + MINUTE_MS, power="none"))
    well = _row(picture(), reader(), _said(HOLDS_MS + MINUTE_MS, power="mains"))

    assert dark.told is not None
    assert (None, False) == (dark.told.power, dark.told_out)
    assert "ström: ingen" == dark.told.lines[0].words
    assert (2, 3) == (dark.rank[1], well.rank[1])
    assert dark.guess is not None


def test_what_the_site_said_later_counts_more(picture: Any, reader: Callable[..., Reader]) -> None:
    """A report from before the site was heard last is no news; one from after is."""
    silent = picture(Power.ON_MAINS, gone_ms=HOUR_MS)

    assert _row(silent, reader(), _said(2 * HOUR_MS, power="none")).told is None
    assert _row(silent, reader(), _said(MINUTE_MS, power="none")).told_out


def test_witness_never_becomes_the_sites_own_word(picture: Any, reader: Callable[..., Reader]) -> None:
    """The state stays what the site said last, and a report does not paint it."""
    found = _row(picture(Power.ON_MAINS), reader(), _said(MINUTE_MS, power="none"))

    assert (Power.ON_MAINS, "unknown") == (found.power, found.role_now)


def test_exercise_moves_nothing_real(picture: Any, reader: Callable[..., Reader]) -> None:
    """What was told in an exercise stands with its frame and changes neither rank nor list."""
    found = _row(picture(), reader(), _said(power="none", litres=5.0, status=Status.EXERCISE))

    assert found.told is not None
    assert "ÖVNING" == found.told.lines[0].frame
    assert (None, None, False) == (found.told.power, found.told.litres, found.told.was_dark)
    assert 3 == found.rank[1]


def test_newest_of_power_and_of_fuel_stand_both(picture: Any, reader: Callable[..., Reader]) -> None:
    """A later word of the fuel does not hide that the power is gone, nor one of people."""
    found = _row(
        picture(), reader(), _said(30 * MINUTE_MS, power="none"), _said(20 * MINUTE_MS, name="o-2", litres=80.0),
        _said(5 * MINUTE_MS, name="o-3", people_present=12), _said(50 * MINUTE_MS, name="o-4", power="mains"),
    )  # fmt: skip

    assert found.told is not None
    assert ["12 på plats", f"80{HARD}L i elverkets tank", "ström: ingen"] == [one.words for one in found.told.lines]
    assert ("none", 80.0) == (found.told.power, found.told.litres)


def test_server_without_a_clock_counts_from_when_it_was_entered(picture: Any, reader: Callable[..., Reader]) -> None:
    """ "Now" was when it was entered; where nobody can tell, the age is unknown and it is not believed as fresh."""
    blind = reader(gone_ms=20 * MINUTE_MS, wall=False)

    known = _row(picture(), blind, _said(None, power="none"), entered={"o-1": 5 * MINUTE_MS})
    unknown = _row(picture(), blind, _said(None, power="none"))

    assert known.told is not None
    assert unknown.told is not None
    assert (5 * MINUTE_MS, "none") == (known.told.lines[0].seen_at, known.told.power)
    assert (None, None, True) == (unknown.told.lines[0].seen_at, unknown.told.power, unknown.told.was_dark)


def test_report_of_a_wrong_clock_never_stays_fresh(picture: Any, reader: Callable[..., Reader]) -> None:
    """Written while the server's clock was five hours ahead: as old as it was entered, else of unknown age."""
    ahead = _said(-5 * HOUR_MS, power="none")
    later = reader(gone_ms=HOUR_MS)

    known, unknown = (_row(picture(), later, ahead, entered=one).told for one in ({"o-1": 1000}, None))

    assert known is not None
    assert unknown is not None
    assert (1000, "none") == (known.lines[0].seen_at, known.power)
    assert (None, None, True) == (unknown.lines[0].seen_at, unknown.power, unknown.was_dark)


def test_nothing_was_seen_after_it_was_entered(picture: Any, reader: Callable[..., Reader]) -> None:
    """A clock that was set back since then makes no report younger."""
    found = _row(picture(), reader(gone_ms=2 * HOUR_MS), _said(-2 * HOUR_MS, power="none"), entered={"o-1": 0})

    assert found.told is not None
    assert 0 == found.told.lines[0].seen_at


def test_sentences_count_what_was_told(picture: Any, reader: Callable[..., Reader]) -> None:
    """All sites, the region and the choice of those without mains name it, as a report."""
    rows = [_row(picture(), reader(), _said(power="none"))]

    assert "1 plats: 1 utan kontakt, varav 1 utan nätström enligt rapport." == ranking.summary(rows, reader())
    (region,) = regions.regions(rows, reader())
    assert "Elavbrott Norra: 1 okänd, varav 1 utan nätström enligt rapport" == region.words
    assert ["are-kall"] == [one.id for one in chosen(rows, read({"show": "outage"}))]


def _stop(picture: SitePicture, reader: Reader, *pending: Order) -> refuelling.Stop:
    shown = _row(picture, reader, *pending)
    (stop,) = refuelling.stops([(KALL, picture, shown)], reader, everyone=True)
    return stop


def test_nothing_is_stated_of_a_site_that_was_never_heard(picture: Any, reader: Callable[..., Reader]) -> None:
    """Nobody knows whether its set runs; its tank is known from the settings, its level is not."""
    stop = _stop(picture(), reader())

    assert ("", "vet inte", "") == (stop.leave_by, stop.leave_why, stop.level)
    assert f"tanken rymmer 1\u202f000{HARD}L, men nivån är inte känd" == stop.fits_why


def test_site_that_is_heard_and_stands_is_said_to(picture: Any, reader: Callable[..., Reader]) -> None:
    """Only what the site says now lets the list say that it does not burn."""
    heard, silent = picture(Power.ON_MAINS, gone_ms=0), picture(Power.ON_MAINS)

    assert "platsen går inte på elverket nu" == _stop(heard, reader()).leave_why
    assert "vet inte" == _stop(silent, reader()).leave_why


def test_old_level_is_told_with_its_age(voice: Any, reader: Callable[..., Reader]) -> None:
    """What was in the tank when the site was heard last is not what is in it now."""
    site = voice("are-kall").tick(9 * 86_400_000)
    site.up_ms += NOON_MS - 3 * HOUR_MS - (site.wall_ms or 0)
    found = SitePicture(site="are-kall")
    for message in (site.alive(), site.state(Power.ON_MAINS), site.device(fuel__level=50.0)):
        found = fold(found, message, -3 * HOUR_MS)

    assert f"500{HARD}L i tanken, för 3{HARD}h sedan" == _stop(found, reader()).level


def test_reported_litres_are_used_and_said_to_be(picture: Any, reader: Callable[..., Reader]) -> None:
    """They make what fits, with the word that somebody reported them."""
    stop = _stop(picture(), reader(), _said(power="reserve", litres=120.0))

    assert f"830{HARD}L" == stop.fits
    assert f"omkring 120{HARD}L i tanken nu, rapporterat" == stop.level
    assert stop.row.burning


def test_less_in_the_tank_than_the_site_said_brings_the_call_forward(
    picture: Any, reader: Callable[..., Reader]
) -> None:
    """Ninety litres at ten an hour are nine hours, whatever was counted before; more never puts it off."""
    burning = picture(Power.ON_RESERVE, hours=(40.0, 60.0))

    less = _stop(burning, reader(), _said(0, power="reserve", litres=90.0))
    more = _stop(burning, reader(), _said(0, power="reserve", litres=900.0))

    assert (f"minst 9{HARD}h", "21:00", "15:00") == (less.least, less.until, less.leave_by)
    assert "räknat på det som rapporterats" == less.estimated
    assert f"minst 39{HARD}h" == more.least


def test_reported_mains_need_no_diesel(picture: Any, reader: Callable[..., Reader]) -> None:
    """A site that is known by reports alone leaves the list while somebody has seen that it has mains."""
    found = picture()

    assert not refuelling.wanted(KALL, _row(found, reader(), _said(power="mains")))
    assert refuelling.wanted(KALL, _row(found, reader(), _said(HOLDS_MS + 1, power="mains")))


def test_newer_reports_outlive_older_ones() -> None:
    """A site that never answers keeps room for more: the oldest reports wait no longer, other orders do."""
    reports = tuple(_said(name=f"o-{number}", power="none") for number in range(orders.MOST_REPORTS + 2))
    other = msgspec.structs.replace(reports[0], id="a", what=orders.CallOut(reason="x"))

    assert ["o-0", "o-1"] == [one.id for one in orders.outlived((other, *reports))]


def test_report_names_who_told_of_it(reader: Callable[..., Reader]) -> None:
    """Who enters it and who saw it are both kept; too long a name is refused at its field."""
    body = {"who": "Anna", "idempotency_key": "key-12345", "power": "none", "relay": " Bo i Kall "}

    asked = orders.asked("reports", body, reader())
    assert ("Anna", "Bo i Kall") == (asked.who, asked.what.told_by)
    wrong = []
    for changed in ({"relay": "x" * 61}, {"power": ""}):
        with pytest.raises(orders.BadOrder) as fault:
            orders.asked("reports", body | {"form": "report-power"} | changed, reader())
        wrong.append(fault.value.field)
    assert ["relay", ""] == wrong


def test_clock_that_comes_back_dates_nothing_anew(picture: Any, reader: Callable[..., Reader]) -> None:
    """A typed time is compared again once the time of day is known."""
    typed = _said(30 * MINUTE_MS, power="none")
    blind = reader(wall=False)
    known = replace(blind, now=Now(mono_ms=0, wall_ms=NOON_MS, clock=ClockQuality.SYNCED))

    before, after = (_row(picture(), one, typed).told for one in (blind, known))

    assert before is not None
    assert after is not None
    assert (None, -30 * MINUTE_MS) == (before.lines[0].seen_at, after.lines[0].seen_at)
