"""The log for the food control of days that are over, kept longer than the box tells it. Raises StoreTrouble."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import text

from contract.food import FoodDay
from dashboard.io.store.database import Database

MOST_MONTHS = 120
_KEEP = text(
    """insert into food_days (site, day, device, place, known_min, body)
    values (:site, :day, :device, :place, :known, :body)
    on conflict (site, day, device, place) do update set known_min = excluded.known_min, body = excluded.body
    where excluded.known_min >= known_min and excluded.body <> body"""
)


class FoodDays:
    """A row a place and day. A box that knows less of a day than it once told takes nothing away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, site: str, days: Iterable[FoodDay]) -> None:
        """Days as they are now; what stands there already is not written again."""
        rows = [
            {"site": site, "day": one.day, "device": one.device, "place": one.place, "known": one.known_min,
             "body": msgspec.json.encode(one).decode()}
            for one in days
        ]  # fmt: skip
        if rows:
            with self._database.writing() as connection:
                connection.execute(_KEEP, rows)

    def of_month(self, site: str, month: str) -> list[FoodDay]:
        """All days of a month ("2026-11"), in order."""
        asked = text("select body from food_days where site = :site and day like :month order by day, device, place")
        with self._database.reading() as connection:
            rows = connection.execute(asked, {"site": site, "month": f"{month}-__"}).scalars().all()
        return [msgspec.json.decode(body, type=FoodDay) for body in rows]

    def months(self, site: str) -> list[str]:
        """Months of which any day is kept, the newest first."""
        asked = text("select distinct substr(day, 1, 7) from food_days where site = :site order by 1 desc limit :most")
        with self._database.reading() as connection:
            return [str(one) for one in connection.execute(asked, {"site": site, "most": MOST_MONTHS}).scalars()]
