"""Checks signatures of a file: one JSON row of [public, message, signature] in hex a line. Run by MicroPython."""

import binascii
import json
import sys

from node.core import ecdsa


def answers(path):
    """What the node says to each."""
    found = []
    with open(path) as rows:
        while row := rows.readline():
            found.append(ecdsa.verify(*[binascii.unhexlify(text) for text in json.loads(row)]))
    return found


if __name__ == "__main__":
    print("RESULT", json.dumps({"valid": answers(sys.argv[1])}))
