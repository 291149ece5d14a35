"""What an incident is called: one sentence, its sites, the frame round it."""

from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from contract.words import Power
from dashboard.core.reader import Reader
from dashboard.core.site.power_roles import POWER_ROLES
from dashboard.core.sites import Site
from dashboard.core.work.holding_words import HoldingRow
from dashboard.core.work.incidents import TROUBLED, Incident, Kind, Member
from dashboard.core.work.seen import Seen

GRAVEST = ("bad", "unknown", "reserve", "remark", "information", "good")
"""As the shapes are, the worst first."""


class SiteLine(Struct, frozen=True, kw_only=True):
    """One site of an incident. `back`: it is out of the trouble."""

    site: str
    place: str
    role: str
    words: str
    since: str
    back: bool


class IncidentRow(Struct, frozen=True, kw_only=True):
    """One incident as drawn. `hidden`: how many of its sites the reader may not see."""

    id: str
    kind: str
    title: str
    sentence: str
    role: str
    since_ms: int
    since: str
    over: bool
    frames: tuple[str, ...]
    sites: tuple[SiteLine, ...]
    holding: HoldingRow


def incident_row(
    one: Incident, places: Mapping[str, Site], seen: Mapping[str, Seen], holding: HoldingRow, reader: Reader
) -> IncidentRow:
    """An incident for a reader: of its sites those that the reader may see."""
    shown = [member for member in one.members if member.site in places and reader.person.sees(member.site)]
    # sorting keeps the order in which they came among those that are equally bad
    lines = tuple(sorted((_line(places[one.site], seen.get(one.site), one, reader) for one in shown), key=_gravity))
    return IncidentRow(
        id=one.id, kind=one.kind.value, title=title(one, reader), sentence=_sentence(one, lines, seen, reader),
        role=_role(one, lines), since_ms=one.since_ms, since=at(one.since_ms, reader), over=one.over,
        frames=tuple(reader.phrase("status", word) for word in one.frame.split("+") if word), sites=lines,
        holding=holding,
    )  # fmt: skip


def at(up_ms: int, reader: Reader) -> str:
    """A moment of this computer's uptime as a time of day; how long ago while nobody knows the time."""
    ago_ms = reader.now.mono_ms - up_ms
    if reader.now.wall_ms is None:
        return reader.t("work_ago", age=reader.age(max(0, ago_ms)))
    return reader.when(reader.now.wall_ms - ago_ms)


def title(one: Incident, reader: Reader) -> str:
    """What it is called in one or two words."""
    if one.kind is Kind.SILENCE:
        return reader.t("work_silence_of", where=one.where) if one.where else reader.t("work_silence")
    return reader.t("work_outage_in", where=one.where) if one.where else reader.t("work_outage")


def _line(site: Site, seen: Seen | None, member: Member, reader: Reader) -> SiteLine:
    if member.back_ms is not None:
        role, words, when = "good", reader.t("work_back"), member.back_ms
    else:
        unheard = seen is None or not _says(seen)
        power = Power.UNKNOWN if seen is None or unheard else seen.power
        role, when = POWER_ROLES[power], member.began_ms
        words = reader.t("work_not_heard") if unheard else reader.phrase("power", power)
    return SiteLine(site=site.id, place=site.place, role=role, words=words, since=at(when, reader),
                    back=member.back_ms is not None)  # fmt: skip


def _gravity(line: SiteLine) -> tuple[bool, int]:
    return line.back, GRAVEST.index(line.role)


def _role(one: Incident, lines: tuple[SiteLine, ...]) -> str:
    """The gravest of its sites."""
    if one.over:
        return "good"
    found = {line.role for line in lines}
    return next((role for role in GRAVEST if role in found), "good")


def _sentence(one: Incident, lines: tuple[SiteLine, ...], seen: Mapping[str, Seen], reader: Reader) -> str:
    when, where = at(one.since_ms, reader), title(one, reader)
    if one.over:
        return reader.t("work_incident_over", title=where, since=when, over=at(one.over_ms or 0, reader), n=len(lines))
    back = sum(line.back for line in lines)
    parts = [] if one.kind is Kind.SILENCE else _powers(lines, seen, reader)
    tail = [reader.t("work_are_back", n=back)] if back else []
    if one.kind is Kind.OUTAGE:
        return reader.t("work_outage_says", title=where, since=when, what=", ".join([*parts, *tail]))
    left = len(lines) - back
    what = reader.t("work_unheard_one" if left == 1 else "work_unheard_many", n=left)
    said = reader.t("work_silence_says", title=where, since=when, what=what)
    return ", ".join([said, *tail]) + "."


def _says(one: Seen) -> bool:
    """Does the site say itself how it stands now?"""
    return one.silent_ms is None and one.heard and one.judged


def _powers(lines: tuple[SiteLine, ...], seen: Mapping[str, Seen], reader: Reader) -> list[str]:
    """How many sites stand how: "6 på reservkraft", "1 strömlös", "1 vet vi inte"."""
    open_ = [seen[line.site] for line in lines if not line.back and line.site in seen]
    known = Counter(one.power for one in open_ if _says(one) and one.power in TROUBLED)
    unknown = sum(not line.back for line in lines) - known.total()
    parts = [reader.t(f"state_{power.value}", n=known[power]) for power in TROUBLED if known[power]]
    return [*parts, reader.t("work_unknown_some", n=unknown)] if unknown else parts
