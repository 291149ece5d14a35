"""Who came: to work on the set, or with the sealed code of the site's own page. Remembered until it is over."""

from contract.wire import Moment, Name, Wire


class Visit(Wire):
    """Somebody works on the set, until it ends by itself."""

    who: Name
    at: Moment
    for_s: int


class Glass(Wire):
    """The sealed code of the site's own page was opened, and no new one lies sealed."""

    who: Name
    at: Moment
