// The site's own page: a button that prints, where a script can. All else works without this file.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
for (const words of document.querySelectorAll("[data-print-how]")) words.hidden = true;
