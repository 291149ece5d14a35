"""Keys that sign bulletins: made, exchanged, and named as the dashboard and the gateways name them."""

import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dashboard.core.sending.bulletins import key_id, public_text

from .conftest import TODAY, Said, quiet

Keys = Callable[..., Said]


def test_bulletin_key_is_exchanged_with_a_day_for_the_old_one(tmp_path: Path, keys: Keys) -> None:
    """The old key is told of with its last day, and no more when that is over; its private half is kept aside."""
    until = TODAY + timedelta(days=30)
    quiet("bulletin-key", "new", tmp_path, "--today", TODAY)
    old = (tmp_path / "bulletin.pub").read_text().strip()
    quiet("bulletin-key", "rotate", tmp_path, "--until", until, "--today", TODAY)
    new = (tmp_path / "bulletin.pub").read_text().strip()
    now = keys("bulletin-key", "list", tmp_path, "--today", until).out
    later = keys("bulletin-key", "list", tmp_path, "--today", until + timedelta(days=1)).out

    assert f'public = "{old}"\ntrusted_until = {until}\n' in now
    assert now.rstrip().endswith(f'public = "{new}"')
    assert (False, True) == (old in later, new in later)
    assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("bulletin*.key")}
    assert 2 == len(list(tmp_path.glob("bulletin*.key")))
    late = keys("bulletin-key", "rotate", tmp_path, "--until", "2020-01-01", "--today", TODAY)
    assert (2, True) == (late.code, "is over" in late.err)


def test_key_has_the_name_that_the_dashboard_gives_it(tmp_path: Path, keys: Keys) -> None:
    """A bulletin names the key that signed it; a gateway looks that name up in the lines made here."""
    told = keys("bulletin-key", "new", tmp_path, "--today", TODAY).out
    key = serialization.load_pem_private_key((tmp_path / "bulletin.key").read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)

    assert f'id = "{key_id(key.public_key())}"\npublic = "{public_text(key.public_key())}"' in told
