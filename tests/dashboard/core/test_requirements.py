"""The five SOT requirements: count, what was declared and measured, who answers, when it was confirmed."""

from typing import Any

from contract.judgement import RequirementNow
from contract.words import Sot


def test_count_is_of_five(kall: Any) -> None:
    """What an instrument denies is not met, whatever was declared."""
    told = tuple(RequirementNow(key=key, declared=True, measured=key is not Sot.RESERVE_POWER) for key in Sot)

    shown = kall.card(requirements=told).requirements

    assert "4 av 5" == shown.count
    assert [True, True, False, True, True] == [row.met for row in shown.rows]
    assert "bad" == shown.rows[2].role
    assert ("uppmätt: nej", "uppgivet: ja") == (shown.rows[2].measured, shown.rows[2].declared)


def test_what_nobody_has_said_is_unknown(kall: Any) -> None:
    """A site that tells of none has five unknown ones; some unknown ones are counted as such."""
    some = tuple(RequirementNow(key=key, declared=True) for key in (Sot.SHOP, Sot.FUEL_STATION))

    nothing, two = kall.card().requirements, kall.card(requirements=some).requirements

    assert ("vet inte", 5) == (nothing.count, len(nothing.rows))
    assert "2 av 5, 3 vet vi inte" == two.count
    assert {"Vet inte vem som är ansvarig"} == {row.responsible for row in nothing.rows}
    assert {"vet inte om det är bekräftat"} == {row.confirmed for row in nothing.rows}
    assert {"unknown"} == {row.role for row in nothing.rows}


def test_responsible_and_confirmation_stand_there(kall: Any) -> None:
    """Who answers for it and who confirmed it last; that nobody does is said too."""
    told = (
        RequirementNow(key=Sot.SHOP, declared=True, responsible="Handlaren", confirmed=kall.at(60_000),
                       confirmed_by="Samordnaren"),
    )  # fmt: skip

    shop, fuel, *_ = kall.card(requirements=told).requirements.rows

    assert ("Ansvarig: Handlaren", "bekräftat 11:59 av Samordnaren") == (shop.responsible, shop.confirmed)
    assert ("Ingen är ansvarig", "aldrig bekräftat") == (fuel.responsible, fuel.confirmed)
