// The curves of a site. The server tells the lowest and the highest value of each bucket; where it tells none, nothing
// is drawn but a striped ground: a gap is never bridged by a line.
import { table } from "./curve_table.js";

const HEIGHT = 200;
const PAUSE_MS = 5000;
const AHEAD = [6, 5];
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

/** Draws and draws again; `refresh()` at most once per pause. */
export function startCurves(site) {
  const panel = document.getElementById("history");
  const box = panel?.querySelector(".curves");
  if (!box || !window.uPlot) return null;
  let last = 0, due = null, told = null;
  const draw = async () => {
    due = null;
    last = performance.now();
    try {
      const { language } = document.body.dataset;
      const answer = await fetch(`/api/sites/${site}/curves?period=${panel.dataset.period}&lang=${language}`);
      if (answer.ok) show(box, panel.dataset, (told = await answer.json()));
      else if (!told) box.textContent = panel.dataset.failed;
    } catch {
      if (!told) box.textContent = panel.dataset.failed; // of a page that has drawn the stream says that it is old
    }
  };
  const refresh = () => {
    due ??= setTimeout(draw, Math.max(0, last + PAUSE_MS - performance.now()));
  };
  new ResizeObserver(() => {
    for (const one of box.children) one.plot?.setSize({ width: one.clientWidth, height: HEIGHT });
  }).observe(box);
  addEventListener("recolour", () => told && show(box, panel.dataset, told));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => told && show(box, panel.dataset, told));
  draw();
  return { refresh };
}

function show(box, words, told) {
  if (!told?.charts.length) {
    box.textContent = words.none;
    return;
  }
  const open = [...box.querySelectorAll("details[open]")].map((one) => one.id);
  const holders = told.charts.map((one) => holder(one));
  box.replaceChildren(...holders);
  told.charts.forEach((chart, number) => draw(holders[number], chart, told, words));
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
}

function holder(chart) {
  const one = document.createElement("figure");
  one.className = "curve";
  one.id = `curve-${chart.key}`;
  const title = document.createElement("h3");
  title.textContent = `${chart.title}, ${chart.unit}`;
  one.append(title);
  return one;
}

function draw(one, chart, told, words) {
  const ink = colours();
  const times = chart.series[0].low.map((_, at) => told.begin + (at + 0.5) * told.step);
  const columns = [times];
  const series = [{}];
  const bands = [];
  chart.series.forEach((line, number) => {
    const low = line.low.map((value) => (value === null ? null : value * chart.digit));
    const high = line.low.map((value, at) => (value === null ? null : (value + (line.over[at] ?? 0)) * chart.digit));
    const stroke = { stroke: ink.curves[number % ink.curves.length], dash: DASHES[number % DASHES.length], width: 2, spanGaps: false };
    const points = { show: lonely(low), size: 4 };
    series.push({ ...stroke, points }, { ...stroke, points });
    bands.push({ series: [columns.length + 1, columns.length], fill: ink.curves[number % ink.curves.length] + "55" });
    columns.push(high, low);
  });
  const last = chart.ahead ? ahead(chart, columns, series, told, ink) : told.end;
  const options = {
    width: one.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false } },
    bands: bands.map(({ series: [low, high], fill }) => ({ series: [high, low], fill })),
    scales: { x: { time: true, range: [told.begin, last] }, y: { range: (_, low, high) => range(chart, low, high) } },
    axes: axes(chart, told, ink),
    series,
    hooks: { drawClear: [(plot) => hatch(plot, chart.gaps, ink)] },
  };
  one.plot = new window.uPlot(options, columns, one);
  one.plot.root.setAttribute("aria-hidden", "true");
  one.append(keys(chart, ink, words), ...(chart.ahead ? [sentence(chart.ahead.words)] : []), table(chart, told, words));
}

/** A line through single points would be invisible: they are drawn as dots. */
function lonely(values) {
  return (_, __, ___, at) => {
    const found = [];
    values.forEach((value, i) => {
      if (value !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null) found.push(i);
    });
    return found.length > 0 && (at === undefined || found.includes(at));
  };
}

/** The calculated ends of the fuel, dashed; as much of it as the picture has room for. Returns the right edge. */
function ahead(chart, columns, series, told, ink) {
  const { at, value, low, high } = chart.ahead;
  const room = told.end + (told.end - told.begin) * 0.5;
  const edge = Math.min(room, Math.max(low, high ?? low, told.end));
  const cut = (end) => (end <= edge ? [end, 0] : [edge, value * (1 - (edge - at) / (end - at))]);
  for (const end of [low, high]) {
    if (end === null || end <= at) continue;
    const [when, left] = cut(end);
    const place = columns[0].length;
    columns[0].push(at, when);
    columns.forEach((column, number) => number && column.push(null, null));
    columns.push([...Array(place).fill(null), value, left]);
    series.push({ stroke: ink.quiet, dash: AHEAD, width: 2, spanGaps: true, points: { show: false } });
  }
  return sorted(columns) && edge;
}

