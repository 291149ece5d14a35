"""What it costs to open the pages: the overview in a cold Chromium, and every page that is about all sites at once.

`transfer_kb`: what came over the wire for the first page, as it was compressed: HTML, style sheets, scripts, symbols.
`first_paint_ms`: Chromium's own first contentful paint, cold, on this machine without a slow link; beside it an empty
page of the same server, which is what browser and machine take by themselves.
"""

import shutil
import statistics
import time
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.dashboard_house import CannotMeasure, House, house, of_many
from bench.dashboard_ingest import fill
from bench.dashboard_push import FLAGS

SIZES = (30, 1000)
COLD = 7
TURNS = 15
RECORDS = 100_000
PAGES = ("/", "/rows?have=&drawn=", "/alarms", "/handover", "/refuelling", "/messages", "/messages/new",
         "/notification", "/reports", "/api/overview")  # fmt: skip
EMPTY = "/manifest.webmanifest"
"""The smallest thing that the server gives without asking anybody."""
PAINT = """() => new Promise(told => {
  const paints = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
  if (paints()) return told(paints());
  new PerformanceObserver(() => paints() && told(paints())).observe({type: 'paint', buffered: true});
})"""


def overview() -> Iterator[dict[str, Any]]:
    """One line for each size."""
    program = shutil.which("chromium")
    if program is None:
        raise CannotMeasure("there is no Chromium here")
    for sites in SIZES:
        with house(sites) as one, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            one.get("/")
            loads = [_cold(browser, one.url + "/") for _ in range(COLD)]
            empty = statistics.median(_cold(browser, one.url + EMPTY)[1] for _ in range(COLD))
            paint = statistics.median(load[1] for load in loads)
            yield {
                "sites": sites, "transfer_kb": round(loads[-1][0] / 1000, 1), "first_paint_ms": round(paint),
                "requests": loads[-1][2], "empty_page_ms": round(empty), "of_empty": round(paint / max(empty, 1), 1),
                "n": COLD,
            }  # fmt: skip
            browser.close()


def _cold(browser: Browser, address: str) -> tuple[float, float, int]:
    """(bytes over the wire, ms until something is painted, requests) of a browser that has nothing kept."""
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
    page.goto(address, wait_until="load")
    painted = float(page.evaluate(PAINT))
    page.wait_for_timeout(300)
    context.close()
    return sum(sizes), painted, len(sizes)


def pages() -> Iterator[dict[str, Any]]:
    """Every page at a thousand sites and a hundred thousand records, and what the program holds."""
    sites = SIZES[-1]
    with house(sites) as one:
        records = fill(one, RECORDS)
        for path in PAGES:
            yield {"sites": sites, "records": records, "page": path.partition("?")[0], **_asked(one, path)}
        yield {"sites": sites, "records": records, "rss_mb": one.rss, "idle_of_a_core": _idle(one)}


def _asked(one: House, path: str) -> dict[str, Any]:
    """The first is cold; it counts as the others do."""
    spent, size = [], 0
    for _ in range(TURNS):
        began = time.perf_counter()
        size = len(one.get(path))
        spent.append(time.perf_counter() - began)
    return {**of_many(spent), "kb": round(size / 1000)}


def _idle(one: House) -> float:
    """What of a core it takes while nobody says or asks anything."""
    from bench.processes import cpu_s

    before = cpu_s(one.process.pid)
    time.sleep(10)
    return round((cpu_s(one.process.pid) - before) / 10, 3)
