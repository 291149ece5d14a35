// The worker: shows the last state of a page when its server does not answer, with the age it has then.
// Only pages that ask for it (data-keep-h), only what was fetched to be read, and nothing after somebody signed out.
const PAGES = "sotpunkt-pages-1";
const FILES = "sotpunkt-files-1";
const WAIT_MS = 6000;
const HOUR_MS = 3600000;
const MOST_PAGES = 80;
const FILE = /^\/(static|uplot)\/|^\/manifest\.webmanifest$/;
const OUT = ["/sign-out", "/sign-in"];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(tidied()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== location.origin) return;
  if (request.method !== "GET") {
    if (OUT.includes(address.pathname)) event.respondWith(leaving(request));
    return; // what is sent is never kept
  }
  if (request.mode === "navigate") event.respondWith(navigated(request, address));
  else if (FILE.test(address.pathname)) event.respondWith(file(request));
});

self.addEventListener("message", (event) => {
  const { keep, from, files, forget } = event.data ?? {};
  if (forget) event.waitUntil(forgotten());
  else if (typeof keep === "string" && typeof from === "string") event.waitUntil(kept(keep, from, files ?? []));
});

async function tidied() {
  for (const name of await caches.keys()) if (![PAGES, FILES].includes(name)) await caches.delete(name);
  await self.clients.claim();
}

/** How often something was forgotten: what was asked for before may not be kept after. */
let round = 0;

async function forgotten() {
  round += 1;
  await caches.delete(PAGES);
}

async function leaving(request) {
  const answer = await fetch(request);
  await forgotten();
  return answer;
}

/** A page: from the server; when it does not answer in time, the last state, marked. */
async function navigated(request, address) {
  if (OUT.includes(address.pathname)) await forgotten();
  const mine = round;
  const asked = fetch(request).then(async (answer) => {
    await seen(address, answer, mine);
    return answer;
  });
  asked.catch(() => null);
  const held = await heldOf(address);
  if (!held) return asked;
  const late = new Promise((resolve) => setTimeout(resolve, WAIT_MS, null));
  const answer = await Promise.race([asked.catch(() => null), late]);
  // a gateway that says that the server behind it is away knows nothing newer either
  if (answer && ![502, 503, 504].includes(answer.status)) return answer;
  const still = await heldOf(address);
  return still ? shown(still) : asked;
}

/** What an answer means for what is kept. */
async function seen(address, answer, mine) {
  const signedOut = answer.status === 401 || (answer.redirected && new URL(answer.url).pathname === "/sign-in") || answer.type === "opaqueredirect";
  if (signedOut) {
    // the redirect is followed as a navigation of its own; there it is known where it leads
    if (answer.type !== "opaqueredirect") await forgotten();
    return;
  }
  if (answer.ok && !answer.redirected) await put(address, answer.clone(), mine);
}

async function kept(keep, from, files) {
  const mine = round;
  const answer = await fetch(from, { redirect: "manual", headers: { accept: "text/html" } }).catch(() => null);
  if (answer?.status === 401 || answer?.type === "opaqueredirect") return forgotten();
  if (answer?.ok) await put(new URL(keep, location.origin), answer, mine);
  const store = await caches.open(FILES);
  for (const name of files) {
    const address = new URL(name, location.origin);
    if (address.origin === location.origin && FILE.test(address.pathname) && !(await store.match(name))) await store.add(name).catch(() => null);
  }
}

/** Keep a page that asks for it, with the time at which it came. */
async function put(address, answer, mine) {
  if (!(answer.headers.get("content-type") ?? "").startsWith("text/html")) return;
  const html = await answer.text();
  const hours = Number(/<body [^>]*data-keep-h="(\d+)"/.exec(html)?.[1] ?? 0);
  if (!hours || mine !== round) return;
  const store = await caches.open(PAGES);
  if (mine !== round) return;
  const headers = { "content-type": "text/html; charset=utf-8", "x-kept-at": String(Date.now()), "x-keep-h": String(hours) };
  const policy = answer.headers.get("content-security-policy");
  if (policy) headers["content-security-policy"] = policy;
  await store.put(nameOf(address), new Response(html, { headers }));
  const names = await store.keys();
  for (const old of names.slice(0, Math.max(0, names.length - MOST_PAGES))) await store.delete(old);
  if (mine !== round) await caches.delete(PAGES); // somebody signed out meanwhile
}

/** The same page whatever stands behind # in the address. */
function nameOf(address) {
  return address.pathname + address.search;
}

/** What is kept of an address, not longer than it may be shown; the first page also without its query. */
async function heldOf(address) {
  const store = await caches.open(PAGES);
  const held = (await store.match(nameOf(address))) ?? (await store.match(address.pathname, { ignoreSearch: true }));
  if (!held) return null;
  const age = Date.now() - Number(held.headers.get("x-kept-at"));
  if (age <= Number(held.headers.get("x-keep-h")) * HOUR_MS) return held;
  await store.delete(nameOf(address));
  return null;
}

/** The last state with its age and the words that say so; a clock that was set back leaves the age unknown. */
async function shown(held) {
  const html = await held.text();
  const at = Number(held.headers.get("x-kept-at"));
  const age = Date.now() - at;
  const language = /<html lang="(\w+)"/.exec(html)?.[1] ?? "sv";
  const zone = /data-zone="([\w/+-]+)"/.exec(html)?.[1];
  const when = age < 0 ? "" : (language === "en" ? "at " : "kl ") + said(at, language, zone);
  const marked = html
    .replace("<body ", `<body data-kept="${age < 0 ? "" : age}" data-kept-at="${at}" `)
    .replace('id="kept-state" hidden', 'id="kept-state"')
    .replace('<span id="kept-when"></span>', `<span id="kept-when">${when}</span>`)
    .replace(/<form /g, '<form inert ');
  return new Response(marked, { headers: held.headers });
}

function said(at, language, zone) {
  const near = Date.now() - at < 20 * HOUR_MS;
  const parts = near ? {} : { weekday: "short", day: "numeric", month: "short" };
  const locale = language === "en" ? "en-GB" : "sv-SE";
  const clock = { hour: "2-digit", minute: "2-digit", timeZone: zone };
  const twice = [HOUR_MS, -HOUR_MS].map((by) => new Date(at + by).toLocaleString(locale, clock) === new Date(at).toLocaleString(locale, clock));
  const words = language === "en" ? [" summer time", " winter time"] : [" sommartid", " vintertid"];
  return new Date(at).toLocaleString(locale, { ...parts, ...clock }) + (twice[0] ? words[0] : twice[1] ? words[1] : "");
}

/** Style sheets and modules: as the server has them now, else as they were. */
async function file(request) {
  const store = await caches.open(FILES);
  const asked = fetch(request).then((answer) => {
    if (answer.ok) store.put(request, answer.clone());
    return answer;
  });
  asked.catch(() => null);
  const held = await store.match(request, { ignoreVary: true });
  if (!held) return asked;
  const late = new Promise((resolve) => setTimeout(resolve, WAIT_MS, null));
  return (await Promise.race([asked.catch(() => null), late])) ?? held;
}
