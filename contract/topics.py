"""Every topic is spelled here and nowhere else; plain enough for MicroPython, copied to boards unchanged.

`<site>` is `municipality-place` in one level (`are-kall`): lower-case ASCII letters, digits and hyphens.
`up/` is written only by the site, `down/` only by the centre, `node/` and `local/` live only on the site broker.
"""

ROOT = "sot/1"
_LEVEL = "abcdefghijklmnopqrstuvwxyz0123456789-"
MAX_LEVEL = 48


def valid_level(text):
    """Can `text` stand as one topic level (site, device, node, stream, id)?"""
    if not text or len(text) > MAX_LEVEL:
        return False
    return all(letter in _LEVEL for letter in text)


def _level(text):
    if not valid_level(text):
        raise ValueError("not a topic level (a-z 0-9 -, at most 48): %r" % (text,))
    return text


def _site(site):
    return ROOT + "/" + (site if site == "+" else _level(site))


# --- up: the picture, retained, newest wins ---


def status(site):
    """Alive, heartbeat, clock; retained, also the last will. Sent by the gateway."""
    return _site(site) + "/up/status"


def birth(site):
    """Catalogue of devices and signals with unit and period; retained. Sent by the gateway."""
    return _site(site) + "/up/birth"


def state(site):
    """The judged state of the site, for staff; retained. Sent by the gateway."""
    return _site(site) + "/up/state"


def device(site, name):
    """All values of one device; retained. Sent by the gateway."""
    return _site(site) + "/up/device/" + (name if name == "+" else _level(name))


def alarms(site):
    """All active alarms in one snapshot with a revision, so absence means cleared; retained. Sent by the gateway."""
    return _site(site) + "/up/alarms"


def page(site):
    """The site's own page: its name, its request, its certificate's end; retained. Sent by the gateway."""
    return _site(site) + "/up/page"


# --- up: the records, gapless, confirmed only by the centre's mark ---


def record(site, stream):
    """A batch of records of one stream; not retained. Sent by the gateway."""
    return _site(site) + "/up/record/" + (stream if stream == "+" else _level(stream))


# --- down: written only by the centre ---


def mark(site):
    """Per run and stream the highest seq below which all is committed; retained. Sent by the centre."""
    return _site(site) + "/down/mark"


def again(site):
    """The centre lacks something that a heartbeat named: tell the whole picture again; not retained. By the centre."""
    return _site(site) + "/down/again"


def orders(site):
    """All orders the site has not yet answered (acknowledgement, report, activation …); retained. By the centre."""
    return _site(site) + "/down/orders"


def waking(site):
    """Alarms for which the centre has woken somebody, and until when; retained. Sent by the centre."""
    return _site(site) + "/down/waking"


def bulletin(site, name):
    """One signed bulletin; retained; ends only by a signed Update/Cancel or its own expiry. Sent by the centre."""
    return _site(site) + "/down/bulletin/" + (name if name == "+" else _level(name))


def content(site):
    """The manifest of content documents; retained. Sent by the centre."""
    return _site(site) + "/down/content"


def blob(site, digest):
    """The bytes of one content document, by SHA-256 (first 40 hex digits); retained. Sent by the centre."""
    return _site(site) + "/down/blob/" + (digest if digest == "+" else _level(digest[:40]))


def down_all(site):
    """Filter: everything the centre says to one site."""
    return _site(site) + "/down/#"


def up_all(site):
    """Filter: everything a site says; `+` for all sites."""
    return _site(site) + "/up/#"


# --- local: only on the site broker ---


def public_picture(site):
    """What a visitor may know; retained. Sent by the gateway, read by the kiosk."""
    return _site(site) + "/local/public/picture"


def public_bulletin(site, name):
    """A verified bulletin; retained. Sent by the gateway, read by the kiosk."""
    return _site(site) + "/local/public/bulletin/" + _level(name)


def public_content(site, name):
    """A verified content document; retained. Sent by the gateway, read by the kiosk."""
    return _site(site) + "/local/public/content/" + _level(name)


def public_all(site):
    """Filter: all that the kiosk's account may read."""
    return _site(site) + "/local/public/#"


def local_orders(site):
    """Orders entered at the site (owner's page); retained until answered. Read by the gateway."""
    return _site(site) + "/local/orders"


def answers(site):
    """How the last orders were answered; retained. Sent by the gateway, read by the owner's page."""
    return _site(site) + "/local/answers"


def page_wish(site):
    """What the owner's page is called and which certificate it needs; retained. Read by the gateway."""
    return _site(site) + "/local/page/wish"


def page_certificate(site):
    """A certificate that fits the owner's page; retained. Sent by the gateway, read by the owner's page."""
    return _site(site) + "/local/page/certificate"


def past_wish(site):
    """Which stretch of the past the owner's page asks for; not retained. Read by the gateway."""
    return _site(site) + "/local/past/wish"


def past(site):
    """The answer to one wish; not retained. Sent by the gateway, read by the owner's page."""
    return _site(site) + "/local/past/answer"


def food(site):
    """How warm the watched places with goods were, day by day; retained. Sent by the gateway, read by the page."""
    return _site(site) + "/local/food"


def receipt(site):
    """Proof of display; sent by the kiosk's keeper, read by the gateway."""
    return _site(site) + "/local/receipt"


def receipt_mark(site):
    """Highest receipt number the gateway has stored, per kiosk run; retained. Read by the kiosk's keeper."""
    return _site(site) + "/local/public/receipt-mark"


def kiosk_status(site):
    """A screen's sign of life, once a minute; not retained. Sent by the kiosk's keeper, read by the gateway."""
    return _site(site) + "/local/kiosk-status"


# --- node: sensor nodes and the gateway, only on the site broker ---


def _node(site, node, what):
    return _site(site) + "/node/" + (node if node == "+" else _level(node)) + "/" + what


def node_birth(site, node):
    """What a sensor node is and can tell; retained. Sent by the node, read by the gateway."""
    return _node(site, node, "birth")


def node_status(site, node):
    """How a sensor node is, until when it sleeps; retained, also its last will. Sent by the node."""
    return _node(site, node, "status")


def node_report(site, node):
    """What a sensor node measured, now or before; not retained. Sent by the node, read by the gateway."""
    return _node(site, node, "report")


def node_wish(site, node):
    """A sensor node asks for the time, or for a piece of its update; not retained. Read by the gateway."""
    return _node(site, node, "wish")


def node_config(site, node):
    """How a sensor node is to measure; retained. Sent by the gateway, read by the node."""
    return _node(site, node, "config")


def node_mark(site, node):
    """What of a sensor node's records is on the gateway's disk; retained. Only this lets the node forget."""
    return _node(site, node, "mark")


def node_time(site, node):
    """The answer to a wish for the time; not retained. Sent by the gateway, read by the node."""
    return _node(site, node, "time")


def node_update(site, node):
    """The signed manifest of a sensor node's next program; retained. Sent by the gateway, read by the node."""
    return _node(site, node, "update")


def node_piece(site, node):
    """Some bytes of that program, binary; not retained. Sent by the gateway, read by the node."""
    return _node(site, node, "piece")


def parts(topic):
    """Cut a topic into (site, road, rest…), or None when it is not one of ours; every part is a valid level."""
    head = ROOT + "/"
    if not topic.startswith(head):
        return None
    levels = tuple(topic[len(head) :].split("/"))
    if len(levels) < 3 or not all(valid_level(level) for level in levels):
        return None
    return levels
