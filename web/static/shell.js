// What every page shares: keys that press buttons, filters that look set, focus and a spoken word after each swap.

const TYPING = "input:not([type=checkbox]):not([type=radio]):not([type=submit]), textarea, select, [contenteditable]";

document.documentElement.classList.add("js");

const shortcutsAreOn = () => document.body.dataset.shortcuts === "on";

// `data-key="n"` on a link, button or field: that key presses (or focuses) it. Never while typing, never with Ctrl or Alt.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !shortcutsAreOn()) return;
  if (event.target instanceof Element && event.target.closest(TYPING)) return;
  const wanted = [...document.querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key === event.key.toLowerCase() && element.getClientRects().length,
  );
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches(TYPING)) wanted.focus();
  else wanted.click();
});

// Escape leaves a field, so that the keys work again, and closes what is open.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.more[open]").forEach((open) => open.removeAttribute("open"));
  if (event.target instanceof HTMLElement && event.target.matches("input[type=search]")) event.target.blur();
});

// A filter that narrows the list looks narrowed.
const markSet = (select) => select.classList.toggle("set", select.value !== "");
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLSelectElement && event.target.matches(".pick")) markSet(event.target);
});
document.querySelectorAll("select.pick").forEach(markSet);

// After a swap: what changed is said (`data-say`), for those who do not see it.
document.addEventListener("htmx:after:swap", () => {
  const said = document.querySelector("[data-say]");
  if (said) document.getElementById("live").textContent = said.dataset.say;
});
