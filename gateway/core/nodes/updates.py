"""What became of a program that a sensor node was offered, in words for people."""

SENTENCES = {
    "coming": "takes the new program",
    "trial": "waits: the program that runs must prove itself first",
    "failed": "has tried the new program in vain and is back at the one before; mend it and sign it with a new number",
    "manifest": "cannot read the manifest",
    "old": "was offered a program that is not newer than the newest that ran there",
    "board": "is of a kind that this program is not made for",
    "system": "needs a newer MicroPython for this program",
    "battery": "waits: the battery is too low, or not known",
    "key": "has no key of programs; put one there by cable",
    "signature": "does not believe who signed the program",
    "space": "waits: its flash is too full",
    "hash": "waits: what came was not what was signed",
    "flash": "waits: its flash cannot be written",
    "memory": "waits: too little memory is free",
    "pieces": "waits: the pieces of the program did not come",
}
"""The words of `firmware/node/core/update.py`, and one for a program on its way."""
WAITS = ("coming", "trial", "battery", "space", "hash", "flash", "memory", "pieces")
"""No fault yet: the node goes on, or tries again by itself."""


def sentence(word: str) -> str:
    """What a node tells of its update as the rest of a sentence; "failed: …" brings what the program died of."""
    key, _, detail = word.partition(": ")
    told = SENTENCES.get(key, word)
    return f"{told} ({detail})" if detail and key in SENTENCES else told
