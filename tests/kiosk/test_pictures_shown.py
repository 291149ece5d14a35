"""Pictures on the screen: shown from the cache alone, and a page without one when anything is wrong."""

import base64
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from contract import topics
from contract.content import PublicDocument
from contract.pictures import name_of
from golden.painted import DIGEST, SCENE
from kiosk.io.cache import CacheReader

from .conftest import SITE, head, wait_until

HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]


def test_screen_shows_pictures_and_does_without_bad_ones(tmp_path: Path) -> None:
    """One at a time, freed again; what cannot be decoded costs a sentence, never the page; words are read aloud."""
    answer = subprocess.run(
        [sys.executable, str(HERE.with_name("walk_pictures.py")), str(tmp_path)],
        capture_output=True, text=True, timeout=110, cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "SDL_VIDEODRIVER": "offscreen"},
    )  # fmt: skip
    assert 0 == answer.returncode, answer.stderr
    told = json.loads(answer.stdout)

    assert [960, 640] == told["shown"]
    assert ["Bild: Bygdegården med tända fönster framför ett snöklätt fjäll."] == told["read"]
    assert [None, []] == [told["closed"], told["read_closed"]]
    assert [None, None, None] == told["bad"]
    assert [[], [], []] == told["read_bad"]
    assert "Kaffe för alla" in told["text_bad"]
    assert 2 == len(told["said"]), "once for each that cannot be decoded; one that is not there is no fault"
    assert told["decoded"] <= 4, "the same again is not decoded again"
    assert told["grown_mb"] < 15, "forty of 6 MB each were shown by turns"


def test_keeper_takes_pictures_from_the_broker_into_the_cache(kiosk: Any, gateway: Any) -> None:
    """One that is none is named in the log; the true one can be read until the gateway empties its topic."""
    reader = CacheReader(kiosk.cache, SITE, False)

    def told(data: bytes, digest: str) -> PublicDocument:
        body = {"data": base64.b64encode(data).decode()}
        return PublicDocument(head=head(), name=name_of(digest), version=1, sha256=digest, body=body)

    kiosk.start("keeper")
    gateway.say(told(b"<svg/>", hashlib.sha256(b"<svg/>").hexdigest()))
    gateway.say(told(SCENE, DIGEST))
    wait_until(lambda: reader.picture(DIGEST))
    wait_until(lambda: "neither PNG nor JPEG" in kiosk.said("keeper"))
    gateway.say(b"", topics.public_content(SITE, name_of(DIGEST)))
    wait_until(lambda: reader.picture(DIGEST) is None)

    assert 0 == sum(one["name"].startswith("picture-") for one in kiosk.counts()["documents"])
