"""What is known of warnings, and how fresh that is: one sentence over all sources, a row for each, and the scope.

"No warnings" is said only when every source of warnings that is watched has had a fresh check and all of it could be
read; and "no warnings" without more only when all that warn are watched.
"""

from kiosk.core.alert_words import Teller, aged
from kiosk.core.checks import WARNING, Check
from kiosk.core.lifecycle import Life
from kiosk.core.place import Reach
from kiosk.core.rows import Line, Row
from kiosk.core.theme import Role
from kiosk.core.words import Words
from kiosk.feeds.alert import Level, Source
from contract.words import Status


def checked(standing: tuple[Life, ...], by: Teller, place: str, box_heard: bool) -> Line:
    """The sentence. `standing`: all messages that stand, `box_heard`: has this screen ever had a picture of the box?"""
    warnings = [life for life in standing if _warns(life)]
    exercise = any(life.alert.status is not Status.ACTUAL and not life.alert.news for life in standing)
    quiet = _quiet(by, place, box_heard)
    if not warnings:
        before = f"{by.words.say('check.exercise')} " if exercise else ""
        return Line(before + quiet.text, quiet.role)
    text = _in_force(warnings, by.words)
    if quiet.role is Role.UNKNOWN and _feeds(by):
        text = f"{text} {quiet.text}"
    return Line(text, Role.REMARK)


def _warns(life: Life) -> bool:
    """Is it a real warning? Fire risk and water shortage (SMHI's MESSAGE) are none."""
    alert = life.alert
    real = alert.status is Status.ACTUAL and not alert.all_clear and not alert.news
    return real and alert.level is not Level.MESSAGE


def _in_force(warnings: list[Life], words: Words) -> str:
    count = len(warnings)
    number = "one" if count == 1 else "many"
    here = words_unsure = False
    here = any(life.sure and life.reach is Reach.HERE and not _end_unknown(life) for life in warnings)
    words_unsure = not here
    if all(life.alert.source is Source.MUNICIPALITY for life in warnings):
        return words.say(f"check.{number}{'_unsure' if words_unsure else ''}", n=count)
    return words.say(f"check.{'may' if words_unsure else 'warn'}_{number}", n=count)
