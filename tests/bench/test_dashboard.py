"""The measurements of the dashboard measure a real one: what they count is what lies in its store and on its pages."""

from typing import Any

import pytest

from bench import dashboard_ingest, dashboard_load, dashboard_sites, processes
from bench.__main__ import BENCHES
from bench.dashboard_house import CannotMeasure, house, of_many, until
from contract.messages import SiteState, decode
from contract.records import RecordBatch
from contract.words import Power, Stream
from tests.ports import free_port


@pytest.mark.parametrize("name", ["ingest", "push", "overview", "pages", "history"])
def test_measurement_is_there_by_its_name(name: str) -> None:
    """`make bench ONLY=name`."""
    assert callable(BENCHES[name])


def test_records_count_when_the_store_has_confirmed_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every record that was counted lies in the store; pages are measured beside the size that they have."""
    monkeypatch.setattr(processes, "free_port", free_port)  # of those that nobody else is given meanwhile
    with house(3) as one:
        line = dashboard_ingest._line(one, Stream.SAMPLE, 2, 5)
        counted = one.json("/api/counts")
        page = dashboard_load._asked(one, "/healthz")

    assert (30, 30) == (line["records"], counted["records"]["sample"])
    assert 15 == counted["folded"]
    assert {} == counted["refused"]
    assert 0 < line["of_bare"]
    assert 15 == page["n"]


def test_sites_speak_as_the_contract_says() -> None:
    """What they send is read by the contract's own reader, and batches stay within its bounds."""
    voice = dashboard_sites.SiteVoice(7)
    batch: Any = decode(voice.batch(Stream.SAMPLE, dashboard_ingest.TOGETHER)[1], RecordBatch)

    assert Power.DEAD is decode(voice.state(Power.DEAD)[1], SiteState).power
    assert list(range(1, dashboard_ingest.TOGETHER + 1)) == [record.seq for record in batch.records]


def test_what_never_happens_is_said_and_not_measured() -> None:
    """A wait that is in vain ends with its name."""
    with pytest.raises(CannotMeasure, match="never came: snow"):
        until(lambda: False, "snow", within_s=0.05)


def test_percentiles_are_of_the_times_that_were_measured() -> None:
    """In ms; the slowest is the last percentile of a few."""
    assert {"p50_ms": 20.0, "p99_ms": 30.0, "n": 3} == of_many([0.03, 0.01, 0.02])
