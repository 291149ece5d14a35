// The overview: puts in the rows that changed, in their order, and lights the same site in list and map.
import { elapsed } from "./elapsed.js";
import { startMap } from "./map.js";
import { fetched, oneAtATime, put } from "./panels.js";
import { released } from "./pressed.js";

/** `refresh()` fetches what has changed since; `after` runs when something was put in. */
export function startRows(address, after) {
  const list = document.getElementById("rows");
  startMap(list);
  const refresh = oneAtATime(async () => {
    const asked = elapsed();
    const rows = [...list.children].filter((row) => row.dataset.site);
    const have = rows.map((row) => `${row.dataset.site}.${row.dataset.version}`).join(",");
    const drawn = document.querySelector("#panel-map svg")?.dataset.drawn ?? "";
    const told = await fetched(`${address}&have=${encodeURIComponent(have)}&drawn=${drawn}`);
    if (!told) return false;
    await released();
    place(list, told.order, told.rows);
    for (const [name, html] of Object.entries(told.panels)) put(name, html);
    // what several browsers are told together was gathered a moment before one of them asked
    after(asked - (told.old_ms ?? 0));
    return true;
  });
  // hours are counted down also where no site says anything
  setInterval(() => document.hidden || refresh(), 60000);
  return { refresh };
}

/** The rows of the page in their order: those that did not change stay the very same elements. */
function place(list, order, fresh) {
  const focused = list.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  for (const [id, html] of Object.entries(fresh)) {
    const shell = document.createElement("template");
    shell.innerHTML = html.trim();
    const row = shell.content.firstElementChild;
    const old = document.getElementById(`row-${id}`);
    if (old) {
      if (stateOf(old) !== stateOf(row)) row.classList.add("moved");
      old.replaceWith(row);
    } else {
      list.append(row);
    }
  }
  for (const row of [...list.children]) if (!order.includes(row.dataset.site)) row.remove();
  let after = null;
  for (const id of order) {
    const row = document.getElementById(`row-${id}`);
    if (!row) continue;
    const next = after ? after.nextElementSibling : list.firstElementChild;
    if (next !== row) list.insertBefore(row, next);
    after = row;
  }
  if (focused) list.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** What somebody would call a change: the word of the state that is shown. */
function stateOf(row) {
  return `${row.dataset.contact} ${row.querySelector(".badge")?.className} ${row.querySelector(".badge")?.textContent}`;
}
