"""Run by test_checks.py in a process of its own: spoils a page in one way after the other; prints what is found."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from golden.draw import everything, seen
from golden.panels import LOOKS, PANELS
from golden.stage import Stage, open_stage

PANEL = PANELS["10-inch"]


class Spoiler:
    """A page, made anew for each damage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.told: dict[str, list[str]] = {}

    def page(self, name: str, state: str = "calm", look: str = "light", language: str = "sv") -> Any:
        """A page as it should be."""
        self.state = state
        self.stage.dress(seen(state, language), LOOKS[look])
        self.stage.root.turn_to(name)
        self.stage.settle()
        return self.stage.root

    def tell(self, damage: str, spoil: Callable[[], None] = lambda: None) -> None:
        """What the checks say after the damage; no layout comes in between that would mend it."""
        from golden.checks import faults

        spoil()
        pixels = self.stage.pixels()
        self.told[damage] = faults(self.stage.root, pixels, PANEL, everything()[self.state])

    def label(self, text: str) -> Any:
        """The label that says this."""
        from golden.checks.seen import labels

        return next(one for one in labels(self.stage.root) if one.text.startswith(text))

    def button(self, text: str) -> Any:
        """The button that says this."""
        return self.label(text).parent

    def swap(self, one: Any, other: Any) -> None:
        """Exchange two things that were added one after the other."""
        for widget, by in ((one, other.y - one.y), (other, one.y - other.y)):
            for part in widget.walk(restrict=True):
                part.y += by


def boxes(one: Spoiler) -> None:
    """Widgets in the wrong place, of the wrong size, in the wrong order."""
    root = one.page("home")
    place = root.page.children[0]
    one.tell("covered", lambda: setattr(place, "y", place.y + 80))
    root = one.page("home")
    one.tell("outside", lambda: setattr(root._bar, "x", -60))
    one.page("home")
    one.tell("small button", lambda: setattr(one.button("Mörk"), "height", 60))
    one.page("home")
    one.tell("nameless", lambda: setattr(one.button("Mörk"), "text", ""))
    root = one.page("contacts")
    one.tell("disorder", lambda: one.swap(root._head, root._bar))


def texts(one: Spoiler) -> None:
    """Labels that are cut, pale, tiny, or written in letters that nobody has."""

    def ink(colour: tuple[float, ...]) -> None:
        label = one.label("Viktigt" if one.state == "calm" else "GÖR")
        label.color = colour
        one.stage.settle()

    one.page("home")
    one.tell("tiny", lambda: setattr(one.label("El från"), "font_size", 11))
    one.page("home")
    one.tell("cut", lambda: setattr(one.label("El från"), "font_size", 400))
    one.page("home")
    one.tell("pale", lambda: ink((0.7, 0.7, 0.7, 1)))
    one.page("crisis", "red")
    one.tell("pale crisis", lambda: ink((0.8, 0.5, 0.5, 1)))
    one.page("home")
    one.tell("invisible", lambda: ink((0.5, 0.5, 0.5, 0)))
    one.page("home")
    one.tell("boxes", lambda: setattr(one.label("Viktigt")._label, "_text", "Viktigt ⚠"))
    one.page("contacts", look="larger-light")
    one.tell("small larger", lambda: setattr(one.label("112"), "font_size", 30))
    root = one.page("contacts", look="largest-light")
    next(one.stage.steps())[1]()
    one.stage.settle()
    one.tell("whole largest")
    magnified = next(child for child in root.children if type(child).__name__ == "Magnified")
    one.tell("small largest", lambda: setattr(magnified.text.children[-1], "font_size", 30))
    one.page("home")
    one.tell("lost line", lambda: setattr(one.label("Ström")._label, "_text", "a\nb\nc\nd"))


def levels(one: Spoiler) -> None:
    """What is not for real looks real, and the other way round; two levels with one shape."""
    from golden.checks.colours import alike, level_print

    root = one.page("crisis", "practice")
    one.tell("looks real", lambda: setattr(root.page.ids.warning, "role", "level_red"))
    root = one.page("home", "exercise")
    one.tell("no frame", lambda: setattr(root.frame, "stamps", ()))
    root = one.page("home")
    one.tell("stripes", lambda: setattr(root.frame, "stamps", ("ÖVNING",)))
    one.page("crisis", "red")
    one.stage.settle()
    found = level_print(one.stage.root, one.stage.pixels(), PANEL.width)
    one.told["same symbols"] = alike(found | {"level_orange": found["level_red"]})


def main(home: Path) -> None:
    """Spoil and print."""
    one = Spoiler(open_stage(PANEL, home, seen("calm", "sv")))
    one.page("home")
    one.tell("whole")
    one.page("crisis", "red")
    one.tell("whole crisis")
    boxes(one)
    texts(one)
    levels(one)
    sys.stdout.write(json.dumps(one.told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
