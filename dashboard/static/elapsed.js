// How much time has passed here, also while the machine slept or the page lay frozen.
// A monotonic clock may stand still in sleep and a wall clock may be set: of two steps the longer one counts, so that
// nothing old ever looks younger than it is.
let mono = performance.now();
let wall = Date.now();
let total = mono;

/** Milliseconds since the page was asked for, sleep included. */
export function elapsed() {
  const nowMono = performance.now();
  const nowWall = Date.now();
  total += Math.max(nowMono - mono, nowWall - wall, 0);
  mono = nowMono;
  wall = nowWall;
  return total;
}
