// Saves by itself, one change after the other, each with the version it was made on. What cannot be sent waits here.
import { announce, data, fill, swap } from "./review_data.js";

const SLOW = 1000;
const RETRY = 5000;

export function autosave(page) {
  const store = `review-${page.interaction}-${page.person}`;
  const waiting = JSON.parse(sessionStorage.getItem(store) ?? "[]"); // [{key, url, fields}], oldest first
  const steps = []; // what can be undone, newest last
  const undoers = {};
  let sending = false;
  let held = false; // by a conflict that the person has not settled
  let idle = [];

  const version = () => document.getElementById("saved")?.dataset.version ?? "0";
  const keep = () => (waiting.length ? sessionStorage.setItem(store, JSON.stringify(waiting)) : sessionStorage.removeItem(store));

  // A later change of the same thing takes the place of one that was not sent yet.
  function save(change) {
    const known = waiting.findIndex((each, at) => each.key === change.key && !(sending && at === 0));
    if (known >= 0) waiting.splice(known, 1);
    waiting.push(change);
    keep();
    flush();
  }

  async function flush() {
    if (sending || held) return;
    sending = true;
    const slow = setTimeout(() => status("saving"), SLOW);
    while (waiting.length && !held) if (!(await sendFirst())) break;
    clearTimeout(slow);
    sending = false;
    if (!waiting.length) idle.splice(0).forEach((done) => done());
  }

  async function sendFirst() {
    let response;
    try {
      response = await post(waiting[0].url, { ...waiting[0].fields, version: version(), waiting: JSON.stringify(waiting) });
    } catch {
      return offline();
    }
    const html = await response.text();
    if (response.status >= 500 || response.redirected) return offline(response.redirected);
    if (html.includes("data-conflict-form")) return conflict(html);
    waiting.shift();
    keep();
    if (response.ok) document.getElementById("trouble").replaceChildren();
    swap(html);
    if (!response.ok) refuse(html);
    return true;
  }

  function offline(signedOut = false) {
    status(signedOut ? "signedOut" : "offline", { count: waiting.length });
    setTimeout(flush, RETRY);
    return false;
  }

  function conflict(html) {
    held = true;
    swap(html);
    document.getElementById("conflict").querySelector("h2")?.focus();
    return false;
  }

  // The person chose, for each answer, the one that stays.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-conflict-form]")) return;
    event.preventDefault();
    const kept = new FormData(event.target);
    for (let at = waiting.length - 1; at >= 0; at--) if (kept.get(waiting[at].key) === "theirs") waiting.splice(at, 1);
    document.getElementById("saved").dataset.version = event.target.dataset.version;
    document.getElementById("conflict").replaceChildren();
    held = false;
    keep();
    refresh().then(flush);
  });

  // The page as the server has it now; what waits here is then sent on top of it.
  async function refresh() {
    const response = await fetch(location.pathname, { headers: { accept: "text/html" } }).catch(() => null);
    if (response?.ok) swap(await response.text(), { but: ["trouble", "conflict"] });
  }

  function refuse(html) {
    const said = new DOMParser().parseFromString(html, "text/html").querySelector("h1")?.textContent;
    if (said) document.getElementById("trouble").textContent = said;
    refresh();
  }

  function status(name, values = {}) {
    const place = document.getElementById("saved");
    place.className = `small row-x nw ${name === "saving" ? "muted" : "amber"}`;
    place.lastElementChild.textContent = fill(page.texts[name], values);
    if (name !== "saving") announce(place.textContent);
  }

  window.addEventListener("online", flush);
  window.addEventListener("beforeunload", (event) => waiting.length && event.preventDefault());
  if (waiting.length) queueMicrotask(flush);

  return {
    save,
    heard: (seconds) =>
      fetch(`/interactions/${data.interaction}/heard`, { method: "POST", body: new URLSearchParams({ seconds }), keepalive: true }).catch(() => {}),
    settled: () => new Promise((done) => (waiting.length || sending ? (idle.push(done), flush()) : done())),
    undoable: (step) => steps.push(step),
    undoes: (kind, how) => (undoers[kind] = how),
    undo() {
      const step = steps.pop();
      if (step) undoers[step.kind](step);
      else announce(page.texts.nothingToUndo);
    },
  };
}

export const post = (url, fields) =>
  fetch(url, { method: "POST", body: new URLSearchParams(fields), headers: { "x-pieces": "yes" } });
