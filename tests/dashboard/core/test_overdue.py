"""A promise that nobody kept wakes somebody, and several sites that are one incident lead to the incident."""

from typing import Any

import pytest

from contract.freshness import Now
from contract.waking import Cause, Matter
from contract.words import ClockQuality, Status
from dashboard.core.notify import overdue, several
from dashboard.core.sites import Site
from dashboard.core.work.incidents import Incident, Kind, Member
from dashboard.core.work.ownership import Act, Fact, Holding, holding
from dashboard.core.work.seen import Seen

SITES = {name: Site(id=name, place=name.title(), in_service=True) for name in ("are-kall", "are-duved", "berg-a")}
HOUR_MS = 3_600_000
SEEN = {name: Seen(site=name, municipality="are") for name in SITES}


def _held(subject: str = "site:are-kall", *more: Fact, in_ms: int | None = HOUR_MS) -> Holding:
    taken = Fact(
        id="w-1", subject=subject, act=Act.TAKE, who="Anna", role="coordinator", boot="b", up_ms=0, wall_ms=None,
        clock=ClockQuality.UNSYNCED, number=7, in_ms=in_ms,
    )  # fmt: skip
    return holding(subject, (taken, *more))


def _incident(kind: Kind = Kind.OUTAGE, *sites: str, frame: str = "", over_ms: int | None = None) -> Incident:
    members = tuple(Member(site=one, began_ms=0) for one in sites or ("are-kall", "are-duved"))
    return Incident(
        id="i-1", kind=kind, municipality="are", where="", frame=frame, since_ms=0, members=members, over_ms=over_ms
    )


def _causes(
    *held: Holding, at_ms: int = 2 * HOUR_MS, seen: dict[str, Seen] = SEEN, incident: Any = None
) -> list[Cause]:
    now = Now(mono_ms=at_ms, wall_ms=None, clock=ClockQuality.UNSYNCED)
    incidents = () if incident is None else (incident,)
    found = overdue.causes(held, incidents, SITES, seen, now, "b")
    assert not any(acked for _, acked in found)
    return [cause for cause, _ in found]


def test_promise_that_was_not_kept_wakes() -> None:
    """Also where nobody knows the time of day, and not a minute before."""
    (cause,) = _causes(_held())

    assert ("overdue/site:are-kall/7/actual", "are-kall", 2) == (cause.id, cause.site, cause.priority)
    assert "/sites/are-kall#panel-ownership" == cause.link
    assert [] == _causes(_held(), at_ms=HOUR_MS)


def test_whoever_takes_it_anew_ends_it() -> None:
    """A new time, an end, or no time at all: nothing is overdue."""
    again = Fact(
        id="w-2", subject="site:are-kall", act=Act.TAKE, who="Bo", role="coordinator", boot="b", up_ms=2 * HOUR_MS,
        wall_ms=None, clock=ClockQuality.UNSYNCED, number=8, in_ms=HOUR_MS,
    )  # fmt: skip

    assert [] == _causes(_held("site:are-kall", again))
    assert [] == _causes(_held(in_ms=None))
    assert [] == _causes(_held("site:gone-from-settings"))


def test_incident_is_overdue_as_itself() -> None:
    """It leads to its own page; one that is over is nobody's any more."""
    (cause,) = _causes(_held("incident:i-1"), incident=_incident())

    assert ("/incidents/i-1", "are-kall") == (cause.link, cause.site)
    assert [] == _causes(_held("incident:i-1"))


@pytest.mark.parametrize(
    ("frame", "status"),
    [
        ("", Status.ACTUAL),
        ("exercise", Status.EXERCISE),
        ("simulated", Status.TEST),
        ("simulated+exercise", Status.EXERCISE),
    ],
)
def test_exercise_is_never_overdue_for_real(frame: str, status: Status) -> None:
    """The status of the site, and another name for it, so that one cause never turns into the other."""
    (cause,) = _causes(_held(), seen={"are-kall": Seen(site="are-kall", municipality="are", frame=frame)})

    assert status is cause.status
    assert cause.id.endswith(status)


def _matter(group: str, *sites: str, status: Status = Status.ACTUAL) -> Matter:
    causes = tuple(
        Cause(id=f"{one}/k/d/r/1", group=group, site=one, place=one, sv="a", en="b", priority=1, link=f"/sites/{one}")
        for one in sites
    )
    return Matter(number=1, group=group, status=status, causes=causes, began_ms=0)


def test_matter_of_several_leads_to_its_incident() -> None:
    """Two sites of one outage: the link is the incident's."""
    led = several.led(_matter("mains/are/", "are-kall", "are-duved"), (_incident(),))

    assert {"/incidents/i-1"} == {one.link for one in led.causes}


@pytest.mark.parametrize(
    ("matter", "incident"),
    [
        (_matter("mains/are/", "are-kall"), _incident()),
        (_matter("silence/are/Telia", "are-kall", "are-duved"), _incident()),
        (_matter("mains/are/", "are-kall", "are-duved"), _incident(frame="exercise")),
        (_matter("mains/are/", "are-kall", "are-duved"), _incident(over_ms=5)),
        (_matter("mains/are/", "are-kall", "berg-a"), _incident()),
        (_matter("site/are-kall", "are-kall", "are-duved"), _incident()),
    ],
    ids=["one site", "another kind", "an exercise", "over", "one of two", "no incident"],
)
def test_other_matters_lead_where_they_led(matter: Matter, incident: Incident) -> None:
    """One site, another kind, an exercise, one that is over: the link stays the site's."""
    assert matter == several.led(matter, (incident,))
