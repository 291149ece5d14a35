// Starts every part of the page. Nothing here is needed to read the card: the server has drawn it already.
import { startAges } from "./ages.js";
import { startCurves } from "./curve.js";
import { fillNames, startOrders } from "./orders.js";
import { startPanels } from "./panels.js";
import { startStream } from "./stream.js";

const page = document.body.dataset;
const ages = startAges(Number(page.rate) || 1);
const panels = page.panels ? startPanels(page.panels, () => {
  ages.restart();
  fillNames();
}) : null;
const curves = document.getElementById("history") ? startCurves(page.site) : null;
startOrders(() => panels?.refresh());

/** Nobody is signed in here any more: nothing stays to be read, unless somebody is writing. */
function ended() {
  const writing = [...document.querySelectorAll("form.order input:not([type=hidden]), form.order textarea")];
  if (writing.some((field) => field.value && field.value !== field.defaultValue && !field.dataset.shown)) {
    document.getElementById("signed-out").hidden = false;
  } else {
    location.reload();
  }
}

if ("live" in page) startStream({
  ended,
  lost: document.getElementById("lost-stream"),
  changed: (sites) => {
    if (!page.site || sites.includes(page.site) || sites.includes("")) panels?.refresh();
    if (sites.includes(page.site)) curves?.refresh();
  },
});
