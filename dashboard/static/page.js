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
startStream({
  lost: document.getElementById("lost-stream"),
  changed: (sites) => {
    if (!page.site || sites.includes(page.site) || sites.includes("")) panels?.refresh();
    if (sites.includes(page.site)) curves?.refresh();
  },
});
