"""Is the gateway's configuration one that this node can work with? Before any pin is touched; loaded meanwhile only."""

from node.core.options import Options

MOST = 32


def checked(config, board):
    """Text of the id → its row of `core/channels.py`; ValueError in one sentence for the first fault."""
    told = config["channels"]
    if len(told) > MOST:
        raise ValueError("%d channels; at most %d" % (len(told), MOST))
    text, rows = "", {}
    try:
        for text in sorted(told):
            rows[text] = _row(text, told[text])
        options = Options(board.name, {rows[text][1]: told[text] for text in rows})
        for text in rows:
            options.check(rows[text][1], rows[text][2], told[text])
            _turns(config["rates"].get(text), config["limits"].get(text))
    except (ValueError, TypeError) as fault:
        raise ValueError("channel %s: %s" % (text[:8], fault)) from None
    return rows


def _row(text, told):
    """(id, signal key, unit) of one line of the table; to cut all of it would cost more memory than it has."""
    from node.core.channels import TABLE

    at = TABLE.find("\n%d " % int(text)) + 1
    if not at:
        raise ValueError("not known to this program")
    if not isinstance(told, dict):
        raise ValueError("its options are no table")
    key, unit = TABLE[at : TABLE.find("\n", at)].split(" ")[1:3]
    return int(text), key, unit


def _turns(every_s, limit):
    if every_s is not None and (type(every_s) is not int or not 1 <= every_s <= 86_400):
        raise ValueError("its rate must be 1 to 86400 s")
    if limit is not None and (not isinstance(limit, list) or len(limit) != 2):
        raise ValueError("its limits must be two")
