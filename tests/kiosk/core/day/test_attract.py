"""The first page while nobody is there: calm, true, and silent in a crisis."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from kiosk.core.day.attract import TURN_S, facts, turn
from kiosk.core.day.section import Entry, Section
from kiosk.core.look.rows import Line
from kiosk.core.look.theme import Role

BUS = Section(
    name="departures", group="travel", icon="bus", title="Bussar", rows=(Entry(text="Buss 155", word="om 3 min"),)
)
NEWS = Section(name="news", group="local", icon="news", title="Nyheter", rows=(Entry(text="Isbanan är öppen"),))


def seen(*sections: Section, alerts: tuple[Any, ...] = ()) -> Any:
    """As much of a view as is looked at."""
    return SimpleNamespace(open_now=Line("Öppet nu", Role.GOOD), sections=sections, alerts=alerts)


def test_facts_in_turn_each_for_its_time() -> None:
    """Nothing before the time, then one after the other, twenty seconds each."""
    view = seen(BUS, NEWS)

    assert ["Öppet nu", "Bussar: Buss 155 om 3 min", "Nyheter: Isbanan är öppen"] == [one.text for one in facts(view)]
    assert [0, 0, 1, 2, 0] == [turn(view, alone, 180.0) for alone in (5.0, 181.0, 181.0 + TURN_S, 221.0, 241.0)]


def test_touch_alert_or_switch_stop_it() -> None:
    """Somebody is here, something holds, or it is off: what is open stands there."""
    assert 0 == turn(seen(BUS), 0.0, 180.0)
    assert 0 == turn(seen(BUS, alerts=("warning",)), 205.0, 180.0)
    assert 0 == turn(seen(BUS), 205.0, 0.0)


def test_old_or_unknown_is_never_put_forward() -> None:
    """What nobody could check is not told to people who only pass by."""
    unknown = replace(BUS, rows=(Entry(text="Vi vet inte", role=Role.UNKNOWN),))

    assert 1 == len(facts(seen(replace(BUS, stale=True), unknown)))
