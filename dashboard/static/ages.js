// Ages go on counting here, with or without the server, and a value that grows old is turned at once.
import { elapsed } from "./elapsed.js";

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const WORDS = { sv: { now: "nyss", day: "dygn", ago: ["för ", " sedan"] }, en: { now: "just now", day: "d", ago: ["", " ago"] } };

const UNKNOWN = { sv: "ålder okänd", en: "age unknown" };

/** The same words as dashboard/core/numbers.py: nyss, 40 s, 3 min, 2 h 5 min, 4 dygn 3 h. */
export function ageWords(ms, language) {
  const words = WORDS[language] ?? WORDS.sv;
  if (ms < 2 * SECOND) return words.now;
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)}\u00a0s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}\u00a0min`;
  if (ms < DAY) return pair(Math.floor(ms / HOUR), "h", Math.floor((ms % HOUR) / MINUTE), "min");
  return pair(Math.floor(ms / DAY), words.day, Math.floor((ms % DAY) / HOUR), "h");
}

/** How long ago, as in numbers.py. */
export function agoWords(ms, language) {
  const words = WORDS[language] ?? WORDS.sv;
  const age = ageWords(ms, language);
  return age === words.now ? age : words.ago.join(age);
}

function pair(large, largeUnit, small, smallUnit) {
  return small ? `${large}\u00a0${largeUnit} ${small}\u00a0${smallUnit}` : `${large}\u00a0${largeUnit}`;
}

/** Counts every element with data-age; `rate` is the pace of a demonstration's clock; `before` what had passed when a
 * kept page was opened again, in ms, NaN when nobody can tell. */
export function startAges(rate, before = 0) {
  const born = new WeakMap();
  const language = document.body.dataset.language;
  const kept = "kept" in document.body.dataset;

  // what was there when a kept page was opened is older by all the time that it lay; what comes later is not
  const ageOf = (element, told) => {
    if (!born.has(element)) born.set(element, { at: asked, first: opening });
    const { at, first } = born.get(element);
    return Number(told) + (elapsed() - at + (first ? before : 0)) * rate;
  };
  let opening = kept;
  let asked = 0; // counted from when it was asked for: how long it was under way nobody knows

  const turn = () => {
    for (const element of document.querySelectorAll("[data-age]")) {
      const age = ageOf(element, element.dataset.age);
      const words = Number.isNaN(age) ? UNKNOWN[language] : "ago" in element.dataset ? agoWords(age, language) : ageWords(age, language);
      if (element.textContent !== words) element.textContent = words;
      const value = element.closest(".value");
      if (value?.dataset.freshness === "fresh" && !(age <= Number(value.dataset.limit))) value.dataset.freshness = "stale";
    }
    for (const site of document.querySelectorAll("[data-silence]")) {
      // an age that nobody can tell is never young enough
      if (!(ageOf(site, site.dataset.silence) <= Number(site.dataset.lostAfter))) loseContact(site);
    }
  };
  turn();
  opening = false;
  setInterval(turn, 1000);
  for (const [target, name] of [[document, "visibilitychange"], [window, "pageshow"], [document, "resume"]]) target.addEventListener(name, turn);
  return {
    /** New content, `at`: when it was asked for. */
    restart(at = elapsed()) {
      asked = at;
      turn();
    },
  };
}

/** Silence has lasted too long: nothing of this site counts as now any more. */
function loseContact(site) {
  site.dataset.contact = "no";
  const whole = document.body.dataset.site ? document : site;
  for (const value of whole.querySelectorAll(".value[data-freshness]")) value.dataset.freshness = "unknown";
}
