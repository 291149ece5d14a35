"""Right-to-left by the verified recipe; borrowed words are marked; nothing turns a number round."""

import pytest

from kiosk.core.look.script import CLOSE, OPEN, bare, drawn, font, marked, parts, right_to_left, swedish, whole


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("112", "اتصل بالرقم 112 الآن"),
        ("0771-793336", "هاتف 0771-793336 (البلدية)"),
        ("113 13", "رقم 113 13 للأسئلة"),
        ("9–19", "مفتوح 9–19 كل يوم"),
        ("14:05", "الساعة 14:05، السويد"),
        ("100,5 MHz", "الراديو: P4، 100,5 MHz"),
        ("+46 771-79 33 36", "نعم +46 771-79 33 36"),
        ("3", "صفحة 1 من 3"),
    ],
)
def test_numbers_stay_as_they_are(number: str, text: str) -> None:
    """A number between Arabic letters is drawn from left to right."""
    assert number in drawn(text, True)


def test_arabic_letters_are_joined_and_turned() -> None:
    """The first word read stands last in the row of drawn letters, in its joined forms."""
    line = drawn("مرحبا بكم", True)

    assert "مرحبا" not in line
    assert all(ord(letter) > 0xFB00 or letter == " " for letter in line)
    assert drawn("بكم", True) == line.split(" ")[0]


def test_brackets_open_to_the_other_side() -> None:
    """Read from the right, what opens stands at the right and looks to the left."""
    assert "(B) A" == drawn("A (B)", True)
    assert drawn("(نعم)", True).startswith("(")
    assert drawn("(نعم)", True).endswith(")")


def test_latin_is_left_alone() -> None:
    """What needs no turning is the very same text."""
    assert "Åre 112, kl. 14:05 – [P4]" == drawn("Åre 112, kl. 14:05 – [P4]", False)


def test_pictures_of_faces_are_not_drawn_as_boxes() -> None:
    """A sign that no font here has is left out."""
    assert "Kaffe !" == drawn("Kaffe \U0001f600!", False)


def test_direction_is_that_of_the_first_letter_or_the_page() -> None:
    """Digits have no direction; on a page from the right a mixed text goes along with it."""
    assert right_to_left("112 – خطر")
    assert not right_to_left("112 – fara")
    assert not right_to_left("Koka vattnet (1 من 2)")
    assert right_to_left("Koka vattnet (1 من 2)", True)
    assert not right_to_left("Koka vattnet", True)


def test_borrowed_words_are_marked_once() -> None:
    """However many pieces are Swedish, the reader sees one mark, and asking twice adds none."""
    text = f"{swedish('Stängt')} {swedish('till 14')}"

    assert f"{OPEN}Stängt{CLOSE} {OPEN}till 14{CLOSE} (sv)" == marked(text)
    assert "Koka vattnet (1 av 2) (sv)" == bare(marked(f"Koka vattnet ({swedish('1 av 2')})"))
    assert marked(text) == marked(marked(text))
    assert marked(swedish("Stängt till måndag. " * 4)).endswith("(svenska)")
    assert "Stängt (sv)" == drawn(marked(swedish("Stängt")), False)
    assert "Stängt" == marked("Stängt")


def test_voice_changes_with_the_language() -> None:
    """Each part has its own language, and the mark is not read."""
    assert (("Auki", "fi"), ("till kl. 14", "sv"), ("nyt", "fi")) == parts(f"Auki {swedish('till kl. 14')} nyt", "fi")
    assert (("Stängt", "sv"),) == parts(marked(swedish("Stängt")), "se")


def test_pieces_of_borrowed_text_stay_borrowed() -> None:
    """A division through Swedish words leaves Swedish on both sides."""
    pieces = whole([f"{OPEN}ett", f"två{CLOSE} kolme"])

    assert [(("ett", "sv"),), (("två", "sv"), ("kolme", "fi"))] == [parts(piece, "fi") for piece in pieces]
    assert ["ett", "två kolme"] == [bare(piece) for piece in pieces]


def test_each_text_gets_a_font_that_has_its_letters() -> None:
    """The narrow font for Latin, the wide for the rest."""
    assert "Roboto-Regular" == font("Åarjelsaemien gïele, Davvisámegiella ŋ đ – 112")
    assert "DejaVuSans" == font("العربية 112")
    assert "DejaVuSans" == font("●")
