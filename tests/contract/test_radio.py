"""The radio line: both ways the same, and no single slip of tongue, ear or finger goes through."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from contract.radio import (
    ALPHABET,
    LENGTH,
    MINUTE_MS,
    MINUTES,
    PARTS,
    SPELLED,
    BadLine,
    SiteFacts,
    checks,
    decode,
    encode,
    place_code,
    spelled,
)
from contract.words import NeedKind, Power, Status

NOW_MS = 1_764_241_200_000
KNOWN = some.sampled_from([None, False, True])
FACTS = some.builds(
    SiteFacts,
    place=some.text(ALPHABET, min_size=4, max_size=4),
    observed_ms=some.none() | some.integers(0, MINUTES - 11).map(lambda ago: NOW_MS - ago * MINUTE_MS),
    status=some.sampled_from(Status),
    power=some.sampled_from(Power),
    set_running=KNOWN,
    load_connected=KNOWN,
    hours=some.none() | some.integers(0, 687),
    litres=some.none() | some.integers(0, 100_000),
    people=some.none() | some.integers(0, 2034),
    needs=some.sets(some.sampled_from(NeedKind)).map(lambda kinds: tuple(one for one in NeedKind if one in kinds)),
)
KALL = SiteFacts(
    place=place_code("are-kall"), observed_ms=NOW_MS, power=Power.ON_RESERVE, set_running=True, hours=75, litres=340,
    people=30, needs=(NeedKind.MEDICINE, NeedKind.FOOD),
)  # fmt: skip


def _refusal(line: str) -> BadLine:
    with pytest.raises(BadLine) as caught:
        decode(line, NOW_MS)
    return caught.value


@given(FACTS)
def test_line_says_what_it_was_made_of(facts: SiteFacts) -> None:
    """Every fact comes back as it was; the line is short enough to be spoken."""
    line = encode(facts)

    assert facts == decode(line, NOW_MS)
    assert len(line) <= 100
    assert [4, 4, 4, 4, 4, 2] == [len(group) for group in line.split()]


@given(FACTS)
@settings(max_examples=25)
def test_every_single_wrong_character_is_found_and_its_group_named(facts: SiteFacts) -> None:
    """At each place each other character of the alphabet: refused, and the group with it is among those told."""
    plain = encode(facts).replace(" ", "")
    for place in range(LENGTH):
        for other in set(ALPHABET) - {plain[place]}:
            fault = _refusal(plain[:place] + other + plain[place + 1 :])
            assert ("check", True) == (fault.reason, PARTS[place // 4] in fault.parts)


@given(FACTS, some.sampled_from(ALPHABET))
@settings(max_examples=60)
def test_every_missing_extra_and_swapped_character_is_found(facts: SiteFacts, extra: str) -> None:
    """One left out, one said twice or put in anywhere, two neighbours in the wrong order: refused."""
    plain = encode(facts).replace(" ", "")
    for place in range(LENGTH):
        assert "length" == _refusal(plain[:place] + plain[place + 1 :]).reason
        assert "length" == _refusal(plain[:place] + extra + plain[place:]).reason
        swapped = plain[:place] + plain[place : place + 2][::-1] + plain[place + 2 :]
        if swapped != plain:
            assert "swapped" == _refusal(swapped).reason


@pytest.mark.parametrize(
    ("typed", "reason", "parts"),
    [
        (lambda groups: [*groups[:2], groups[2][:3], *groups[3:]], "length", ("power",)),
        (lambda groups: [*groups[:3], groups[3] + "7", *groups[4:]], "length", ("fuel",)),
        (lambda groups: [*groups[:4]], "length", ()),
        (lambda groups: [groups[0], "5B21", *groups[2:]], "letter", ("time",)),
        (lambda _: [""], "length", ()),
        (lambda _: ["Kall", "går", "på", "elverk"], "letter", ("time",)),
    ],
)
def test_wrong_group_is_named(typed: Any, reason: str, parts: tuple[str, ...]) -> None:
    """What was typed in groups says which of them to ask for again."""
    fault = _refusal(" ".join(typed(encode(KALL).split())))

    assert (reason, parts) == (fault.reason, fault.parts)


def test_how_it_is_typed_does_not_matter() -> None:
    """Small letters, hyphens, no spaces, and an O for a zero or an I for a one, which no line has."""
    line = encode(KALL)

    assert KALL == decode(line.lower().replace(" ", "-"), NOW_MS)
    assert KALL == decode(line.replace(" ", ""), NOW_MS)
    assert KALL == decode(f"  {line.replace('0', 'O').replace('1', 'i')}  ", NOW_MS)


def test_time_is_the_last_that_fits_and_none_without_a_clock() -> None:
    """Typed in a month later it is still that minute; where nobody knows the time there is none."""
    month_ms = 30 * 86_400_000

    assert NOW_MS == decode(encode(KALL), NOW_MS + month_ms).observed_ms
    assert NOW_MS == decode(encode(KALL), NOW_MS - 5 * MINUTE_MS).observed_ms
    assert None is decode(encode(KALL), None).observed_ms


def test_group_that_means_nothing_yet_is_refused() -> None:
    """A number that no group of ours holds is another program's, and is not read as something else."""
    body = encode(KALL).replace(" ", "")[:20]
    newer = body[:12] + "WWWW" + body[16:]

    assert "newer" == _refusal(newer + checks(newer)).reason


def test_too_much_stands_at_its_most_and_zero_is_not_unknown() -> None:
    """9 999 hours are 687, a tank of nothing is 0 litres."""
    told = decode(encode(SiteFacts(place="0000", hours=9999, litres=0, people=0)), NOW_MS)

    assert (687, 0, 0) == (told.hours, told.litres, told.people)


def test_places_have_codes_of_their_own_and_nothing_else_is_one() -> None:
    """Sites of one municipality differ; a name is no code."""
    assert 40 == len({place_code(f"are-{number}") for number in range(40)})
    with pytest.raises(ValueError, match="no place code"):
        encode(SiteFacts(place="are-kall"))


def test_each_character_is_said_by_a_word_of_its_own() -> None:
    """In both languages no two begin the same, and a line can be read aloud group by group."""
    assert set(ALPHABET) == set(SPELLED)
    for which in (0, 1):
        assert len(ALPHABET) == len({words[which] for words in SPELLED.values()})
    assert 6 == len(spelled(encode(KALL)))
    assert "Kalle" == spelled("K", "sv")[0]
