"""Who owns the screen: a real warning for this place takes it at once and holds it until read, or ten minutes.

Use: `begin(what the log of drawn messages knows)` once, then `step(...)` with each new view, touch and tick; `owner`
is what the whole screen shows, None: nobody owns it, the messages in force are a banner on every page. Rules:

- the gravest, then the newest first (the order of `View.alerts`); one that was never shown gets its turn when the one
  before it has been read or has stood for 15 s; when all have had their turn the first comes back and stays;
- what was read, or has had its ten minutes, does not come back; a changed update is something new and does;
- the same message again, also as an update that changes nothing for this place, is silent (`AlertView.matter`);
- an exercise never takes the screen while anything real is in force that may take it or bears a colour of danger;
- what is not sure (from before a restart, not checked) never takes it;
- a message that vanishes and comes back unchanged within six hours has had what it had.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kiosk.core.look.theme import Role
from kiosk.core.warnings.alert_view import AlertView

HOLD_MS = 10 * 60_000
"""How long an unread message may own the screen, from its first frame."""
RETURN_MS = 6 * 3_600_000
"""The very same message that vanishes and comes back so soon (a list that flips to and fro) is nothing new."""
MOST_LEFT = 200
READING_MS = 15_000
"""How long a message stands, or stands after the last touch, before another's turn."""


class Event(StrEnum):
    """What happened at the screen. `read`: the visitor says "I have read it", or goes to another page."""

    TICK = "tick"
    TOUCHED = "touched"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Shown:
    """A message that this screen has shown before it started anew.

    `ago_ms`: how long ago its first frame was, None when nobody can tell. `gist`: as in AlertView, where it was noted.
    `read`: somebody has said "I have read it".
    """

    key: tuple[str, str, int]
    ago_ms: int | None
    gist: str = ""
    read: bool = False


