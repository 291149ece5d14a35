"""Content documents as rows for the screen."""

from contract.content import ContactsDocument
from kiosk.core.words import Words, clean


def contact_rows(document: ContactsDocument | None, words: Words) -> tuple[str, ...]:
    """Numbers to call, the radio first: it works when no telephone does."""
    if document is None:
        return ()
    rows = document.rows_sv if words.language == "sv" or not document.rows_en else document.rows_en
    return (words.say("contacts.radio", mhz=clean(document.p4_mhz)), *(clean(row) for row in rows))
