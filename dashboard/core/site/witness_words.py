"""Who says what was reported: the one who entered it, and who told them where that is somebody else."""

from contract.orders import Order, Report
from dashboard.core.reader import Reader


def said_by(who: str, report: Report, reader: Reader) -> str:
    """ "Carin", or "Carin, från Lars"."""
    return reader.t("reported_relayed", who=who, relay=report.told_by) if report.told_by else who


def entered_by(order: Order, reader: Reader) -> str:
    """The same of any order."""
    return said_by(order.who, order.what, reader) if isinstance(order.what, Report) else order.who
