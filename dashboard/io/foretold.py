"""A centre that starts anew hears of a site that died only the last will, written before anything was foretold.

What the site foretold stands among its records: the picture gets it back before the will is folded into it.
"""

from contract.messages import SiteStatus
from contract.words import Event
from dashboard.core.hearing.intake import Picture
from dashboard.core.hearing.picture import SitePicture, fold
from dashboard.core.site.farewell import as_noted
from dashboard.io.store.database import StoreTrouble
from dashboard.io.store.records import Records


def recalled(picture: SitePicture, message: Picture, records: Records) -> SitePicture:
    """The picture, with what the dead run said of its end where `message` is the first word of a site, and its will."""
    if not isinstance(message, SiteStatus) or message.online or message.farewell or picture.status is not None:
        return picture
    try:
        noted = records.last_of(message.head.site, message.head.run, (Event.BOX_ENDING, Event.BOX_STAYS))
    except StoreTrouble:
        return picture
    told = None if noted is None else as_noted(message, noted)
    return picture if told is None else fold(picture, told, None)
