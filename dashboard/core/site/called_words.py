"""What a site has told of its own calls: whom it sent a text message, and what came of it."""

from contract.records import CalledBody
from contract.waking import Kind, Unsent
from dashboard.core.reader import Reader
from dashboard.core.site.alarm_names import alarm_name

NOT_TOLD = "-"


def called_words(told: CalledBody, reader: Reader, *, what: bool = True) -> str:
    """One sentence, and which alarm. Taken by the network is not read by a person; no answer is neither yes nor no."""
    if told.why is Unsent.NO_ANSWER:
        said = reader.t("called_unknown", who=told.person)
    elif told.why is not None:
        said = reader.t("called_not", who=told.person, why=reader.t(f"unsent_{told.why}"))
    else:
        said = reader.t("called_over" if told.kind is Kind.OVER else "called", who=told.person)
    return said if not what or told.about == NOT_TOLD else f"{said} {alarm_name(told.about, reader.language)}."


def called_role(told: CalledBody) -> str:
    """Its colour and shape."""
    if told.why is None:
        return "good"
    return "unknown" if told.why is Unsent.NO_ANSWER else "bad"
