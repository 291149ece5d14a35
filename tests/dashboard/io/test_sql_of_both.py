"""The store can move to PostgreSQL: what it asks is SQL that both understand."""

import re
from pathlib import Path

ROOM = Path(__file__).parents[3] / "dashboard/io"
SQLITE_ALONE = re.compile(
    r"insert or (?:ignore|replace)|\browid\b|\bifnull\(|\bstrftime\(|\bgroup_concat\("
    r"|(?<![.\w])hex\(\w|\bjson_extract\("
    r"|(?:where|and) not (?:\w\.)?(?:locked|back|owns)\b|where not over\b"
)
OWN = {"migrations.py", "store_care.py", "tiles.py"}
"""Steps, check and copy are the file's own; tiles are a file of somebody else's making."""


def test_questions_of_the_store_are_not_for_sqlite_alone() -> None:
    """Words that only one of them knows, and numbers that stand for yes, are in no question."""
    found = [
        f"{path.name}: {match.group()}"
        for path in ROOM.rglob("*.py") if path.name not in OWN
        for match in SQLITE_ALONE.finditer(path.read_text("utf-8"))
    ]  # fmt: skip

    assert [] == found
