"""A change in the words that people read: what `judge --sv` prints under each line."""

from typing import Any

from contract import alarms
from contract.phrases import phrase
from contract.reasons import reason_words
from contract.refusals import refusal_words
from contract.words import Event


def sentences(kind: str, body: dict[str, Any]) -> list[str]:
    """What it means, and for alarms and reasons what to do about it."""
    if kind == Event.POWER_CHANGED:
        return [phrase("power", body["power"])]
    if kind == Event.READINESS_CHANGED:
        told = [reason_words(one["key"], "sv", one.get("detail", "")) for one in body.get("reasons", ())]
        return [phrase("readiness", body["readiness"]), *(f"{what}. {do}" for what, do in told)]
    if kind == Event.ORDER_REFUSED:
        return [refusal_words(body["reason"], "sv", body["params"])]
    if kind.startswith("alarm_"):
        return [f"{phrase('event', kind)}: {_alarm(body['alarm']['key'])}"]
    return [phrase("event", kind)]


def _alarm(key: str) -> str:
    """The alarm, and what to do where the catalogue tells it."""
    words = alarms.catalogue()[key]
    do = getattr(words, "do_sv", "")
    return f"{words.sv}. {do}" if do else words.sv
