"""Run by test_full_lines.py in a process of its own: a full line, drawn with a font opened anew."""

import json
import sys
from pathlib import Path

FONTS_THAT_KIVY_KEEPS = 64
TEXT = "من Åre kommun، الساعة 12:00. سارية حتى إشعار آخر. آخر تحقق الساعة 12:00. المصدر: Åre kommun. النص متوفر."
FONT_PX = 25


def main() -> None:
    """Prints how high the label's texture is allowed to be and is, for each width that fills a line to the pixel."""
    from kivy.base import EventLoop
    from kivy.core.text import Label as Measured
    from kivy.core.window import Window
    from kivy.uix.label import Label

    from kiosk.widgets.text import FitLabel, _extent, lines, measure

    EventLoop.window = Window
    found = []
    for width in range(560, 680, 4):
        drawn = Label(text=TEXT, font_name=_font(), font_size=FONT_PX)
        drawn.texture_update()
        drawn.texture.bind()
        filled = max(_extent(line, (_font(), FONT_PX, True)) for line, _ in lines(TEXT, FONT_PX, width)[0]) + 1
        allowed = measure(TEXT, FONT_PX, filled)[1]
        for px in range(100, 101 + FONTS_THAT_KIVY_KEEPS):
            Measured(text="", font_name=_font(), font_size=px).get_extents("a")
        label = FitLabel(text=TEXT, wanted=FONT_PX, size=(filled, allowed), valign="middle")
        label._refit(0)
        label.texture_update()
        found.append((allowed, label.texture_size[1]))
    json.dump(found, sys.stdout)


def _font() -> str:
    from kiosk.widgets.text import _file

    return _file(TEXT)


if __name__ == "__main__":
    from kiosk.io.surface import prepare

    prepare(Path(sys.argv[1]))
    main()
