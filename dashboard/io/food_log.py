"""At the site's own page: the log for the food control as the box tells it, and the days that are over, kept here."""

import logging

from contract.food import FoodDay, FoodLog
from contract.messages import decode
from contract.wire import Refused
from dashboard.core.hearing.intake import Simulated
from dashboard.core.hearing.picture import newer
from dashboard.core.sites import Site
from dashboard.io.store.database import Database, StoreTrouble
from dashboard.io.store.food_days import FoodDays

log = logging.getLogger(__name__)


class FoodBook:
    """Of one site."""

    def __init__(self, site: Site, database: Database) -> None:
        self._site = site
        self._days = FoodDays(database)
        self._kept: set[FoodDay] = set()
        self.log: FoodLog | None = None
        """As it was told last."""

    def hear(self, payload: bytes) -> bool:
        """A message of the box; False when it is older than what is there. Raises Refused."""
        told = decode(payload, FoodLog)
        if told.head.site != self._site.id:
            raise Refused(f"a food log says it comes from {told.head.site!r}")
        if told.head.simulated and self._site.in_service:
            raise Simulated(f"{self._site.id} is in service and takes no simulated FoodLog")
        if self.log is not None and not newer(told.head, self.log.head):
            return False
        self.log = told
        self._keep(told)
        return True

    def _keep(self, told: FoodLog) -> None:
        """Days that are over, once; what could not be written comes again with the next message."""
        today = max((one.day for one in told.days), default="")
        over = {one for one in told.days if one.day < today}
        try:
            self._days.keep(self._site.id, over - self._kept)
            self._kept = over
        except StoreTrouble as fault:
            log.warning("the food log cannot be kept here: %s", fault)

    def months(self) -> list[str]:
        """Months of which anything is known, the newest first; raises StoreTrouble."""
        told = {one.day[:7] for one in self.log.days} if self.log else set()
        return sorted({*self._days.months(self._site.id), *told}, reverse=True)

    def of_month(self, month: str) -> tuple[FoodDay, ...]:
        """Its days as they are known best: what the box tells now, and what it told. Raises StoreTrouble."""
        found = {(one.day, one.device, one.place): one for one in self._days.of_month(self._site.id, month)}
        for one in self.log.days if self.log else ():
            held = found.get((one.day, one.device, one.place))
            if month and one.day.startswith(month) and (held is None or one.known_min >= held.known_min):
                found[one.day, one.device, one.place] = one
        return tuple(found[key] for key in sorted(found))
