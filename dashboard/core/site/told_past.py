"""What the box beside a site's own page tells of the past, as the store of the centre would have told it."""

from contract.messages import Head
from contract.past import Past, PastEvent, PastWish
from contract.wire import Refused
from dashboard.core.hearing import intake
from dashboard.core.hearing.marks import dated_ms
from dashboard.core.site.charts import Line
from dashboard.core.site.events import Stored
from dashboard.core.site.series import Held
from dashboard.core.sites import Site


def admit(past: Past, site: Site) -> None:
    """Raises Refused for what another site tells, and Simulated for what would mix play into a site in service."""
    if past.head.site != site.id:
        raise Refused(f"the past says it comes from {past.head.site!r}")
    for one in past.events:
        intake.written(one.record)
    play = past.head.simulated or any(intake.is_simulated_record(one.record) for one in past.events)
    if site.in_service and play:
        raise intake.Simulated(f"{site.id} is in service and takes no simulated past")


def lines_of(past: Past, wish: PastWish) -> list[Line]:
    """Each bucket with a value as a stretch of its own; between them nobody knows."""
    return [
        Line(
            signal=one.signal,
            device=one.device,
            steps=[
                Held(wish.from_ms + number * wish.step_ms, wish.from_ms + (number + 1) * wish.step_ms, low, high, high)
                for number, (low, high) in enumerate(zip(one.low, one.high, strict=True))
                if low is not None
            ],
        )
        for one in past.lines
        if one.signal in wish.signals and len(one.low) <= wish.count
    ]


def stored_of(past: Past) -> list[Stored]:
    """The events, the newest first; one whose time nobody knows stands where it happened."""
    told = [_stored(number, one, past.head) for number, one in enumerate(past.events, 1)]
    return told[::-1]


def _stored(number: int, one: PastEvent, head: Head) -> Stored:
    record = one.record
    return Stored(
        number=number,
        run=one.run,
        stream="event",
        seq=record.seq,
        kind=record.kind,
        wall_ms=dated_ms(record.at, head, None),
        up_ms=record.at.up_ms,
        status=record.status.value,
        simulated=record.simulated,
        historical=False,
        body=record.body,
    )
