// Fetches the parts of the page that changed and puts them in, without taking anything out of a person's hands.
const PAUSE_MS = 400;
const TYPED = "input:not([type=hidden]):not([type=radio]), textarea, select";

/** `refresh()` fetches at most once per pause; `after` runs when something was put in. */
export function startPanels(address, after) {
  let running = false;
  let again = false;
  const refresh = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await fetchAll(address, after);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    } while (again);
    running = false;
  };
  return { refresh };
}

async function fetchAll(address, after) {
  try {
    const answer = await fetch(address, { headers: { accept: "application/json" } });
    if (!answer.ok) return;
    for (const [name, html] of Object.entries(await answer.json())) put(name, html);
    after();
  } catch {
    // the stream says when the server is gone; the old panel stays and its ages go on
  }
}

/** New content for one panel; what is opened, typed or focused stays. */
function put(name, html) {
  const panel = document.getElementById(`panel-${name}`);
  if (!panel) return;
  const open = [...panel.querySelectorAll("details[open]")].map((one) => one.id);
  const typed = [...panel.querySelectorAll(TYPED)].filter((one) => one.value).map((one) => [one.id, one.value]);
  const chosen = [...panel.querySelectorAll("input[type=radio]:checked")].map((one) => one.id);
  const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
  const caret = focused ? document.activeElement.selectionStart : null;
  const scrolled = [...panel.querySelectorAll(".events")].map((one) => one.scrollTop);
  panel.innerHTML = html;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field) field.value = value;
  }
  for (const id of chosen) {
    const field = document.getElementById(id);
    if (field) field.checked = true;
  }
  [...panel.querySelectorAll(".events")].forEach((one, number) => (one.scrollTop = scrolled[number] ?? 0));
  const field = focused && document.getElementById(focused);
  if (!field) return;
  field.focus({ preventScroll: true });
  if (caret !== null && field.setSelectionRange) field.setSelectionRange(caret, caret);
}
