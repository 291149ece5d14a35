"""What is doubtful in a message that can be sent, and the whole of it in one sentence before it goes.

A doubt warns and never stops: who writes in a crisis knows more than this program.
"""

import re
from collections.abc import Iterator

from contract.words import Status
from dashboard.core.reader import Reader
from dashboard.core.sending.composing import Draft
from dashboard.core.sites import Site

FAR_HEADLINE = 60
"""Letters of a headline that can still be read at three metres."""
LONG_TEXT = 400
LONG_DAYS_MS = 3 * 86_400_000
NAMED = 8
_GO = re.compile(r"\b(gå till|bege (er|dig)|åk till|kör till|samlas|go to|drive to|gather)\b", re.IGNORECASE)
_TIME_OR_PLACE = re.compile(r"\d|\bvid\b|\bi\b|\bpå\b|\bat\b|\bin\b", re.IGNORECASE)
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_RING = re.compile(r"\b(ring|call)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d{3,}")
_ELECTRIC = re.compile(
    r"\b(elverk\w*|frånskilja\w*|omkoppla\w*|huvudbryta\w*|proppskåp\w*|säkringsskåp\w*|generator|breaker|switchboard)\b",
    re.IGNORECASE,
)  # fmt: skip


def doubts(draft: Draft, reader: Reader) -> tuple[str, ...]:
    """One sentence each, the weightiest first."""
    return tuple(reader.t(key, **parts) for key, parts in _found(draft, reader))


def _found(draft: Draft, reader: Reader) -> Iterator[tuple[str, dict[str, object]]]:
    if draft.msg_type == "cancel":
        return
    swedish, english = draft.texts["sv"], draft.texts.get("en")
    grave = draft.gravity in ("danger", "serious")
    if grave and not swedish.instruction:
        yield "doubt_no_instruction", {}
    if draft.kind == "information" and grave:
        yield "doubt_information", {}
    if english is None:
        yield "doubt_no_english", {}
    elif swedish.instruction and not english.instruction:
        yield "doubt_no_english_instruction", {}
    now = reader.now.wall_ms
    if draft.until_ms is None:
        yield "doubt_open_end", {}
    elif now is not None and draft.until_ms - now > LONG_DAYS_MS:
        yield "doubt_long", {"when": reader.when(draft.until_ms)}
    yield from _of_words(draft)
    if draft.status is Status.ACTUAL and re.search(r"övning|exercise", swedish.headline, re.IGNORECASE):
        yield "doubt_exercise_word", {}


def _of_words(draft: Draft) -> Iterator[tuple[str, dict[str, object]]]:
    """What stands in the texts, each doubt once."""
    said: set[str] = set()
    for words in draft.texts.values():
        whole = f"{words.headline}\n{words.description}\n{words.instruction}"
        found = [
            ("doubt_headline", len(words.headline) > FAR_HEADLINE, {"n": len(words.headline), "most": FAR_HEADLINE}),
            ("doubt_text", len(words.description) + len(words.instruction) > LONG_TEXT, {}),
            ("doubt_capitals", sum(map(str.isupper, whole)) > 20 and whole.upper() == whole, {}),
            ("doubt_link", bool(_LINK.search(whole)), {}),
            ("doubt_go", any(_GO.search(line) and not _says_where(line) for line in whole.split("\n")), {}),
            ("doubt_ring", bool(_RING.search(whole)) and not _NUMBER.search(whole), {}),
            ("doubt_phone", bool(_RING.search(whole)) and draft.kind == "power", {}),
            ("doubt_electric", bool(_ELECTRIC.search(words.instruction)), {}),
        ]
        for key, holds, parts in found:
            if holds and key not in said:
                said.add(key)
                yield key, parts


def _says_where(line: str) -> bool:
    """Does what follows "gå till" name a time or a place beside it?"""
    told = _GO.search(line)
    return told is not None and len(line[told.end() :].split()) >= 2 and bool(_TIME_OR_PLACE.search(line[told.end() :]))


def sentence(draft: Draft, places: tuple[Site, ...], reader: Reader) -> str:
    """ "Skickas till 7 platser (Kall, …), syns över hela skärmen till tor 14:00." """
    names = [site.place for site in places if site.id in draft.sites]
    shown = ", ".join(names[:NAMED])
    if len(names) > NAMED:
        shown = reader.t("sentence_more", names=shown, n=len(names) - NAMED)
    n = len(draft.sites)
    where = reader.t("sentence_one", name=shown) if n == 1 else reader.t("sentence_many", n=n, names=shown)
    if draft.msg_type == "cancel":
        return reader.t("sentence_end", where=where)
    how = reader.t("sentence_whole" if draft.takes_screen else "sentence_line")
    until = reader.t("sentence_open") if draft.until_ms is None else reader.t(
        "sentence_until", when=reader.when(draft.until_ms)
    )  # fmt: skip
    return reader.t("sentence", where=where, how=how, until=until)
