"""A table as a file that spreadsheets read."""

import csv
import io
from collections.abc import Iterable


def written(rows: Iterable[list[str]], language: str) -> str:
    """As spreadsheets of the language take it: where numbers have a comma, fields are parted by a semicolon."""
    text = io.StringIO()
    csv.writer(text, delimiter=";" if language == "sv" else ",", lineterminator="\r\n").writerows(rows)
    return f"\ufeff{text.getvalue()}"