Key = tuple[str, str, int]
"""(source, id, serial): one message."""
Before = Mapping[Key | str, int | None]
"""What earlier runs have shown, by key and by gist: before the first step how long ago, then when.

None: it has had what it was to have, for it was read, or nobody can tell how long ago it was.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """The state between two steps. `shown`: the matter that owns the screen, "" nobody.

    `sound`: one tone is due now, with this very step. `began`: by matter, when it first had the screen. `over`: what
    was read or has had its time. `known`: every matter in force at the last step, with its message; `left`: those that
    were before, with their message and since when they are not. All times are monotonic ms.
    """

    shown: str = ""
    sound: bool = False
    stood_ms: int = 0
    began: Mapping[str, int] = field(default_factory=dict)
    over: frozenset[str] = frozenset()
    known: Mapping[str, Key] | None = None
    left: Mapping[str, tuple[Key, int]] = field(default_factory=dict)
    before: Before = field(default_factory=dict)


def begin(drawn: Iterable[Shown] = ()) -> Attention:
    """The first state of a screen that starts; `drawn`: what it has shown in earlier runs."""
    before: dict[Key | str, int | None] = {}
    for one in drawn:
        names: list[Key | str] = [one.key, one.gist] if one.gist else [one.key]
        before |= dict.fromkeys(names, None if one.read else one.ago_ms)
    return Attention(before=before)


def owner(state: Attention, alerts: tuple[AlertView, ...]) -> AlertView | None:
    """The message that the whole screen shows, in its newest wording."""
    return next((one for one in alerts if state.shown and one.matter == state.shown and one.takes and one.sure), None)


def step(was: Attention, alerts: tuple[AlertView, ...], now_ms: int, event: Event = Event.TICK) -> Attention:
    """One step: `alerts` as in `View.alerts`, `now_ms` monotonic."""
    state = _remember(was, alerts, now_ms)
    wanting = _wanting(alerts)
    state = _happened(state, [one.matter for one in wanting], now_ms, event)
    turn = _turn(state, [one.matter for one in wanting], now_ms)
    new = {one.matter for one in wanting if one.real} - (was.known or {}).keys()
    # what stands at the first look, or was shown in an earlier run, is no news; neither is what waited to be sure
    sound = was.known is not None and any(one not in state.began and one not in state.over for one in new)
    if turn and turn != state.shown:
        began = dict(state.began)
        began.setdefault(turn, now_ms)
        state = replace(state, stood_ms=now_ms, began=began)
    return replace(state, shown=turn, sound=sound)


def _wanting(alerts: tuple[AlertView, ...]) -> list[AlertView]:
    """What may take the screen, in order; an exercise only where no real danger is in force, sure or not.

    A danger of which nobody knows where it is may not take the screen, but its banner may not be hidden either. A
    notice without danger, which may stand for weeks, holds up no exercise.
    """
    takes = [one for one in alerts if one.takes and not one.all_clear]
    real = any(one.real and not one.all_clear and (one.takes or one.role is not Role.INFORMATION) for one in alerts)
    return [one for one in takes if one.sure and (one.real or not real)]


def _remember(was: Attention, alerts: tuple[AlertView, ...], now_ms: int) -> Attention:
    """Forget what is not in force any more; take over what earlier runs have shown."""
    standing = {one.matter: one.key for one in alerts}
    left = _left(was, standing, now_ms)
    same = {matter for matter, (key, at) in was.left.items() if standing.get(matter) == key and now_ms - at < RETURN_MS}
    kept = left.keys() | (standing.keys() & ((was.known or {}).keys() | same))
    began = {matter: at for matter, at in was.began.items() if matter in kept}
    over = was.over & kept
    # the times of earlier runs, on this run's clock
    before = was.before if was.known is not None else _since(was.before, now_ms)
    for one in alerts:
        if one.matter in began or one.matter in over:
            continue
        names: list[Key | str] = [one.key]
        if was.known is None and one.gist:
            # only at the first look: later it may be the third wording that says the same as the first again
            names.append(one.gist)
        first = next((name for name in names if name in before), None)
        if first is None:
            continue
        at_ms = before[first]
        if at_ms is None or now_ms - at_ms >= HOLD_MS:
            over |= {one.matter}
        else:
            began[one.matter] = at_ms
    return replace(was, began=began, over=over, known=standing, left=left, before=before)


def _left(was: Attention, standing: Mapping[str, Key], now_ms: int) -> dict[str, tuple[Key, int]]:
    """What was in force and is not, lately."""
    left = {matter: (key, at) for matter, (key, at) in was.left.items() if now_ms - at < RETURN_MS}
    left |= {matter: (key, now_ms) for matter, key in (was.known or {}).items()}
    gone = [(matter, one) for matter, one in left.items() if matter not in standing]
    return dict(gone[-MOST_LEFT:])


def _since(before: Before, now_ms: int) -> Before:
    return {name: None if ago is None else now_ms - ago for name, ago in before.items()}


def _happened(state: Attention, wanting: list[str], now_ms: int, event: Event) -> Attention:
    """What was read, what has had its time, what may not stand any more."""
    shown = state.shown if state.shown in wanting else ""
    over, stood_ms = set(state.over), state.stood_ms
    if shown and event is Event.READ:
        over.add(shown)
    if shown and event is Event.TOUCHED:
        stood_ms = now_ms
    for matter, began in state.began.items():
        reading = matter == shown and now_ms - stood_ms < READING_MS
        if now_ms - began >= HOLD_MS and not reading:
            over.add(matter)
    return replace(state, shown="" if shown in over else shown, over=frozenset(over), stood_ms=stood_ms)


def _turn(state: Attention, wanting: list[str], now_ms: int) -> str:
    """Whose turn it is."""
    waiting = [matter for matter in wanting if matter not in state.over]
    if not waiting:
        return ""
    unseen = next((matter for matter in waiting if matter not in state.began), "")
    if not state.shown:
        return unseen or waiting[0]
    stood = now_ms - state.stood_ms >= READING_MS
    if unseen:
        return unseen if stood or waiting.index(unseen) < waiting.index(state.shown) else state.shown
    return waiting[0] if stood else state.shown
