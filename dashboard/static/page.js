// Starts every part of the page. Nothing here is needed to read the card: the server has drawn it already.
import { startAges } from "./ages.js";
import { startCurves } from "./curve.js";
import { fillNames, startOrders } from "./orders.js";
import { startRows } from "./overview.js";
import { startPanels } from "./panels.js";
import { startKeeping } from "./keeping.js";
import { startStream } from "./stream.js";

const page = document.body.dataset;
const ages = startAges(Number(page.rate) || 1, page.kept === undefined ? 0 : Number(page.kept || NaN));
const keeping = startKeeping();
const after = (asked) => {
  ages.restart(asked);
  fillNames();
  keeping.later();
};
const panels = page.rows ? startRows(page.rows, after) : page.panels ? startPanels(page.panels, after) : null;
const curves = document.getElementById("history") ? startCurves(page.site) : null;
startOrders(() => panels?.refresh());

/** Nobody is signed in here any more: nothing stays to be read, unless somebody is writing. */
async function ended() {
  await keeping.forget();
  const writing = [...document.querySelectorAll("form.order input:not([type=hidden]), form.order textarea")];
  if (writing.some((field) => field.value && field.value !== field.defaultValue && !field.dataset.shown)) {
    document.getElementById("signed-out").hidden = false;
  } else {
    location.reload();
  }
}

/** A kept page is only a picture: when the server is there again, the page itself is fetched. */
function back() {
  location.reload();
  return false;
}

if ("live" in page) startStream({
  ended,
  lost: document.getElementById("lost-stream"),
  changed: (sites, all) => {
    if (page.kept !== undefined) return back();
    if (sites.includes(page.site)) curves?.refresh();
    if (all || !page.site || sites.includes(page.site) || sites.includes("")) return panels?.refresh();
    return undefined;
  },
});
