"""The commands of `sotpunkt-keys` as people use and misuse them."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from contract.certificates import GRACE_DAYS
from keys.io import files

from .conftest import TODAY, Centre, Said, quiet

ROOT = Path(__file__).parents[2]
Keys = Callable[..., Said]
SECRETS = {"authority.key", "site.key", "server.key", "bulletin.key", "passwords", "nodes.passwords", "nodes.psk"}


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    """A new authority."""
    return Centre(tmp_path)


def mode(path: Path) -> int:
    """Who may read and write it."""
    return stat.S_IMODE(path.stat().st_mode)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(said: Said, *words: str) -> bool:
    """Exit code 2, nothing on the output, one sentence that holds the words."""
    assert (2, "") == (said.code, said.out), said
    assert 1 == len(said.err.strip().splitlines()), said.err
    return all(word in said.err for word in words)


def test_secrets_are_for_their_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    """Every key and list of accounts has mode 0600 and every folder of keys 0700, also under umask 000."""
    before = os.umask(0)
    try:
        centre = Centre(tmp_path)
        box = centre.admit("are-kall")
        quiet("server", "new", "broker.example", "--authority", centre.folder, "--out", centre.broker, *centre.asked())
        quiet("mosquitto", "site", "--site", "are-kall", "--out", tmp_path / "site")
        quiet("account", "gateway", "--dir", tmp_path / "site", "--secret", tmp_path / "gateway.password")
        quiet("bulletin-key", "new", tmp_path / "bulletins", "--today", TODAY)
    finally:
        os.umask(before)
    secrets = [path for path in tmp_path.rglob("*") if path.name in SECRETS]

    assert SECRETS == {path.name for path in secrets}
    assert {0o600} == {mode(path) for path in [*secrets, tmp_path / "gateway.password"]}
    assert {0o700} == {mode(path) for path in (centre.folder, box, (box / "current").resolve(), tmp_path / "bulletins")}
    assert [] == [path for path in tmp_path.rglob("*") if path.is_file() and mode(path) & 0o022]


def test_certificate_says_what_was_agreed_and_thirty_days_more(centre: Centre) -> None:
    """Name, purpose, and an end that is the agreed last day and the grace."""
    box = centre.admit("are-kall", days=365)
    made = x509.load_pem_x509_certificate((box / "current/site.crt").read_bytes())
    usage = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value

    assert "CN=are-kall" == made.subject.rfc4514_string()
    assert TODAY + timedelta(days=365 + GRACE_DAYS) == made.not_valid_after_utc.date()
    assert [x509.ExtendedKeyUsageOID.CLIENT_AUTH] == list(usage)
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_private_key_never_leaves_the_box(centre: Centre, keys: Keys) -> None:
    """Neither request, certificate nor any word of the commands holds it."""
    box = centre.home / "box"
    told = keys("request", "are-kall", "--dir", box)
    request = centre.home / "request.pem"
    request.write_text(told.out)
    admitted = keys("site", "admit", request, "--days", 30, "--authority", centre.folder, *centre.asked())
    certificate = next((centre.folder / "issued").iterdir())
    installed = keys("install", certificate, "--dir", box, "--today", TODAY)
    secret = "".join((box / "current/site.key").read_text().splitlines()[1:-1])
    said = "".join(one.out + one.err for one in (told, admitted, installed))
    elsewhere = "".join(body.decode("latin-1") for body in tree(centre.folder).values())

    assert (0, 0, 0) == (told.code, admitted.code, installed.code)
    for line in (secret[:64], secret[64:]):
        assert line not in said.replace("\n", "")
        assert line not in (elsewhere + request.read_text()).replace("\n", "")


def test_request_given_again_is_the_same(tmp_path: Path, keys: Keys) -> None:
    """Who loses the paper asks again: the waiting key is never made anew, also when a power cut lost the request."""
    first = keys("request", "are-kall", "--dir", tmp_path)
    key = (tmp_path / "next/site.key").read_bytes()
    again = keys("request", "are-kall", "--dir", tmp_path)
    (tmp_path / "next/request.pem").unlink()
    third = keys("request", "are-kall", "--dir", tmp_path)

    assert (0, first.out) == (again.code, again.out)
    assert (0, key) == (third.code, (tmp_path / "next/site.key").read_bytes())


class Power:
    """Fails at the nth change of the disk's names."""

    def __init__(self, cut: pytest.MonkeyPatch, nth: int) -> None:
        self.left = nth
        for name in ("rename", "replace", "symlink_to"):
            cut.setattr(Path, name, self._counted(getattr(Path, name)))
        cut.setattr(files, "sync", self._counted(files.sync))

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def change(*arguments: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return real(*arguments)

        return change


def test_installation_cut_short_anywhere_is_ended_by_the_same_command(
    centre: Centre, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each step the power may go: key and certificate in use belong together, and the command does the rest."""
    box = centre.admit("are-kall")
    request, made = centre.home / "renew.pem", centre.home / "renew.crt"
    cuts = 0
    for nth in range(12):
        quiet("request", "are-kall", "--dir", box, "--out", request)
        admit = ("site", "admit", request, "--days", 300 + nth, "--authority", centre.folder, "--out", made)
        quiet(*admit, *centre.asked())
        with monkeypatch.context() as cut:
            Power(cut, nth)
            cuts += keys("install", made, "--dir", box, "--today", TODAY).code
        assert 0 == keys("check", box, "--today", TODAY).code, nth
        assert 0 == keys("install", made, "--dir", box, "--today", TODAY).code, nth
        assert made.read_bytes().startswith((box / "current/site.crt").read_bytes()), nth
        request.unlink()
        made.unlink()

    assert 130 * 8 == cuts  # so many steps there are, each was the last one once
    assert 1 == len([one for one in box.iterdir() if one.is_dir() and not one.is_symlink()])


def test_nothing_is_overwritten_without_being_told(centre: Centre, keys: Keys) -> None:
    """A second authority, server key, account, bulletin key or output in the same place changes nothing."""
    request = centre.home / "request.pem"
    quiet("request", "are-kall", "--dir", centre.home / "box", "--out", request)
    server = ("server", "new", "localhost", "--authority", centre.folder, "--out", centre.broker, *centre.asked())
    quiet(*server)
    quiet("mosquitto", "site", "--site", "are-kall", "--out", centre.home / "site")
    account = ("account", "kiosk", "--dir", centre.home / "site", "--secret", centre.home / "kiosk")
    quiet(*account)
    quiet("bulletin-key", "new", centre.home / "bulletins", "--today", TODAY)
    before = tree(centre.home)

    assert refused(keys("authority", "new", centre.folder, *centre.asked()), "holds an authority already")
    assert refused(keys(*server), "--replace")
    assert refused(keys(*account), "--replace")
    assert refused(keys("account", "owner", *account[2:]), "is there already")
    assert refused(keys("bulletin-key", "new", centre.home / "bulletins", "--today", TODAY), "rotate")
    assert refused(keys("request", "are-kall", "--dir", centre.home / "box", "--out", request), "is there already")
    admit = ("site", "admit", request, "--days", 30, "--authority", centre.folder, "--out", request, *centre.asked())
    assert refused(keys(*admit), "is there already")
    assert before == tree(centre.home)


def _csr(key: Any, name: str) -> bytes:
    names = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = x509.CertificateSigningRequestBuilder().subject_name(names).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM)


def test_request_that_does_not_fit_is_refused(centre: Centre, keys: Keys) -> None:
    """Garbage, another kind of key, the name of an account or of no site, a bent signature: no certificate."""
    good = ec.generate_private_key(ec.SECP256R1())
    bent = bytearray(x509.load_pem_x509_csr(_csr(good, "are-kall")).public_bytes(serialization.Encoding.DER))
    bent[-1] ^= 1
    cases: list[tuple[bytes, str]] = [
        (b"", "is no request"),
        (b"\xff\x00" * 500, "is no request"),
        (x509.load_der_x509_csr(bytes(bent)).public_bytes(serialization.Encoding.PEM), "signature"),
        (_csr(rsa.generate_private_key(65537, 2048), "are-kall"), "P-256"),
        (_csr(ec.generate_private_key(ec.SECP384R1()), "are-kall"), "P-256"),
        (_csr(good, "centre"), "account of the brokers"),
        (_csr(good, "+"), "cannot be a site"),
        (_csr(good, "are-kall/#"), "cannot be a site"),
        (_csr(good, "Åre-kall"), "cannot be a site"),
    ]
    before = tree(centre.folder)
    for body, sentence in cases:
        (centre.home / "r.pem").write_bytes(body)
        admit = ("site", "admit", centre.home / "r.pem", "--days", 30, "--authority", centre.folder, *centre.asked())
        assert refused(keys(*admit), sentence), sentence
    assert before == tree(centre.folder)


def test_certificate_that_does_not_fit_is_refused(centre: Centre, keys: Keys, tmp_path: Path) -> None:
    """Of another box, another authority, a broker, one that is over: the pair in use stays as it was."""
    box, other = centre.admit("are-kall"), centre.admit("are-duved")
    (tmp_path / "b").mkdir()
    stranger = Centre(tmp_path / "b")
    stranger.admit("are-kall")
    quiet("server", "new", "localhost", "--authority", centre.folder, "--out", centre.broker, *centre.asked())
    (tmp_path / "garbage").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    before = tree(box)
    cases = [
        (other / "current/site.crt", "was not made for a key"),
        (tmp_path / "b/box-are-kall.crt", "not signed by the authority"),
        (centre.broker / "server.crt", "not the certificate of a site"),
        (tmp_path / "garbage", "no certificate"),
        (tmp_path / "not-there", "cannot be read"),
    ]
    for path, sentence in cases:
        assert refused(keys("install", path, "--dir", box, "--today", TODAY), sentence), sentence
    late = TODAY + timedelta(days=800)
    assert refused(keys("install", centre.home / "box-are-kall.crt", "--dir", box, "--today", late), "is over since")
    assert before == tree(box)


def test_passphrase_comes_from_a_safe_file_or_the_terminal_only(centre: Centre, keys: Keys) -> None:
    """Wrong, readable by others, too short, nobody to ask: one sentence, and the key stays locked."""
    lock = ("site", "lock", "are-kall", "--authority", centre.folder, "--today", TODAY)
    centre.admit("are-kall")
    before = tree(centre.folder)
    wrong, loose = centre.home / "wrong", centre.home / "loose"
    for path, rights in ((wrong, 0o600), (loose, 0o644)):
        path.write_text("nothing like it\n")
        path.chmod(rights)

    assert refused(keys(*lock, "--passphrase-file", wrong), "the passphrase does not open it")
    assert refused(keys(*lock, "--passphrase-file", loose), f"chmod 600 {loose}")
    assert refused(keys(*lock), "--passphrase-file")
    wrong.write_text("short\n")
    new = ("authority", "new", centre.home / "second", "--passphrase-file", wrong, "--today", TODAY)
    assert refused(keys(*new), "shorter than 12")
    assert b"ENCRYPTED" in (centre.folder / "authority.key").read_bytes()
    assert before == tree(centre.folder)


def test_check_names_what_is_wrong(centre: Centre, keys: Keys) -> None:
    """A key that others can read, a revocation list gone, a pair that does not fit: a sentence each."""
    box, other = centre.admit("are-kall"), centre.admit("are-duved")
    (box / "current/site.key").chmod(0o640)
    loose = keys("check", box, "--today", TODAY)
    (box / "current/site.key").chmod(0o600)
    (box / "current/site.key").write_bytes((other / "current/site.key").read_bytes())
    crossed = keys("check", box, "--today", TODAY)
    (centre.folder / "revoked.crl").unlink()
    gone = keys("check", centre.folder, "--today", TODAY)
    grace = keys("check", other, "--today", TODAY + timedelta(days=370))

    assert (1, True) == (loose.code, "chmod 600" in loose.err)
    assert (1, True) == (crossed.code, "do not belong together" in crossed.err)
    assert (1, True) == (gone.code, "revoked.crl" in gone.err)
    assert (1, True) == (grace.code, "the agreed last day is over" in grace.err)
    assert 2 == keys("check", centre.home / "nothing-here", "--today", TODAY).code


def test_damaged_list_of_sites_is_told_and_never_replaced(centre: Centre, keys: Keys) -> None:
    """An empty, cut or foreign list would forget who is locked out: nothing is done until it is put right."""
    centre.admit("are-kall")
    whole = (centre.folder / "sites.json").read_bytes()
    for body in (b"", whole[:-20], b'{"certificates": 5}', b"\xff"):
        (centre.folder / "sites.json").write_bytes(body)
        lock = ("site", "lock", "are-kall", "--authority", centre.folder, *centre.asked())
        assert refused(keys(*lock), "is damaged")
        assert body == (centre.folder / "sites.json").read_bytes()


def test_two_at_a_time_do_not_mix(centre: Centre, keys: Keys) -> None:
    """While one command works in a folder another one waits outside, with a sentence."""
    with files.alone(centre.folder):
        said = keys("site", "lock", "are-kall", "--authority", centre.folder, *centre.asked())

    assert refused(said, "another `sotpunkt-keys` works there")


@pytest.mark.parametrize(
    "arguments",
    [
        ("mosquitto", "site", "--site", "Åre", "--out", "{0}"),
        ("mosquitto", "site", "--site", "are-kall", "--machine", "kiosk.example", "--out", "{0}"),
        ("mosquitto", "site", "--site", "are-kall", "--plain-port", "1884", "--out", "{0}"),
        ("mosquitto", "centre", "--address", "everywhere", "--out", "{0}"),
        ("mosquitto", "centre", "--out", "{0}", "--folder", "/with a space"),
        ("account", "no/body", "--dir", "{0}", "--secret", "{0}/x"),
        ("node", "gateway", "--dir", "{0}", "--secret", "{0}/x"),
        ("remove", "nobody", "--dir", "{0}"),
        ("request", "../../etc", "--dir", "{0}"),
        ("request", "owner", "--dir", "{0}"),
        ("site", "list", "--authority", "{0}/nowhere", "--today", "2026-11-22"),
        ("bulletin-key", "list", "{0}", "--today", "2026-11-22"),
    ],
)
def test_bad_input_is_one_sentence_and_leaves_nothing(tmp_path: Path, keys: Keys, arguments: tuple[str, ...]) -> None:
    """Names that are none, addresses that are none, folders that are not there: exit code 2 and no file."""
    said = keys(*(one.replace("{0}", str(tmp_path)) for one in arguments))

    assert refused(said)
    assert {} == tree(tmp_path)


def test_program_starts_by_itself_and_asks_for_the_day(tmp_path: Path) -> None:
    """As a process: a mistake is one sentence with exit code 2, and a key's folder that cannot be made too."""
    command = [sys.executable, "-m", "keys", "request", "are-kall", "--dir", "/proc/nowhere"]
    got = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)

    assert (2, "", 1) == (got.returncode, got.stdout, len(got.stderr.splitlines()))
    assert "Traceback" not in got.stderr


def test_full_disk_leaves_the_old_file_whole(tmp_path: Path) -> None:
    """A file that cannot be written to its end is not there, and the one before it still is."""
    import resource

    path = tmp_path / "list"
    files.write(path, b"before", files.OPEN)
    child = os.fork()
    if child == 0:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        try:
            files.write(path, b"x" * 5000, files.OPEN, replace=True)
        except files.KeysError:
            os._exit(7)
        os._exit(0)

    assert 7 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert b"before" == path.read_bytes()
    assert ["list"] == [one.name for one in tmp_path.iterdir()]


def test_day_of_a_person_counts_where_no_clock_does() -> None:
    """A given day is noon of that day, so that nothing made on it is too young."""
    from keys.day import now_if_known

    assert datetime(2031, 5, 6, 12, tzinfo=UTC) == now_if_known(datetime(2031, 5, 6, tzinfo=UTC).date())


def test_broker_that_cannot_be_told_is_said_and_the_lists_are_there_all_the_same(centre: Centre, keys: Keys) -> None:
    """The reload fails or cannot be run: exit code 1, what is done and what to do; the broker's next start obeys."""
    centre.admit("are-kall")
    lock = ("site", "lock", "are-kall", "--authority", centre.folder, *centre.asked())
    for command in ('["false"]', '["/no/such/program"]'):
        text = f'[broker]\nfolder = "{centre.broker}"\nreload = {command}\n'
        (centre.folder / "authority.toml").write_text(text)
        said = keys(*lock)
        assert (1, True) == (said.code, "the files are written, but" in said.err)
    acl = (centre.broker / "central.acl").read_text()

    assert "are-kall" not in acl
    assert 1 == len(list(x509.load_pem_x509_crl((centre.broker / "revoked.crl").read_bytes())))
    assert 0 == keys("check", centre.folder, "--today", TODAY).code
    (centre.broker / "central.acl").write_text(acl + "topic readwrite #\n")
    assert "central.acl: is not what the authority says" in keys("check", centre.folder, "--today", TODAY).err


def test_settings_of_the_authority_that_others_can_change_are_refused(centre: Centre, keys: Keys) -> None:
    """They name a command that is run."""
    (centre.folder / "authority.toml").chmod(0o666)

    assert refused(keys("site", "list", "--authority", centre.folder, "--today", TODAY), "chmod go-w")


def test_gateway_refuses_the_certificate_of_another_site(centre: Centre, tmp_path: Path) -> None:
    """At the centre everything that it says would be dropped without a word."""
    from doors.settings import SettingsFault
    from gateway import config

    box = centre.admit("are-kall")
    for site in ("are-kall", "are-duved"):
        (tmp_path / f"{site}.toml").write_text(
            f'[site]\nid = "{site}"\nplace = "Kall"\n[store]\npath = "{tmp_path}/g.db"\n'
            f'[site_broker]\nurl = "mqtt://127.0.0.1"\n[central_broker]\nurl = "mqtts://broker.example"\n'
            f'certificate_file = "{box}/current/site.crt"\nkey_file = "{box}/current/site.key"\n'
        )

    assert "are-kall" == config.read(tmp_path / "are-kall.toml").settings.site.id
    with pytest.raises(SettingsFault, match="is for are-kall, not for are-duved; ask the centre"):
        config.read(tmp_path / "are-duved.toml")
