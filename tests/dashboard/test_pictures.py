"""Pictures on their way from a file beside a document to the broker."""

import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from contract import topics
from contract.content import Manifest
from contract.pictures import look, name_of

POST = """[[events]]
id = "{id}"
title = {{ sv = "Byakören sjunger" }}
starts = 2099-12-13T19:00:00
until = 2099-12-13
picture = "{picture}"
picture_text = {{ sv = "Kören på scen." }}
"""


def camera(path: Path, size: tuple[int, int] = (3000, 2000)) -> Path:
    """A photo with the place where it was taken, turned on its side."""
    told = Image.Exif()
    told[0x0112] = 6
    told[0x010E] = "hemma hos oss"
    told.get_ifd(0x8825)[1] = "N"
    Image.effect_mandelbrot(size, (-2, -1.2, 1, 1.2), 60).convert("RGB").save(path, "JPEG", exif=told)
    return path


@pytest.fixture
def ready(tmp_path: Path, broker: Any, settings_of: Any) -> Path:
    """Settings of a dashboard for a site of this test."""
    settings = tmp_path / "dashboard.toml"
    settings.write_text(settings_of(("are-pictured",), broker.port), "utf-8")
    return settings


def test_picture_is_made_anew_sent_and_let_go(ready: Path, tmp_path: Path, broker: Any, asked: Any, wait: Any) -> None:
    """Upright, within the limits, without the camera's words; gone from manifest and broker with its document."""
    camera(tmp_path / "choir.jpg")
    file = tmp_path / "events.toml"
    file.write_text(POST.format(id="choir", picture="choir.jpg"), "utf-8")

    def publish(version: int) -> tuple[int, str, str]:
        return asked("content", "publish", "events", file, "--version", version, "--settings", ready)

    def manifest() -> Manifest:
        return msgspec.json.decode(broker.seen[topics.content("are-pictured")], type=Manifest)

    told = asked("content", "check", "events", file)
    assert (0, "") == publish(1)[::2]
    wait(lambda: topics.content("are-pictured") in broker.seen, "the manifest")
    paper, picture = manifest().documents
    blob = topics.blob("are-pictured", picture.sha256)
    data = broker.seen[blob]
    body = msgspec.json.decode(broker.seen[topics.blob("are-pictured", paper.sha256)])
    assert ("events", name_of(picture.sha256)) == (paper.name, picture.name)
    assert picture.sha256 == body["events"][0]["picture"]
    assert f"picture {picture.sha256[:8]}: {look(data).width} x" in told[1]
    assert look(data).height > look(data).width, "a turned photo stands upright"
    assert len(data) <= 100_000
    assert b"hemma" not in data
    assert not Image.open(io.BytesIO(data)).getexif()

    file.write_text(POST.format(id="choir", picture="choir.jpg").replace("scen", "trappan"), "utf-8")
    assert 0 == publish(2)[0]
    wait(lambda: manifest().revision == 2, "the second manifest")
    assert picture in manifest().documents
    file.write_text(POST.format(id="choir", picture="x").partition("picture")[0], "utf-8")
    assert 0 == publish(3)[0]
    wait(lambda: manifest().revision == 3 and broker.seen[blob] == b"", "the picture to be let go")
    assert ["events"] == [one.name for one in manifest().documents]


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("none.jpg", None, "none.jpg: cannot be read: No such file"),
        ("logo.svg", b"<svg/>", "logo.svg is no whole PNG or JPEG"),
        ("torn.jpg", b"torn", "torn.jpg is no whole PNG or JPEG"),
        ("small.png", b"small", "nobody would see it, at least 64 are needed"),
        ("bomb.png", b"bomb", "12000 x 12000 pixels; make it smaller first"),
        ("0" * 64, None, "is not here; name the file"),
    ],
)
def test_what_cannot_be_sent_is_refused_in_one_sentence(
    ready: Path, tmp_path: Path, asked: Any, name: str, data: bytes | None, sentence: str
) -> None:
    """Exit code 2, one line with the place, nothing kept."""
    if data == b"torn":
        data = camera(tmp_path / "whole.jpg", (600, 400)).read_bytes()[:5000]
    elif data in (b"small", b"bomb"):
        size = (20, 20) if data == b"small" else (12_000, 12_000)
        Image.new("1", size).save(tmp_path / name, "PNG")
        data = None
    if data is not None:
        (tmp_path / name).write_bytes(data)
    file = tmp_path / "events.toml"
    file.write_text(POST.format(id="choir", picture=name), "utf-8")

    code, _, said = asked("content", "publish", "events", file, "--version", 1, "--settings", ready)

    assert (2, 1) == (code, said.count("\n")), said
    assert sentence in said


def test_picture_without_words_and_too_many_are_refused(ready: Path, tmp_path: Path, asked: Any) -> None:
    """Whoever does not see it must have something read to them; a site takes twelve."""
    posts = []
    for number in range(13):
        Image.new("RGB", (80, 80), (number, 0, 0)).save(tmp_path / f"{number}.png")
        posts.append(POST.format(id=f"e{number}", picture=f"{number}.png"))
    file = tmp_path / "events.toml"
    file.write_text("".join(posts), "utf-8")
    many = asked("content", "publish", "events", file, "--version", 1, "--settings", ready)
    file.write_text(posts[0].rpartition("picture_text")[0], "utf-8")
    mute = asked("content", "publish", "events", file, "--version", 1, "--settings", ready)

    assert (2, True) == (many[0], "more than 12 pictures" in many[2])
    assert (2, True) == (mute[0], "picture_text" in mute[2])
