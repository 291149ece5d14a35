"""How a site's certificate stands, as one sentence for the municipality; nothing where there is nothing to say.

The list is `sites.json` of the authority, copied to the broker's folder by `sotpunkt-keys`.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Literal

import msgspec

from contract.certificates import DAY, GRACE_DAYS, AdmittedList, Standing, standing
from contract.page import WARN_DAYS, PageWish

Role = Literal["", "remark", "bad"]
"""As it is painted: nothing, to be done in time, or the site is heard no more, or soon no more."""


class CertificateWords(msgspec.Struct, frozen=True, kw_only=True):
    """What the page of a site says of its certificate."""

    role: Role
    sv: str
    en: str


DAY_MS = 86_400_000
QUIET = CertificateWords(role="", sv="", en="")


def of_site(held: AdmittedList, site: str, today: date) -> CertificateWords:
    """The sentence for a site of the authority's list; a site that the list does not know has none."""
    one = held.newest().get(site)
    if one is None:
        return QUIET
    return words(one.last_day, today, locked=one.locked is not None)


def of_page(page: PageWish | None, wall_ms: int) -> CertificateWords:
    """The sentence for the certificate of the site's own page; nothing while it holds for longer than WARN_DAYS."""
    if page is None:
        return QUIET
    if page.ends_ms is None:
        return CertificateWords(
            role="remark",
            sv=f"Platsens egen sida {page.name} väntar på sitt första certifikat.",
            en=f"The site's own page {page.name} waits for its first certificate.",
        )
    day, left = f"{datetime.fromtimestamp(page.ends_ms / 1000, tz=UTC):%Y-%m-%d}", (page.ends_ms - wall_ms) // DAY_MS
    if page.ends_ms <= wall_ms:
        return CertificateWords(
            role="bad",
            sv=f"Certifikatet för platsens egen sida gick ut {day}. Telefoner varnar för sidan. Leverera ett nytt.",
            en=f"The certificate of the site's own page ended on {day}. Phones warn of the page. Deliver a new one.",
        )
    if left > WARN_DAYS:
        return QUIET
    return CertificateWords(
        role="remark",
        sv=f"Certifikatet för platsens egen sida går ut {day}, om {left} {'dag' if left == 1 else 'dagar'}.",
        en=f"The certificate of the site's own page ends on {day}, in {left} {'day' if left == 1 else 'days'}.",
    )


def words(last_day: date, today: date, *, locked: bool = False) -> CertificateWords:
    """The sentence for a certificate with this agreed last day."""
    end = last_day + timedelta(days=GRACE_DAYS)
    match standing(last_day, today, locked=locked):
        case Standing.LOCKED:
            return CertificateWords(
                role="bad",
                sv="Platsen är utelåst. Ge dosan ett nytt certifikat när den är i säkra händer igen.",
                en="The site is locked out. Give its box a new certificate when it is in good hands again.",
            )
        case Standing.EXPIRED:
            return CertificateWords(
                role="bad",
                sv=f"Certifikatet gick ut {last_day} och släpps inte in längre. Förnya det på plats.",
                en=f"The certificate ended on {last_day} and is not let in any more. Renew it at the site.",
            )
        case Standing.IN_GRACE:
            return CertificateWords(
                role="bad",
                sv=f"Certifikatet gick ut {last_day}. Platsen hörs till och med {end}. Förnya det nu.",
                en=f"The certificate ended on {last_day}. The site is heard until {end}. Renew it now.",
            )
        case Standing.EXPIRING:
            left = (last_day - today) // DAY
            return CertificateWords(
                role="remark",
                sv=f"Certifikatet går ut {last_day}, om {left} {'dag' if left == 1 else 'dagar'}. Förnya det i tid.",
                en=f"The certificate ends on {last_day}, in {left} {'day' if left == 1 else 'days'}. Renew it in time.",
            )
        case Standing.GOOD:
            return QUIET
