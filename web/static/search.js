// Results by arrow keys, and the searched words kept for the way back: they never stand in an address.
const KEPT = "searched-words";
const box = document.getElementById("text");
const form = document.getElementById("ask");

document.addEventListener("keydown", (event) => {
  if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  const links = [...document.querySelectorAll("#hits .hit-said a")];
  const at = links.indexOf(document.activeElement);
  const inBox = document.activeElement === box;
  if (!links.length || (at < 0 && !(inBox && event.key === "ArrowDown"))) return;
  event.preventDefault();
  if (at === 0 && event.key === "ArrowUp") box.focus();
  else links[Math.min(at + (event.key === "ArrowDown" ? 1 : -1), links.length - 1)].focus();
});

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("#hits a")) sessionStorage.setItem(KEPT, box.value);
});

const words = sessionStorage.getItem(KEPT);
sessionStorage.removeItem(KEPT);
const returned = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
if (words && returned && !document.getElementById("hits")) {
  box.value = words;
  form.requestSubmit();
}
