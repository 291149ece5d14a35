// The same numbers as a table, for whoever does not see the curve: a line for each twelfth or so of the time.
import { moment } from "./curve.js";

const ROWS = 24;

/** A table that opens. `chart` and `told` as the server tells them. */
export function table(chart, told, words) {
  const details = document.createElement("details");
  details.id = `table-${chart.key}`;
  const summary = document.createElement("summary");
  summary.textContent = words.table;
  const scroll = document.createElement("div");
  scroll.className = "scroll";
  scroll.tabIndex = 0;
  details.append(summary, scroll);
  // made when it is wanted: nine tables that nobody opens are work for nothing
  details.addEventListener("toggle", () => details.open && scroll.replaceChildren(rows(chart, told, words)));
  return details;
}

function rows(chart, told, words) {
  const one = document.createElement("table");
  const head = one.createTHead().insertRow();
  for (const name of [words.time, ...chart.series.map((line) => `${line.name}, ${chart.unit}`)]) cell(head, name, "col");
  const body = one.createTBody();
  const many = Math.ceil(told.count / ROWS);
  for (let end = told.count; end > 0; end -= many) {
    const row = body.insertRow();
    cell(row, words.until.replace("%", label(Math.min(told.begin + end * told.step, told.end), told.period)), "row");
    for (const line of chart.series) row.insertCell().textContent = shown(line, chart, Math.max(0, end - many), end, words);
  }
  return one;
}

function label(seconds, period) {
  return moment(seconds, period);
}

function cell(row, words, scope) {
  const one = document.createElement("th");
  one.scope = scope;
  one.textContent = words;
  row.append(one);
}

function shown(line, chart, begin, end, words) {
  const lows = line.low.slice(begin, end);
  const known = lows.filter((one) => one !== null);
  if (!known.length) return words.gap;
  const highs = lows.flatMap((one, at) => (one === null ? [] : [one + (line.over[begin + at] ?? 0)]));
  const [low, high] = [Math.min(...known), Math.max(...highs)];
  return low === high ? figure(low, chart) : `${figure(low, chart)}–${figure(high, chart)}`;
}

function figure(digits, chart) {
  const language = document.body.dataset.language === "en" ? "en-GB" : "sv-SE";
  const places = { minimumFractionDigits: chart.decimals, maximumFractionDigits: chart.decimals };
  return (digits * chart.digit).toLocaleString(language, places);
}
