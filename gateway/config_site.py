"""The tables of the settings that describe the site itself: set, tank, test runs, UPS, people.

Each knows how it stands in the `Facts` of the core; `check` tells what the types cannot.
"""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contract.judgement import Activator
from contract.topics import valid_level
from contract.words import Connection, Status
from gateway.core.facts import CallFacts, MovableFacts, RunFacts, SetFacts, StepFacts, TankFacts, UpsFacts

Pairs = tuple[tuple[float, float], ...]
Words = Annotated[str, Meta(min_length=1, max_length=300)]
Short = Annotated[str, Meta(min_length=1, max_length=80)]


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file."""


class SiteTable(Strict, frozen=True, kw_only=True):
    """Who this site is. `simulated` marks every value; only then another clock may be given."""

    id: str
    place: Annotated[str, Meta(min_length=1, max_length=80)]
    connection: Connection = Connection.AUTOMATIC
    simulated: bool = False
    status: Status = Status.ACTUAL
    activate_within_s: Annotated[float, Meta(ge=0)] = 900.0


class GeneratorTable(Strict, frozen=True, kw_only=True):
    """The set. `design_load_kw` is what the site is expected to draw (default: 30 % of rated).

    `consumption` are points of the data sheet, [kW, litres per hour].
    """

    rated_kw: Annotated[float, Meta(gt=0, le=10_000)] = 50.0
    design_load_kw: Annotated[float, Meta(ge=0)] | None = None
    controller: str | None = None
    consumption: Pairs = ()
    rating: Literal["ESP", "LTP", "PRP", "COP"] | None = None
    heater: bool = True
    battery_v: Literal[12, 24] | None = None
    start_within_s: Annotated[float, Meta(gt=0, le=3600)] = 90.0
    return_within_s: Annotated[float, Meta(gt=0, le=86400)] = 1500.0

    def facts(self) -> SetFacts:
        """As the core knows it."""
        return SetFacts(
            rated_kw=self.rated_kw,
            design_load_kw=self.design_load_kw if self.design_load_kw is not None else 0.3 * self.rated_kw,
            consumption=self.consumption,
            rating=self.rating,
            heater=self.heater,
            battery_v=self.battery_v,
            start_within_s=self.start_within_s,
            return_within_s=self.return_within_s,
        )


class TankTable(Strict, frozen=True, kw_only=True):
    """The set's own tank; `table` is its strapping table, [cm, litres]."""

    litres: Annotated[float, Meta(ge=0, le=1_000_000)] = 0.0
    dead_percent: Annotated[float, Meta(ge=0, le=50)] = 5.0
    shape: Literal["rectangular", "lying_cylinder", "table"] = "rectangular"
    height_cm: Annotated[float, Meta(gt=0, le=2000)] | None = None
    ends: Literal["flat", "dished"] = "flat"
    table: Pairs = ()
    gauge: Literal["volume", "height"] = "volume"
    fuel: Literal["diesel", "hvo"] = "diesel"
    minimum_h: Annotated[float, Meta(ge=0, le=2000)] = 24.0
    delivery_h: Annotated[float, Meta(ge=0, le=500)] = 0.0

    def facts(self) -> TankFacts:
        """As the core knows it."""
        return TankFacts(**msgspec.structs.asdict(self))


class RunTable(Strict, frozen=True, kw_only=True):
    """What a test run must be to count."""

    every_days: Annotated[float, Meta(gt=0, le=400)] = 31.0
    minutes: Annotated[float, Meta(ge=0, le=1440)] = 30.0
    load_percent: Annotated[float, Meta(ge=0, le=100)] = 30.0
    load_required: bool = False

    def facts(self) -> RunFacts:
        """As the core knows it."""
        return RunFacts(**msgspec.structs.asdict(self))


class UpsTable(Strict, frozen=True, kw_only=True):
    """The UPS, as far as it does not say it itself; `points` are [load in %, minutes] of the data sheet."""

    points: Pairs = ()
    chemistry: Literal["lead", "lfp"] = "lead"
    discharge_tested: date | None = None
    installed: date | None = None

    def facts(self) -> UpsFacts:
        """As the core knows it."""
        days = {name: day.isoformat() for name in ("discharge_tested", "installed") if (day := getattr(self, name))}
        return UpsFacts(points=self.points, chemistry=self.chemistry, **days)


