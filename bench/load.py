"""The load of facts on performance, section 1: 60 values in 10 islands per device, once a second."""

from itertools import islice

from contract.signals import catalogue

VALUES = 60
ISLANDS = 10
GAP = 40
"""Registers between islands: far enough that reading across them costs more than asking again."""


def profile() -> str:
    """The TOML of a profile with that shape: six values an island, every second one of 32 bits."""
    keys = list(islice((one for one in catalogue().values() if one.kind in ("number", "counter")), VALUES))
    rows = []
    at = 0
    for place, signal in enumerate(keys):
        kind, width = ("u32", 2) if place % 2 else ("u16", 1)
        rows.append(
            f'[[signal]]\nkey = "{signal.key}"\nat = {at}\ntype = "{kind}"\nunit = "{signal.unit}"\nrate = "fast"\n'
            'evidence = "2"\nsource = "bench"\n'
        )
        at += width
        if place % (VALUES // ISLANDS) == VALUES // ISLANDS - 1:
            at += GAP
    head = (
        'name = "bench"\ntitle = "Bench"\nmaker = "none"\nfamily = "bench"\nsource = "bench"\nkind = "meter"\n'
        f'[link]\nfunction = 3\nword_order = "big"\nmax_words = 125\ntimeout_s = 2.0\nholes = "readable"\n'
        f"[[block]]\nfirst = 0\nlast = {at}\n"
    )
    return head + "\n".join(rows)
