"""Text from outside becomes plain lines that a screen can draw and a voice can read; the words stay as they were.

What goes: control characters, marks that turn the direction of reading, invisible signs, pictures that no font has
(emoji). What stays: every letter, digit and paragraph. Time is linear in the text.
"""

import re
import unicodedata
from html.parser import HTMLParser

MAX_TEXT = 20_000
"""Characters of one text; the longest real ones are a tenth of it. What is longer is cut, and says so."""
MAX_LINES = 400
MAX_WORD = 100
CUT = " […]"

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile("[\t\x1f\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# pictures, arrows of the picture fonts, dingbats, their joiners' leftovers (keycap ring, colours of skin)
_PICTURES = re.compile("[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\u20e3\ufe00-\ufe0f\U0001f000-\U0001faff]")
_ARABIC_JOIN = re.compile("(?<=[\u0600-\u06ff])[\u200c](?=[\u0600-\u06ff])")
_PLACEHOLDER = re.compile(r" ?\{\d{1,2}\}")
_PLAIN = re.compile("[\n -~åäöÅÄÖéÉüÜ–”’•]*\\Z")
_KEEP_JOIN = "\ue000"  # private use: taken out of every text first, so it can stand in for a joiner that stays


def clean(text: str, most: int = MAX_TEXT) -> str:
    """The text without what cannot be shown: at most `most` characters, at most one empty line in a row."""
    text = text[: most * 2]  # what is taken out below shortens it further; more is not looked at
    text = _SPACES.sub(" ", _LINE_ENDS.sub("\n", text))
    if not _PLAIN.match(text):
        text = _drawable(text)
    lines = [_broken(line.strip()) for line in text.split("\n")]
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return _shortened("\n".join(kept[:MAX_LINES]).strip(), most, more=len(kept) > MAX_LINES)


def line(text: str, most: int = 300) -> str:
    """The text as one clean line."""
    return clean(" ".join(clean(text, most).split()), most)


def from_html(text: str, most: int = MAX_TEXT) -> str:
    """Markup as plain paragraphs and lists (`• …`, `1. …`); also for plain text in which entities stand."""
    reader = _Reader()
    reader.feed(_closed(text[: most * 5]))
    reader.close()
    return clean(_PLACEHOLDER.sub("", reader.text()), most)


def _drawable(text: str) -> str:
    text = _ARABIC_JOIN.sub(_KEEP_JOIN, text.replace(_KEEP_JOIN, ""))
    found, marks = [], 0
    for sign in _PICTURES.sub("", text):
        kind = unicodedata.category(sign)
        marks = marks + 1 if kind[0] == "M" else 0
        if marks > 3:  # more marks on one letter than any language has: towers of them
            continue
        if kind == "Cs":  # half a character: shown as missing, for a text with a hole beats no text
            found.append("\ufffd")
        elif kind[0] != "C" or sign in "\n" + _KEEP_JOIN:
            found.append(sign)
    return unicodedata.normalize("NFC", "".join(found).replace(_KEEP_JOIN, "\u200c"))


def _broken(line: str) -> str:
    """A line whose endless words have been divided, so that it fits any screen."""
    if len(line) <= MAX_WORD:
        return line
    words = (word[at : at + MAX_WORD] for word in line.split(" ") for at in range(0, max(1, len(word)), MAX_WORD))
    return " ".join(words)


def _shortened(text: str, most: int, *, more: bool) -> str:
    if len(text) <= most and not more:
        return text
    room = text[: most - len(CUT)]
    head = room.rpartition(" ")[0] if len(text) > most and " " in room[-MAX_WORD:] else room
    return head.rstrip() + CUT


_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DECLARATION = re.compile(r"<[!?][^<>]*>")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_UNCLOSED = re.compile(r"<(?![a-zA-Z/][^<>]*>)")


def _closed(text: str) -> str:
    """Markup in which every `<` begins a whole tag, so that no parser searches the rest of it again and again."""
    head, mark, tail = text.rpartition("-->")
    text = _CDATA.sub("", _COMMENT.sub("", head + mark) + tail)
    return _UNCLOSED.sub("&lt;", _DECLARATION.sub("", text))


class _Reader(HTMLParser):
    """Gathers what is to be read; each block of the markup is a line or a paragraph of its own."""

    LINES = frozenset({"br", "tr", "li", "dt", "dd", "option"})
    BLOCKS = frozenset(
        {"address", "article", "aside", "blockquote", "div", "dl", "fieldset", "figure", "footer", "form", "h1", "h2"}
        | {"h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section", "table", "ul"}
    )
    SILENT = frozenset(
        {"script", "style", "head", "title", "template", "noscript", "iframe", "object", "svg", "textarea"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._found: list[str] = []
        self._silent = ""
        self._lists: list[int | None] = []

    def text(self) -> str:
        """What was gathered."""
        return "".join(self._found)

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002, its parser's form
        """A block begins on a line of its own; a list's item with its sign."""
        if self._silent:
            return
        if tag in self.SILENT:
            self._silent = tag
        elif tag == "li":
            self._found.append("\n" + self._sign())
        elif tag in ("td", "th"):
            self._found.append(" ")
        elif tag in self.LINES:
            self._found.append("\n")
        elif tag in self.BLOCKS:
            self._found.append("\n\n")
        if tag in ("ol", "ul") and len(self._lists) < 50:
            self._lists.append(0 if tag == "ol" else None)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """`<br/>`; a silent tag closed in itself silences nothing."""
        if tag not in self.SILENT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """A block ends with its line."""
        if self._silent:
            self._silent = "" if tag == self._silent else self._silent
            return
        if tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        if tag in self.BLOCKS:
            self._found.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Line ends of the source mean nothing, those of the markup do."""
        if self._silent:
            return
        words = re.sub(r"[ \t\r\n\f\xa0]+", " ", data)
        if not self._found or self._found[-1].endswith(("\n", " ")):
            words = words.lstrip(" ")
        if words:
            self._found.append(words)

    def _sign(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "• "
        self._lists[-1] += 1
        return f"{self._lists[-1]}. "