class ActivatorTable(Strict, frozen=True, kw_only=True):
    """Somebody who can be called to open the point, in the order in which they are rung."""

    id: str
    name: Short
    phone: Annotated[str, Meta(max_length=40)] = ""


class StepTable(Strict, frozen=True, kw_only=True):
    """One step of the checklist in the site's own words; `position` is where the switch must stand.

    `electrical` must be said of each: forgotten, an electrical step would be shown without anybody's approval.
    """

    id: str
    sv: Words
    en: Annotated[str, Meta(max_length=300)] = ""
    electrical: bool
    position: Annotated[str, Meta(max_length=80)] = ""


class ChecklistTable(Strict, frozen=True, kw_only=True):
    """The site's own list; its electrical steps count only as approved by a named electrician."""

    approved_by: Annotated[str, Meta(max_length=80)] = ""
    approved_on: date | None = None
    step: tuple[StepTable, ...] = ()


class CallTable(Strict, frozen=True, kw_only=True):
    """How activators are called out, in seconds."""

    answer_within_s: Annotated[float, Meta(ge=1, le=86400)] = 900.0
    next_after_s: Annotated[float, Meta(ge=1, le=86400)] = 300.0

    def facts(self, people: tuple[ActivatorTable, ...], checklist: ChecklistTable) -> CallFacts:
        """As the core knows it."""
        return CallFacts(
            activators=tuple(Activator(id=one.id, name=one.name, phone=one.phone) for one in people),
            answer_within_s=self.answer_within_s,
            next_after_s=self.next_after_s,
            approved_by=checklist.approved_by,
            approved_on=checklist.approved_on.isoformat() if checklist.approved_on else "",
            steps=tuple(StepFacts(**msgspec.structs.asdict(step)) for step in checklist.step),
        )


class MovableTable(Strict, frozen=True, kw_only=True):
    """A unit that can be moved stands here from … until …, with offset (2026-11-01T00:00:00+01:00)."""

    begins: datetime
    ends: datetime

    def facts(self) -> MovableFacts:
        """As the core knows it."""
        return MovableFacts(from_ms=int(self.begins.timestamp() * 1000), until_ms=int(self.ends.timestamp() * 1000))


def check(
    tank: TankTable,
    generator: GeneratorTable,
    people: tuple[ActivatorTable, ...],
    checklist: ChecklistTable,
    movable: MovableTable | None,
    today: date | None = None,
) -> list[str]:
    """What is wrong with them, one sentence each. `today`: where the machine's date may be asked."""
    faults = []
    if not _rising(tank.table):
        faults.append("[tank] table: both centimetres and litres must rise from row to row")
    if tank.shape == "table" and len(tank.table) < 2:
        faults.append('[tank] table: shape "table" needs at least two rows of [cm, litres]')
    if not _rising(generator.consumption) or len(generator.consumption) == 1:
        faults.append("[generator] consumption: give at least two rows of [kW, litres per hour], both rising")
    for label, ids in (
        ("activator", [one.id for one in people]),
        ("checklist step", [one.id for one in checklist.step]),
    ):
        faults += [f"[{label} {one}] id: must be of a-z, 0-9 and hyphen" for one in ids if not valid_level(one)]
        faults += [f"[{label} {one}] id: stands twice" for one in sorted({one for one in ids if ids.count(one) > 1})]
    if bool(checklist.approved_by) != bool(checklist.approved_on):
        faults.append("[checklist] approved_by and approved_on belong together: name the electrician and the date")
    if today is not None and checklist.approved_on is not None and checklist.approved_on > today + timedelta(days=1):
        # a day is forgiven, for the machine may stand in another time zone
        faults.append(f"[checklist] approved_on: {checklist.approved_on} is in the future; give the day of approval")
    if (movable is not None and movable.begins.tzinfo is None) or (movable is not None and movable.ends.tzinfo is None):
        faults.append("[movable] begins and ends need an offset, as in 2026-11-01T00:00:00+01:00")
    elif movable is not None and movable.ends <= movable.begins:
        faults.append("[movable] ends: must be after begins")
    return faults


def _rising(pairs: Pairs) -> bool:
    return all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(pairs))
