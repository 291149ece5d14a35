"""Faults of the disk: power cuts, full, read-only, slow and failing disks, and what the card is worn by."""

from faults.disk.kinds import FAULTS
from faults.disk.wear import Wear

WITNESS = Wear
DRAWN = (
    ("power-cut", 0.0, {"program": "gateway"}),
    ("power-cut", 0.0, {"program": "dashboard"}),
    ("power-cut", 0.0, {"program": "kiosk"}),
    ("disk-slow", 8.0, {"program": "gateway", "seconds": 2.0}),
    ("disk-error", 5.0, {"program": "gateway", "what": "sync"}),
    ("disk-full", 6.0, {"program": "gateway"}),
    ("disk-full", 6.0, {"program": "dashboard"}),
    ("disk-refuses", 6.0, {"program": "kiosk"}),
    ("disk-read-only", 6.0, {"program": "gateway"}),
)
"""What a drawn schedule takes from here: name, seconds, parameters."""

__all__ = ["DRAWN", "FAULTS", "WITNESS"]
