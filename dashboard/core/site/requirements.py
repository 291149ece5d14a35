"""The five SOT requirements of a site: how many are met, what was declared and measured, who answers for each."""

from msgspec import Struct
from msgspec.structs import replace

from contract.judgement import RequirementNow
from contract.requirements import count, met
from contract.words import Sot
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader


class RequirementRow(Struct, frozen=True, kw_only=True):
    """One requirement. `met` is None when nobody knows."""

    key: str
    name: str
    met: bool | None
    role: str
    measured: str
    declared: str
    responsible: str
    confirmed: str


class Requirements(Struct, frozen=True, kw_only=True):
    """All five, and their count ("4 av 5")."""

    count: str
    rows: tuple[RequirementRow, ...]


def requirements(told: tuple[RequirementNow, ...], picture: SitePicture, reader: Reader) -> Requirements:
    """The requirements in words; one that the site has not told of is unknown."""
    by_key = {one.key: one for one in told}
    rows = tuple(_row(by_key.get(key) or RequirementNow(key=key), picture, reader) for key in Sot)
    if not told:  # that nobody is responsible is more than is known of a site that has told nothing
        rows = tuple(_untold(row, reader) for row in rows)
    unknown = sum(row.met is None for row in rows)
    if unknown == len(rows):
        words = reader.t("requirements_unknown")
    elif unknown:
        words = reader.t("requirements_known", met=count(told)[0], all=len(rows), unknown=unknown)
    else:
        words = reader.t("requirements_count", met=count(told)[0], all=len(rows))
    return Requirements(count=words, rows=rows)


def _untold(row: RequirementRow, reader: Reader) -> RequirementRow:
    return replace(row, responsible=reader.t("responsible_unknown"), confirmed=reader.t("confirmed_unknown"))


def _row(one: RequirementNow, picture: SitePicture, reader: Reader) -> RequirementRow:
    is_met = met(one)
    measured = {True: reader.t("measured_yes"), False: reader.t("measured_no"), None: reader.t("measured_none")}
    declared = {True: reader.t("declared_yes"), False: reader.t("declared_no"), None: reader.t("declared_none")}
    if one.confirmed is None:
        confirmed = reader.t("confirmed_never")
    else:
        when = reader.moment(one.confirmed, picture.contact)
        confirmed = reader.t("confirmed_by", when=when, who=one.confirmed_by or "?")
    return RequirementRow(
        key=one.key,
        name=reader.phrase("sot", one.key),
        met=is_met,
        role={True: "good", False: "bad", None: "unknown"}[is_met],
        measured=measured[one.measured],
        declared=declared[one.declared],
        responsible=reader.t("responsible", who=one.responsible) if one.responsible else reader.t("responsible_none"),
        confirmed=confirmed,
    )
