"""The judge of the day can say no: a day of frames as they ought to be, and each of them made wrong in one way."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from faults.day.judge import Judge
from faults.day.plan import LONG, SHORT, Plan, Said, feed_steps
from faults.day.record import FOR_EVER, Boot, Record
from faults.day.schedule import draw
from simulator.core.feed_script import FeedScript, script_faults

RATE = 400.0
CALM = "Inga varningar för Kall. Kontrollerat kl. 12:00."
PLAN = Plan(6.0, (
    Said(at_h=1.0, source="vma", matter="rök", text="Giftig rök"),
    Said(at_h=2.5, source="vma", do="cancel", matter="rök"),
    Said(at_h=1.0, source="vma", matter="siren", text="Sirenprov", real=False, area="00"),
))  # fmt: skip


def alert(name: str, text: str, **changed: Any) -> dict[str, Any]:
    """A message as the screen tells of it."""
    return {
        "source": "vma", "id": name, "serial": 1, "status": "actual", "stamp": "", "level": "none", "kind": "VMA",
        "headline": text, "description": text, "until": "", "checked": "Senast kontrollerat kl. 12:00", "remark": "",
        "takes": True, "sure": True,
    } | changed  # fmt: skip


def frame(hour: float) -> dict[str, Any]:
    """What is right at that hour."""
    drill = alert("x", "Sirenprov", status="exercise", stamp="ÖVNING", takes=False)
    smoke = alert("a", "Giftig rök")
    alerts = [smoke, drill] if 1 <= hour < 2.5 else [drill] if hour >= 1 else []
    first = alerts[:1]
    ended = [{"source": "vma", "text": "Faran är över. VMA gäller inte längre: Giftig rök"}] if hour >= 2.5 else []
    crisis = bool(first) and first[0] is smoke
    key = ["vma", "a", 1] if crisis else None
    texts = [f"{one['stamp']} {one['headline']}" for one in first]
    return {
        "boot": "box-1", "up_ms": 0, "face": "pages", "safe": False, "page": "crisis" if crisis else "home",
        "owner": key, "shown": key, "stamps": [], "banner": "" if crisis or not first else "ÖVNING: Sirenprov",
        "clock": "tis 12:00", "fresh": True, "power": "El från nätet",
        "checked": "En varning gäller nu." if crisis else f"En övning visas på skärmen. {CALM}" if first else CALM,
        "alerts": alerts, "ended": ended, "texts": texts,
    }  # fmt: skip


TIMES = [step * 0.25 - 15 for step in range(int(4 * (PLAN.hours * 3600 / RATE + 15)))]


def day(change: Callable[[dict[str, Any]], Any] = lambda _: None, *, blind_s: float = FOR_EVER) -> list[str]:
    """The deviations of a day whose frames from hour 1.6 to 2.2, and from 3.4 to 4, are changed; answers end then."""
    record = Record(RATE, boots=[Boot("box-1", "", -20.0, 600_000, known_s=-1e9)])
    for name in ("keeper", "screen", "site-broker", "feeds"):
        record.of(name).began(-20.0)
    heard = [(at_s, record.hour(at_s)) for at_s in TIMES if at_s < blind_s]
    record.told = dict.fromkeys(("vma", "smhi", "municipality"), heard)
    record.pictures = [at_s for at_s, _ in heard]
    for at_s in TIMES:
        hour = record.hour(at_s)
        one = frame(hour)
        if 1.6 < hour < 2.2 or 3.4 < hour < 4 or change is never_owns:
            change(one)
        record.frames.append((at_s, one))
    return [one.told() for one in Judge(PLAN, record).day()]


def never_owns(one: dict[str, Any]) -> None:
    """All day long."""
    one["owner"] = None


def test_a_right_day_has_no_deviation() -> None:
    """What ought to be shown is not found fault with."""
    assert [] == day()


WRONG: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "missing": (lambda one: one.update(alerts=one["alerts"][1:]), "does not show “Giftig rök”"),
    "ended is active": (
        lambda one: one["alerts"].append(alert("a", "Giftig rök")), "“Giftig rök” as in force; right is “Sirenprov”"
    ),
    "calm": (lambda one: one.update(checked=CALM), "says “Inga varningar”, but there is one of vma"),
    "calm drawn elsewhere": (lambda one: one["texts"].append(CALM), "says “Inga varningar”, but there is one of vma"),
    "exercise as real": (
        lambda one: one["alerts"][-1].update(status="actual", stamp=""), "“Sirenprov” looks like actual"
    ),
    "exercise takes": (lambda one: one["alerts"][-1].update(takes=True), "“Sirenprov” may take the screen"),
    "exercise drawn without its word": (lambda one: one.update(texts=["Giftig rök", "Sirenprov"]), "the word ÖVNING"),
    "nobody said it": (lambda one: one["alerts"].append(alert("z", "Drakar")), "nobody has said: 'Drakar'"),
    "not drawn": (lambda one: one.update(texts=[]), "is not drawn on page"),
    "unsure": (lambda one: one["alerts"][0].update(sure=False), "is shown as unsure"),
    "end not told": (lambda one: one.update(ended=[]), "does not say that “Giftig rök” has ended"),
    "end told too early": (
        lambda one: one.update(ended=[{"text": "VMA gäller inte längre: Giftig rök"}]), "has ended, which is in force"
    ),
    "no banner": (lambda one: one.update(page="home", banner="", shown=None), "there is a message and no banner"),
    "clock": (lambda one: one.update(clock="Klockan är inte ställd"), "does not show the time, which is known"),
    "safe page": (lambda one: one.update(safe=True), "the safe page is shown"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_frame_is_found(name: str) -> None:
    """Told with the time of the day, what was shown and what is right."""
    change, said = WRONG[name]
    found = day(change)

    assert [one for one in found if said in one], found
    assert any(one.startswith(("01:3", "03:2")) for one in found), found


def test_needless_doubt_is_found() -> None:
    """Where all was checked and nothing is in force, "could not be checked" is wrong too."""
    found = day(lambda one: one.update(checked="En övning visas. Kunde inte kontrolleras."))

    assert [one for one in found if "all was checked" in one], found


def test_calm_and_fresh_words_of_a_blind_screen_are_found() -> None:
    """After the last answer nothing may be called checked, nor calm, nor the site's state fresh."""
    found = day(blind_s=14.0)

    assert [one for one in found if "says “Inga varningar”, but vma, smhi, municipality was not checked" in one], found
    assert [one for one in found if "says “Senast kontrollerat" in one], found
    assert [one for one in found if "shows the site's state as fresh" in one], found
    assert [one for one in found if "vma: was not asked for so long, though it could be reached" in one], found


