"""What the bar has to know of the visitor beside words and style."""

from dataclasses import dataclass

from kiosk.core.visitor.languages import language
from kiosk.core.words import Words

ROOMY = 10
"""So many buttons in a row: then there is place for previous and next too."""


@dataclass(frozen=True, slots=True)
class Visit:
    """`languages`: tags to choose from. `speaks`: there is a voice. `reading`: the page is being read aloud, and a
    touch says what is there before it chooses. `volume` of `volumes`. `way`: by what somebody listens ("touch", "keys",
    "button"), which the bar tells them how to use; "" while nothing is read. `one`: one thing at a time is shown.
    """

    language: str = "sv"
    languages: tuple[str, ...] = ("sv", "en")
    speaks: bool = False
    reading: bool = False
    volume: int = 3
    volumes: int = 5
    way: str = ""
    one: bool = False


@dataclass(frozen=True, slots=True)
class BarButton:
    """One button of the bar: what it does, its words, the language they are in, its picture."""

    does: str
    text: str
    language: str = ""
    icon: str = "none"
    accent: bool = False


def bar_buttons(
    visit: Visit, words: Words, *, home: bool, larger: bool, theme: str, most: int
) -> tuple[BarButton, ...]:
    """The bar from where reading begins: the ways back, then what helps to see, hear and understand.

    `theme`: the text of the colours that come next ("bar.high"). `most`: so many buttons stand in one row; the way to
    the first page stands beside the way back where it costs no further row. While the page is read aloud, what the
    voice needs stands where size of text and colours stood; "read aloud" and language stay where they are.
    """
    helps = _helps(visit, words, larger=larger, theme=theme, roomy=most >= ROOMY)
    if home:
        return helps
    back = BarButton("back", words.say("bar.back"), accent=True)
    start = BarButton("start", words.say("bar.start"), accent=True)
    rows = -(-(len(helps) + 1) // most)
    return (back, start, *helps) if len(helps) + 2 <= rows * most else (back, *helps)


def _helps(visit: Visit, words: Words, *, larger: bool, theme: str, roomy: bool) -> tuple[BarButton, ...]:
    found = []
    if visit.speaks:
        found.append(BarButton("read", words.say("speech.stop" if visit.reading else "speech.read")))
    if len(visit.languages) > 1:
        found.append(_language(visit))
    if not visit.reading:
        size = "bar.smaller" if visit.one else "bar.largest" if larger else "bar.larger"
        return (*found, BarButton("larger", words.say(size)), BarButton("dark", words.say(theme)))
    if roomy:
        found += [BarButton("previous", words.say("speech.previous")), BarButton("next", words.say("speech.next"))]
    volume = words.say("speech.volume", n=visit.volume, all=visit.volumes)
    return (*found, BarButton("again", words.say("speech.again")), BarButton("volume", volume))


def _language(visit: Visit) -> BarButton:
    """Of two languages the other; of more a page of them, under the name of this one."""
    others = [tag for tag in visit.languages if tag != visit.language]
    if len(visit.languages) == 2 and len(others) == 1:
        return BarButton(f"language:{others[0]}", language(others[0]).name, language=others[0])
    return BarButton("languages", language(visit.language).name, language=visit.language, icon="language")
