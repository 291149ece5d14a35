"""Faults of the disk: power cuts, full, read-only, slow and failing disks, and what the card is worn by."""

from faults.disk.kinds import FAULTS
from faults.disk.wear import Wear

WITNESS = Wear
FIRST = (
    ("power-cut", 0.0, {"program": "gateway"}),
    ("disk-slow", 8.0, {"program": "gateway", "seconds": 2.0}),
    ("disk-error", 5.0, {"program": "gateway", "what": "write"}),
    ("disk-full", 6.0, {"program": "gateway"}),
    ("disk-read-only", 6.0, {"program": "gateway"}),
)
"""What the first round of a drawn schedule takes from here: name, seconds, parameters."""
THEN = (
    ("power-cut", 0.0, {"program": "dashboard"}),
    ("power-cut", 0.0, {"program": "kiosk"}),
    ("disk-error", 5.0, {"program": "gateway", "what": "sync"}),
    ("disk-full", 6.0, {"program": "dashboard"}),
    ("disk-refuses", 6.0, {"program": "kiosk"}),
)
"""What the later rounds take besides."""

__all__ = ["FAULTS", "FIRST", "THEN", "WITNESS"]
