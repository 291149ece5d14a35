// The live stream: which sites have changed. Says so when it is gone, and never pretends.
const SILENT_MS = 15000;

/** Listens for ever; `changed(sites)` on each change, `lost` is shown while the server can not be heard. */
export function startStream({ lost, changed }) {
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
    source.addEventListener("error", () => {
      lost.hidden = false;
    });
  };
  open();
  setInterval(() => {
    if (performance.now() - heard <= SILENT_MS) return;
    lost.hidden = false;
    heard = performance.now();
    source.close();
    open();
  }, 1000);
}
