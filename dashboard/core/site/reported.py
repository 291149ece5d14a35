"""What people have told of a site and the site has not confirmed: shown at once, beside what the site says itself.

A witness overwrites nothing here. Where no gateway is heard, or there is none, the report stands as waiting.
"""

from msgspec import Struct

from contract.orders import Order, Report
from contract.words import Status
from dashboard.core.reader import Reader
from dashboard.core.site import event_words
from dashboard.core.site.witness_words import said_by

MOST = 5


class ReportedRow(Struct, frozen=True, kw_only=True):
    """One report: what, and who said it when and by what road. `frame`: exercise or test."""

    what: str
    said: str
    frame: str


def reported_rows(pending: tuple[Order, ...], reader: Reader) -> tuple[ReportedRow, ...]:
    """The newest first, as they were seen and not as they were entered."""
    told = [(order, order.what) for order in pending if isinstance(order.what, Report)]
    told.sort(key=lambda one: -one[1].observed_ms)
    return tuple(_row(order, report, reader) for order, report in told[:MOST])


def _row(order: Order, report: Report, reader: Reader) -> ReportedRow:
    when = reader.when(report.observed_ms or None)
    road = f" {reader.t('reported_radio')}" if order.through == "radio" else ""
    real = order.status in (Status.ACTUAL, None)
    by = reader.t("reported_from", who=said_by(order.who, report, reader))
    return ReportedRow(
        what=", ".join(event_words.reported(report, reader)),
        said=f"{by}{road} {when}, {reader.t('reported_waits')}",
        frame="" if real or order.status is None else reader.phrase("status", order.status),
    )
