"""Pictures as the gateway brings them: are they what they say, and may they be decoded at all?"""

from hashlib import sha256

import msgspec

from contract.content import PublicDocument
from contract.pictures import PictureBody, look, name_of
from contract.wire import Refused


def opened(document: PublicDocument) -> bytes:
    """The picture's bytes; raises Refused. Nothing is decoded here, so nothing can unfold."""
    try:
        data = msgspec.convert(document.body, PictureBody).data
    except msgspec.ValidationError as fault:
        raise Refused(f"document {document.name}: {fault}") from fault
    if document.name != name_of(document.sha256):
        raise Refused(f"document {document.name}: is not the name of its bytes")
    check(data, document.sha256)
    return data


def check(data: bytes, digest: str) -> None:
    """Raises Refused unless these are the bytes of that digest and a picture within the limits."""
    if sha256(data).hexdigest() != digest:
        raise Refused(f"picture {digest[:8]}: the bytes are not those of its digest")
    look(data)