def test_warning_that_never_takes_the_screen_is_found() -> None:
    """A new real warning must own it within seconds."""
    assert ["01:00: “Giftig rök” did not take the screen within 2.5 s"] == day(never_owns)


@pytest.mark.parametrize("plan", [LONG, SHORT])
def test_plan_is_a_right_script_of_feeds(plan: Plan) -> None:
    """Four warnings that take the screen, two updates and a cancel at least; in order, each text in one message."""
    script = msgspec.convert({"title": "A day", "step": feed_steps(plan)}, FeedScript)
    texts = [one.text for one in plan.says if one.text]

    assert [] == script_faults(script)
    assert len(texts) == len(set(texts))
    assert 4 <= len({one.matter for one in plan.says if one.warns and one.text})
    assert 2 <= len([one for one in plan.says if one.do == "update"])
    assert [one for one in plan.says if one.do == "cancel" and one.real]
    assert plan.says == tuple(sorted(plan.says, key=lambda one: one.at_h))


def test_seed_draws_the_same_day_again() -> None:
    """And a long day is blind for longer than a cancel lives on the list."""
    length_s = LONG.hours * 3600 / RATE
    faults = draw(7, LONG, length_s)

    assert faults == draw(7, LONG, length_s) != draw(8, LONG, length_s)
    assert {"keeper", "screen", "broker", "server", "trouble", "internet", "power"} == {one.kind for one in faults}
    assert 6.0 < max(one.for_s for one in faults if one.kind == "internet") * RATE / 3600
