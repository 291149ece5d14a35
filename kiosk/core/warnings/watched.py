"""What is known of warnings, and how fresh that is: one sentence over all sources, a row for each, and the scope.

"No warnings" is said only when every source of warnings that is watched has had a fresh check and all of it could be
read; and "no warnings" without more only when all that warn are watched.
"""

from contract.words import Status
from kiosk.core.look.rows import Line, Row
from kiosk.core.look.theme import Role
from kiosk.core.warnings.alert_words import Teller, aged
from kiosk.core.warnings.checks import WARNING, Check
from kiosk.core.warnings.lifecycle import Life
from kiosk.core.warnings.place import Reach
from kiosk.core.words import Words
from kiosk.feeds.alert import Level, Source


def checked(standing: tuple[Life, ...], by: Teller, place: str, box_heard: bool) -> Line:
    """The sentence. `standing`: all messages that stand; `box_heard`: was a picture of the box ever heard?"""
    warnings = [life for life in standing if warns(life)]
    quiet = _quiet(by, place, box_heard)
    if not warnings:
        return Line(" ".join((*_played(standing, by), quiet.text)), quiet.role)
    text = _in_force(warnings, by)
    if quiet.role is Role.UNKNOWN and _feeds(by):
        text = f"{text} {quiet.text}"
    return Line(text, Role.REMARK)


def _played(standing: tuple[Life, ...], by: Teller) -> list[str]:
    """What is shown and is not for real, by its own name: a technical test is no exercise."""
    shown = {life.alert.status for life in standing if not life.alert.news}
    return [by.words.say(f"check.{status}") for status in (Status.EXERCISE, Status.TEST) if status in shown]


def warns(life: Life) -> bool:
    """Is it a real warning? Fire risk and water shortage (SMHI's MESSAGE) are none."""
    alert = life.alert
    real = alert.status is Status.ACTUAL and not alert.all_clear and not alert.news
    return real and alert.level is not Level.MESSAGE


def _in_force(warnings: list[Life], by: Teller) -> str:
    number = "one" if len(warnings) == 1 else "many"
    doubtful = all(_doubtful(life, by) for life in warnings)
    if all(life.alert.source is Source.MUNICIPALITY for life in warnings):
        key = f"check.{number}{'_unsure' if doubtful else ''}"
    else:
        key = f"check.{'may' if doubtful else 'warn'}_{number}"
    return by.words.say(key, n=len(warnings))


def _doubtful(life: Life, by: Teller) -> bool:
    """It may have run out, be called off or be meant for somewhere else, and nobody can tell."""
    no_end_known = life.alert.expires_ms is not None and by.time.wall_ms is None
    return no_end_known or not life.sure or life.reach is Reach.UNKNOWN


def _feeds(by: Teller) -> list[Source]:
    """The feeds of warnings that are watched."""
    return [source for source in WARNING if source in by.checks and source is not Source.MUNICIPALITY]


def _quiet(by: Teller, place: str, box_heard: bool) -> Line:
    """What may be said where nothing is in force."""
    feeds = _feeds(by)
    if not feeds:
        return _municipality_only(by, box_heard)
    watched = [by.check(source) for source in (*feeds, Source.MUNICIPALITY)]
    if failed := [check for check in watched if not check.fresh]:
        return Line(f"{_failed(failed, by)} {by.words.say('check.nobody_knows')}", Role.UNKNOWN)
    if unread := [check for check in watched if check.rejected]:
        text = by.words.say("check.unread", sources=_names(unread, by.words))
        return Line(f"{text} {by.words.say('check.nobody_knows')}", Role.UNKNOWN)
    oldest = max(watched, key=lambda check: check.age or 0)
    when = "" if oldest.checked is None else by.told(oldest).when(oldest.checked)
    if len(watched) == len(WARNING):
        return Line(by.words.say("check.clear", place=place, when=when), Role.PLAIN)
    return Line(by.words.say("check.clear_some", sources=_names(watched, by.words), place=place, when=when), Role.PLAIN)


def _municipality_only(by: Teller, box_heard: bool) -> Line:
    """A screen that watches no feed speaks of the municipality alone."""
    check, words = by.check(Source.MUNICIPALITY), by.words
    if check.checked is None:
        return Line(words.say("check.no_line" if box_heard else "check.never"), Role.UNKNOWN)
    if check.fresh:
        return Line(words.say("check.none", when=by.reader.when(check.checked)), Role.PLAIN)
    return Line(words.say("check.failed", when=by.reader.since(check.checked)), Role.UNKNOWN)


def _failed(failed: list[Check], by: Teller) -> str:
    """Since when which source could not be checked; "Kunde inte kontrolleras sedan kl. 14:05: SMHI."."""
    words = by.words
    since: dict[str, list[Check]] = {}
    for check in failed:
        since.setdefault("" if check.checked is None else by.told(check).since(check.checked), []).append(check)
    if len(since) == 1:
        (when,) = since
        key = "check.not_since" if when else "check.not_ever"
        return words.say(key, when=when, sources=_names(failed, words))
    parts = [
        words.say("check.part_since" if when else "check.part_ever", source=_names(checks, words), when=when)
        for when, checks in since.items()
    ]
    return words.say("check.not_many", rows=", ".join(parts))


def _names(checks: list[Check], words: Words) -> str:
    """ "VMA, SMHI och kommunen"."""
    names = [words.say(f"sources.short_{check.source}") for check in checks]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {words.say('sources.and')} {names[-1]}"


def sources(by: Teller) -> tuple[Row, ...]:
    """A row for every source that is watched: checked just now, last checked when, or never."""
    rows = []
    for source in Source:
        if source not in by.checks:
            continue
        check, told, words = by.check(source), by.told(by.check(source)), by.words
        detail = words.say("sources.unread", n=check.rejected) if check.rejected else ""
        if check.checked is None:
            word = words.say("sources.never")
        elif check.fresh:
            word = words.say("sources.fresh", when=told.when(check.checked))
        else:
            word = words.say("sources.old", when=told.when(check.checked)) + aged(check, told)
        role = Role.PLAIN if check.fresh and not check.rejected else Role.UNKNOWN
        rows.append(Row(words.say(f"sources.name_{source}"), word, role, detail))
    return tuple(rows)


def scope(by: Teller) -> str:
    """Which warnings this screen shows; what is not watched is named, with where to hear it."""
    feeds = _feeds(by)
    missing = [source for source in (Source.VMA, Source.SMHI) if source not in feeds]
    if not missing:
        return by.words.say("check.scope_all")
    return by.words.say("check.scope" if len(missing) > 1 else f"check.scope_no_{missing[0]}")
