"""Two wrong clocks at one time: the newest counts, and each takes only its own away."""

from faults.core.other_clock import OtherClock

FAKED = {"LD_PRELOAD": "/lib/faketime.so", "FAKETIME": "@1970"}


def test_newest_clock_counts_with_its_own_environment() -> None:
    """A jump within 1970 is no jump of 1970: the library that plays 1970 is not there meanwhile, and comes back."""
    own = {"LD_PRELOAD": "/disk/shim.so", "DISK_BOOK": "b"}
    clock = OtherClock(own)
    found = [(clock.spec(), dict(own))]
    for step in (
        lambda: clock.wear("1970", lambda: "in-1970", FAKED),
        lambda: clock.wear("jump", lambda: "jumped", {}),
        lambda: clock.drop("jump"),
        lambda: clock.drop("1970"),
    ):
        step()
        found.append((clock.spec(), dict(own)))
    alone = {"LD_PRELOAD": "/disk/shim.so", "DISK_BOOK": "b"}
    faked = alone | FAKED | {"LD_PRELOAD": "/lib/faketime.so /disk/shim.so"}

    assert [(None, alone), ("in-1970", faked), ("jumped", alone), ("in-1970", faked), (None, alone)] == found


def test_clock_that_ends_first_leaves_the_other() -> None:
    """Whoever began first may end first; and when everything is born anew none is left."""
    own: dict[str, str] = {}
    clock = OtherClock(own)
    clock.wear("1970", lambda: "in-1970", FAKED)
    clock.wear("jump", lambda: "jumped", {})
    clock.drop("1970")
    left = clock.spec()
    clock.wear("again", lambda: "in-1970", FAKED)
    clock.clear()
    clock.drop("again")

    assert ("jumped", None, {}) == (left, clock.spec(), own)
