// What was pressed and the server has not confirmed: kept in this window, over a reload, and tried again.
const STORE = "sotpunkt-unsent";
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30000;
const WITHIN_MS = 20000;
const MOST = 50;

/** `press(one)` answers when the server has; `after` runs when something was kept or refused. */
export function startUnsent(after) {
  const region = document.getElementById("unsent");
  const words = { waiting: region?.dataset.waiting ?? "", failed: region?.dataset.failed ?? "" };
  const token = region?.dataset.token ?? "";
  const told = new Map();
  let held = read();

  const keep = () => {
    try {
      sessionStorage.setItem(STORE, JSON.stringify(held));
    } catch {
      // a window that may not keep anything still sends; only a reload would lose what waits
    }
    draw();
  };

  /** Somebody else who is signed in here now neither sees nor sends it. */
  const mine = (one) => !one.fields.page_token || one.fields.page_token === token;

  const draw = () => {
    if (!region) return;
    const list = region.querySelector("ul");
    const shown = held.filter(mine);
    region.hidden = shown.length === 0;
    region.querySelector(".unsent-waits").hidden = !shown.some((one) => !one.fault);
    list.replaceChildren(...shown.map(line));
  };

  const line = (one) => {
    const item = document.createElement("li");
    const what = document.createElement("strong");
    what.textContent = one.what;
    item.dataset.state = one.fault ? "failed" : "waiting";
    item.append(what, ` – ${one.fault ? words.failed + one.fault : [words.waiting, one.why].filter(Boolean).join(": ")}`);
    if (one.fault) {
      const away = document.createElement("button");
      away.type = "button";
      away.textContent = region.dataset.dismiss;
      away.addEventListener("click", () => drop(one));
      item.append(" ", away);
    }
    return item;
  };

  const drop = (one) => {
    held = held.filter((other) => other.fields.idempotency_key !== one.fields.idempotency_key);
    keep();
  };

  /** Refused for good: the sentence stays until somebody has read it, whatever is drawn anew meanwhile. */
  const refuse = (one, fault, stays) => {
    if (stays) {
      one.fault = fault.error ?? String(fault.message ?? "");
      keep();
    } else drop(one);
    told.get(one.fields.idempotency_key)?.({ done: false, fault });
    after();
  };

  const attempt = async (one, pause) => {
    const reply = await post(one);
    if (reply.state === "kept") {
      drop(one);
      told.get(one.fields.idempotency_key)?.({ done: true });
      after();
    } else if (reply.state === "refused") {
      // a form that is still there says it at its field; what came too late, or has no form any more, says it above
      refuse(one, reply.fault, reply.late || !told.has(one.fields.idempotency_key));
    } else if (reply.state === "lost" && one.once) {
      refuse(one, reply.fault, false);
    } else if (reply.state === "away") {
      // kept until the same person is signed in again; the form says why, and can be pressed anew
      one.away = true;
      told.get(one.fields.idempotency_key)?.({ done: false, fault: reply.fault });
    } else if (reply.state === "lost") {
      // a server that is there and keeps nothing says why: the sentence stands beside "waiting" as long as that is so
      const why = reply.fault.error ?? "";
      if (why !== (one.why ?? "")) {
        one.why = why;
        keep();
      }
      setTimeout(() => attempt(one, Math.min(pause * 2, LONGEST_PAUSE_MS)), pause);
    }
  };

  /** Somebody may be signed in again: in another tab of this browser. */
  const again = (one) => {
    one.away = false;
    attempt(one, FIRST_PAUSE_MS);
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") held.filter((one) => one.away && mine(one)).forEach(again);
  });

  draw();
  for (const one of held) if (!one.fault && mine(one)) attempt(one, FIRST_PAUSE_MS);

  return {
    words,
    press: (one) =>
      new Promise((answered) => {
        const same = held.find((other) => !other.fault && meaning(other) === meaning(one));
        if (same) {
          told.set(same.fields.idempotency_key, answered);
          if (same.away) again(same);
          return;
        }
        // the same form with other words is another press: the server may have kept the first, and would keep no second
        const used = held.some((other) => other.fields.idempotency_key === one.fields.idempotency_key);
        if (used) one.fields.idempotency_key = freshKey();
        const pressed = { ...one, at: Date.now() };
        told.set(pressed.fields.idempotency_key, answered);
        held = [...held.slice(-MOST + 1), pressed];
        keep();
        attempt(pressed, FIRST_PAUSE_MS);
      }),
  };
}

/** A key that means nothing but one press. */
export function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** kept, refused (with `late` when somebody else was first), lost (try again), away (nobody is signed in). */
async function post(one) {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), WITHIN_MS);
  try {
    const address = new URL(one.action);
    if (one.fields.lang) address.searchParams.set("lang", one.fields.lang); // a fault outside the form is said in it
    const reply = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...one.fields, waited_ms: Math.max(0, Date.now() - one.at) }),
      signal: given.signal,
    });
    if (reply.ok) return { state: "kept" };
    const fault = await reply.json().catch(() => ({ error: String(reply.status) }));
    if (reply.status === 401) return { state: "away", fault };
    if (reply.status >= 500 || reply.status === 429 || reply.status === 408) return { state: "lost", fault };
    return { state: "refused", fault, late: reply.status === 409 };
  } catch (fault) {
    return { state: "lost", fault };
  } finally {
    clearTimeout(timer);
  }
}

function meaning(one) {
  return JSON.stringify([one.action, { ...one.fields, idempotency_key: "" }]);
}

function read() {
  try {
    const held = JSON.parse(sessionStorage.getItem(STORE) ?? "[]");
    return Array.isArray(held) ? held.filter((one) => one?.action?.startsWith(location.origin) && one.fields) : [];
  } catch {
    return [];
  }
}
