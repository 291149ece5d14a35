"""Numbers that only rise, in the store."""

from sqlalchemy import Connection, text

_RAISE = text(
    "insert into counters values (:name, :by) on conflict (name) do update set value = counters.value + :by "
    "returning value"
)


def raise_counter(connection: Connection, name: str, by: int = 1) -> int:
    """So much more; the new value."""
    return int(connection.execute(_RAISE, {"name": name, "by": by}).scalar_one())
