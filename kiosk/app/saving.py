"""Saving power: the tier of the moment becomes backlight, frames a second and one of the screen's faces."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.graphics import Color, Rectangle

from contract.bulletins import Asleep
from contract.freshness import Now
from kiosk.app.pace import Pace
from kiosk.core.look.theme import Role
from kiosk.core.picture import Held
from kiosk.core.saving.lighting import Face, Light, Openness, light, why_dark
from kiosk.core.saving.power_tiers import MEANS, Means, Tier, tier_of
from kiosk.core.view import View
from kiosk.io.backlight import Backlight

BETTER_AFTER_S = 60.0
"""Saving more begins at once, saving less when it has been so for a while: a word at its bound must not flicker."""
DEEPEST_VEIL = 0.8
"""Without a backlight: how dark the veil is at 0 per cent of light while the page is to be read."""


class Saving:
    """Called at every tick. `now_s` is the time of Kivy's clock; `touched_s` in it when the last touch was."""

    def __init__(self, folder: Path, full: int, say: Callable[[str], None]) -> None:
        self._backlight = Backlight(folder, full)
        self._say = say
        self._pace: Pace | None = None
        self._window: Any = None
        self._veil: Color | None = None
        self._tier = Tier.MAINS
        self._better_s: float | None = None
        self._alert_s: float | None = None
        self._known: frozenset[object] = frozenset()
        self._open = Openness.UNKNOWN
        self._light = Light(100, Face.PAGES, MEANS[Tier.MAINS].fps)

    @property
    def tier(self) -> Tier:
        """The tier that holds."""
        return self._tier

    @property
    def means(self) -> Means:
        """What it means."""
        return MEANS[self._tier]

    @property
    def face(self) -> Face:
        """What is on the panel."""
        return self._light.face

    @property
    def why_dark(self) -> Asleep | None:
        """Why there is nothing on the panel; None while there is something."""
        return why_dark(self._tier, self._open) if self.face is Face.DARK else None

    def begin(self, window: Any, pace: Pace) -> None:
        """Light the panel, whatever a program that was killed has left behind."""
        self._window, self._pace = window, pace
        with window.canvas.after:
            self._veil = Color(0, 0, 0, 0)
            self._sheet = Rectangle(pos=(0, 0), size=window.size)
        window.bind(size=lambda _, size: setattr(self._sheet, "size", size))
        self._apply(self._light)

    def end(self) -> None:
        """The panel must not stay dark behind a program that is gone."""
        self._backlight.restore()

    def asleep(self) -> bool:
        """Is the panel dark, or shows only the page of a closed point? Then a touch wakes and does no more."""
        return self._light.face is not Face.PAGES

    def touched(self) -> bool:
        """Somebody is here: light in this very round. Was it dark? Then the touch goes no further."""
        slept = self.asleep()
        self._apply(Light(self.means.lit, Face.PAGES, self.means.fps))
        return slept

    def wake(self, now_s: float) -> None:
        """A warning takes the screen: light in this very round, from whatever depth."""
        self._alert_s = now_s
        if self._pace is not None:
            self._apply(light(self._tier, Openness.OPEN, 0.0, 0.0))

    def look(self, held: Held, view: View, now: Now, now_s: float, touched_s: float, *, busy: bool = False) -> None:
        """What is right now; `busy`: pictures are being taken, for which everything is lit."""
        self._choose(tier_of(held.picture, held.contact, now), now_s)
        self._watch(view, now_s)
        alert_s = None if self._alert_s is None else now_s - self._alert_s
        self._open = openness(view)
        wanted = light(self._tier, self._open, now_s - touched_s, alert_s)
        self._apply(Light(100, Face.PAGES, self.means.fps) if busy else wanted)

    def _choose(self, tier: Tier, now_s: float) -> None:
        if tier.rank >= self._tier.rank:
            self._tier, self._better_s = tier, None
        elif self._better_s is None:
            self._better_s = now_s
        elif now_s - self._better_s >= BETTER_AFTER_S:
            self._tier, self._better_s = tier, None

    def _watch(self, view: View, now_s: float) -> None:
        """A real warning that was not there before lights the panel, also one that does not take the screen."""
        real = frozenset(one.matter for one in view.alerts if one.real)
        if real - self._known:
            self._alert_s = now_s
        elif not real:
            self._alert_s = None
        self._known = real

    def _apply(self, wanted: Light) -> None:
        self._light = wanted
        if self._pace is not None:
            self._pace.set(wanted.fps)
        self._backlight.set(wanted.percent)
        if self._backlight.fault:
            self._say(f"the backlight does not take what it is told: {self._backlight.fault}; the screen draws darker")
        if self._veil is not None:
            dark = 0.0 if self._backlight.works else DEEPEST_VEIL * (1 - wanted.percent / 100)
            veil = 1.0 if wanted.face is Face.DARK else dark
            if abs(veil - self._veil.a) > 0.001:  # a colour that is set is drawn anew, also when it is the same
                self._veil.a = veil


def openness(view: View) -> Openness:
    """As far as this screen knows; closed only when everything that it knows of is."""
    if view.active or view.open_now.role in (Role.GOOD, Role.REMARK):
        return Openness.OPEN
    if view.services and all(row.role is Role.CLOSED for row in view.services):
        return Openness.CLOSED
    return Openness.UNKNOWN
