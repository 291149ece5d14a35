"""Text from outside as plain lines: what goes, what stays, and how long it may take."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.feeds.plain import CUT, MAX_LINES, MAX_TEXT, MAX_WORD, clean, from_html, line

PICTURE = "\U0001f536"


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Ett.\r\n\r\nTvå.\rTre.\u2028Fyra.", "Ett.\n\nTvå.\nTre.\nFyra."),
        ("Ring 113\u00a013\toch 112", "Ring 113 13 och 112"),
        ("Ett.\n\n\n\n\nTvå.  \n  Tre.", "Ett.\n\nTvå.\nTre."),
        ("a  b", "a  b"),
        ("\ufeffHej\u200b\u00ad!\x00\x07\x1b[31m", "Hej![31m"),
        ("\u202eflaks\u202c \u2066x\u2069", "flaks x"),
        ("\u26a0\ufe0f Varning \U0001f1f8\U0001f1ea\U0001f468\u200d\U0001f692", "Varning"),
        ("1\ufe0f\u20e3 av 10 °C – ”så” € ½ →", "1 av 10 °C – ”så” € ½ →"),
        ("a\u030a", "å"),
        ("\ud800x", "\ufffdx"),
        ("a" + "\u0301\u0323" * 50, "\u1ea1\u0301\u0301"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u200cb", "ab"),
        ("مرحبا 112", "مرحبا 112"),
        ("\ue000\uffff\U000e0041x", "x"),
        ("", ""),
        (" \n \r\n\t", ""),
    ],
)
def test_text_keeps_words_and_loses_what_cannot_be_drawn(given_text: str, expected: str) -> None:
    """Paragraphs, spaces and letters of every language stay; what cannot be drawn or turns the reading goes."""
    assert expected == clean(given_text)


def test_long_text_is_cut_and_says_so() -> None:
    """What is longer than any real text ends with a sign that it was cut, at a word; so do too many lines."""
    assert len(clean("Ord " * 10_000)) <= MAX_TEXT
    assert clean("Ord " * 10_000).endswith("Ord" + CUT)
    assert MAX_LINES == clean("a\n" * 1000).count("\n") + 1
    assert clean("a\n" * 1000).endswith(CUT)
    assert "Ord " * 4999 + "Ord" == clean("Ord " * 5000)


def test_endless_word_is_divided() -> None:
    """A word that no screen can hold is divided; a web address is not."""
    address = "https://example.org/" + "a" * 70

    assert address == clean(address)
    assert MAX_WORD == max(map(len, clean("x" * 5000).split()))


def test_line_is_one_line() -> None:
    """A headline has no line ends and single spaces."""
    assert "Ett två tre" == line("  Ett\r\n\r\ntvå \t tre ")


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Ett.</p><p>Två.</p>", "Ett.\n\nTvå."),
        ("<p>Ett<br>två<br/>tre</p>", "Ett\ntvå\ntre"),
        ("<h2>Rubrik</h2>\n<p>Text\n över  rader.</p>", "Rubrik\n\nText över rader."),
        ("<ul>\n<li>Ett</li>\n<li>Två</li>\n</ul>Efter", "• Ett\n• Två\n\nEfter"),
        ("<ol><li>Ett<li>Två</ol>", "1. Ett\n2. Två"),
        ("<p>Å&nbsp;ä &aring; &#228; &amp; &lt;b&gt; &okänd;</p>", "Å ä å ä & <b> &okänd;"),
        ("Flera orter.&nbsp;", "Flera orter."),
        ("Under <5 mil och > 3", "Under <5 mil och > 3"),
        ("a<script>alert('<p>x</p>')</script>b<style>p{}</style>c", "abc"),
        ("<!-- dolt <b>x</b> -->synligt<!-- öppet", "synligt<!-- öppet"),
        ("<!DOCTYPE html><?xml version='1'?><![CDATA[x]]>text", "xtext"),
        ("<img src=x onerror=alert(1)>text<iframe>nej</iframe>", "text"),
        ("<b>halv", "halv"),
        ("</ul></p></x>text", "text"),
        ('<a title="a > b" href="javascript:x">länk</a>', "länk"),
        ("Se {0} och {12}, men {a} och {}", "Se och, men {a} och {}"),
        (
            "<table><tr><td>Mån</td><td>8–17</td></tr><tr><td>Tis</td><td>Stängt</td></tr></table>",
            "Mån 8–17\nTis Stängt",
        ),
        ("&#x202e;bakl&#0;änges&#xD800;", "bakl\ufffdänges\ufffd"),
        ("&lt;script&gt;x&lt;/script&gt;", "<script>x</script>"),
        ("", ""),
    ],
)
def test_markup_becomes_what_a_reader_sees(markup: str, expected: str) -> None:
    """Blocks are paragraphs, items have a sign, entities are letters, nothing of the markup itself is left."""
    assert expected == from_html(markup)


@pytest.mark.parametrize(
    "part", ["<a", "<!--", "</", "<![", "<a b='", '<a b=">', "&#", "<script>", "<ul>", "<!-->", "\u0301"]
)
def test_endless_markup_ends(part: str) -> None:
    """Nothing that is repeated a hundred thousand times keeps the reader busy or breaks it."""
    assert len(from_html(part * 100_000)) <= MAX_TEXT


_UGLY = st.text(st.characters(codec=None) | st.sampled_from("\ud800\u202e\u2066\x00\r\n\t\u0301\u200d\ufe0f<>&;{}0a å"))


def is_clean(text: str) -> bool:
    """Nothing in it that a screen cannot draw: no control sign but the line end, nothing that turns the reading."""
    return (
        text == text.strip()
        and "\n\n\n" not in text
        and all(sign == "\n" or sign == "\u200c" or unicodedata.category(sign)[0] != "C" for sign in text)
        and all(len(word) <= MAX_WORD for word in text.split())
    )


@given(_UGLY)
def test_any_text_comes_out_clean(text: str) -> None:
    """Whatever comes, what goes to the screen is clean, and cleaning it again changes nothing."""
    once = clean(text)

    assert is_clean(once)
    assert once == clean(once)


@given(_UGLY)
def test_any_markup_comes_out_clean(text: str) -> None:
    """Whatever stands in markup, text comes out, never an exception."""
    assert is_clean(from_html(text))
