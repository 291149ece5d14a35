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


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """`text` is a key of the catalogues in `texts/`, `values` what stands in its braces."""

    check: str
    grade: Grade
    text: str
    values: dict[str, str] = {}


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
    return Finding(
        check=check, grade=grade, text=f"{check}.{text}", values={name: str(one) for name, one in values.items()}
    )


def worst(findings: list[Finding]) -> Grade:
    """The gravest of all."""
    order = list(Grade)
    return max((one.grade for one in findings), key=order.index, default=Grade.OK)
