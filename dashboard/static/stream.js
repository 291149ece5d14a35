// The live stream: which sites have changed. Says so when it is gone, and never pretends.
import { elapsed } from "./elapsed.js";

const SILENT_MS = 15000;

/** Listens until `ended()`; `changed(sites)` on each change gives a promise of whether all of it was fetched; `lost` is
 * shown while the server can not be heard, and until what it says after that is on the page. */
export function startStream({ lost, changed, ended }) {
  let heard = elapsed();
  let source = null;
  const alive = () => {
    const silence = elapsed() - heard;
    heard = elapsed();
    // what lay waiting while the page was frozen or the machine slept is no sign of life
    if (silence > SILENT_MS) anew();
  };
  const open = () => {
    source = new EventSource("/events");
    const own = source;
    source.addEventListener("hello", async () => {
      alive();
      // what stands here may be from before the silence: it is called old until the new is in
      if ((await changed([document.body.dataset.site ?? "", ""], true)) !== false && own.readyState === EventSource.OPEN) lost.hidden = true;
    });
    source.addEventListener("tick", alive);
    source.addEventListener("changed", async (event) => {
      alive();
      if ((await changed(JSON.parse(event.data).sites, false)) === true && own.readyState === EventSource.OPEN) lost.hidden = true;
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
  const anew = () => {
    lost.hidden = false;
    heard = elapsed();
    source.close();
    open();
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
  // after sleep or on another network the old connection may look open for long: what was not heard is not there
  const look = () => {
    if (source.readyState === EventSource.CLOSED) asking ??= refused();
    if (elapsed() - heard > SILENT_MS) anew();
  };
  const watch = setInterval(look, 1000);
  open();
  for (const name of ["visibilitychange", "resume"]) document.addEventListener(name, look);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) anew();
  });
  window.addEventListener("online", anew);
  window.addEventListener("offline", () => {
    lost.hidden = false;
  });
}
