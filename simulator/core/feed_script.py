"""What a script of the public feeds may say, and what is listed at any moment of it. Nothing is served here.

A script is one file: steps at product seconds or hours from its beginning. What a source says is named by the script
(`name`), so that a later step can update, cancel or take it away; the identifiers on the wire are made from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from simulator.core.equipment import Part
from simulator.core.scenario import When

Word = Annotated[str, Meta(min_length=1, max_length=500)]
Text = Annotated[str, Meta(max_length=20_000)]
Everyday = Literal["departures", "road", "news", "calendar"]
Source = Literal["vma", "smhi", "krisinformation", "departures", "road", "news", "calendar"]
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")]
Trouble = Literal[
    "answers-500", "answers-503", "answers-404", "429-seconds", "429-date", "silent", "slow", "cut-short",
    "wrong-length", "wrong-charset", "html", "empty", "garbage", "redirect-loop", "redirect-away", "304-always",
    "huge", "packed-bomb", "packed-cut", "hangs-up",
]  # fmt: skip
CANCEL_STAYS_S = 6 * 3600.0
"""As observed: a cancel leaves VMA's list about six hours after it came."""


class FeedStep(When, kw_only=True):
    """One thing that happens. What a step needs is in `NEEDS`.

    `vma`: a message; `type` alert, update or cancel; an update or cancel `replaces` an earlier name. `smhi` and
    `krisinformation`: the same name again edits it in place. `gone`: `name` leaves its list without a word. `trouble`:
    `feed` (or all) misbehaves for a while. `serve`: `body` (or nothing, to take it away) at `path`.

    Everyday feeds; the same name again edits in place: `departures`: line `name` to `headline` each day at `clocks`;
    with `late_s` or `cancelled` it is live. `road`: a deviation at the first point of `outline`. `news`: an item, `sv`
    is HTML. `calendar`: `in_days` from then, from the first of `clocks` to the second; without them a whole day.
    """

    do: Literal[
        "vma", "smhi", "krisinformation", "departures", "road", "news", "calendar", "gone", "trouble", "serve"
    ]  # fmt: skip
    name: Word | None = None
    feed: Word | None = None
    type: Literal["alert", "update", "cancel"] = "alert"
    status: Literal["Actual", "Exercise", "Test", "System", "Draft"] = "Actual"
    replaces: Word | None = None
    areas: tuple[Word, ...] = ()
    sv: Text = ""
    en: Text = ""
    event: Text = ""
    expires_h: float | None = None
    level: Literal["MESSAGE", "YELLOW", "ORANGE", "RED"] = "YELLOW"
    code: Word = "WIND"
    starts_h: float = 0.0
    ends_h: float | None = None
    outline: tuple[tuple[float, float], ...] = ()
    headline: Text = ""
    trouble: Trouble | None = None
    for_s: float | None = None
    for_h: float | None = None
    retry_after_s: Annotated[int, Meta(ge=0, le=86_400)] = 30
    path: Word | None = None
    media: Word = "application/json; charset=utf-8"
    body: Text = ""
    mode: Literal["BUS", "METRO", "TRAIN", "TRAM", "TAXI", "BOAT"] = "BUS"
    clocks: tuple[Clock, ...] = ()
    late_s: Annotated[float, Meta(ge=-3600, le=86_400)] = 0.0
    cancelled: bool = False
    road: Text = ""
    where: Text = ""
    severity: Annotated[int, Meta(ge=0, le=5)] = 0
    in_days: Annotated[int, Meta(ge=0, le=60)] = 0

    @property
    def lasts_s(self) -> float:
        """In product seconds; to the end where nothing is said."""
        if self.for_s is not None:
            return self.for_s
        return float("inf") if self.for_h is None else 3600 * self.for_h


class FeedScript(Part, kw_only=True):
    """One script file. Nothing at all is a calm day: every source answers, and has nothing to say."""

    title: Word
    step: tuple[FeedStep, ...] = ()


