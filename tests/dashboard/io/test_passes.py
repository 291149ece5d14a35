"""Cards and the sealed code in the store: how long they last, whatever the clock does, and nothing happens by half."""

from pathlib import Path

import pytest

from contract.words import ClockQuality
from dashboard.core.access.lapse import DAY_MS, HOUR_MS, Instant
from dashboard.core.access.people import Role
from dashboard.io.access.accounts import Accounts, NotPossible
from dashboard.io.access.passes import GLASS, SCAN_MS, Passes
from dashboard.io.access.sealed import LASTS_MS, Sealed
from dashboard.io.store.database import Database

SITE = "are-kall"


def _at(up_ms: int, wall_ms: int | None = None, boot: str = "b1") -> Instant:
    clock = ClockQuality.UNSYNCED if wall_ms is None else ClockQuality.SYNCED
    return Instant(boot, up_ms, wall_ms, clock)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """An empty store."""
    return Database(tmp_path / "store.sqlite")


def _give(database: Database, now: Instant, name: str = "Anna", lasts_ms: int = 7 * DAY_MS) -> str:
    return Passes(database).give(
        now, name=name, role=Role.OWNER, scope=SITE, issuer="Olle", password="!", lasts_ms=lasts_ms, note=lambda _: None
    )


def test_card_ends_by_the_uptime_and_across_boots(database: Database) -> None:
    """No step of the wall clock makes it longer; a restart without a clock counts an hour; the dead go at a start."""
    passes, start = Passes(database), _at(1000, 10**12)
    _give(database, start, lasts_ms=3 * HOUR_MS)
    account = passes.all(start)[0].account
    stepped = passes.over(account, _at(1000 + 4 * HOUR_MS, 10**12 - DAY_MS))
    for boot in ("b2", "b3", "b4"):
        passes.carry_over(_at(1000, None, boot))

    assert stepped
    assert [] == passes.all(_at(2000, None, "b4"))
    assert Accounts(database).numbered(account) is None


def test_picture_is_used_up_and_grows_old(database: Database) -> None:
    """Once, and within a week; the PIN lasts on."""
    passes, start = Passes(database), _at(1000)
    once, late = _give(database, start), _give(database, start, "Bo", lasts_ms=30 * DAY_MS)

    assert passes.open(once, start) is not None
    assert passes.open(once, start) is None
    assert passes.open(late, _at(1001 + SCAN_MS)) is None
    assert ["Bo"] == [one.name for one in passes.all(_at(1001 + SCAN_MS))]


def test_name_that_is_taken_makes_nothing(database: Database) -> None:
    """Two of one name would be one person in the log."""
    _give(database, _at(1000))
    with pytest.raises(NotPossible):
        _give(database, _at(1000), "ANNA ")

    assert 1 == len(Passes(database).all(_at(1000)))


def test_code_is_used_whole_or_not_at_all(database: Database) -> None:
    """A line of the log that cannot be written leaves the code sealed and nobody with an account."""
    sealed, now = Sealed(database), _at(1000)
    code = sealed.seal(SITE, now, lambda _: None, lambda _: None)

    def fails(_: object) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        sealed.open(SITE, code, "Anna", now, (fails,), "!")
    before, accounts = sealed.now(SITE), Accounts(database).count()
    number = sealed.open(SITE, code, "Anna", now, (), "!")

    assert ("", 0) == (before.used_by if before else None, accounts)
    assert (number, None) == (number or -1, sealed.open(SITE, code, "Bo", now, (), "!"))
    assert "Anna" == sealed.now(SITE).used_by


def test_new_seal_voids_the_old_and_tells_only_of_a_used_one(database: Database) -> None:
    """A code that was never opened is replaced quietly; one that was, with an order to the gateway."""
    sealed, now, told = Sealed(database), _at(1000), []
    first = sealed.seal(SITE, now, lambda _: None, lambda _: told.append(1))
    second = sealed.seal(SITE, now, lambda _: None, lambda _: told.append(2))
    void = sealed.open(SITE, first, "Anna", now, (), "!")
    sealed.open(SITE, f" {second.upper().replace('-', ' ')} ", "Anna", now, (), "!")
    sealed.seal(SITE, now, lambda _: None, lambda _: told.append(3))

    assert (None, [3]) == (void, told)


def test_day_of_the_sealed_code_is_a_day(database: Database) -> None:
    """An owner of this site for 24 h; the same name twice is two accounts."""
    sealed, passes, now = Sealed(database), Passes(database), _at(1000)
    numbers = []
    for _ in range(2):
        code = sealed.seal(SITE, now, lambda _: None, lambda _: None)
        numbers.append(sealed.open(SITE, code, "Anna", now, (), "!"))
    found = passes.all(now)

    assert {(GLASS, Role.OWNER, LASTS_MS)} == {(one.kind, one.role, one.left_ms) for one in found}
    assert ["Anna", "Anna 2"] == [one.name for one in found]
    assert [False, True] == [passes.over(numbers[0], _at(1000 + LASTS_MS + gone)) for gone in (-1, 1)]
