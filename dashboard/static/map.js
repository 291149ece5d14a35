// List and map light the same site: whoever points at one sees the other.

/** `list`: the rows. The map may be drawn anew at any time, so it is looked up each time. */
export function startMap(list) {
  const light = (event) => {
    const site = event.target.closest?.("[data-site], [data-pin]");
    const id = site?.dataset.site ?? site?.dataset.pin;
    for (const pin of document.querySelectorAll(".pin.lit")) pin.classList.remove("lit");
    if (id) document.querySelector(`.pin[data-pin="${CSS.escape(id)}"]`)?.classList.add("lit");
  };
  for (const name of ["pointerover", "focusin"]) list.addEventListener(name, light);
}
