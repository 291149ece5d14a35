"""What alarms are called, and what to do about each."""

from contract import alarms


def alarm_name(key: str, language: str) -> str:
    """What an alarm means; the key itself for one that the catalogue does not have."""
    kind = alarms.catalogue().get(key)
    return key if kind is None else kind.sv if language == "sv" else kind.en


def alarm_do(key: str, language: str) -> str:
    """What to do about it; nothing for an alarm that the catalogue has no words for."""
    kind = alarms.catalogue().get(key)
    return str(getattr(kind, f"do_{language}", "") or "")
