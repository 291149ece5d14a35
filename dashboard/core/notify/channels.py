"""What may be an address of a channel: a list of what is allowed, for an address can read files and run commands."""

import re

MOST = 1000
SCHEMES: dict[str, str] = {
    "mailto": "email", "mailtos": "email",
    "46elks": "sms", "elks": "sms", "bulksms": "sms", "burstsms": "sms", "clickatell": "sms", "clicksend": "sms",
    "d7sms": "sms", "infobip": "sms", "msgbird": "sms", "nexmo": "sms", "vonage": "sms", "plivo": "sms",
    "seven": "sms", "sinch": "sms", "smseagle": "sms", "smseagles": "sms", "twilio": "sms", "voipms": "sms",
    "gotify": "push", "gotifys": "push", "ntfy": "push", "ntfys": "push", "pover": "push", "prowl": "push",
    "bark": "push", "barks": "push", "onesignal": "push", "pushed": "push", "tgram": "push", "threema": "push",
    "signal": "push", "signals": "push", "pagerduty": "push", "opsgenie": "push", "victorops": "push",
    "msteams": "room", "workflow": "room", "workflows": "room", "matrix": "room", "matrixs": "room",
    "mmost": "room", "mmosts": "room", "rocket": "room", "rockets": "room", "slack": "room", "discord": "room",
    "wxteams": "room", "zulip": "room", "nctalk": "room", "nctalks": "room", "gchat": "room",
    "json": "webhook", "jsons": "webhook", "form": "webhook", "forms": "webhook", "xml": "webhook", "xmls": "webhook",
}  # fmt: skip
"""Scheme → what kind of channel it is. All others are refused: among them are those that act on this machine."""
PARTS = {
    "from", "to", "name", "cc", "bcc", "reply", "smtp", "mode", "user", "pass", "port", "method", "priority", "image",
    "batch", "key", "secret", "token", "format", "route", "flash", "type", "msgtype", "channel", "source", "region",
    "footer", "avatar", "topic", "email", "sid", "sound", "level", "group", "ttl", "thread", "v",
}  # fmt: skip
"""What may stand after the question mark. Not: `template`, `pgpprv`, `keyfile` and others that read files, and
`verify`, which would let anybody stand in between."""
OWN = re.compile(r"[:+-][\w.-]{1,60}")
"""A webhook's own headers and fields."""
WEB = re.compile(r"https?://[\w.\[\]:@-]{1,250}([/?#][!-~]*)?")


def scheme(address: str) -> str:
    """What the address begins with, in small letters; "" for none that is allowed."""
    told = address.split("://", 1)[0].lower() if "://" in address else ""
    return told if told in SCHEMES else ""


def fault(address: str) -> str:
    """The key of the sentence about an address that can not be used; "" for one that may be tried.

    The sentence never holds the address: it is a secret.
    """
    if not address or len(address) > MOST or not address.isprintable() or any(one.isspace() for one in address):
        return "notify_wrong_address"
    if not scheme(address):
        return "notify_wrong_scheme"
    # a name that is written in a roundabout way is none of these, so it is refused too
    names = [one.split("=", 1)[0] for one in re.split("[?&;]", address)[1:] if one]
    if not all(name.lower() in PARTS or OWN.fullmatch(name) for name in names):
        return "notify_wrong_part"
    return ""


def masked(address: str) -> str:
    """The address as it may be shown: its kind and nothing that opens anything."""
    told = scheme(address)
    return f"{told}://…" if told else "…"


def beat_fault(address: str) -> str:
    """The same for the address that is told that the dashboard lives: a web address, or a channel."""
    if address.startswith(("https://", "http://")):
        return "" if len(address) <= MOST and WEB.fullmatch(address) else "notify_wrong_address"
    return fault(address)
