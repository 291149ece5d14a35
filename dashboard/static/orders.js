// Sends the forms of the page as orders. The same filled-in form sent twice is one order.
const keys = new Map();

/** Takes over every form of class `order`; `after` runs when one was kept. */
export function startOrders(after) {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form.order");
    if (!form) return;
    event.preventDefault();
    send(form, after);
  });
}

async function send(form, after) {
  const fields = Object.fromEntries(new FormData(form));
  const meaning = JSON.stringify({ ...fields, idempotency_key: "", at: form.action });
  // a new key for each thing meant, kept until the server has it: a lost answer may be asked for again
  fields.idempotency_key = keys.get(meaning) ?? fields.idempotency_key;
  keys.set(meaning, fields.idempotency_key);
  const answer = form.querySelector(".answer");
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const reply = await fetch(form.action, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(fields),
    });
    if (!reply.ok) throw new Error((await reply.json()).error);
    keys.delete(meaning);
    answer.textContent = form.dataset.done;
    form.reset();
    after();
  } catch (fault) {
    answer.textContent = form.dataset.failed + fault.message;
  } finally {
    button.disabled = false;
  }
}
