"""The site's own page asks the box beside it for the past, and shows what it told and nothing else."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract import topics
from contract.judgement import RunDone
from contract.messages import encode
from contract.past import Past, PastEvent, PastLine, PastWish

SITE = "past-a"


class Box:
    """What answers wishes on the site's broker. `answer` makes the answers to one; None: silent."""

    def __init__(self, broker: Any, voice: Any) -> None:
        self.wishes: list[PastWish] = []
        self.answer: Callable[[PastWish], list[Past]] | None = None
        self._broker = broker
        self.site = voice(SITE, boot=Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip())
        self.site.up_ms = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
        broker.client.message_callback_add(topics.past_wish(SITE), self._hear)

    def _hear(self, _: Any, __: Any, message: Any) -> None:
        wish = msgspec.json.decode(message.payload, type=PastWish)
        self.wishes.append(wish)
        for one in self.answer(wish) if self.answer else ():
            self._broker.client.publish(topics.past(SITE), encode(one), qos=1)

    def past(self, wish: PastWish, site: str = "", **of: Any) -> Past:
        """An answer: fuel that stands at 62 % in the first bucket and all later ones but two, and one run."""
        head = msgspec.structs.replace(self.site.head(), **({"site": site} if site else {}))
        low = tuple(None if number in (1, 2) else 62.0 for number in range(wish.count))
        line = PastLine(device="genset", signal="fuel.level", low=low, high=low)
        run = RunDone(id="r", kind="test", started=self.site.moment(), ended=self.site.moment(), running_s=1800.0,
                      load_mean_percent=22.0, who="Bo")  # fmt: skip
        event = PastEvent(run="run-1", record=self.site.record(3, "run_ended", {"run": msgspec.to_builtins(run)}))
        told = {"lines": (line,) if wish.signals else (), "events": (event,)} | of
        return Past(head=head, wish=wish.id, **told)


@pytest.fixture(scope="module")
def box(broker: Any, voice: Any) -> Iterator[Box]:
    """The gateway's part of it."""
    yield Box(broker, voice)
    broker.client.message_callback_remove(topics.past_wish(SITE))


@pytest.fixture(scope="module")
def page(dashboard_of_module: Any, broker: Any, box: Box, wait: Any) -> Any:
    """The owner's page, in service, with its broker; what time it is the box tells."""
    one = dashboard_of_module(SITE, mode="site", in_service=True)
    wait(lambda: one.json("/healthz")["broker"], "the link")
    broker.say(box.site.alive())
    wait(lambda: one.json("/api/counts")["folded"], "the heartbeat")
    return one


def test_box_that_is_silent_is_not_waited_for_and_nothing_is_claimed(page: Any, box: Box) -> None:
    """No curve, no run and no word that there was none; while curves are waited for the page is there."""
    box.answer = None
    with ThreadPoolExecutor(1) as beside:
        curves = beside.submit(page.get, f"/api/sites/{SITE}/curves?period=24h")
        html = page.get(f"/sites/{SITE}")[1]
        status, told = curves.result(40)

    assert html.count("Dosan har inte berättat om det som har varit.") == 2
    assert "Inga körningar är kända." not in html
    assert "Inga meddelanden har skickats ut." not in html
    assert (503, True) == (status, "Dosan har inte svarat" in json.loads(told)["error"])


def test_past_that_is_no_answer_is_not_shown(page: Any, box: Box, wait: Any) -> None:
    """From another site, to another wish, of a simulation, broken: refused, counted, and the true one is taken."""

    def hostile(wish: PastWish) -> list[Past]:
        play = msgspec.structs.replace(box.site.head(), simulated=True)
        other = msgspec.structs.replace(box.past(wish), wish="somebody-else", events=())
        return [box.past(wish, "other-b", events=()), msgspec.structs.replace(box.past(wish), head=play, events=()),
                other, box.past(wish)]  # fmt: skip

    box.answer = hostile
    wait(lambda: "Gick 30" in page.get(f"/sites/{SITE}")[1], "the run of the true answer", within_s=60)

    assert 2 <= page.json("/api/counts")["refused"][SITE]


def test_curves_and_runs_stand_as_the_box_told_them(page: Any, box: Box, wait: Any) -> None:
    """Each bucket as told, a hole where it had none; every period asks for its own; soon after nobody asks again."""
    box.answer = lambda wish: [box.past(wish)]
    told = wait(lambda: _curves(page, "24h"), "curves", within_s=60)
    (level,) = [one for one in told["charts"] if one["key"] == "level"]
    wish = box.wishes[-1]
    asked = len(box.wishes)
    week = _curves(page, "7d")

    assert [620, None, None, 620] == level["series"][0]["low"][:4]
    assert [[(wish.from_ms + 300_000) / 1000, (wish.from_ms + 900_000) / 1000]] == level["gaps"][:1]
    assert (300_000, 288) == (wish.step_ms, wish.count)
    assert 336 == len(week["charts"][0]["series"][0]["low"])
    assert told["charts"][0] == _curves(page, "24h")["charts"][0] or wish.from_ms != box.wishes[-1].from_ms
    assert len(box.wishes) <= asked + 2

    html = page.get(f"/sites/{SITE}")[1]
    assert "Ur dosans eget minne, hämtat" in html
    assert "En körning av elverket är slut" in html
    assert "Bo" in page.get(f"/sites/{SITE}/runs.csv")[1]


def test_past_costs_the_page_no_row(page: Any) -> None:
    """What was told is in no table: no second copy wears the card."""
    assert {"event": 0, "receipt": 0, "sample": 0} == page.json("/api/counts")["records"]


def _curves(page: Any, period: str) -> Any:
    status, told = page.get(f"/api/sites/{SITE}/curves?period={period}")
    if status == 503:
        time.sleep(0.5)  # the box is left in peace after it was silent
        return None
    return json.loads(told)
