"""Each minute of the day: what the panel showed, against what the oracle allows. Every deviation is a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from faults.day.oracle import ASK_S, PICTURE_S, REQUEST_S, Oracle
from faults.day.plan import SOURCES, Feed, Plan, Said
from faults.day.record import Record

START_S = 25.0
"""Real seconds within which a screen that was started must have drawn, on a machine with other work."""
CALM, EXERCISE, UNCHECKED = "Inga varningar", "ÖVNING", "ontrolleras"
NO_CLOCK = "inte ställd"
ENDED_SHOWN_H = 11.0
"""For so long at least the end of a message is told."""
TOLD_LATE_H = REQUEST_S / 3600 + 3 * ASK_S["smhi"] / 3600
"""A check so lately before an end lets a message run out without another."""

Frame = dict[str, Any]


@dataclass(slots=True)
class Deviation:
    """From minute to minute of the day."""

    first: int
    last: int
    sentence: str

    def told(self) -> str:
        """With the time of the day."""
        until = f"–{_clock(self.last)}" if self.last > self.first else ""
        return f"{_clock(self.first)}{until}: {self.sentence}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


class Judge:
    """Of one recorded day."""

    def __init__(self, plan: Plan, record: Record) -> None:
        self._plan = plan
        self.record = record
        self._oracle = Oracle(plan, record)
        self.judged = 0
        self.dark = 0
        """Minutes in which no frame stood, because the screen or the box was just starting."""

    def day(self) -> list[Deviation]:
        """All deviations, each once for as long as it lasted."""
        open_now: dict[str, Deviation] = {}
        found: list[Deviation] = []
        for minute in range(1, int(self._plan.hours * 60)):
            at_s = minute * 60 / self.record.rate
            sentences = list(dict.fromkeys([*self._asked(at_s), *self._minute(at_s)]))
            for sentence in sentences:
                if sentence in open_now:
                    open_now[sentence].last = minute
                else:
                    open_now[sentence] = Deviation(minute, minute, sentence)
                    found.append(open_now[sentence])
            open_now = {sentence: open_now[sentence] for sentence in sentences}
        return found + [Deviation(minute, minute, said) for minute, said in self._taken()]

    def _minute(self, at_s: float) -> Iterator[str]:
        found = self.record.frame(at_s)
        if found is None:
            self.dark += 1
            yield from self._darkness(at_s)
            return
        self.judged += 1
        frame = found[1]
        if frame["safe"] or "alerts" not in frame:
            yield "the safe page is shown, something in the screen broke"
            return
        for source in SOURCES:
            yield from self._source(frame, source, at_s)
        yield from self._strangers(frame)
        yield from self._sentence(frame, at_s)
        yield from self._ended(frame, at_s)
        yield from self._page(frame)
        yield from self._box(frame, at_s)

    def _asked(self, at_s: float) -> Iterator[str]:
        for source in ("vma", "smhi"):
            if self._oracle.should_have_been_asked(source, at_s):
                yield f"{source}: was not asked for so long, though it could be reached"

    def _darkness(self, at_s: float) -> Iterator[str]:
        life = self.record.of("screen").at(at_s)
        if life is not None and at_s - life[0] > START_S:
            yield "the screen runs and has drawn nothing"

    # --- what is in force ---

    def _source(self, frame: Frame, source: Feed, at_s: float) -> Iterator[str]:
        shown = {one: alert for alert in frame["alerts"] if (one := self._of(alert)) and one.source == source}
        options = self._oracle.holding(source, at_s)
        may, must = frozenset.union(*options), frozenset.intersection(*options)
        for one in must - shown.keys():
            if not self._run_out(one, at_s)[0]:
                yield f"{source}: does not show “{one.text}”, which is in force by all that was heard"
        for one, alert in shown.items():
            if one not in may:
                yield f"{source}: shows “{one.text}” as in force; right is {_texts(may)}"
            elif self._run_out(one, at_s)[1]:
                yield f"{source}: shows “{one.text}”, whose time has run out, which is known"
            yield from self._form(one, alert, at_s)
        for one in shown:
            if any(other.matter == one.matter for other in shown if other is not one):
                yield f"{source}: two wordings of “{one.matter}” at once"

    def _of(self, alert: Frame) -> Said | None:
        """The message that an alert on the screen is, by its words: the longest text that stands in it."""
        words = f"{alert['headline']}\n{alert['description']}"
        fits = [one for one in self._plan.says if one.text and one.source == alert["source"] and one.text in words]
        return max(fits, key=lambda one: len(one.text), default=None)

    def _strangers(self, frame: Frame) -> Iterator[str]:
        for alert in frame["alerts"]:
            one = self._of(alert)
            if one is None:
                yield f"shows a message that nobody has said: {alert['headline']!r} of {alert['source']}"
            elif not one.here:
                yield f"shows “{one.text}”, which is meant for elsewhere"

    def _run_out(self, one: Said, at_s: float) -> tuple[bool, bool]:
        """Has its time run out: may it be gone, must it be gone?"""
        if one.ends_h is None or self.record.hour(at_s) < one.ends_h:
            return False, False
        clock, hours = self._oracle.clocked(at_s), self._oracle.hours(one.source, at_s)
        newest = max((hour for hour in hours if hour is not None), default=-1.0)
        long_ago = self.record.hour(at_s - self._oracle.unwoken_s(at_s)) >= one.ends_h
        if one.source == "municipality":
            return clock.perhaps or newest >= one.ends_h, clock.surely and long_ago
        told = hours[0] if hours[0] is not None else -1.0
        may = newest >= one.ends_h or (clock.perhaps and newest >= one.ends_h - TOLD_LATE_H - 0.05)
        return may, clock.surely and long_ago and told >= one.ends_h - TOLD_LATE_H + 0.15

    def _form(self, one: Said, alert: Frame, at_s: float) -> Iterator[str]:
        """Exercise or real, level, sure or not, checked when."""
        if one.real != (alert["status"] == "actual") or one.real == bool(alert["stamp"]):
            yield f"“{one.text}” looks like {alert['status']} with stamp {alert['stamp']!r}"
        if not one.real and (alert["takes"] or alert["level"] != "none"):
            yield f"the exercise “{one.text}” may take the screen or has a level"
        if one.source == "smhi" and alert["level"] != one.level.lower():
            yield f"“{one.text}” has level {alert['level']}, right is {one.level.lower()}"
        yield from self._sureness(one, alert, at_s)
        if one.source == "municipality":
            return
        if "Senast kontrollerat" in alert["checked"] and not self._oracle.may_be_fresh(one.source, at_s):
            yield f"{one.source}: says “{alert['checked']}”, but was not answered for so long"
        if UNCHECKED in alert["checked"] and self._oracle.must_be_fresh(one.source, at_s):
            yield f"{one.source}: says “{alert['checked']}”, but was answered all the time"

    def _sureness(self, one: Said, alert: Frame, at_s: float) -> Iterator[str]:
        """From before a restart without a clock, and not checked since: never sure. Else always, unless it is past."""
        clock, boot = self._oracle.clocked(at_s), self.record.boot(at_s)
        lag_s = self._oracle.lag_s(at_s)
        if boot.awake_s > at_s - lag_s:
            return
        heard = [line for line in self._oracle.heard[one.source] if boot.awake_s <= line.at_s <= at_s]
        if one.source == "municipality":
            awake_h = self.record.hour(boot.awake_s)
            heard = [line for line in heard if line.hour >= awake_h]
        first_s = self._oracle.arrived_s(one, surely=False)
        arrived = first_s is not None and first_s >= boot.awake_s
        past = one.ends_h is not None and self.record.hour(at_s) >= one.ends_h
        if alert["sure"] and not clock.perhaps and not heard and not arrived:
            yield f"“{one.text}” is shown as sure, though from before the restart, without a clock and unchecked"
        if not alert["sure"] and not past:
            asked = any(line.certain and line.at_s <= at_s - lag_s for line in heard)
            if clock.surely or asked:
                yield f"“{one.text}” is shown as unsure ({alert['remark']!r}) without need"
        if (
            alert["sure"]
            and past
            and clock.surely
            and self.record.hour(at_s - self._oracle.unwoken_s(at_s)) >= (one.ends_h or 0)
        ):
            yield f"“{one.text}” is shown as sure after its end"

    # --- what is said of all ---

    def _sentence(self, frame: Frame, at_s: float) -> Iterator[str]:
        said = " ".join([frame["checked"], *(text for text in frame["texts"] if CALM in text)])
        oracle = self._oracle
        quiet = [self._quiet(source, at_s) for source in SOURCES]
        if CALM in said:
            noisy = [source for source, (may, _) in zip(SOURCES, quiet, strict=True) if not may]
            old = [source for source in SOURCES if not oracle.may_be_fresh(source, at_s)]
            if noisy:
                yield f"says “{CALM}”, but there is one of {', '.join(noisy)}"
            if old:
                yield f"says “{CALM}”, but {', '.join(old)} was not checked"
        fresh = all(oracle.must_be_fresh(source, at_s) for source in SOURCES)
        if CALM not in said and all(must for _, must in quiet) and fresh:
            yield f"says “{frame['checked']}”; right is “{CALM}”, all was checked"
        if UNCHECKED not in frame["checked"] and "omma" not in frame["checked"]:
            old = [source for source in SOURCES if not oracle.may_be_fresh(source, at_s)]
            if old:
                yield f"says “{frame['checked']}” and not that {', '.join(old)} could not be checked"

    def _quiet(self, source: Feed, at_s: float) -> tuple[bool, bool]:
        """May there be no warning of this source, must there be none?"""
        may, must = False, True
        for option in self._oracle.holding(source, at_s):
            warnings = [one for one in option if one.warns]
            may = may or all(self._run_out(one, at_s)[0] for one in warnings)
            must = must and all(self._run_out(one, at_s)[1] for one in warnings)
        return may, must

    def _ended(self, frame: Frame, at_s: float) -> Iterator[str]:
        told = " ".join(one["text"] for one in frame["ended"])
        options = {source: self._oracle.holding(source, at_s) for source in SOURCES}
        for source in SOURCES:
            for one in frozenset.intersection(*options[source]):
                if not self._run_out(one, at_s)[0] and f": {one.text}" in told and not self._longer(one, told):
                    yield f"says that “{one.text}” has ended, which is in force"
        if not self._oracle.clocked(at_s).surely:
            return
        for over in self._plan.over(self.record.hour(at_s)):
            yield from self._told_over(over, told, options[over.source], at_s)

    def _longer(self, one: Said, told: str) -> bool:
        """Is it another wording of the matter that begins with the same words?"""
        return any(other.text in told for other in self._plan.of_matter(one.matter) if len(other.text) > len(one.text))

    def _told_over(self, over: Said, told: str, options: list[frozenset[Said]], at_s: float) -> Iterator[str]:
        """Called off or taken away: it is said for half a day, if it was ever shown."""
        wordings = self._plan.of_matter(over.matter)
        if not wordings[0].here or any(one.matter == over.matter for option in options for one in option):
            return
        known = [one for one in wordings if self._oracle.arrived_s(one, surely=True) is not None]
        learned_s = self._oracle.learned_s(over.source, over.at_h)
        if not known or learned_s is None or learned_s > at_s - self._oracle.lag_s(at_s):
            return
        if self.record.hour(at_s) - over.at_h > ENDED_SHOWN_H:
            return
        if not any(one.text in told for one in wordings):
            yield f"does not say that “{known[-1].text}” has ended"

    # --- pages, and the site ---

    def _page(self, frame: Frame) -> Iterator[str]:
        drawn = " ".join(frame["texts"])
        shown = next((one for one in frame["alerts"] if _key(one) == frame["shown"]), None)
        if frame["shown"] is not None and shown is None:
            yield f"the page of a warning shows {frame['shown']}, which is not in force"
        if frame["page"] != "crisis" and frame["alerts"] and frame["page"] != "glance" and not frame["banner"]:
            yield "there is a message and no banner"
        first = shown or (frame["alerts"][0] if frame["alerts"] and frame["page"] != "glance" else None)
        if first is None:
            return
        said = self._of(first)
        if said is not None and said.text not in drawn:
            yield f"“{said.text}” is not drawn on page {frame['page']}"
        if said is not None and not said.real and EXERCISE not in drawn.upper() + " ".join(frame["stamps"]).upper():
            yield f"the exercise “{said.text}” is drawn without the word {EXERCISE}"
        owner = next((one for one in frame["alerts"] if _key(one) == frame["owner"]), None)
        if owner is not None and (not owner["sure"] or not owner["takes"] or owner["status"] != "actual"):
            yield f"“{owner['headline']}” owns the screen and may not"

    def _box(self, frame: Frame, at_s: float) -> Iterator[str]:
        """Clock and power: known only where somebody has told it."""
        clock, lag_s = self._oracle.clocked(at_s), self._oracle.lag_s(at_s)
        if not clock.perhaps and self.record.boot(at_s).awake_s <= at_s - lag_s and NO_CLOCK not in frame["clock"]:
            yield f"shows the time {frame['clock']}, which nobody knows"
        if clock.surely and self._oracle.steady("keeper", at_s) and NO_CLOCK in frame["clock"]:
            yield "does not show the time, which is known"
        limit_s = 3 * PICTURE_S / self.record.rate + self._oracle.unwoken_s(at_s)
        newest = max((one for one in self.record.pictures if one <= at_s), default=-1e9)
        if frame["fresh"] and at_s - newest > limit_s:
            yield f"shows the site's state as fresh, {at_s - newest:.1f} s after the last word of it"

    # --- who owns the screen ---

    def _taken(self) -> Iterator[tuple[int, str]]:
        """Each wording that is new takes the screen of a screen that runs."""
        for one in self._plan.says:
            if one.do not in ("alert", "update") or not one.warns:
                continue
            first_s, sure_s = (self._oracle.arrived_s(one, surely=surely) for surely in (False, True))
            if first_s is None or sure_s is None:
                continue
            until_s = sure_s + self._oracle.lag_s(sure_s)
            if not self._watched(first_s, until_s, one):
                continue
            owners = [self._owner(frame) for at_s, frame in self.record.frames if first_s <= at_s <= until_s]
            if one not in owners and not any(other and other.grave > one.grave for other in owners):
                minute = int(self.record.hour(first_s) * 60)
                yield minute, f"“{one.text}” did not take the screen within {until_s - first_s:.1f} s"

    def _watched(self, first_s: float, until_s: float, one: Said) -> bool:
        """Was the screen there all the time, by a known clock, and the message in force?"""
        there = self.record.of("screen").at(first_s)
        drew = self.record.frame(first_s)
        steady = there is not None and until_s <= there[1] and drew is not None
        in_force = all(one in option for option in self._oracle.holding(one.source, until_s))
        return steady and in_force and self._oracle.clocked(until_s).surely and not self._run_out(one, until_s)[0]

    def _owner(self, frame: Frame) -> Said | None:
        alert = next((one for one in frame.get("alerts", ()) if _key(one) == frame.get("owner")), None)
        return None if alert is None else self._of(alert)

    def latencies_ms(self) -> list[float]:
        """From the answer that brought a warning to the frame in which it owned the screen, where it did.

        One that had to wait for a graver one to be read, or whose answer went down with the keeper, is not counted.
        """
        found = []
        for one in self._plan.says:
            first_s = self._oracle.arrived_s(one, surely=False) if one.warns else None
            if first_s is None:
                continue
            later = [(at_s, self._owner(frame)) for at_s, frame in self.record.frames if at_s >= first_s]
            taken_s = next((at_s for at_s, owner in later if owner == one), None)
            if taken_s is None or not all(self.record.of(who).covers(first_s, taken_s) for who in ("screen", "keeper")):
                continue
            if not any(owner not in (None, one) for at_s, owner in later if at_s < taken_s):
                found.append(1000 * (taken_s - first_s))
        return found


def _key(alert: Frame) -> list[Any]:
    return [alert["source"], alert["id"], alert["serial"]]


def _texts(options: frozenset[Said]) -> str:
    return ", ".join(f"“{one.text}”" for one in options) or "nothing"
