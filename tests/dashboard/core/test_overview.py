"""All sites at once: who stands first and why, what is probable of a silent one, and a sentence for each region."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from contract.judgement import CallNow
from contract.messages import Farewell, SiteStatus
from contract.words import Connection, FarewellWhy, Power, Readiness, Status
from dashboard.core.hearing.picture import SitePicture, fold
from dashboard.core.overview import ranking, regions
from dashboard.core.overview.asked import chosen, page_of, read
from dashboard.core.overview.risk import Around, Likely
from dashboard.core.overview.row import Row, row
from dashboard.core.reader import Reader
from dashboard.core.site.card import card
from dashboard.core.sites import Site

HOUR_MS = 3_600_000
NOON_MS = 1_764_241_200_000


class House:
    """Sites that have said something, and how long ago; their rows as somebody reads them now."""

    def __init__(self, voice: Any, reader: Callable[..., Reader]) -> None:
        self._voice, self.reader = voice, reader()
        self.sites: dict[str, Site] = {}
        self.pictures: dict[str, SitePicture] = {}

    def add(
        self, name: str, power: Power = Power.ON_MAINS, *, gone_ms: int = 0, manual: bool = False,
        region: str = "Norra", more: tuple[Any, ...] = (), since_ms: int = 60_000, **state: Any,
    ) -> SitePicture:  # fmt: skip
        """One site, as it was when it was heard last."""
        site = self._voice(name).tick(9 * 86_400_000)
        site.up_ms += NOON_MS - gone_ms - (site.wall_ms or 0)
        birth = msgspec.structs.replace(site.birth(), connection=Connection.MANUAL if manual else Connection.AUTOMATIC)
        for key in ("endurance", "battery"):
            if key in state:
                state[key] = site.endurance(*state[key])
        told = (site.alive(), birth, site.state(power, since=site.moment(since_ms), **state), *more)
        picture = SitePicture(site=name)
        for message in told:
            picture = fold(picture, message(site) if callable(message) else message, -gone_ms)
        self.pictures[name] = picture
        self.sites[name] = Site(id=name, place=name.upper(), in_service=True, region=region)
        return picture

    def rows(self) -> list[Row]:
        """Worst first."""
        around = regions.around(self.sites.values(), self.pictures, self.reader)
        found = []
        for name, site in self.sites.items():
            picture = self.pictures[name]
            shown = card(site, picture, (), self.reader)
            found.append(row(site, picture, shown, around[site.region], self.reader))
        return ranking.worst_first(found)

    def order(self) -> list[str]:
        """Their ids, worst first."""
        return [one.id for one in self.rows()]

    def row(self, name: str) -> Row:
        """One of them."""
        return next(one for one in self.rows() if one.id == name)


@pytest.fixture
def house(voice: Any, reader: Callable[..., Reader]) -> House:
    """No site yet."""
    return House(voice, reader)


def test_worst_stands_first(house: House) -> None:
    """No power, then no contact, then on reserve, then the rest; one sentence counts them."""
    house.add("a")
    house.add("b", Power.ON_RESERVE)
    house.add("c", gone_ms=900_001)
    house.add("d", Power.DEAD)

    assert ["d", "c", "b", "a"] == house.order()
    assert "4 platser: 1 utan ström, 1 på reservkraft, 1 på nätet, 1 utan kontakt." == ranking.summary(
        house.rows(), house.reader
    )


def test_unanswered_call_stands_before_everything(house: House) -> None:
    """Nobody has promised to come: that site is first, whatever the others have, and the sentence counts it."""
    house.add("a", Power.DEAD)
    house.add("b", call=CallNow(unanswered=True))

    assert ["b", "a"] == house.order()
    assert "2 platser: 1 dit ingen har lovat att komma, 1 utan ström, 1 på nätet." == ranking.summary(
        house.rows(), house.reader
    )


def test_state_is_short_in_row_and_sentence(house: House) -> None:
    """The sentence and the row take the first part of the words."""
    house.add("a", Power.ON_BATTERY)

    assert "På batteri" == house.row("a").word
    assert "1 plats: 1 på batteri." == ranking.summary(house.rows(), house.reader)


def test_foretold_silence_is_counted_apart(house: House) -> None:
    """A site that said that it would fall silent is neither well nor lost in the sentence."""

    def goodbye(site: Any) -> SiteStatus:
        said = Farewell(why=FarewellWhy.BATTERY, until_ms=site.wall_ms, until_up_ms=site.up_ms)
        return SiteStatus(head=site.head(), online=False, heartbeat_s=300.0, version="0.1.0", farewell=said)

    house.add("a", more=(goodbye,))

    assert "1 plats: 1 tyst som den själv sa." == ranking.summary(house.rows(), house.reader)


def test_silence_is_a_state_of_its_own(house: House) -> None:
    """A silent site is not dead: it says what was known last, what is probable, why, and that it is an estimate."""
    house.add("a", Power.ON_BATTERY, gone_ms=HOUR_MS, manual=True)

    found = house.row("a")

    assert ("unknown", False, "På batteri") == (found.role_now, found.in_contact, found.word)
    assert found.guess is not None
    assert found.guess.words.startswith("Beräknat nu: troligen utan ström")
    assert "startas för hand" in found.guess.why


def test_heard_sites_are_not_guessed_at(house: House) -> None:
    """What a site says of itself needs no estimate."""
    house.add("a", Power.DEAD)

    assert house.row("a").guess is None


@pytest.mark.parametrize(
    ("power", "manual", "lasts", "likely"),
    [
        (Power.ON_BATTERY, True, {}, Likely.OUT),
        (Power.ON_BATTERY, False, {}, Likely.MAY),
        (Power.DEAD, False, {}, Likely.OUT),
        (Power.STARTING, False, {}, Likely.MAY),
        (Power.ON_RESERVE, False, {"endurance": (10.0, 15.0)}, Likely.CARRIES),
        (Power.ON_RESERVE, False, {"endurance": (1.0, 15.0)}, Likely.MAY),
        (Power.ON_RESERVE, False, {"endurance": (0.5, 1.0)}, Likely.OUT),
        (Power.ON_RESERVE, False, {}, Likely.MAY),
        (Power.ON_MAINS, False, {}, Likely.NOTHING),
    ],
)
def test_estimate_of_a_silent_site(
    house: House, power: Power, manual: bool, lasts: dict[str, Any], likely: Likely
) -> None:
    """What it said last, two hours ago, and how it is started make the estimate."""
    house.add("a", power, gone_ms=2 * HOUR_MS, manual=manual, **lasts)

    assert likely is house.row("a").guess.likely  # type: ignore[union-attr]


def test_neighbours_without_mains_make_a_manual_site_suspect(house: House) -> None:
    """It had mains when heard last; most that are heard around it have none, and a person must start it."""
    house.add("a", gone_ms=5 * HOUR_MS, manual=True)
    house.add("b", Power.ON_RESERVE, since_ms=5 * HOUR_MS)
    house.add("c", Power.ON_RESERVE)

    guess = house.row("a").guess

    assert guess is not None
    assert guess.likely is Likely.OUT
    assert "2 av 2 som hörs i området saknar nätström" in guess.why
    assert any("mobilnätets reservkraft räcker bara omkring 4 timmar" in one for one in guess.why)
    assert "a" == house.order()[0]


def test_neighbours_with_mains_calm_it_but_never_make_it_green(house: House) -> None:
    """All around it have mains: it stands below those on reserve, above those that are well, and stays unknown."""
    house.add("a", gone_ms=HOUR_MS)
    house.add("b")
    house.add("far", Power.ON_RESERVE, region="Södra")

    assert ["far", "a", "b"] == house.order()
    assert "unknown" == house.row("a").role_now


def test_box_battery_is_named_with_its_time(house: House) -> None:
    """When the battery of the box was to end stands among the reasons, as past or to come."""
    house.add("a", Power.ON_BATTERY, gone_ms=2 * HOUR_MS, manual=True, battery=(1.0, 2.0))
    house.add("b", Power.ON_BATTERY, gone_ms=HOUR_MS, manual=True, battery=(8.0, 9.0))

    said, lasting = (" ".join(house.row(name).guess.why) for name in "ab")  # type: ignore[union-attr]

    assert "dosans batteri beräknas ha tagit slut 11:00" in said
    assert "dosans batteri räcker minst till 19:00" in lasting


def test_battery_that_is_out_is_told_while_nobody_knows_the_time(house: House, reader: Callable[..., Reader]) -> None:
    """An estimate rests on ages, which no clock is needed for; only the clock time is left out."""
    house.reader = reader(wall=False)
    house.add("a", Power.ON_BATTERY, gone_ms=2 * HOUR_MS, manual=True, battery=(1.0, 2.0))

    said = " ".join(house.row("a").guess.why)  # type: ignore[union-attr]

    assert "dosans batteri beräknas ha tagit slut" in said


def test_battery_stands_once_in_a_row(house: House) -> None:
    """Of a site that it carries now, and of a silent one where the estimate does not name it already."""
    house.add("now", Power.ON_BATTERY, battery=(1.0, 2.0))
    house.add("gone", Power.ON_BATTERY, gone_ms=HOUR_MS, battery=(8.0, 9.0))
    house.add("calm", gone_ms=HOUR_MS, battery=(8.0, 9.0))
    house.add("well", battery=(8.0, 9.0))

    assert {"now", "calm"} == {one.id for one in house.rows() if one.battery}


def test_among_equally_bad_whose_fuel_ends_soon_is_worst(house: House) -> None:
    """Less than diesel takes, then less than a day, each before what alarms say; not known is not safe."""
    for name, hours in (("days", (90.0, 99.0)), ("day", (20.0, 30.0)), ("soon", (5.0, 9.0)), ("first", (2.0, 3.0))):
        house.add(name, Power.ON_RESERVE, endurance=hours)
    house.add("blind", Power.ON_RESERVE)
    house.add("loud", Power.ON_RESERVE, endurance=(80.0, 90.0), more=(lambda site: site.alarms(site.alarm()),))

    assert ["first", "soon", "day", "blind", "loud", "days"] == house.order()


def test_nothing_known_and_nobody_near_is_said(house: House) -> None:
    """A site that never spoke, alone in its region: nobody can tell, and the row says that."""
    house.sites["a"] = Site(id="a", place="A", in_service=True, region="Öde")
    house.pictures["a"] = SitePicture(site="a")

    guess = house.row("a").guess

    assert guess is not None
    assert (Likely.NOTHING, "Beräknat nu: det går inte att säga.") == (guess.likely, guess.words)


def test_region_is_one_sentence(house: House) -> None:
    """Outage, place, how many on reserve, how many unknown; the region with most of it first."""
    for number in range(6):
        house.add(f"n{number}", Power.ON_RESERVE, region="norra kommunen")
    house.add("n6", gone_ms=HOUR_MS, region="norra kommunen")
    house.add("s0", region="Södra")
    house.add("s1", region="Södra")

    found = regions.regions(house.rows(), house.reader)

    assert ["Elavbrott norra kommunen: 6 platser på reservkraft, 1 okänd", "Södra: 2 platser på nätet"] == [
        one.words for one in found
    ]
    assert ["reserve", "good"] == [one.role for one in found]


def test_region_is_never_green_with_an_unknown_site(house: House) -> None:
    """One that is not heard takes the green away from all of them."""
    house.add("a")
    house.add("b", gone_ms=HOUR_MS)

    assert ["unknown"] == [one.role for one in regions.regions(house.rows(), house.reader)]


def _exercise(site: Any) -> SiteStatus:
    """From now on what the site says is an exercise."""
    site.status = Status.EXERCISE
    return site.alive()


def test_exercise_is_counted_apart_from_what_is_real(house: House) -> None:
    """A site that is dead in an exercise makes no outage of a calm region, in no sentence and in no estimate."""
    house.add("a")
    house.add("b", Power.DEAD, more=(_exercise,))

    assert "1 plats. Alla platser har el från nätet. ÖVNING: 1 utan ström." == ranking.summary(
        house.rows(), house.reader
    )
    assert [((), "good", "Norra: 1 plats på nätet"), (("ÖVNING",), "bad", "Elavbrott Norra: 1 plats utan ström")] == [
        (one.frames, one.role, one.words) for one in regions.regions(house.rows(), house.reader)
    ]
    assert {"Norra": Around(heard=1)} == regions.around(house.sites.values(), house.pictures, house.reader)


def test_calm_exercise_has_no_sentence_beside_what_is_real(house: House) -> None:
    """Where all there is an exercise it has one, framed."""
    house.add("a")
    house.add("b", more=(_exercise,))
    house.add("c", more=(_exercise,), region="Södra")

    assert [("Norra", ()), ("Södra", ("ÖVNING",))] == [
        (one.name, one.frames) for one in regions.regions(house.rows(), house.reader)
    ]


def test_region_is_the_municipality_unless_told(house: House) -> None:
    """The beginning of the id stands for it."""
    house.add("are-kall", region="")
    site = house.sites["are-kall"]

    assert "Are" == regions.region_of(site)


def test_diesel_goes_first_to_whom_it_ends_first(house: House) -> None:
    """Burning with the least left first, then those of whom nobody knows it, then those that stand still."""
    house.add("still", endurance=(3.0, 4.0))
    house.add("late", Power.ON_RESERVE, endurance=(20.0, 30.0))
    house.add("soon", Power.ON_RESERVE, endurance=(2.0, 3.0))
    house.add("blind", Power.ON_RESERVE)

    assert ["soon", "late", "blind", "still"] == [one.id for one in ranking.diesel_first(house.rows())]


def test_address_narrows_the_list(house: House) -> None:
    """Kind, region and words of an address choose the rows; what cannot be meant is left out."""
    house.add("a", Power.ON_RESERVE)
    house.add("b", gone_ms=HOUR_MS, region="Södra")
    house.add("c", readiness=Readiness.NOT_READY, region="Södra")
    rows = house.rows()

    def shown(**query: str) -> list[str]:
        return [one.id for one in chosen(rows, read(query))]

    assert ["a", "b", "c"] == shown(show="nonsense", sort="sideways", area="1,2", page="-3")
    assert ["a"] == shown(show="outage")
    assert ["b"] == shown(show="silent")
    assert ["b", "c"] == shown(region="Södra")
    assert ["c"] == shown(q="C")
    assert [] == shown(region="Nowhere")


def test_address_says_what_is_shown() -> None:
    """The same view as an address, with one thing changed, begins at its first page."""
    view = read({"show": "silent", "region": "Åre & Duved", "page": "3"})

    assert "?lang=sv&show=silent&sort=diesel&region=%C3%85re%20%26%20Duved" == view.address("sv", sort="diesel")
    assert "?lang=sv" == read({}).address("sv")


def test_page_beyond_the_end_is_the_last(house: House) -> None:
    """A list that has become shorter answers with what is left."""
    house.add("a")

    assert (["a"], 1, 1) == tuple(  # type: ignore[comparison-overlap]
        [one.id for one in part] if isinstance(part, list) else part
        for part in page_of(house.rows(), read({"page": "9"}))
    )


def test_version_follows_the_words(house: House) -> None:
    """The same words have the same version, another state another."""
    house.add("a")
    first = house.row("a").version
    again = house.row("a").version
    house.add("a", Power.DEAD)

    assert first == again
    assert first != house.row("a").version


def test_around_counts_only_who_is_heard(house: House) -> None:
    """A silent neighbour bears no witness."""
    house.add("a", Power.DEAD, gone_ms=HOUR_MS)
    house.add("b", Power.ON_RESERVE, since_ms=HOUR_MS)
    house.add("c")

    found = regions.around(house.sites.values(), house.pictures, house.reader)

    assert {"Norra": Around(heard=2, without_mains=1, outage_ms=HOUR_MS)} == found