NEEDS: dict[str, tuple[str, ...]] = {
    "vma": ("name",), "smhi": ("name",), "krisinformation": ("name", "headline"), "gone": ("feed", "name"),
    "trouble": ("feed", "trouble"), "serve": ("path",),
    "departures": ("name", "headline", "clocks"), "road": ("name", "headline"), "news": ("name", "headline"),
    "calendar": ("name", "headline"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """One message as it is listed: by which step, since when its name is there, and when it was said last (s)."""

    step: FeedStep
    first_s: float
    said_s: float


def script_faults(script: FeedScript) -> list[str]:
    """What the types cannot see, each as one sentence."""
    faults = []
    named: set[tuple[str, str]] = set()
    for number, step in enumerate(script.step, 1):
        where = f"[step {number}] {step.do}"
        if (step.at_s is None) == (step.at_h is None):
            faults.append(f"{where}: give exactly one of at_s and at_h")
        faults += [f"{where}: {name} is missing" for name in NEEDS[step.do] if not getattr(step, name)]
        if step.do == "vma" and step.type != "alert" and ("vma", step.replaces or "") not in named:
            faults.append(f"{where}: {step.type} needs `replaces`, the name of an earlier message")
        if step.do == "gone" and (step.feed or "", step.name or "") not in named:
            faults.append(f"{where}: nothing named {step.name!r} is listed by {step.feed!r} before")
        if step.path is not None and not step.path.startswith("/"):
            faults.append(f"{where}: path {step.path!r} does not begin with /")
        named.add((step.do, step.name or ""))
    times = [step.starts_s for step in script.step]
    if times != sorted(times):
        faults.append("the steps are not in order of time")
    return faults


def listed(script: FeedScript, source: Source, at_s: float) -> tuple[Listed, ...]:
    """What a source lists at that moment, oldest first."""
    found: dict[str, Listed] = {}
    for step in _so_far(script, at_s):
        name = step.name or ""
        if step.do == "gone" and step.feed == source:
            found.pop(name, None)
        elif step.do == source:
            if step.replaces:
                found.pop(step.replaces, None)  # as observed: what is replaced leaves the list at the same moment
            was = found.get(name)
            found[name] = Listed(step, was.first_s if was else step.starts_s, step.starts_s)
    return tuple(
        one for one in found.values() if one.step.type != "cancel" or at_s < one.said_s + CANCEL_STAYS_S
    )  # fmt: skip


def changed_s(script: FeedScript, source: Source, at_s: float) -> float:
    """When the list was changed last."""
    moments = [0.0]
    for step in _so_far(script, at_s):
        if step.do == source or (step.do == "gone" and step.feed == source):
            moments.append(step.starts_s)
            over_s = step.starts_s + CANCEL_STAYS_S
            moments += [over_s] if step.type == "cancel" and over_s <= at_s else []
    return max(moments)


def said(script: FeedScript, name: str, at_s: float) -> float | None:
    """When the message of that name was said first; None before."""
    return next((step.starts_s for step in _so_far(script, at_s) if step.do == "vma" and step.name == name), None)


def root_of(script: FeedScript, step: FeedStep) -> FeedStep:
    """The first message of the event that this one is about."""
    by_name = {one.name: one for one in script.step if one.do == "vma"}
    for _ in range(len(script.step)):
        if step.replaces is None or step.replaces not in by_name or by_name[step.replaces] is step:
            break
        step = by_name[step.replaces]
    return step


def trouble(script: FeedScript, feed: str, at_s: float) -> FeedStep | None:
    """How that feed misbehaves at that moment, by the newest step that says so."""
    found = None
    for step in _so_far(script, at_s):
        if step.do == "trouble" and step.feed in (feed, "all") and at_s < step.starts_s + step.lasts_s:
            found = step
    return found


def served(script: FeedScript, path: str, at_s: float) -> FeedStep | None:
    """What lies at a path of the script's own."""
    found = [step for step in _so_far(script, at_s) if step.do == "serve" and step.path == path]
    return found[-1] if found and found[-1].body else None


def _so_far(script: FeedScript, at_s: float) -> Iterator[FeedStep]:
    return (step for step in script.step if step.starts_s <= at_s)


def with_step(script: FeedScript, step: FeedStep) -> FeedScript:
    """The script with one more thing at its end, for a test that makes it up as it goes."""
    return msgspec.structs.replace(script, step=(*script.step, step))
