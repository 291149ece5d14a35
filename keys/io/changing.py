"""The authority itself changes: a new one takes office beside the one before, and that one leaves when nobody needs it.

authority.crt then holds both, the new one first. The one before is only used to take back what it has signed, and to
renew the broker's own certificate as long as a box may not know the new one yet.
"""

import re
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from keys.core import certificates
from keys.core.faults import BadUse, KeysError
from keys.io import files
from keys.io.authority import BEFORE, CERTIFICATE, KEY, SERVER, Authority, Signers, pem
from keys.io.files import Sheet

NAME_LETTERS = 64


def rotate(opened: Authority, passphrase: bytes) -> x509.Certificate:
    """A new authority in office; its certificate. Given again it brings to its end what was cut short. BadUse."""
    if opened.before is not None:
        raise BadUse(f"{opened.folder}: changes already; `authority retire` ends that, when every site has the new one")
    old = _key_in_office(opened, passphrase)
    key = ec.generate_private_key(ec.SECP256R1())
    own = certificates.authority(_next_name(opened.own), key, x509.random_serial_number(), opened.now.date())
    believed = (own, opened.own)
    # the lists are the first: a broker that believes an authority which never came into being believes nobody more
    files.write(opened.folder / BEFORE, files.key_pem(old, passphrase), files.SECRET, replace=True)
    opened.publish(
        opened.admitted(), ((own, key), (opened.own, old)),
        Sheet(opened.folder / KEY, files.key_pem(key, passphrase), files.SECRET, replace=True),
        Sheet(opened.folder / CERTIFICATE, pem(*believed), files.OPEN, replace=True),
        believed=believed,
    )  # fmt: skip
    return own


def retire(opened: Authority, signers: Signers) -> None:
    """The authority before is believed no more; raises BadUse while somebody still needs it."""
    if opened.before is None:
        raise BadUse(f"{opened.folder}: there is no authority before; nothing was changed")
    if behind := opened.behind():
        raise BadUse(f"{', '.join(behind)}: would be shut out; renew or lock them first (docs/keys.md)")
    if opened.broker is not None and (path := Path(opened.broker.folder) / SERVER).exists():
        served = files.certificate(files.read(path, "the broker's certificate"), str(path))
        if not certificates.signed_by(served, opened.own):
            raise BadUse(f"{path}: is of the authority before; renew it first with `server new --replace`")
    only = (opened.own,)
    made = Sheet(opened.folder / CERTIFICATE, pem(*only), files.OPEN, replace=True)
    opened.publish(opened.admitted(), signers[:1], made, believed=only)
    try:
        (opened.folder / BEFORE).unlink(missing_ok=True)
        files.sync(opened.folder)
    except OSError as fault:
        raise KeysError(f"{opened.folder / BEFORE}: {fault.strerror}; remove it by hand, nothing needs it") from fault


def _key_in_office(opened: Authority, passphrase: bytes) -> ec.EllipticCurvePrivateKey:
    """The key of authority.crt: in its place, or put aside already by a change that was cut short."""
    for name in (KEY, BEFORE):
        if (opened.folder / name).exists():
            key = files.ec_key(opened.folder / name, passphrase)
            if key.public_key() == opened.own.public_key():
                return key
    raise BadUse(f"{opened.folder / KEY} and {CERTIFICATE} do not belong together; take both from one copy")


def _next_name(own: x509.Certificate) -> str:
    """Another name than before: a revocation list is found by its issuer's name."""
    stem, number = re.fullmatch(r"(.*?)(?: (\d{1,4}))?", certificates.common_name(own.subject)).groups()  # type: ignore[union-attr]
    end = f" {int(number or 1) + 1}"
    return stem[: NAME_LETTERS - len(end)] + end
