// The last state, for when there is no server: handed to the worker, which lives only where the browser trusts the page.
const EVERY_MS = 60000;

/** `later()`: the page has changed, keep it soon; `forget()`: nobody is signed in here, nothing may stay. */
export function startKeeping() {
  if (!window.isSecureContext || !navigator.serviceWorker) return { later() {}, forget: async () => {} };
  const page = document.body.dataset;
  const ready = navigator.serviceWorker.register("/worker.js").then(() => navigator.serviceWorker.ready).catch(() => null);
  const tell = async (message) => (await ready)?.active?.postMessage(message);
  const kept = page.kept !== undefined;
  let waiting = null;
  const keep = () => {
    waiting = null;
    const files = performance.getEntriesByType("resource").map((one) => one.name);
    if (page.keepH && !kept) tell({ keep: location.pathname + location.search, from: from(page), files });
  };
  if ("live" in page) keep();
  else tell({ forget: true });
  return {
    later() {
      waiting ??= setTimeout(keep, EVERY_MS);
    },
    async forget() {
      clearTimeout(waiting);
      await tell({ forget: true });
      await caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name)))).catch(() => null);
    },
  };
}

/** Where the same page is drawn again without that counting as a sign that somebody is there. */
function from(page) {
  const path = location.pathname === "/" ? "" : location.pathname;
  return `${path}/kept${location.search}`;
}
