"""The radio line (radiorad): how a site stands, as 22 characters that are spoken over a radio and typed in elsewhere.

Five groups of four and one of two: place · time · power and hours · fuel · people and needs · check. The alphabet has
19 characters that are neither seen nor heard as one another in Swedish or English: no O, I, S, Z, B, G or Q, which look
like digits; of B C D E G P T V only T, of F S X only F, of M N only M, of H K only K. 19 is a prime, so two check
characters (the plain sum and the sum by place) find every single wrong character and every two neighbours that changed
places; a missing or an extra one is found by the length. Of a single wrong character they tell the group as well.
"""

from collections.abc import Iterator
from hashlib import sha256

from msgspec import Struct

from contract.wire import Refused
from contract.words import NeedKind, Power, Status

ALPHABET = "0123456789AFJKLMRTW"
BASE = len(ALPHABET)
GROUP = 4
PARTS = ("place", "time", "power", "fuel", "people", "check")
"""What each group is about."""
LENGTH = GROUP * (len(PARTS) - 1) + 2
MINUTE_MS = 60_000
AHEAD_MS = 10 * MINUTE_MS
"""So far may the clock of whoever made the line be ahead."""
SPAN: int = BASE**GROUP
"""Values of one group."""
MINUTES = SPAN - 1
"""Times are told in minutes, over and over in 90 days; the last value means that no clock was known."""
MOST_LITRES = 100_000
MOST_HOURS, MOST_PEOPLE = 687, 2034
LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "Q": "0", "Å": "A", "Ä": "A"})
"""Written by mistake, and meant beyond doubt: none of them is in the alphabet. The check characters judge it too."""

_POWER, _STATUS = tuple(Power), tuple(Status)
_KNOWN: tuple[bool | None, ...] = (None, False, True)
_STATES = len(_POWER) * len(_STATUS) * 9
_NEEDS = tuple(NeedKind)

SPELLED = {
    "A": ("Adam", "Alfa"), "F": ("Filip", "Foxtrot"), "J": ("Johan", "Juliett"), "K": ("Kalle", "Kilo"),
    "L": ("Ludvig", "Lima"), "M": ("Martin", "Mike"), "R": ("Rudolf", "Romeo"), "T": ("Tore", "Tango"),
    "W": ("Wilhelm", "Whiskey"), "0": ("nolla", "zero"), "1": ("ett", "one"), "2": ("tvåa", "two"),
    "3": ("trea", "three"), "4": ("fyra", "four"), "5": ("femma", "five"), "6": ("sexa", "six"),
    "7": ("sju", "seven"), "8": ("åtta", "eight"), "9": ("nia", "nine"),
}  # fmt: skip
"""How each character is said: (Swedish, English)."""


class BadLine(Refused):
    """What was typed is no radio line. `reason`: length, letter, check, swapped or newer; `parts` of PARTS to ask for
    again, the most likely first; `told`: the character, or how many characters there are."""

    def __init__(self, sentence: str, reason: str, parts: tuple[str, ...] = (), told: str = "") -> None:
        super().__init__(sentence)
        self.reason, self.parts, self.told = reason, parts, told


class SiteFacts(Struct, frozen=True, kw_only=True):
    """What the line tells; None: not known, or not said. Status stands in it, so that an exercise stays one.

    `place`: `place_code` of the site. `observed_ms`: to the minute. `litres` of the set's own tank; `hours` that it
    lasts at least. `set_running`, `load_connected` as in `orders.Report`.
    """

    place: str
    observed_ms: int | None = None
    status: Status = Status.ACTUAL
    power: Power = Power.UNKNOWN
    set_running: bool | None = None
    load_connected: bool | None = None
    hours: int | None = None
    litres: int | None = None
    people: int | None = None
    needs: tuple[NeedKind, ...] = ()


def place_code(site: str) -> str:
    """Four characters that stand for a site's id; two sites may share them, so whoever types in sees the names."""
    return _written(int.from_bytes(sha256(site.encode()).digest()[:8]) % SPAN)


