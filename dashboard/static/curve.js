// The curves of a site: fuel and power. Where nothing is known there is a gap, never a line.
const HEIGHT = 180;
const PAUSE_MS = 5000;
const SIGNALS = [
  { key: "fuel.level", title: "fuel", scale: 1, low: 0, high: 100 },
  { key: "generator.power", title: "power", scale: 1000, low: 0, high: null },
];

/** Draws and draws again; `refresh()` at most once per pause. */
export function startCurves(site) {
  const box = document.querySelector("#history .curves");
  if (!box || !window.uPlot) return null;
  let last = 0;
  let due = null;
  const draw = async () => {
    due = null;
    last = performance.now();
    const names = SIGNALS.map((one) => one.key).join(",");
    try {
      const answer = await fetch(`/api/sites/${site}/history?signals=${names}&hours=24`);
      if (answer.ok) show(box, (await answer.json()).signals);
    } catch {
      // the stream says when the server is gone
    }
  };
  const refresh = () => {
    due ??= setTimeout(draw, Math.max(0, last + PAUSE_MS - performance.now()));
  };
  new ResizeObserver(() => {
    for (const one of box.children) one.plot?.setSize({ width: box.clientWidth, height: HEIGHT });
  }).observe(box);
  draw();
  return { refresh };
}

function show(box, signals) {
  const drawn = SIGNALS.filter((one) => signals[one.key]?.length);
  box.replaceChildren();
  if (!drawn.length) {
    box.textContent = box.parentElement.dataset.none;
    return;
  }
  const all = drawn.flatMap((one) => signals[one.key].map((point) => point[0]));
  const span = [Math.min(...all), Math.max(...all)];
  if (span[1] - span[0] < 60) span[0] = span[1] - 60;
  for (const one of drawn) box.append(curve(one, signals[one.key], span, box));
}

function curve(signal, points, span, box) {
  const holder = document.createElement("div");
  holder.className = "curve";
  const colour = getComputedStyle(document.documentElement);
  const ink = colour.getPropertyValue("--quiet").trim();
  const values = points.map((point) => (point[1] === null ? null : point[1] / signal.scale));
  const top = signal.high ?? Math.max(1, ...values.filter((one) => one !== null)) * 1.1;
  const axis = { stroke: ink, grid: { stroke: colour.getPropertyValue("--line").trim(), width: 1 } };
  const sv = document.body.dataset.language !== "en";
  holder.plot = new window.uPlot(
    {
      width: box.clientWidth,
      height: HEIGHT,
      title: box.parentElement.dataset[signal.title],
      legend: { show: false },
      cursor: { drag: { x: false, y: false } },
      scales: { x: { time: true, range: span }, y: { range: [signal.low, top] } },
      axes: [
        { ...axis, values: (_, ticks) => ticks.map((tick) => clock(tick)) },
        { ...axis, size: 56, values: (_, ticks) => ticks.map((tick) => (sv ? String(tick).replace(".", ",") : String(tick))) },
      ],
      series: [
        {},
        {
          stroke: colour.getPropertyValue("--curve").trim(),
          width: 2,
          spanGaps: false,
          points: { show: points.length < 20 },
          paths: window.uPlot.paths.stepped({ align: 1 }),
        },
      ],
    },
    [points.map((point) => point[0]), values],
    holder,
  );
  return holder;
}

/** A time of day at the site; of the hour that comes twice in autumn also which of the two it is, as numbers.py says it. */
function clock(seconds) {
  const shown = local(seconds);
  const sv = document.documentElement.lang === "sv";
  if (local(seconds + 3600) === shown) return `${shown} ${sv ? "sommartid" : "summer time"}`;
  if (local(seconds - 3600) === shown) return `${shown} ${sv ? "vintertid" : "winter time"}`;
  return shown;
}

function local(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit", timeZone: document.body.dataset.zone });
}
