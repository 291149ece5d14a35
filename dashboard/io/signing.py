"""The key that bulletins are signed with: one file, readable by its owner alone."""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.bulletins import Bulletin, SignedBulletin
from dashboard.core.sending import bulletins
from dashboard.core.sites import BadInput
from doors.secrets import secret_fault


class Signer:
    """Signs; the key is never given away, nor shown."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.key_id = bulletins.key_id(key.public_key())

    def sign(self, bulletin: Bulletin) -> SignedBulletin:
        """The bulletin as it travels; raises BadInput when it is too large."""
        return bulletins.sign(bulletin, self._key)


def signer(path: Path) -> Signer:
    """The signer of a key file; raises BadInput with what to do."""
    if unsafe := secret_fault(path):
        raise BadInput(unsafe)
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as fault:
        raise BadInput(f"{path}: cannot be read: {fault.strerror}; check the path") from fault
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise BadInput(f"{path.name}: is not a private key made by `bulletin keys`") from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput(f"{path.name}: is not an Ed25519 key; make one with `bulletin keys`")
    return Signer(key)
