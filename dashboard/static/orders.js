// Sends the forms of the page as orders. The same filled-in form sent twice is one order.
const keys = new Map();
const NAME = "sotpunkt-who";

/** Takes over every form of class `order`; `after` runs when one was kept. */
export function startOrders(after) {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form.order");
    if (!form) return;
    event.preventDefault();
    send(form, after);
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

async function send(form, after) {
  const fields = Object.fromEntries(new FormData(form));
  const meaning = JSON.stringify({ ...fields, idempotency_key: "", at: form.action });
  // a new key for each thing meant, kept until the server has it: a lost answer may be asked for again
  exactTime(form, fields);
  fields.idempotency_key = keys.get(meaning) ?? fields.idempotency_key;
  keys.set(meaning, fields.idempotency_key);
  const answer = form.querySelector(".answer");
  const button = form.querySelector("button");
  button.disabled = true;
  for (const place of form.querySelectorAll("[data-wrong], .answer")) place.textContent = "";
  try {
    const reply = await fetch(form.action, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(fields),
    });
    if (!reply.ok) throw await reply.json();
    keys.delete(meaning);
    if (fields.who) sessionStorage.setItem(NAME, fields.who);
    form.reset();
    form.elements.idempotency_key.value = freshKey();
    fillNames();
    answer.textContent = form.dataset.done;
    after();
  } catch (fault) {
    say(form, fault, answer);
  } finally {
    button.disabled = false;
  }
}

/** The sentence stands at its field, else under the form. */
function say(form, fault, answer) {
  const place = fault.field && form.querySelector(`[data-wrong="${CSS.escape(fault.field)}"]`);
  if (!place) {
    answer.textContent = form.dataset.failed + (fault.error ?? fault.message);
    return;
  }
  place.textContent = fault.error;
  const field = form.elements[fault.field];
  (field?.focus ? field : field?.[0])?.focus();
}

function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
