"""Codes of the minute (TOTP, RFC 6238) that work without a network, recovery codes, and both as pictures to scan."""

import re
import secrets

import pyotp
import segno

STEP_S = 30
WINDOW = 1
"""Steps before and after the present one that still count: a phone's clock may be half a minute off."""
RECOVERY_COUNT = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """160 random bits, as apps take them."""
    return pyotp.random_base32()


def matched(secret: str, written: str, wall_ms: int) -> int | None:
    """The step that a code belongs to, or None when it is none of now."""
    code = re.sub(r"\s", "", written)
    if not re.fullmatch(r"[0-9]{6}", code, re.ASCII):
        return None
    here, totp = wall_ms // 1000 // STEP_S, pyotp.TOTP(secret)
    found = None
    for step in range(here - WINDOW, here + WINDOW + 1):
        if secrets.compare_digest(totp.generate_otp(max(0, step)), code):
            found = step
    return found


def address(secret: str, name: str, place: str) -> str:
    """What the picture for the app says."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=f"sotpunkt {place}".strip())


def picture(content: str) -> str:
    """A QR code as SVG to stand in a page: black on white in light and dark."""
    return segno.make(content, micro=False, error="m").svg_inline(
        scale=4, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )


def on_terminal(content: str) -> str:
    """A QR code of half blocks."""
    import io

    out = io.StringIO()
    segno.make(content, micro=False, error="l").terminal(out, border=2, compact=True)
    return out.getvalue()


def recovery_codes() -> list[str]:
    """Each for one sign-in without the app: 12 letters that cannot be taken for one another, 59 bits."""
    drawn = ["".join(secrets.choice(_LETTERS) for _ in range(12)) for _ in range(RECOVERY_COUNT)]
    return [f"{one[:4]}-{one[4:8]}-{one[8:]}" for one in drawn]


def plain_recovery(written: str) -> str:
    """A recovery code as it was given, however it was typed in; "" when it can be none."""
    told = re.sub(r"[\s-]", "", written).casefold()
    return f"{told[:4]}-{told[4:8]}-{told[8:]}" if re.fullmatch(f"[{_LETTERS}]{{12}}", told) else ""
