// What the server tells the scripts, and how fresh pieces of the page take the place of old ones.
export const data = JSON.parse(document.getElementById("review-data").dataset.told);

export const clock = (seconds) => {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(rest).padStart(2, "0")}`;
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
};

export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

export const announce = (text) => {
  const live = document.getElementById("live");
  live.textContent = "";
  live.textContent = text;
};

const FIELDS = "input:not([type=range]):not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";

export const inField = (element) => element instanceof Element && element.matches(FIELDS);

// Every element marked `data-part` in the answer replaces the one with its id. What is being typed stays.
export function swap(html, { but = [] } = {}) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll("[data-part]")) {
    if (but.includes(part.id)) continue;
    const old = document.getElementById(part.id);
    if (!old || old === part || old.outerHTML === part.outerHTML) continue;
    const active = document.activeElement;
    const within = old.contains(active);
    if (within && inField(active) && active.dataset.dirty) continue;
    const again = within ? address(active, old) : null;
    old.replaceWith(part);
    if (again !== null) refocus(part, again);
  }
  document.dispatchEvent(new CustomEvent("review:swapped"));
}

const FOCUSABLE = "a[href], button, input, select, textarea, [tabindex]";

const address = (element, root) => (element === root ? -1 : [...root.querySelectorAll(FOCUSABLE)].indexOf(element));

function refocus(part, place) {
  const target = place < 0 ? part : part.querySelectorAll(FOCUSABLE)[place];
  if (target === part && !part.hasAttribute("tabindex")) part.tabIndex = -1;
  (target ?? part).focus({ preventScroll: true });
}

export const still = window.matchMedia("(prefers-reduced-motion: reduce)");
