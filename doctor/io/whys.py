"""What systems, libraries and our own doors say, as reasons of the catalogue; what nobody foresaw is quoted."""

import errno
import socket
import ssl
from pathlib import Path

from doctor.core.finding import Why
from doctor.core.refusals import refusal
from doors.broker import BrokerSettings

NAMES = {
    socket.EAI_NONAME: "name_unknown", socket.EAI_NODATA: "name_unknown", socket.EAI_AGAIN: "no_name_server",
    socket.EAI_FAIL: "no_name_server",
}  # fmt: skip
NOT_BELIEVED = {
    9: "theirs_not_yet", 10: "theirs_over", 18: "theirs_unknown", 19: "theirs_unknown", 20: "theirs_unknown",
    21: "theirs_unknown", 62: "theirs_other_name", 64: "theirs_other_name",
}  # fmt: skip
"""X509_V_ERR_… (openssl x509_vfy.h)."""
ALERTS = {
    "CERTIFICATE_EXPIRED": "ours_over", "CERTIFICATE_REQUIRED": "ours_wanted", "UNKNOWN_CA": "ours_unknown",
    "CERTIFICATE_REVOKED": "ours_revoked", "BAD_CERTIFICATE": "ours_refused", "CERTIFICATE_UNKNOWN": "ours_refused",
    "ACCESS_DENIED": "ours_refused",
}  # fmt: skip
SETTINGS = {
    "is not like mqtt": "url_shape", "put the account in": "url_account", "says nothing without": "no_user",
    "belong together": "both_files", "is not encrypted": "not_encrypted", "cannot be the name": "url_host",
    "Port ": "url_port", "has port": "url_port",
}  # fmt: skip
"""Words of `doors.broker.check`, most telling first."""
FILES = {
    "in PEM form": "no_pem", "that can be read": "no_pem", "is locked with a password": "key_locked",
    "does not belong to": "no_pair", "is damaged": "pem_damaged", "not a text file": "no_text",
}  # fmt: skip
"""Words of `doors.broker_settings`."""
FILE_SETTINGS = ("key_file", "certificate_file", "ca_file", "password_file")


def system(fault: BaseException) -> Why:
    """What the operating system or a library refused."""
    if isinstance(fault, TimeoutError):
        return Why("no_answer")
    if isinstance(fault, socket.gaierror) and fault.errno in NAMES:
        return Why(NAMES[fault.errno])
    text = str(fault) or type(fault).__name__
    if not isinstance(fault, OSError):
        return Why("said", text)
    return refusal(errno.errorcode.get(fault.errno or 0, ""), fault.strerror or text)


def encryption(*faults: BaseException | None) -> Why | None:
    """Why the encryption failed, if it is that; the first that tells."""
    for fault in faults:
        if isinstance(fault, ssl.SSLCertVerificationError):
            return Why(NOT_BELIEVED.get(fault.verify_code, "theirs_not_believed"), fault.verify_message)
        if isinstance(fault, ssl.SSLError) and fault.reason is not None:
            told = next((key for word, key in ALERTS.items() if word in fault.reason), "no_encryption")
            return Why(told, fault.reason.replace("_", " ").lower())
    return None


def settings(text: str) -> Why:
    """What `doors.broker.check` said."""
    return Why(_found(SETTINGS, text), text)


def files(fault: BaseException, of: BrokerSettings) -> Why:
    """Which file of a broker's settings could not be used, and why."""
    text = str(fault)
    name = next((one for one in FILE_SETTINGS if getattr(of, one) and getattr(of, one) in text), "")
    if not name:
        return Why("said", text)
    cause = fault.__cause__
    plain = isinstance(cause, OSError) and not isinstance(cause, ssl.SSLError)
    inner = system(cause) if plain and cause is not None else Why(_found(FILES, text), text)
    return Why("file", values={"setting": name, "file": getattr(of, name)}, inner=inner)


def secret(path: str, text: str | None) -> Why | None:
    """What `doors.secrets` said of the mode of a file."""
    if text is None:
        return None
    told = {"is no file": "secret_no_file", "can read": "secret_open", "could be replaced": "secret_folder"}
    return Why(_found(told, text), text, {"folder": str(Path(path).parent)})


def _found(words: dict[str, str], text: str) -> str:
    return next((key for word, key in words.items() if word in text), "said")
