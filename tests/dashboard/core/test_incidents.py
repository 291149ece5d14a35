"""Incidents: sites in one trouble at one time are one thing; what comes later, or elsewhere, or late, is not."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from contract.freshness import Now
from contract.words import ClockQuality, Power, Status
from dashboard.core.access.people import Person, Role
from dashboard.core.hearing.picture import SitePicture, fold, heard
from dashboard.core.reader import Reader
from dashboard.core.sites import Site
from dashboard.core.work.holding_words import holding_row
from dashboard.core.work.incident_words import IncidentRow, incident_row
from dashboard.core.work.incidents import SETTLED_MS, Incident, Kind, folded
from dashboard.core.work.ownership import Holding
from dashboard.core.work.seen import Seen, seen

MIN = 60_000
NOON = 0
"""On the uptime of the centre; the clock on its wall shows noon then."""
WALL_MS = 1_764_241_200_000


def _out(site: str, after_min: float = 0, **parts: Any) -> Seen:
    """A site whose mains went so many minutes after noon."""
    told = {"power": Power.ON_RESERVE, "region": "norra kommunen", "power_ms": NOON + int(after_min * MIN)} | parts
    return Seen(site=site, municipality=site.partition("-")[0], **told)


def _mute(site: str, after_min: float = 0, **parts: Any) -> Seen:
    """A site that was heard last so many minutes after noon."""
    told = {"power": Power.ON_MAINS, "power_ms": NOON - 9 * MIN, "operator": "Telia"} | parts
    return Seen(site=site, municipality="are", silent_ms=NOON + int(after_min * MIN), **told)


def _well(site: str, **parts: Any) -> Seen:
    return _out(site, power=Power.ON_MAINS, operator="Telia", **parts)


def _after(*looks: Sequence[Seen], min_between: float = 1) -> tuple[Incident, ...]:
    held: tuple[Incident, ...] = ()
    for number, look in enumerate(looks):
        held = folded(held, look, NOON + int((60 + number * min_between) * MIN))
    return held


def test_outage_gathers_sites_of_one_region() -> None:
    """Mains that went within an hour of each other in one region are one incident; one site alone is none."""
    (one,) = _after([_out("are-a"), _out("are-b", 50), _out("are-c", 90), _out("are-d", 1, region="södra")])

    assert (Kind.OUTAGE, "norra kommunen", NOON) == (one.kind, one.where, one.since_ms)
    assert ("are-a", "are-b", "are-c") == one.sites


def test_silences_on_one_operator_are_one() -> None:
    """A quarter of an hour apart on the same network: one; another network, or later: another."""
    found = _after([_mute("are-a"), _mute("are-b", 14), _mute("are-c", 40), _mute("are-d", 1, operator="Tele2")])

    assert [("Telia", ("are-a", "are-b"))] == [(one.where, one.sites) for one in found]


def test_same_region_of_two_municipalities_is_two() -> None:
    """Both call their north "norra kommunen"."""
    found = _after([_out("are-a"), _out("are-b"), _out("berg-a"), _out("berg-b")])

    assert [("are-a", "are-b"), ("berg-a", "berg-b")] == [one.sites for one in found]


def test_id_stays_while_sites_come_and_go() -> None:
    """Another joins, the first comes back: the same incident, since the same time."""
    first = _after([_out("are-a"), _out("are-b", 5)])
    later = _after(
        [_out("are-a"), _out("are-b", 5)],
        [_out("are-a"), _out("are-b", 5), _out("are-c", 30)],
        [_well("are-a"), _out("are-b", 5), _out("are-c", 30)],
    )

    assert [first[0].id] == [one.id for one in later]
    assert (NOON, ("are-b", "are-c")) == (later[0].since_ms, later[0].open_sites)


def test_kept_incident_goes_on_after_a_restart() -> None:
    """What the store gives back is the same incident, though a site says another beginning now."""
    kept = tuple(
        msgspec.json.decode(msgspec.json.encode(one), type=Incident) for one in _after([_out("are-a"), _out("are-b")])
    )
    found = folded(kept, [_out("are-a", 20, power=Power.DEAD), _out("are-b")], NOON + 90 * MIN)

    assert [kept[0].id] == [one.id for one in found]


def test_over_only_after_all_have_been_well_for_a_while() -> None:
    """Mains that come and go are one incident, not many."""
    well = [_well("are-a"), _well("are-b")]
    back = _after([_out("are-a"), _out("are-b")], well)
    again = folded(back, [_out("are-a", 62), _well("are-b")], back[0].members[0].back_ms + MIN)
    over = folded(back, well, back[0].members[0].back_ms + SETTLED_MS)

    assert (False, ("are-a",)) == (again[0].over, again[0].open_sites)
    assert [True] == [one.over for one in over]
    assert () == folded(over, well, NOON + 300 * MIN)


def test_site_that_falls_silent_in_the_outage_is_in_it_as_unknown() -> None:
    """It may be without power too: nobody knows, and it is not left out."""
    (outage,) = _after([_out("are-a"), _out("are-b"), _mute("are-c", 10, region="norra kommunen")])

    assert ("are-a", "are-b", "are-c") == outage.open_sites


def test_silent_site_has_not_come_back() -> None:
    """No word is no good news."""
    (one,) = _after([_out("are-a"), _out("are-b")], [_out("are-a", silent_ms=NOON + 30 * MIN), _out("are-b")])

    assert ("are-a", "are-b") == one.open_sites


def test_nothing_is_said_while_our_own_broker_is_away() -> None:
    """Then all are silent, and none of them is."""
    away = [_mute("are-a", judged=False), _mute("are-b", judged=False)]

    assert () == _after(away)
    assert ("are-a", "are-b") == _after([_mute("are-a"), _mute("are-b")], away)[0].open_sites


def test_exercise_never_mixes_with_the_real_thing() -> None:
    """Two in an exercise and one in truth: one incident, framed; the real site is on its own."""
    exercise = {"frame": "exercise"}
    (one,) = _after([_out("are-a", **exercise), _out("are-b", **exercise), _out("are-c")])

    assert ("exercise", ("are-a", "are-b")) == (one.frame, one.sites)


def test_site_gone_from_the_settings_is_gone_from_the_incident() -> None:
    """Else an incident would never end."""
    (one,) = _after([_out("are-a"), _out("are-b")], [_out("are-a")])

    assert ("are-a",) == one.open_sites


# --- from pictures ---


def _now(gone_ms: int = 0) -> Now:
    return Now(mono_ms=gone_ms, wall_ms=WALL_MS + gone_ms, clock=ClockQuality.SYNCED)


def _site(name: str, **parts: Any) -> Site:
    return Site(id=name, place=name.title(), in_service=True, operator="Telia", **parts)


def _picture(site: Any, *messages: Any) -> SitePicture:
    picture = SitePicture(site=site.site)
    for message in messages:
        picture = fold(picture, message, 0)
    return picture


def test_silence_counts_after_three_heartbeats_of_listening(voice: Any) -> None:
    """A broker that came back a minute ago proves no silence; neither does a dashboard that has just started."""
    site = voice("are-a")
    picture = _picture(site, site.alive(), site.birth(), site.state())
    later = 16 * MIN

    told = seen(_site("are-a"), picture, _now(later), later)

    assert (True, NOON) == (told.judged, told.silent_ms)
    assert not seen(_site("are-a"), picture, _now(later), MIN).judged
    assert not seen(_site("are-a"), picture, _now(later), None).judged
    assert seen(_site("are-a"), picture, _now(14 * MIN), 14 * MIN).silent_ms is None


def test_incidents_are_found_while_nobody_knows_the_time(voice: Any, reader: Callable[..., Reader]) -> None:
    """They are counted on the uptime, and say how long ago instead of a time of day."""
    blind = Now(mono_ms=16 * MIN, wall_ms=None, clock=ClockQuality.UNSYNCED)
    look = []
    for name in ("are-a", "are-b"):
        site = voice(name)
        look.append(seen(_site(name), _picture(site, site.alive(), site.state()), blind, 16 * MIN))
    (one,) = folded((), look, blind.mono_ms)

    assert (
        "Mobilnätet (Telia): 2 platser hörs inte sedan 16\xa0min tillbaka."
        == _row(one, look, reader(gone_ms=16 * MIN, wall=False)).sentence
    )


def test_site_not_in_service_owes_no_sign_of_life(voice: Any) -> None:
    """Nobody relies on it yet."""
    site = voice("are-a")
    picture = _picture(site, site.alive(), site.state())
    told = Site(id="are-a", place="A", in_service=False)

    assert seen(told, picture, _now(16 * MIN), 16 * MIN).silent_ms is None


def test_history_that_comes_late_makes_nothing(voice: Any) -> None:
    """A batch of old outages changes no picture but that the site is heard."""
    site = voice("are-a")
    picture = _picture(site, site.alive(), site.state())
    old = site.batch(site.record(1), site.record(2), historical=True)
    before, after = (seen(_site("are-a"), one, _now(), 99 * MIN) for one in (picture, heard(picture, old, 0)))

    assert before == after
    assert Power.ON_MAINS is after.power


def test_frame_of_an_exercise_is_seen(voice: Any) -> None:
    """It goes with the site into every incident."""
    site = voice("are-a", simulated=True)
    site.status = Status.EXERCISE

    assert "simulated+exercise" == seen(_site("are-a"), _picture(site, site.alive()), _now(), 0).frame


# --- words ---


def _row(one: Incident, look: Sequence[Seen], reader: Reader) -> IncidentRow:
    places = {told.site: Site(id=told.site, place=told.site.title(), in_service=True) for told in look}
    held = holding_row(Holding(subject=f"incident:{one.id}"), reader)
    return incident_row(one, places, {told.site: told for told in look}, held, reader)


@pytest.mark.parametrize(
    ("look", "sentence"),
    [
        ([_mute(f"are-{x}", 1) for x in "abcd"], "Mobilnätet (Telia): 4 platser hörs inte sedan 12:01."),
        ([_mute("are-a", operator=""), _mute("are-b", operator="")],
         "Platser som tystnat samtidigt: 2 platser hörs inte sedan 12:00."),
        ([_out("are-a"), _out("are-b"), _out("are-c", power=Power.DEAD), _mute("are-d", region="norra kommunen")],
         "Elavbrott norra kommunen sedan 12:00: 1 utan ström, 2 på reservkraft, 1 vet vi inte."),
    ],
)  # fmt: skip
def test_one_sentence_says_it(look: list[Seen], sentence: str, reader: Callable[..., Reader]) -> None:
    """What, where, how many, since when."""
    assert sentence == _row(_after(look)[0], look, reader(gone_ms=3600_000)).sentence


def test_silent_site_is_unknown_also_where_it_owes_no_sign(voice: Any, reader: Callable[..., Reader]) -> None:
    """What it said last is never told as now: not in service, it raises nothing, and stands there as unknown."""
    sites = {name: Site(id=name, place=name, in_service=False, region="norra kommunen") for name in ("are-a", "are-b")}
    pictures = {name: _picture(voice(name), voice(name).alive(), voice(name).state(Power.ON_RESERVE)) for name in sites}
    now = [seen(sites[name], pictures[name], _now(), 99 * MIN) for name in sites]
    later = [seen(sites[name], pictures[name], _now(30 * MIN), 99 * MIN) for name in sites]
    one = folded((), now, NOON)

    assert one[0].sites == folded(one, later, NOON + 30 * MIN)[0].open_sites
    assert _row(one[0], later, reader()).sentence.endswith(": 2 vet vi inte.")


def test_back_and_over_are_said(reader: Callable[..., Reader]) -> None:
    """How many are back; and of one that is over from when to when."""
    looks = [_mute("are-a"), _mute("are-b"), _mute("are-c")], [_well("are-a"), _mute("are-b"), _mute("are-c")]
    one = _after(*looks)[0]
    over = folded((one,), [_well(x) for x in one.sites], NOON + 61 * MIN)
    over = folded(over, [_well(x) for x in one.sites], NOON + 70 * MIN)

    assert (
        "Mobilnätet (Telia): 2 platser hörs inte sedan 12:00, 1 är tillbaka." == _row(one, looks[1], reader()).sentence
    )
    assert (
        "Mobilnätet (Telia): över. Från 12:00 till 13:01, 3 platser."
        == _row(over[0], looks[1], reader(gone_ms=7200_000)).sentence
    )


def test_reader_sees_only_own_sites(reader: Callable[..., Reader]) -> None:
    """An owner of one site learns nothing of the others."""
    look = [_mute("are-a"), _mute("are-b")]
    mine = reader()
    own = Reader(language="sv", zone=mine.zone, now=mine.now, person=Person(role=Role.OWNER, scope="are-a"))

    assert ["are-a"] == [line.site for line in _row(_after(look)[0], look, own).sites]
