"""How long whoever gets passwords wrong must wait."""

from dashboard.core.access.throttle import FORGOTTEN_MS, MOST_KEYS, Throttle


def _of(address: str, name: str) -> list[tuple[str, str]]:
    return [("address", address), ("account", name)]


def test_tries_at_the_same_moment_all_count() -> None:
    """A try is counted when it begins: of a hundred that none has answered yet six are let through, not a hundred."""
    throttle = Throttle()
    let_in = [throttle.begin(_of("192.0.2.1", "olle"), 0) for _ in range(100)].count(0)

    assert 6 == let_in


def test_own_account_does_not_wash_clean_what_was_tried_on_others() -> None:
    """Whoever has an account signs in between the guesses: the address waits all the same."""
    throttle, now_ms, tried = Throttle(), 0, 0
    for number in range(200):
        now_ms += 1000
        tried += not throttle.begin(_of("192.0.2.1", f"name-{number}"), now_ms)
        own = _of("192.0.2.1", "mine")
        if not throttle.begin(own, now_ms):
            throttle.right(own)

    assert tried < 15


def test_own_mistakes_are_forgotten_when_the_right_one_comes() -> None:
    """Five wrong and one right, again and again, cost nobody a wait."""
    throttle = Throttle()
    for _ in range(20):
        waits = [throttle.begin(_of("192.0.2.1", "olle"), 0) for _ in range(6)]
        throttle.right(_of("192.0.2.1", "olle"))
        assert [0] * 6 == waits


def test_try_that_was_not_looked_at_does_not_count() -> None:
    """The program was busy: nobody waits for that."""
    throttle = Throttle()
    for _ in range(50):
        assert 0 == throttle.begin(_of("192.0.2.1", "olle"), 0)
        throttle.take_back(_of("192.0.2.1", "olle"))


def test_codes_of_an_account_wait_longer_than_its_password() -> None:
    """Somebody with the password and a thousand addresses has a try every quarter of an hour."""
    throttle, day_ms, tried = Throttle(), 86_400_000, 0
    for second in range(0, day_ms // 1000, 10):
        keys = [("address", f"2001:db8:0:{second:x}::/64"), ("account", "kim"), ("code", "1")]
        tried += not throttle.begin(keys, second * 1000)

    assert tried < 10 + 12 + 24 * 4


def test_waits_grow_and_are_forgotten() -> None:
    """Five for nothing, then 1, 2, 4 … 900 s; after an hour without a mistake all is as before."""
    throttle, waits, now_ms = Throttle(), [], 10**9
    for _ in range(17):
        assert 0 == throttle.begin([("address", "a")], now_ms)
        waits.append(max(0, throttle._tallies["address", "a"].until_ms - now_ms) // 1000)
        now_ms += 1000 * waits[-1]
    now_ms += FORGOTTEN_MS + 1

    assert [0] * 5 + [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] == waits
    assert [0] * 6 == [throttle.begin([("address", "a")], now_ms) for _ in range(6)]


def test_memory_is_bounded() -> None:
    """A million addresses are not a million rows; the account that they try stays."""
    throttle, now_ms = Throttle(), 0
    for number in range(2 * MOST_KEYS):
        now_ms += 60_000 if number > 10 else 0
        throttle.begin([("address", str(number)), ("account", "olle")], now_ms)

    assert MOST_KEYS == len(throttle._tallies)
    assert 60 == throttle.begin([("account", "olle")], now_ms)
