"""One sentence of the doctor: how grave, and which one of the catalogue with which values."""

from enum import StrEnum

import msgspec


class Grade(StrEnum):
    """How it stands."""

    OK = "ok"
    REMARK = "remark"
    """To know, or to do at the next visit."""
    FAULT = "fault"
    """To do now."""


class Why(msgspec.Struct, frozen=True):
    """A reason: `key` is a row of [why] in the catalogues, `values` what stands in its braces beside the finding's own.

    `said` is what a library or the system said itself, in whatever language: shown as a quotation only. `inner`: the
    reason of this reason.
    """

    key: str
    said: str = ""
    values: dict[str, str] = {}
    inner: "Why | None" = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """`text` is a key of the catalogues in `texts/`, `values` what stands in its braces, `why` what in `{why}`."""

    check: str
    grade: Grade
    text: str
    values: dict[str, str] = {}
    why: Why | None = None


def ok(check: str, text: str, **values: object) -> Finding:
    """All is well."""
    return _finding(check, Grade.OK, text, values)


def remark(check: str, text: str, **values: object) -> Finding:
    """Something to know."""
    return _finding(check, Grade.REMARK, text, values)


def fault(check: str, text: str, **values: object) -> Finding:
    """Something to do now."""
    return _finding(check, Grade.FAULT, text, values)


def _finding(check: str, grade: Grade, text: str, values: dict[str, object]) -> Finding:
    why = values.pop("why", None)
    told = {name: str(one) for name, one in values.items()}
    return Finding(
        check=check, grade=grade, text=f"{check}.{text}", values=told, why=why if isinstance(why, Why) else None
    )


def worst(findings: list[Finding]) -> Grade:
    """The gravest of all."""
    order = list(Grade)
    return max((one.grade for one in findings), key=order.index, default=Grade.OK)
