"""Does a poll bring anything that must be judged at once? Words, flags and values that come or go do; numbers may wait.

They wait a moment only, for the polls of other devices (`gateway/gathering.py`): each of them would have the whole site
judged anew for itself.
"""

from functools import cache

from contract.messages import Value
from contract.signals import catalogue
from gateway.core.pipeline import Batch
from gateway.core.site import Site


def is_urgent(batch: Batch, site: Site) -> bool:
    """Has anything changed since the device was last judged that is more than a number further along?"""
    if batch.refused is not None:
        return True
    before = site.values.get(batch.device, {})
    return any(_stirs(key, before.get(key), value) for key, value in batch.values.items())


def _stirs(key: str, was: Value | None, now: Value) -> bool:
    if was is None or was.quality is not now.quality:
        return True
    if was.value == now.value:
        return False
    return was.value is None or now.value is None or key not in _measured()


@cache
def _measured() -> frozenset[str]:
    """Signals that are numbers, so that a little more or less of them is no news."""
    return frozenset(key for key, signal in catalogue().items() if signal.kind in ("number", "counter"))
