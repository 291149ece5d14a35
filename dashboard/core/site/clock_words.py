"""What a site knows of the time, for people: nothing is said while time servers hold its clock."""

from contract.words import ClockQuality, ClockSource
from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader


def clock_words(picture: SitePicture, reader: Reader) -> str:
    """One sentence: nobody knows the time, or whom it is from and since when; "" while it is sure."""
    head = picture.head
    if head is None or head.clock is ClockQuality.SYNCED:
        return ""
    if head.clock is ClockQuality.UNSYNCED:
        return reader.t("clock_unknown")
    told = picture.state.clock if picture.state else None
    if told is None:
        return reader.t("clock_holds_over")
    when = reader.moment(told.at, picture.contact)
    if told.source is ClockSource.PERSON:
        return reader.t("clock_by", who=told.who, when=when)
    return reader.t("clock_by_battery", when=when)
