"""What the pages of the messages show: rows made of the store, the pictures, and who reads."""

from dataclasses import dataclass

from dashboard.core.hearing.picture import SitePicture
from dashboard.core.reader import Reader
from dashboard.core.sending import listing, receipts
from dashboard.core.sending.listing import Kept, MessageRow
from dashboard.core.sending.receipts import Heard
from dashboard.core.sites import Site
from dashboard.io.desk import Desk

DARK = "kiosk-dark"
SHOWN_BEFORE = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """The messages in force, and those that were."""

    now: tuple[MessageRow, ...]
    before: tuple[MessageRow, ...]


def seen_sites(desk: Desk, reader: Reader) -> dict[str, Site]:
    """The sites whose receipts the reader may see."""
    return {site.id: site for site in desk.settings.site if reader.person.sees(site.id)}


def heard(desk: Desk, reader: Reader) -> dict[str, Heard]:
    """What is known of those sites beside their records; asked in the event loop, whose state it is."""
    return {name: _heard(desk.pictures[name], site, desk, reader) for name, site in seen_sites(desk, reader).items()}


def _heard(picture: SitePicture, site: Site, desk: Desk, reader: Reader) -> Heard:
    silence = picture.silence(reader.now)
    alarms = picture.alarms.alarms if picture.alarms else ()
    return Heard(
        place=site.place,
        in_contact=picture.in_contact(reader.now),
        silence="" if silence is None else reader.t("receipt_silent_for", silence=reader.age(silence)),
        dark=any(alarm.key == DARK and alarm.holds for alarm in alarms),
        broker=desk.broker_up,
    )


def all_rows(desk: Desk, known: dict[str, Heard], reader: Reader) -> Shown:
    """The list. Raises StoreTrouble; called in a thread."""
    kept = [one for one in desk.published.all() if any(site in known for site in one.bulletin.sites)]
    events, answers = desk.published.answers()
    sites = seen_sites(desk, reader)
    rows = []
    for one in listing.newest(kept):
        found = receipts.of_sites(one.bulletin, one.key_id, known, events, answers, reader)
        rows.append(listing.row(one, found, sites, reader))
    rows.sort(key=lambda row: row.frame != "")  # what is for real stands before every exercise
    before = [row for row in rows if row.state != "now"][:SHOWN_BEFORE]
    return Shown(tuple(row for row in rows if row.state == "now"), tuple(before))


def chain_rows(desk: Desk, name: str, known: dict[str, Heard], reader: Reader) -> tuple[MessageRow, ...]:
    """A message and all of its incident, the newest first; () when the reader sees none of its sites."""
    one = desk.published.kept(name)
    if one is None or not any(site in known for site in one.bulletin.sites):
        return ()
    events, answers = desk.published.answers()
    sites, chain = seen_sites(desk, reader), desk.published.chain(one.bulletin.incident)
    return tuple(
        listing.row(
            kept, receipts.of_sites(kept.bulletin, kept.key_id, known, events, answers, reader), sites, reader,
            replaced=number > 0,
        )
        for number, kept in enumerate(chain)
    )  # fmt: skip


def newest_of(desk: Desk, name: str) -> Kept | None:
    """The last of the incident of a bulletin. Raises StoreTrouble."""
    one = desk.published.kept(name)
    return None if one is None else desk.published.chain(one.bulletin.incident)[0]
