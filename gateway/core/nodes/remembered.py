"""What a node remembers, for the centre: of each signal one value in each hour in which it moved, in its own hour."""

from collections.abc import Mapping, Sequence

import msgspec

from contract.messages import Value
from contract.records import RememberedBody
from gateway.core.announce import short
from gateway.core.facts import Facts
from gateway.core.pipeline import Earlier
from gateway.core.samples import moved
from gateway.core.site import Now

WHOLE = 12
"""After so many hours a value is told that rests, too: nobody takes an older one for what still is."""


class Last(msgspec.Struct, frozen=True, kw_only=True):
    """What was told of a signal last, and of which hour."""

    hour: int
    value: Value


def remembered(
    device: str, before: Mapping[str, Last], earlier: Sequence[Earlier], facts: Facts, now: Now
) -> tuple[dict[str, Last], list[dict[str, object]]]:
    """What was told last, by signal, and the bodies of records, in the order in which their hours came.

    Of what nobody can ever date nothing is told: it has no hour.
    """
    last = dict(before)
    found: dict[tuple[str, int], RememberedBody] = {}
    for one in earlier:
        if one.at.wall_ms is None and one.at.boot != now.boot:
            continue
        hour = (one.at.up_ms if one.at.wall_ms is None else one.at.wall_ms) // int(1000 * facts.sample_every_s)
        news = {key: value for key, value in one.values.items() if _is_news(key, last.get(key), value, hour)}
        last |= {key: Last(hour=hour, value=value) for key, value in news.items()}
        if news:
            at = one.at.boot, hour
            told = found.get(at) or RememberedBody(device=device, at=one.at.moment(), values={})
            dated = {key: msgspec.structs.replace(value, up_ms=one.at.up_ms) for key, value in short(news).items()}
            found[at] = msgspec.structs.replace(told, values=told.values | dated)
    return last, [msgspec.to_builtins(body) for body in found.values()]


def _is_news(key: str, last: Last | None, value: Value, hour: int) -> bool:
    if last is None:
        return True
    return last.hour != hour and (last.hour // WHOLE != hour // WHOLE or moved(key, last.value, value))
