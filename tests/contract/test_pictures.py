"""What may be a picture is judged from its bytes: nothing is decoded, and nothing but pixels is taken."""

import io
import struct
import zlib
from hashlib import sha256

import pytest
from PIL import Image

from contract.pictures import MAX_PICTURE, Size, is_picture, look, name_of, named
from contract.topics import valid_level
from contract.wire import Refused
from golden.painted import SCENE


def saved(kind: str, size: tuple[int, int] = (90, 60), **how: object) -> bytes:
    """A picture as a program would save it."""
    file = io.BytesIO()
    one = Image.linear_gradient("L").resize(size).convert("RGB")
    one.save(file, kind, **how)
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *more: bytes, head: bytes = b"\x08\x02\x00\x00\x00") -> bytes:
    """A PNG that says it is so large, whatever is in it."""
    parts = [chunk(b"IHDR", struct.pack(">II", width, height) + head), *more, chunk(b"IDAT", zlib.compress(b"\0" * 99))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


JPEG, PNG = saved("JPEG"), saved("PNG")
_place = Image.Exif()
_place[0x010E] = "Anna hemma"


def test_pictures_of_ordinary_programs_are_taken() -> None:
    """With the size that they have; the golden one too."""
    assert Size(90, 60) == look(JPEG)
    assert Size(90, 60) == look(PNG)
    assert Size(960, 640) == look(SCENE)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (png(60_000, 60_000), "60000 x 60000 pixels"),
        (png(1281, 10), "1281 x 10"),
        (png(0, 10), "0 x 10"),
        (png(9, 9, chunk(b"tEXt", b"Comment\0Anna")), "which is no pixels"),
        (png(9, 9, chunk(b"iCCP", b"x\0\0" + zlib.compress(b"\0" * 99_999))), "which is no pixels"),
        (png(9, 9, chunk(b"acTL", b"\0" * 8)), "which is no pixels"),
        (png(9, 9, chunk(b"IHDR", b"\0\0\x40\0\0\0\x40\0\x08\x02\0\0\0")), "two beginnings"),
        (png(9, 9, head=b"\x10\x02\x00\x00\x00"), "deeper than 8 bits"),
        (png(9, 9, head=b"\x08\x02\x00\x00\x01"), "interlaced"),
        (PNG[:-20] + b"\0" + PNG[-19:], "damaged"),
        (saved("JPEG", progressive=True), "part c2"),
        (saved("JPEG", exif=_place), "part e1"),
        (saved("JPEG", comment=b"Anna"), "part fe"),
        (saved("JPEG", (1300, 20)), "1300 x 20"),
        (JPEG + b"<script>", "neither|behind its end|before its last"),
        (JPEG[:-2], "ends before its last byte"),
        (saved("GIF"), "neither PNG nor JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "neither PNG nor JPEG"),
        (b"", "neither PNG nor JPEG"),
        (JPEG + b"\0" * MAX_PICTURE, "at most"),
    ],
)
def test_everything_else_is_refused_with_its_reason(data: bytes, why: str) -> None:
    """Bombs by their header, what carries more than pixels, what is torn, other kinds."""
    with pytest.raises(Refused, match=why):
        look(data)


@pytest.mark.parametrize("whole", [JPEG, PNG], ids=["jpeg", "png"])
def test_torn_and_bitten_pictures_are_refused_or_no_larger(whole: bytes) -> None:
    """Cut anywhere it is refused; with any byte changed it is refused or still within the limits; nothing else."""
    for end in range(len(whole)):
        with pytest.raises(Refused):
            look(whole[:end])
    for at in range(0, len(whole), 3):
        try:
            size = look(whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :])
        except Refused:
            continue
        assert max(size) <= 1280


def test_name_and_digests_of_pictures() -> None:
    """A picture is named by its bytes, in a name that a topic takes; documents name whole digests, wherever."""
    digest = sha256(PNG).hexdigest()
    tree = {
        "events": [{"picture": digest}, {"picture": "choir.jpg"}, {"picture": 3}],
        "x": {"y": [{"picture": "0" * 64}]},
    }

    assert valid_level(name_of(digest))
    assert is_picture(name_of(digest))
    assert not is_picture("picture-of-the-day")
    assert {digest, "0" * 64} == named(tree)
