// Ages go on counting here, with or without the server, and a value that grows old is turned at once.
const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const WORDS = { sv: { now: "nyss", day: "dygn", ago: ["för ", " sedan"] }, en: { now: "just now", day: "d", ago: ["", " ago"] } };

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

/** Counts every element with data-age; `rate` is the pace of a demonstration's clock. */
export function startAges(rate) {
  const born = new WeakMap();
  const language = document.body.dataset.language;

  const ageOf = (element, told) => {
    if (!born.has(element)) born.set(element, performance.now());
    return Number(told) + (performance.now() - born.get(element)) * rate;
  };

  const turn = () => {
    for (const element of document.querySelectorAll("[data-age]")) {
      const age = ageOf(element, element.dataset.age);
      const words = "ago" in element.dataset ? agoWords(age, language) : ageWords(age, language);
      if (element.textContent !== words) element.textContent = words;
      const value = element.closest(".value");
      if (value?.dataset.freshness === "fresh" && age > Number(value.dataset.limit)) value.dataset.freshness = "stale";
    }
    for (const site of document.querySelectorAll("[data-silence]")) {
      if (ageOf(site, site.dataset.silence) > Number(site.dataset.lostAfter)) loseContact(site);
    }
  };
  turn();
  setInterval(turn, 1000);
  return { restart: turn };
}

/** Silence has lasted too long: nothing of this site counts as now any more. */
function loseContact(site) {
  site.dataset.contact = "no";
  const whole = document.body.dataset.site ? document : site;
  for (const value of whole.querySelectorAll(".value[data-freshness]")) value.dataset.freshness = "unknown";
}
