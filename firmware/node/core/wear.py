"""How fast the records wear the flash out: a budget that counted erases stay under (littlefs, blocks of 4 KiB).

Every write of records costs one block, for littlefs copies the last block of a file to append to it. Where a segment
ends amid what was gathered, one more. The folder itself takes a commit for each write, two more for making and deleting
a segment, and at the worst one erase for four commits.
"""

from node.core import records


def erases_per_1000(gather, most=records.MOST):
    """Erases, at most, for 1 000 records in appends of `gather` and segments of `most`, deleted again in the end."""
    writes = 1000 / gather + (1000 / most if most % gather else 0)
    commits = writes + 2 * 1000 / most
    return writes + commits / 4


def years(records_a_day, gather, blocks, cycles=100_000):
    """How long flash of that many free blocks lasts if the gateway were away for ever; wear is spread by littlefs."""
    return blocks * cycles * 1000 / (erases_per_1000(gather) * records_a_day * 365)
