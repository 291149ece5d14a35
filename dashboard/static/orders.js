// Sends the forms of the page. What was pressed waits until the server has it: it is kept over a reload, tried again
// after a lost network with the same key, and never shown as done before the server has said so.
import { freshKey, startUnsent } from "./unsent.js";

const NAME = "sotpunkt-who";
let unsent = null;

/** Takes over every form of class `order`; `after` runs when one was kept, or somebody else was first. */
export function startOrders(after) {
  unsent = startUnsent(after);
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form.order");
    if (!form) return;
    event.preventDefault();
    send(form);
  });
  fillNames();
  fillClocks();
  setInterval(fillClocks, 1000);
}

/** What this phone shows, at the site's place, until somebody writes another time. */
export function fillClocks() {
  for (const field of document.querySelectorAll('input[name="wall_ms"]')) {
    if (field.value && field.value !== field.dataset.shown) continue;
    field.value = new Date().toLocaleString("sv-SE", { timeZone: document.body.dataset.zone }).replace(" ", "T").slice(0, 16);
    field.dataset.shown = field.value;
  }
}

/** The phone's time to the millisecond, where nobody wrote another. */
function exactTime(form, fields) {
  const field = form.elements.wall_ms;
  if (field && field.value === field.dataset.shown) fields.wall_ms = Date.now();
}

/** Who you are is asked once for each window, not in every form. */
export function fillNames() {
  const name = sessionStorage.getItem(NAME);
  for (const field of document.querySelectorAll('input[name="who"]')) if (name && !field.value) field.value = name;
}

async function send(form) {
  const fields = Object.fromEntries(new FormData(form));
  exactTime(form, fields);
  const button = form.querySelector("button");
  const answer = form.querySelector(".answer");
  for (const place of form.querySelectorAll("[data-wrong], .answer")) place.textContent = "";
  const waiting = form.closest("details")?.querySelector("summary")?.textContent ?? button.textContent;
  button.disabled = true;
  form.dataset.waiting = "yes";
  answer.textContent = unsent.words.waiting;
  const came = await unsent.press({
    action: form.action, fields, what: form.dataset.what || waiting.trim(),
    // a clock that is offered later is wrong: that one is not tried again by itself
    once: "wall_ms" in fields,
  });
  delete form.dataset.waiting;
  button.disabled = false;
  if (came.done) done(form, fields, answer);
  else say(form, came.fault, answer);
}

/** The form is there again, empty, with the sentence of what came of it. */
function done(form, fields, answer) {
  if (fields.who) sessionStorage.setItem(NAME, fields.who);
  form.reset();
  form.elements.idempotency_key.value = freshKey();
  fillNames();
  answer.textContent = form.dataset.done;
}

/** The sentence stands at its field, else under the form. */
function say(form, fault, answer) {
  const place = fault.field && form.querySelector(`[data-wrong="${CSS.escape(fault.field)}"]`);
  if (!place) {
    answer.textContent = form.dataset.failed + (fault.error ?? fault.message);
    return;
  }
  answer.textContent = "";
  place.textContent = fault.error;
  const field = form.elements[fault.field];
  (field?.focus ? field : field?.[0])?.focus();
}
