// Keeps what is being written in this browser, and shows beside it what the screens will show. All works without.
const form = document.querySelector("form.message-form[data-draft]");
const SOON_MS = 700;
const name = (of) => `sotpunkt-message:${of}`;

/** Everything that is written or chosen, keys and tokens left out. */
function written() {
  const told = [...new FormData(form)].filter(([key]) => !["page_token", "idempotency_key", "lang", "of", "type", "clock"].includes(key));
  return JSON.stringify(told);
}

function restore() {
  let told = null;
  try {
    told = JSON.parse(localStorage.getItem(name(form.dataset.draft)));
  } catch {
    return; // not ours, or no room was given: the form stays as it came
  }
  if (!Array.isArray(told) || !("fresh" in form.dataset) || JSON.stringify(told) === written()) return;
  for (const box of form.querySelectorAll("input[type=checkbox], input[type=radio]")) box.checked = false;
  for (const [key, value] of told) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(key)}"]`)) {
      if (field.type === "checkbox" || field.type === "radio") field.checked ||= field.value === value;
      else if (field.type !== "hidden") field.value = value;
    }
  }
  const kept = document.getElementById("draft-kept");
  kept.hidden = false;
  document.getElementById("draft-drop").addEventListener("click", () => {
    drop(form.dataset.draft);
    form.reset();
    kept.hidden = true;
    look();
  });
}

function drop(of) {
  try {
    localStorage.removeItem(name(of));
  } catch {
    // nothing was kept either
  }
}

function keep() {
  try {
    localStorage.setItem(name(form.dataset.draft), written());
  } catch {
    // no room, or not allowed: the page still holds it
  }
}

let waits = 0;
let asked = 0;

/** What the screens would show; while the form is not whole, what stood there last stays. */
async function look() {
  const mine = ++asked;
  try {
    const answer = await fetch("/messages/look", {
      method: "POST", headers: { accept: "application/json" }, body: new URLSearchParams(new FormData(form)),
    });
    if (answer.ok && mine === asked) document.getElementById("live-preview").innerHTML = (await answer.json()).preview;
  } catch {
    // the page says by itself when it has lost contact
  }
}

if (form) {
  restore();
  look();
  form.addEventListener("input", () => {
    keep();
    clearTimeout(waits);
    waits = setTimeout(look, SOON_MS);
  });
}
if (document.body.dataset.sent) drop(document.body.dataset.sent);