/** uPlot wants its times in order; lines of the calculated part go over the gap that others leave there. */
function sorted(columns) {
  const length = columns[0].length;
  for (const column of columns) while (column.length < length) column.push(null);
  const order = columns[0].map((_, at) => at).sort((a, b) => columns[0][a] - columns[0][b]);
  columns.forEach((column, number) => (columns[number] = order.map((at) => column[at])));
  return true;
}

function range(chart, low, high) {
  if (low === null || low === undefined) return [0, 1];
  const room = Math.max((high - low) * 0.1, chart.digit * 5);
  return [chart.zero ? Math.min(0, low) : low - room, chart.top ?? high + room];
}

function axes(chart, told, ink) {
  const axis = { stroke: ink.quiet, grid: { stroke: ink.line, width: 1 }, ticks: { stroke: ink.line } };
  const sv = document.body.dataset.language !== "en";
  const figure = (value) => new Intl.NumberFormat(sv ? "sv-SE" : "en-GB").format(value);
  const unit = (ticks) => ticks.map((tick, at) => (at === ticks.length - 1 ? `${figure(tick)} ${chart.unit}` : figure(tick)));
  return [
    { ...axis, values: (_, ticks) => ticks.map((tick) => moment(tick, told.period)) },
    { ...axis, size: 72, values: (_, ticks) => unit(ticks) },
  ];
}

/** Time at the site: the clock, the day, or the month; of the hour that comes twice also which of the two it is. */
export function moment(seconds, period) {
  const language = document.body.dataset.language === "en" ? "en-GB" : "sv-SE";
  const show = (options) => new Date(seconds * 1000).toLocaleString(language, { timeZone: document.body.dataset.zone, ...options });
  if (period === "1y") return show({ day: "numeric", month: "short" });
  const shown = show({ hour: "2-digit", minute: "2-digit" }) + season(seconds);
  return period === "7d" ? `${show({ weekday: "short" })} ${shown}` : shown;
}

/** Of the hour that comes twice which of the two it is, to be set after the time; else nothing. */
export function season(seconds) {
  const { zone, language } = document.body.dataset;
  const clock = (at) => new Date(at * 1000).toLocaleTimeString("sv-SE", { timeZone: zone, timeStyle: "short" });
  const words = language === "en" ? [" summer time", " winter time"] : [" sommartid", " vintertid"];
  if (clock(seconds + 3600) === clock(seconds)) return words[0];
  return clock(seconds - 3600) === clock(seconds) ? words[1] : "";
}

/** Stripes where nothing is known. */
function hatch(plot, gaps, ink) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = ink.faint;
  ctx.lineWidth = 2;
  for (const [from, until] of gaps) {
    const left = Math.max(bbox.left, plot.valToPos(from, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(until, "x", true));
    if (right <= left) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    for (let at = left - bbox.height; at < right; at += 12) {
      ctx.beginPath();
      ctx.moveTo(at, bbox.top + bbox.height);
      ctx.lineTo(at + bbox.height, bbox.top);
      ctx.stroke();
    }
    ctx.restore();
  }
  ctx.restore();
}

/** Which line is which: its stroke, and its name. */
function keys(chart, ink, words) {
  const list = document.createElement("ul");
  list.className = "keys";
  const add = (colour, dash, name) => {
    const row = document.createElement("li");
    row.innerHTML = `<svg width="32" height="8" aria-hidden="true"><line x1="0" x2="32" y1="4" y2="4" stroke-width="3"/></svg>`;
    const stroke = row.querySelector("line");
    stroke.setAttribute("stroke", colour);
    stroke.setAttribute("stroke-dasharray", dash.join(" "));
    row.append(name);
    list.append(row);
  };
  chart.series.forEach((line, number) => add(ink.curves[number % ink.curves.length], DASHES[number % DASHES.length], line.name));
  if (chart.ahead) add(ink.quiet, AHEAD, words.ahead);
  return list;
}

function sentence(words) {
  const one = document.createElement("p");
  one.className = "ahead";
  one.textContent = words;
  return one;
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  if ("paper" in document.documentElement.dataset) {
    return { quiet: "black", line: "lightgrey", faint: "grey", curves: ["#000000", "#000000", "#000000", "#000000"] };
  }
  const curves = ["--curve", "--curve-2", "--curve-3", "--curve-4"].map((name) => of(name) || of("--curve"));
  return { quiet: of("--quiet"), line: of("--line"), faint: of("--unknown-hatch"), curves };
}
