"""A warning as paragraphs: the sender's own lines are kept, and what to do is never on a page that nobody turns to."""

from typing import Any

from contract.words import Status
from kiosk.core.look.theme import Role
from kiosk.core.voice.passages import paragraphs, warning, where, who
from kiosk.core.warnings.alert_view import AlertView
from kiosk.feeds.alert import Level, Source
from kiosk.io.texts import words


def shown(**changed: Any) -> AlertView:
    """A message on the screen."""
    fields: dict[str, Any] = {
        "source": Source.VMA, "id": "v", "serial": 1, "incident": "i", "status": Status.ACTUAL, "stamp": "",
        "role": Role.BAD, "shape": "vma", "level": Level.NONE, "kind": "VMA", "headline": "Giftig rök",
        "description": "Det brinner.\n\nVinden är sydlig.", "instruction": "Gå inomhus.\nLyssna på P4.", "area": "Huså",
        "sender": "Från Sveriges Radio, kl. 10:00", "since": "kl. 10:00", "until": "Gäller tills vidare",
        "checked": "Kontrollerat kl. 12:00", "remark": "", "language": "sv", "takes": True, "sure": True,
    }  # fmt: skip
    return AlertView(**(fields | changed))


def test_lines_of_the_sender_are_kept() -> None:
    """Each line is a paragraph, empty ones are not."""
    assert ["Gå inomhus.", "Lyssna på P4."] == [one.text for one in paragraphs("Gå inomhus.\n\nLyssna på P4.\n")]


def test_what_to_do_comes_first_where_one_page_is_not_enough() -> None:
    """On one page what happens comes first; on several, what to do, under a heading."""
    one, say = shown(), words("sv")
    short = [passage.text for passage in warning(one, say, act_first=False, rest=())]
    long = [passage.text for passage in warning(one, say, act_first=True, rest=("Källa.",))]

    assert ["Det brinner.", "Vinden är sydlig.", "Gör så här", "Gå inomhus.", "Lyssna på P4."] == short
    assert ["Gör så här", "Gå inomhus.", "Lyssna på P4.", "Det här har hänt"] == long[:4]
    assert "Källa." == long[-1]


def test_a_remark_stands_before_everything() -> None:
    """That nobody has checked it since a restart is read first."""
    told = warning(shown(remark="Ej kontrollerat."), words("sv"), act_first=True, rest=())

    assert "Ej kontrollerat." == told[0].text


def test_facts_are_sentences_and_only_what_is_known() -> None:
    """Who and until when always; where and when checked as far as anybody said."""
    assert ("Från Sveriges Radio, kl. 10:00.", "Gäller tills vidare.") == who(shown())
    assert ("Gäller: Huså.", "Kontrollerat kl. 12:00.") == where(shown(), words("sv"))
    assert () == where(shown(area="", checked=""), words("sv"))
