// Fetches the parts of the page that changed and puts them in, without taking anything out of a person's hands.
import { elapsed } from "./elapsed.js";
import { released } from "./pressed.js";

const PAUSE_MS = 250;
const WITHIN_MS = 20000;
const TYPED = "input:not([type=hidden]):not([type=radio]), textarea, select";

/** One job at a time: called while it runs, it runs once more. Gives a promise of how the last run ended. */
export function oneAtATime(job) {
  let running = null;
  let again = false;
  const run = async () => {
    let good = false;
    do {
      again = false;
      good = await job();
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    } while (again);
    running = null;
    return good;
  };
  return () => {
    if (running) again = true;
    else running = run();
    return running;
  };
}

/** JSON of an address, null when it can not be had. */
export async function fetched(address) {
  try {
    const answer = await fetch(address, { headers: { accept: "application/json" }, signal: AbortSignal.timeout(WITHIN_MS) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // the stream says when the server is gone; the old panel stays and its ages go on
  }
}

/** `refresh()` fetches at most once per pause; `after(asked)` runs when something was put in. */
export function startPanels(address, after) {
  const refresh = oneAtATime(async () => {
    const asked = elapsed();
    const panels = await fetched(address);
    if (!panels) return false;
    await released();
    for (const [name, html] of Object.entries(panels)) put(name, html);
    after(asked);
    return true;
  });
  return { refresh };
}

/** New content for one panel; what is opened, typed or focused stays. */
export function put(name, html) {
  const panel = document.getElementById(`panel-${name}`);
  if (!panel) return;
  const open = [...panel.querySelectorAll("details[open]")].map((one) => one.id);
  const typed = [...panel.querySelectorAll(TYPED)].filter((one) => one.value).map((one) => [one.id, one.value]);
  const chosen = [...panel.querySelectorAll("input[type=radio]:checked")].map((one) => one.id);
  const focused = panel.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && whereIs(focused, panel);
  const caret = focused ? focused.selectionStart : null;
  const scrolled = [...panel.querySelectorAll(".events")].map((one) => one.scrollTop);
  panel.innerHTML = html;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
  for (const id of chosen) {
    const field = document.getElementById(id);
    if (field) field.checked = true;
  }
  [...panel.querySelectorAll(".events")].forEach((one, number) => (one.scrollTop = scrolled[number] ?? 0));
  if (!place) return;
  const field = found(panel, place) ?? panel;
  if (field === panel) panel.tabIndex = -1; // what was focused is gone: the keyboard goes on from here, not from the top
  field.focus({ preventScroll: true });
  if (caret !== null && caret !== undefined && field.setSelectionRange) field.setSelectionRange(caret, caret);
}

/** How to find a focused thing again in content that is drawn anew: by its id, by where it leads, else by its place in
 * the nearest thing that has an id; never by its place among those of others. */
function whereIs(element, panel) {
  if (element.id) return { id: element.id };
  const href = element.getAttribute("href");
  const holder = element.closest("[id]");
  if (href || holder === panel) return { href };
  return { holder: holder.id, tag: element.tagName, at: [...holder.querySelectorAll(element.tagName)].indexOf(element) };
}

function found(panel, { id, href, holder, tag, at }) {
  if (id) return document.getElementById(id);
  if (holder) return document.getElementById(holder)?.querySelectorAll(tag)[at] ?? null;
  return href ? panel.querySelector(`[href="${CSS.escape(href)}"]`) : null;
}
