"""A store that an earlier version made is brought up to date, and nothing in it is lost."""

from pathlib import Path

import pytest
from sqlalchemy import text

from contract.messages import encode
from contract.orders import CallOut, Order
from dashboard.io.store import migrations
from dashboard.io.store.database import Database
from dashboard.io.store.shelf import Shelf


def test_an_answer_of_the_first_version_is_still_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The column for the reason of a refusal came later; what was answered before has the sentence alone."""
    path = tmp_path / "store.sqlite"
    order = Order(id="o-1", who="Bo", role="owner", entered_ms=1, through="x", what=CallOut(reason="storm"))
    with monkeypatch.context() as early:
        early.setattr(migrations, "STEPS", migrations.STEPS[:1])
        first = Database(path)
        with first.writing() as connection:
            connection.execute(
                text(
                    "insert into orders (id, site, key, body, answer, detail) "
                    "values ('o-1', 's', 'k', :body, 'x', 'no')"
                ),
                {"body": encode(order)},
            )
        first.close()

    now = Database(path)
    (answered,) = Shelf(now).lately("s", 5)
    now.close()

    assert (order, "x", "no", "") == (answered.order, answered.answer, answered.refusal.detail, answered.refusal.reason)
