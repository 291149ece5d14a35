"""What the witnesses say of the power, question by question; None where nobody knows."""

import msgspec

from contract.judgement import Contradiction, Witness


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The answers. What is None nobody knows."""

    mains: bool | None = None
    engine: str | None = None
    """Its state, in the controller's word: stopped, pre_start, warming_up, running, cooling_down, post_run."""
    set_live: bool | None = None
    """Does the set give voltage?"""
    on_set: bool | None = None
    """Does the set carry the load?"""
    load_live: bool | None = None
    """Is there voltage on the load side?"""
    battery: bool | None = None
    """Does a UPS or battery carry what hangs on it?"""
    witnesses: tuple[Witness, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    """Facts that cannot be true together and decide: the state is then unknown."""
    doubts: tuple[Contradiction, ...] = ()
    """Facts that do not fit, where one witness is plainly the better one: named, but they decide nothing."""
    late: bool = False
    """The set starts or runs without carrying the load for longer than it may take."""
    busy_ms: int | None = None
    clash_ms: int | None = None
    live_ms: int | None = None
    mains_quarrel_ms: int | None = None
    outage: bool = False
    """Mains were lost before and the site has not been back on them since."""
    mains_ms: int = 0
    feeds: bool | None = None
    """Does the set feed the shop, as far as last known?"""
    feed_ms: int = 0
