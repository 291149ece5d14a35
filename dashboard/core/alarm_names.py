"""What alarms are called."""

from contract import alarms


def alarm_name(key: str, language: str) -> str:
    """What an alarm means; the key itself for one that the catalogue does not have."""
    kind = alarms.catalogue().get(key)
    return key if kind is None else kind.sv if language == "sv" else kind.en
