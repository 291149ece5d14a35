"""A unit that can be moved: does it stand at its place now, by what its settings say?"""

from msgspec import Struct

from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader


class StayWords(Struct, frozen=True, kw_only=True):
    """One sentence and its role. `here`: True, False, or None when no clock can tell."""

    words: str
    role: str
    here: bool | None


def stay_words(picture: SitePicture, reader: Reader) -> StayWords | None:
    """What to say of a movable unit's place; None for a site that stays."""
    stay = picture.birth.stay if picture.birth is not None else None
    if stay is None:
        return None
    begins, ends = reader.when(stay.from_ms), reader.when(stay.until_ms)
    here = stay.holds(reader.now.wall_ms)
    if here is None:
        return StayWords(words=reader.t("stay_unknown", begins=begins, ends=ends), role="unknown", here=None)
    if here:
        return StayWords(words=reader.t("stay_here", ends=ends), role="plain", here=True)
    key = "stay_not_yet" if (reader.now.wall_ms or 0) < stay.from_ms else "stay_over"
    return StayWords(words=reader.t(key, begins=begins, ends=ends), role="remark", here=False)
