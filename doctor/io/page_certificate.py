"""The files of the owners' page: its certificate, and whether the key beside it is the one."""

from pathlib import Path

from cryptography import x509

from contract.page import PAGE_FILE, PAGE_KEY
from doctor.core.page_certificate import PageLook
from doctor.io import certificates, whys


def look(name: str, files: tuple[str, str], store: str) -> PageLook | None:
    """What lies there for a page of that public name, or for the (certificate, key) that the settings give; None
    where neither is."""
    if name and store:
        files = str(Path(store).with_name(PAGE_FILE)), str(Path(store).with_name(PAGE_KEY))
    path, key = files
    if not path:
        return None
    try:
        there, key_there = Path(path).exists(), Path(key).exists()
        if there:
            with Path(path).open("rb"):
                pass
    except OSError as fault:
        return PageLook(name=name, path=path, unseen=whys.system(fault))
    if not key_there or not there:
        return PageLook(name=name, path=path, missing=not there, key_missing=not key_there)
    told = certificates.own(path, key)
    return PageLook(
        name=name, path=path, since=told.since, until=told.until, key_fits=told.key_fits, why_not=told.why_not,
        name_fits=name in _names(path) if name and told.until is not None else None,
    )  # fmt: skip


def _names(path: str) -> list[str]:
    try:
        own = x509.load_pem_x509_certificates(Path(path).read_bytes())[0]
        found = own.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return []
    return found.get_values_for_type(x509.DNSName)
