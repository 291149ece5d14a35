// The live stream: which sites have changed. Says so when it is gone, and never pretends.
const SILENT_MS = 15000;

/** Listens until `ended()`; `changed(sites)` on each change, `lost` is shown while the server can not be heard. */
export function startStream({ lost, changed, ended }) {
  let heard = performance.now();
  let source = null;
  const alive = () => {
    heard = performance.now();
    lost.hidden = true;
  };
  const open = () => {
    source = new EventSource("/events");
    source.addEventListener("hello", () => {
      alive();
      changed([document.body.dataset.site ?? "", ""]);
    });
    source.addEventListener("tick", alive);
    source.addEventListener("changed", (event) => {
      alive();
      changed(JSON.parse(event.data).sites);
    });
    source.addEventListener("ended", () => {
      source.close();
      clearInterval(watch);
      ended();
    });
    source.addEventListener("error", () => {
      lost.hidden = false;
    });
  };
  let asking = null;
  // a stream that is refused says nothing of why: asked apart, so that a restart of the server ends no page
  const refused = async () => {
    const answer = await fetch("/account", { method: "GET", redirect: "manual" }).catch(() => null);
    if (answer?.type === "opaqueredirect" || answer?.status === 401) {
      clearInterval(watch);
      source.close();
      ended();
    }
    asking = null;
  };
  const watch = setInterval(() => {
    if (source.readyState === EventSource.CLOSED) asking ??= refused();
    if (performance.now() - heard <= SILENT_MS) return;
    lost.hidden = false;
    heard = performance.now();
    source.close();
    open();
  }, 1000);
  open();
}
