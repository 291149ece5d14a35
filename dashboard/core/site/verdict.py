"""Is the site ready, in words: the reasons with what to do about each, what it rests on, the last run of the set."""

import re

from msgspec import Struct

from contract import alarms
from contract.freshness import age_ms
from contract.judgement import Grounds, Reason, RunDone
from contract.messages import SiteState
from contract.reasons import catalogue
from contract.wire import Moment
from contract.words import Basis
from dashboard.core import numbers
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.site import sitewords

BLOCKING = 100
"""From this weight on a reason alone makes a site not ready (`contract/reasons.toml`)."""


class ReasonRow(Struct, frozen=True, kw_only=True):
    """Why the site is not simply ready, and what to do about it. `basis` is empty where it was measured.

    `check`: the check that a person may confirm to answer it, "" when there is none.
    """

    words: str
    do: str
    role: str
    basis: str
    check: str


class RunWords(Struct, frozen=True, kw_only=True):
    """The last run of the set: one line, what it was worth, why not more, and what people noted."""

    id: str
    line: str
    role: str
    worth: str
    why: tuple[str, ...]
    noted: tuple[str, ...]


class Verdict(Struct, frozen=True, kw_only=True):
    """Everything about readiness."""

    reasons: tuple[ReasonRow, ...]
    grounds: str
    run: RunWords | None
    approved: str


def verdict(state: SiteState | None, picture: SitePicture, reader: Reader) -> Verdict:
    """The readiness of a site in words; heaviest reason first, as the site sends them."""
    if state is None:
        return Verdict(reasons=(), grounds="", run=None, approved="")
    return Verdict(
        reasons=tuple(reason_row(one, reader) for one in state.reasons),
        grounds=grounds_words(state.grounds, reader),
        run=run_words(state.last_run, picture, reader) if state.last_run else None,
        approved=_approved(state.last_approved, picture, reader),
    )


def reason_row(one: Reason, reader: Reader) -> ReasonRow:
    """One reason; what stops the site is bad, what nobody knows is unknown, the rest is a remark."""
    words, do = sitewords.reason(one, reader.language)
    known = catalogue().get(one.key)
    heavy = known is not None and known.weight >= BLOCKING
    role = "bad" if heavy or grave(one) else "unknown" if one.basis is Basis.MISSING else "remark"
    check = re.fullmatch(r"(\w+?)_(unknown|old|denied)", one.key)
    basis = "" if one.basis is Basis.MEASURED else reader.phrase("basis", one.basis)
    return ReasonRow(words=words, do=do, role=role, basis=basis, check=check[1] if check else "")


def grave(one: Reason) -> bool:
    """Is it an alarm that somebody must act on now?"""
    kind = alarms.catalogue().get(one.detail) if one.key == "alarm" else None
    return kind is not None and kind.priority == 1


def grounds_words(grounds: Grounds, reader: Reader) -> str:
    """What the verdict rests on, in one sentence."""
    total = grounds.measured + grounds.reported + grounds.missing
    if not total:
        return ""
    return reader.t(
        "grounds",
        measured=grounds.measured,
        all=total,
        measured_word=reader.t("measured_one") if grounds.measured == 1 else reader.t("measured_many"),
        reported=grounds.reported,
        reported_word=reader.t("reported_one") if grounds.reported == 1 else reader.t("reported_many"),
        missing=grounds.missing,
    )


def run_words(run: RunDone, picture: SitePicture, reader: Reader) -> RunWords:
    """A run in one line: what, when, how long, how much."""
    kinds = {
        "test": reader.t("run_test"),
        "outage": reader.t("run_outage"),
        "failed": reader.t("run_failed"),
        "unknown": reader.t("run_unknown"),
    }
    parts = [f"{kinds[run.kind]} {reader.moment(run.started, picture.contact)}"]
    if run.kind != "failed":
        minutes = numbers.number(max(run.running_s, run.loaded_s) // 60, 0, reader.language)
        parts += [reader.t("run_minutes", n=minutes), _load(run, reader)]
    if run.declared:
        parts.append(reader.t("run_declared_by", who=run.who) if run.who else reader.t("run_declared"))
    noted = [sitewords.key_words(key, reader.language) for key in run.remarks]
    noted += [reader.t("run_interrupted")] if run.interrupted else []
    if run.comment:
        noted.append(reader.t("run_said", who=run.who, comment=run.comment) if run.who else run.comment)
    return RunWords(
        id=run.id,
        line=", ".join(parts),
        role="good" if run.approved else "bad" if run.kind == "failed" else "remark",
        worth=reader.t("run_approved") if run.approved else reader.t("run_not_approved"),
        why=tuple(sitewords.key_words(key, reader.language) for key in run.why_not),
        noted=tuple(noted),
    )


def _load(run: RunDone, reader: Reader) -> str:
    if run.load_mean_kw is None:
        return reader.t("run_load_unknown")
    load = numbers.quantity(run.load_mean_kw, "kW", 0.1, reader.language)
    if run.load_mean_percent is not None:
        share = numbers.quantity(run.load_mean_percent, "%", 1, reader.language)
        load = f"{share} ({load})"
    return reader.t("run_load", load=load)


def _approved(moment: Moment | None, picture: SitePicture, reader: Reader) -> str:
    if moment is None:
        return reader.t("never_approved")
    ago = reader.ago(age_ms(moment, picture.contact, reader.now))
    return reader.t("moment_ago", when=reader.moment(moment, picture.contact), ago=ago)
