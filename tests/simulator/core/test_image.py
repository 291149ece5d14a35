"""Register images from text."""

import pytest

from simulator.core.image import Fill, ImageFile, Words, from_csv, from_toml


def test_words_stand_where_they_were_written():
    """Words count up from their address; a fill leaves them alone."""
    file = ImageFile(
        title="t",
        unit=10,
        words=(Words(at=1024, hex="015E 0052\n7FFF"), Words(at=0, hex="4366 8000", function=4)),
        fill=(Fill(first=1023, last=1027, word="FFFF"),),
    )

    image, faults = from_toml(file)

    assert [] == faults
    assert {3: {1023: 0xFFFF, 1024: 0x15E, 1025: 0x52, 1026: 0x7FFF, 1027: 0xFFFF}, 4: {0: 0x4366, 1: 0x8000}} == (
        image.memory
    )
    assert 10 == image.unit


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (Words(at=0, hex="15E"), "[words 1] '15E' at 0 is not a word of four hexadecimal digits"),
        (Words(at=0, hex="0x5E"), "[words 1] '0x5E' at 0 is not a word of four hexadecimal digits"),
        (Words(at=65535, hex="0000 0000"), "[words 1] address 65536 is above 65535"),
        (Words(at=0, hex=" "), "there are no words"),
    ],
)
def test_bad_words_are_named(words, fault):
    """Each fault says which words and where."""
    assert [fault] == from_toml(ImageFile(title="t", words=(words,)))[1]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1 must be function,at,word"),
        ("function,at,word\n", "there are no words"),
        ("function,at,word\n3,1,00F0\n3,1,00F0\n", "line 3: address 1 stands twice"),
        ("function,at,word\n6,1,00F0\n", "line 2: must be function (1–4), address (0–65535), word (hexadecimal)"),
        ("function,at,word\n3,1,240\n", "line 2: '240' at 1 is not a word of four hexadecimal digits"),
    ],
)
def test_bad_csv_is_named(text, fault):
    """Each fault names its line."""
    assert [fault] == from_csv(text, "t")[1]


def test_csv_words_may_have_a_prefix_and_spaces():
    """What other programs write as 0x00F0 is taken too."""
    image, faults = from_csv("function, at, word\n3, 1053, 0x00F0\n\n", "t")

    assert ([], {3: {1053: 0x00F0}}) == (faults, image.memory)
