"""Where a broker is, who we are to it, and the encryption of the way there; certificates are always verified."""

import ssl
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

import msgspec
from msgspec import Meta

KEEPALIVE_S = 30


class LinkDown(ConnectionError):
    """The broker did not take a message; keep it and try again when the link is up."""


class BrokerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a broker is. `mqtts` verifies the certificate against `ca_file` or the system's authorities.

    `certificate_file` and `key_file` are our own, for a broker that asks who we are. `shared_by`: how many may come
    back to this broker in the same moment, for they spread themselves over as many eightieths of a second.
    `keepalive_s`: None leaves it to the program.
    """

    url: str
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    keepalive_s: Annotated[int, Meta(ge=1, le=1200)] | None = None
    shared_by: Annotated[int, Meta(ge=1, le=100_000)] = 1
    reconnect_max_s: Annotated[float, Meta(ge=0.1, le=3600)] = 60.0
    answer_within_s: Annotated[float, Meta(ge=0.1, le=300)] = 30.0


def check(settings: BrokerSettings) -> str | None:
    """The fault of a broker's settings as one sentence, or None."""
    try:
        parts = urlsplit(settings.url)
        port = parts.port
    except ValueError as fault:
        return f"url: {settings.url!r} {fault}"
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        return f"url: {settings.url!r} is not like mqtt://host:1883 or mqtts://host:8883"
    if parts.username or parts.password:
        return "url: put the account in `user` and `password_file`, a settings file is no place for secrets"
    if port == 0:
        return f"url: {settings.url!r} has port 0"
    if not _is_host(parts.hostname):
        return f"url: {parts.hostname!r} cannot be the name of a machine"
    return _check_files(settings, parts)


def _check_files(settings: BrokerSettings, parts: SplitResult) -> str | None:
    if settings.password_file and not settings.user:
        return "password_file: says nothing without `user`; name the account too"
    if bool(settings.certificate_file) != bool(settings.key_file):
        return "certificate_file and key_file belong together; name both or none"
    for name in ("ca_file", "certificate_file"):
        if getattr(settings, name) and parts.scheme == "mqtt":
            return f"{name}: mqtt:// is not encrypted; write mqtts:// or take {name} away"
    return None


def _is_host(name: str) -> bool:
    """Can it be looked up at all? A name that cannot would end the link instead of failing one attempt."""
    try:
        name.encode("idna")
    except UnicodeError:
        return False
    return not any(letter.isspace() for letter in name)


def encryption(settings: BrokerSettings) -> ssl.SSLContext | None:
    """The encryption of the next connect, its files read anew; None for `mqtt://`. Raises LinkDown with a sentence."""
    if urlsplit(settings.url).scheme != "mqtts":
        return None
    if settings.ca_file:
        _pem(settings.ca_file, "ca_file", "CERTIFICATE")
    try:
        context = ssl.create_default_context(cafile=settings.ca_file or None)
    except (OSError, ValueError) as fault:  # an SSLError is an OSError
        raise LinkDown(f"ca_file {settings.ca_file} holds no certificate that can be read") from fault
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.certificate_file:
        _show_ourselves(context, settings.certificate_file, settings.key_file)
    return context


def _show_ourselves(context: ssl.SSLContext, certificate: str, key: str) -> None:
    _pem(certificate, "certificate_file", "CERTIFICATE")
    if "ENCRYPTED" in _pem(key, "key_file", "PRIVATE KEY"):
        raise LinkDown(f"key_file {key} is locked with a password, and there is nobody to ask; store it without one")
    try:
        context.load_cert_chain(certificate, key, password="")
    except ssl.SSLError as fault:
        if fault.reason == "KEY_VALUES_MISMATCH":
            raise LinkDown(
                f"key_file {key} does not belong to certificate_file {certificate}; put the pair that was made "
                "together in place"
            ) from fault
        raise LinkDown(f"certificate_file {certificate} or key_file {key} is damaged; put a whole copy in place"
                       ) from fault  # fmt: skip
    except OSError as fault:
        raise LinkDown(f"certificate_file {certificate}: {fault.strerror}") from fault


def _pem(path: str, setting: str, what: str) -> str:
    """The text of a PEM file that holds a `what`; raises LinkDown. The text itself is never told."""
    try:
        text = Path(path).read_text("ascii", errors="replace")
    except OSError as fault:
        raise LinkDown(f"{setting} {path}: {fault.strerror}; check the path and who may read it") from fault
    if f"{what}-----" not in text:
        raise LinkDown(f"{setting} {path} holds no {what.lower()} in PEM form")
    return text


def secret(path: str) -> str | None:
    """The password in a file, None without one; raises LinkDown."""
    if not path:
        return None
    try:
        return Path(path).read_text("utf-8").strip()
    except UnicodeDecodeError as fault:
        raise LinkDown(f"{path} is not a text file in UTF-8") from fault
    except OSError as fault:
        raise LinkDown(f"password_file {path}: {fault.strerror}; check the path and who may read it") from fault


_NOT_YET, _EXPIRED = 9, 10
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED (openssl x509_vfy.h)."""
_ALERTS = {
    "CERTIFICATE_EXPIRED": "says that our certificate has expired; renew it, or set the clock if it is wrong",
    "CERTIFICATE_REQUIRED": "wants a certificate; name `certificate_file` and `key_file`",
    "UNKNOWN_CA": "does not know the authority of our certificate; is it from this municipality?",
    "BAD_CERTIFICATE": "does not take our certificate",
    "CERTIFICATE_REVOKED": "says that our certificate has been revoked: this site is locked out",
    "CERTIFICATE_UNKNOWN": "does not take our certificate",
    "ACCESS_DENIED": "does not let our certificate in",
}


def plain_tls(fault: BaseException | None) -> str | None:
    """Why encryption failed, as the rest of a sentence that begins with the broker; None when it did not."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        if fault.verify_code == _NOT_YET:
            return (
                "its certificate is not valid yet by our clock; set the clock if it is wrong, sending waits until then"
            )
        if fault.verify_code == _EXPIRED:
            return "its certificate has expired by our clock; renew it there, or set the clock here if it is wrong"
        return f"its certificate is not believed, {fault.verify_message}; check `ca_file` and the name in `url`"
    if isinstance(fault, ssl.SSLError) and fault.reason is not None:
        for word, sentence in _ALERTS.items():
            if word in fault.reason:
                return sentence
        why = fault.reason.replace("_", " ").lower()
        return f"could not agree on encryption ({why}); is it the encrypted port, with TLS 1.2 or later?"
    return None
