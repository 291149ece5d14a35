// A site on paper: when it was printed, and curves that can be read on white.
import { season } from "./curve.js";

const printed = document.getElementById("printed");

addEventListener("beforeprint", () => {
  const zone = document.body.dataset.zone;
  const words = new Date().toLocaleString("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
  if (printed) printed.textContent = `${printed.dataset.words} ${words}${season(Date.now() / 1000)}`;
  document.documentElement.dataset.paper = "";
  dispatchEvent(new Event("recolour"));
});
addEventListener("afterprint", () => {
  delete document.documentElement.dataset.paper;
  dispatchEvent(new Event("recolour"));
});
