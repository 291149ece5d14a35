"""How many of the five SOT requirements are met: counted in one place for every surface."""

from collections.abc import Iterable

from contract.judgement import RequirementNow


def met(one: RequirementNow) -> bool | None:
    """True only for what was declared in date and no instrument denies; None when nobody has declared it."""
    if one.measured is False or one.declared is False:
        return False
    return one.declared


def count(requirements: Iterable[RequirementNow]) -> tuple[int, int]:
    """(how many are met, of how many)."""
    answers = [met(one) for one in requirements]
    return answers.count(True), len(answers)
