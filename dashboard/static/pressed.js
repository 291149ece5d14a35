// A press belongs to what it began on: while a finger or a button of the mouse is down, nothing is drawn anew under it.
// The browser would otherwise find another element at the release than at the press, and do nothing at all.

const HELD_MS = 2000; // a finger that rests keeps no news away
const CLICK_MS = 100; // on a touch screen the click comes a moment after the finger has gone

let presses = 0;
let down = false;
const waiting = [];

/** Resolves when nobody presses, at the latest after two seconds. */
export function released() {
  if (!down) return Promise.resolve();
  return new Promise((resolve) => {
    waiting.push(resolve);
    setTimeout(resolve, HELD_MS);
  });
}

function over(press) {
  if (press !== presses) return; // another has begun since
  down = false;
  for (const resolve of waiting.splice(0)) resolve();
}

const begun = () => {
  presses += 1;
  down = true;
};
const ended = () => {
  const press = presses;
  setTimeout(() => over(press), CLICK_MS);
};
document.addEventListener("pointerdown", begun, { capture: true });
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, ended, { capture: true });
window.addEventListener("blur", ended);