def encode(facts: SiteFacts) -> str:
    """The line, in groups. Raises ValueError for a place that is no code; figures that are too large stand at their
    most, people and litres as well as hours."""
    if len(facts.place) != GROUP or set(facts.place) - set(ALPHABET):
        raise ValueError(f"{facts.place!r} is no place code")
    body = facts.place + "".join(_written(number) for number in _numbers(facts))
    whole = body + checks(body)
    return " ".join(whole[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def decode(line: str, near_ms: int | None) -> SiteFacts:
    """What a line tells, read at `near_ms` (UTC; None: nobody knows the time here, then it has none). Raises BadLine.

    Spaces, hyphens, points and small letters do not matter.
    """
    plain = _plain(line)
    _check(plain)
    minutes, state, litres, people = (_number(plain[at : at + GROUP]) for at in range(GROUP, GROUP * 5, GROUP))
    hours, state = divmod(state, _STATES)
    state, connected = divmod(state, 3)
    state, running = divmod(state, 3)
    status, power = divmod(state, len(_POWER))
    told, needs = divmod(people, 2 ** len(_NEEDS))
    if litres > MOST_LITRES + 1 or hours > MOST_HOURS + 1 or told > MOST_PEOPLE + 1:
        raise BadLine("the line is of a newer program; ask for it in plain words", "newer")
    return SiteFacts(
        place=plain[:GROUP],
        observed_ms=_moment(minutes, near_ms),
        status=_STATUS[status],
        power=_POWER[power],
        set_running=_KNOWN[running],
        load_connected=_KNOWN[connected],
        hours=None if hours > MOST_HOURS else hours,
        litres=None if litres > MOST_LITRES else litres,
        people=None if told > MOST_PEOPLE else told,
        needs=tuple(one for place, one in enumerate(_NEEDS) if needs >> place & 1),
    )


def spelled(line: str, language: str = "sv") -> tuple[str, ...]:
    """How each group is said: ("Kalle sju Adam nia", …)."""
    which = 0 if language == "sv" else 1
    return tuple(" ".join(SPELLED[one][which] for one in group) for group in line.split())


def _numbers(facts: SiteFacts) -> Iterator[int]:
    """The values of the groups after the place."""
    yield MINUTES if facts.observed_ms is None else facts.observed_ms // MINUTE_MS % MINUTES
    state = _STATUS.index(facts.status) * len(_POWER) + _POWER.index(facts.power)
    state = (state * 3 + _KNOWN.index(facts.set_running)) * 3 + _KNOWN.index(facts.load_connected)
    yield _capped(facts.hours, MOST_HOURS) * _STATES + state
    yield _capped(facts.litres, MOST_LITRES)
    needs = sum(1 << place for place, one in enumerate(_NEEDS) if one in facts.needs)
    yield _capped(facts.people, MOST_PEOPLE) * 2 ** len(_NEEDS) + needs


def _capped(value: int | None, most: int) -> int:
    return most + 1 if value is None else max(0, min(value, most))


def _moment(minutes: int, near_ms: int | None) -> int | None:
    """The last such minute before now."""
    if minutes == MINUTES or near_ms is None:
        return None
    last = (near_ms + AHEAD_MS) // MINUTE_MS
    return (last - (last - minutes) % MINUTES) * MINUTE_MS


def _written(number: int) -> str:
    digits = ""
    for _ in range(GROUP):
        number, digit = divmod(number, BASE)
        digits = ALPHABET[digit] + digits
    return digits


def _number(group: str) -> int:
    value = 0
    for one in group:
        value = value * BASE + ALPHABET.index(one)
    return value


# --- the two check characters ---


def _sums(text: str) -> tuple[int, int]:
    """The plain sum and the sum by place, from 1; both are 0 of a whole line that is right."""
    values = [ALPHABET.index(one) for one in text]
    return sum(values) % BASE, sum(place * value for place, value in enumerate(values, 1)) % BASE


def checks(body: str) -> str:
    """The check characters x, y of what stands before them: x + y = -plain, (n+1)x + (n+2)y = -placed."""
    plain, placed = _sums(body)
    last = (-placed + (len(body) + 1) * plain) % BASE
    return ALPHABET[(-plain - last) % BASE] + ALPHABET[last]


def _plain(line: str) -> str:
    """Without what only parts it; raises BadLine for characters that no line has, and for a wrong length."""
    groups = line.upper().replace("-", " ").replace(".", " ").replace(",", " ").split()
    groups = [one.translate(LOOK_ALIKE) for one in groups]
    plain = "".join(groups)
    strange = next((one for one in plain if one not in ALPHABET), "")
    if strange:
        parts = tuple(PARTS[place] for place, one in enumerate(groups[: len(PARTS)]) if strange in one)
        raise BadLine(f"{strange!r} stands in no radio line; ask for that group again", "letter", parts[:1], strange)
    if len(plain) != LENGTH:
        raise BadLine(
            f"a radio line has {LENGTH} characters, this has {len(plain)}", "length", _short(groups), str(len(plain))
        )
    return plain


def _short(groups: list[str]) -> tuple[str, ...]:
    """Which group has too many or too few, where the groups were typed apart."""
    if len(groups) != len(PARTS):
        return ()
    wanted = [GROUP] * (len(PARTS) - 1) + [2]
    return tuple(
        name for name, told, length in zip(PARTS, groups, wanted, strict=True) if len(told) != length
    )  # fmt: skip


def _check(plain: str) -> None:
    """Raises BadLine where the check characters do not fit, with the groups where one wrong character explains it."""
    total, placed = _sums(plain)
    if not total and not placed:
        return
    if not total:
        raise BadLine("two characters have changed places; ask for the line again", "swapped")
    places = [place for place in range(1, LENGTH + 1) if place * total % BASE == placed]
    parts = tuple(dict.fromkeys(PARTS[(place - 1) // GROUP] for place in places))
    raise BadLine(f"something is wrong, most likely in: {', '.join(parts)}", "check", parts)
