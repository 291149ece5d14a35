"""Which site needs somebody first, and one sentence for all of them."""

from collections import Counter

from contract.words import Power
from dashboard.core.reader import Reader
from dashboard.core.site.card import Card

WORST = (Power.DEAD, Power.UNKNOWN, Power.ON_BATTERY, Power.ON_RESERVE, Power.STARTING, Power.RETURNING, Power.ON_MAINS)
READY_WORST = ("bad", "unknown", "remark", "good")


def worst_first(cards: list[Card]) -> list[Card]:
    """The order of the overview: a call nobody answers, no power, no contact, on reserve …, alarms, readiness."""
    return sorted(cards, key=_badness)


def _badness(card: Card) -> tuple[bool, int, int, int, str, str]:
    power = card.power if card.contact.in_contact or card.power is Power.DEAD else Power.UNKNOWN
    urgent = min((alarm.priority for alarm in card.alarms if alarm.needs_ack), default=9)
    ready = READY_WORST.index(card.readiness_role)
    return not card.opening.alarm, WORST.index(power), urgent, ready, card.place, card.id


def summary(cards: list[Card], reader: Reader) -> str:
    """All sites in one sentence: how many, and what is not as it should be."""
    count = reader.t("count_one") if len(cards) == 1 else reader.t("count_many", n=len(cards))
    foretold = sum(bool(card.contact.gone) for card in cards)
    lost = sum(not card.contact.in_contact for card in cards) - foretold
    powers = Counter(card.power for card in cards if card.contact.in_contact)
    unanswered = sum(bool(card.opening.alarm) for card in cards)
    if lost == 0 and foretold == 0 and unanswered == 0 and set(powers) == {Power.ON_MAINS}:
        return f"{count}. {reader.t('all_well')}"
    parts = [reader.t("unanswered_some", n=unanswered)] if unanswered else []
    parts += [reader.t(f"state_{power.value}", n=powers[power]) for power in WORST if powers[power]]
    parts += [reader.t("lost_some", n=lost)] if lost else []
    parts += [reader.t("foretold_some", n=foretold)] if foretold else []
    return f"{count}: {', '.join(parts)}."


def newest(cards: list[Card], reader: Reader) -> str:
    """When any site was heard last."""
    silences = [card.contact.silence_ms for card in cards if card.contact.silence_ms is not None]
    return reader.t("newest", age=reader.ago(min(silences))) if silences else reader.t("nothing_heard")
