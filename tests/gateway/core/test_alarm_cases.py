"""Every rule of `rules.toml` does what its cases say, and no part of a rule can be taken away unseen."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract import reasons
from contract.alarms import catalogue
from contract.signals import catalogue as signals
from gateway.config import rules
from gateway.core.alarms.alarm_facts import ALARM, known
from gateway.core.facts import Rule

from .alarm_site import AlarmSite, facts_of

RULES = rules()


class Case(msgspec.Struct, forbid_unknown_fields=True):
    """One story of one rule: (second, what changes, what the alarm looks like then)."""

    rule: str
    says: str
    steps: list[tuple[float, dict[str, Any], str]]
    alarm: str = ""
    with_: str = msgspec.field(default="", name="with")
    """Another alarm whose rules are there too."""
    facts: dict[str, Any] = {}


CASES = msgspec.convert(
    tomllib.loads(Path(__file__).with_name("alarm_cases.toml").read_text("utf-8"))["case"], list[Case]
)


def seen(case: Case, of: dict[str, Rule]) -> list[str]:
    """What the alarm looks like at each step, by these rules; those of other alarms would wake somebody before."""
    alarm = case.alarm or case.rule
    own = {name: rule for name, rule in of.items() if (rule.alarm or name) in (alarm, case.with_)}
    if catalogue()[alarm].by == "controller":
        own = {name: rule for name, rule in of.items() if rule.of == "reported"}
    site = AlarmSite(facts_of(case.facts, own))
    return [site.looks(alarm, site.step(second, change)) for second, change, _ in case.steps]


def wanted(case: Case) -> list[str]:
    """What it must look like."""
    return [looks for *_, looks in case.steps]


def mutants(name: str, rule: Rule) -> Iterator[tuple[str, dict[str, Rule]]]:
    """The rules with one single thing of one of them taken away."""
    yield "the rule", {key: one for key, one in RULES.items() if key != name}
    plain = {
        "on_delay_s": 0.0, "on_delay_manual_s": None, "off_delay_s": 0.0, "clear": None, "plus": "", "until": "",
        "latch": False, "priority": None, "always_wakes": False,
    }  # fmt: skip
    for field, without in plain.items():
        if getattr(rule, field) != without:
            yield field, RULES | {name: msgspec.structs.replace(rule, **{field: without})}
    for field in ("when", "blind", "suppress"):
        for one in getattr(rule, field):
            others = tuple(other for other in getattr(rule, field) if other != one)
            yield f"{field} {one}", RULES | {name: msgspec.structs.replace(rule, **{field: others})}
    for field in ("priority_when", "mild_when"):
        for one in getattr(rule, field):
            less = {key: grade for key, grade in getattr(rule, field).items() if key != one}
            yield f"{field} {one}", RULES | {name: msgspec.structs.replace(rule, **{field: less})}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.says}")
def test_a_rule_does_what_its_case_says(case: Case) -> None:
    """Each step of each case."""
    assert wanted(case) == seen(case, RULES)


@pytest.mark.parametrize("name", RULES)
def test_nothing_of_a_rule_can_be_taken_away_unseen(name: str) -> None:
    """Without the rule, or any delay, hysteresis, gate or suppression of it, a case fails."""
    cases = [case for case in CASES if case.rule == name]
    survivors = [
        what for what, of in mutants(name, RULES[name]) if all(wanted(case) == seen(case, of) for case in cases)
    ]

    assert [] == survivors


@pytest.mark.parametrize("name", RULES)
def test_no_limit_or_delay_can_be_moved_unseen(name: str) -> None:
    """A limit that is a fifth further out, or a delay that is half or twice as long, fails a case."""
    rule, cases = RULES[name], [case for case in CASES if case.rule == name]
    moved: list[tuple[str, Rule]] = []
    for field in ("on_delay_s", "off_delay_s"):
        value = getattr(rule, field)
        if isinstance(value, float) and value:
            moved += [(field, msgspec.structs.replace(rule, **{field: value * by})) for by in (0.5, 2)]
    for field, by in (("below", 0.8), ("above", 1.25)):
        if getattr(rule, field):
            further = {field: getattr(rule, field) * by, "clear": None if rule.clear is None else rule.clear * by}
            moved.append((field, msgspec.structs.replace(rule, **further)))
    survivors = [what for what, one in moved if all(wanted(case) == seen(case, RULES | {name: one}) for case in cases)]

    assert [] == survivors


@pytest.mark.parametrize("name", RULES)
def test_a_rule_asks_for_what_there_is(name: str) -> None:
    """Facts, signals and the alarm itself have a home."""
    rule = RULES[name]
    asked = [rule.fact, rule.until, rule.detail, *rule.when, *rule.blind, *rule.suppress]
    asked += [*rule.priority_when, *rule.mild_when]
    names = [one for one in asked if one]
    kind = catalogue().get(rule.alarm or name)

    assert [] == [one for one in names if not known(one)]
    assert [] == [one for one in names if "." in one and one not in signals()]
    assert [] == [one for one in names if one.startswith(ALARM) and one.removeprefix(ALARM) not in catalogue()]
    assert name == "controller" or (kind is not None and kind.by == ("controller" if rule.of == "reported" else "site"))


def test_every_alarm_that_the_site_judges_has_a_rule() -> None:
    """And what to do about it, in both languages. Those of named places are made from the settings."""
    judged = {key for key, kind in catalogue().items() if kind.by == "site"}
    of_places = {"place-temperature", "place-limit"}

    assert judged == of_places | {rule.alarm or name for name, rule in RULES.items() if rule.of != "reported"}
    assert [] == [key for key in judged if not (catalogue()[key].do_sv and catalogue()[key].do_en)]


def test_every_reason_for_a_suppression_has_words() -> None:
    """People read why an alarm calls for nobody."""
    told = {one for rule in RULES.values() for one in rule.suppress if not one.startswith(ALARM)}

    assert [] == sorted(told - set(reasons.catalogue()))


@pytest.mark.parametrize(
    "fault",
    [
        {"fact": "power"},
        {"fact": "power", "is": True, "above": 1},
        {"fact": "power", "is": True, "clear": 1},
        {"fact": "power", "below": 2, "clear": 1},
        {"fact": "power", "above": 2, "clear": 3},
        {"fact": "power", "above": 2, "clear": 2},
        {"fact": "power", "above": 2, "on_delay_s": "soon"},
        {"fact": "power", "above": 2, "when_not": []},
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(fault: dict[str, object]) -> None:
    """One condition, and a way back that is longer than the way there."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fault, Rule)
