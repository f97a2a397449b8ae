// Forms that keep themselves and show what comes of them: one request at a time, so that the version always fits.
// `data-builder` on a form: whatever is typed is sent after a moment and only the parts marked `data-live` are renewed;
// a pressed button renews the whole form, save where it is `data-whole`: then the page is left as usual.

const CALM = 600;
const AGAIN = 4000;
let timer = 0;
let busy = false;
let waiting = null; // null, "parts" or the button that was pressed meanwhile

const form = () => document.querySelector("[data-builder]");

document.addEventListener("input", (event) => {
  if (!event.target.form?.matches("[data-builder]") || event.target.matches("[data-apart]")) return;
  clearTimeout(timer);
  timer = setTimeout(() => send("parts"), event.target.matches("select, [type=checkbox], [type=radio]") ? 60 : CALM);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-builder]")) return;
  const pressed = event.submitter;
  if (pressed?.matches("[data-whole]") && !busy) {
    clearTimeout(timer);
    return; // the page goes where the button leads
  }
  event.preventDefault();
  send(pressed ?? "parts");
});

// Enter in a field keeps it; it never presses whichever button happens to come first.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("[data-builder] input:not([type=checkbox])")) return;
  event.preventDefault();
  send("parts");
});

async function send(what) {
  clearTimeout(timer);
  if (busy) {
    if (waiting === null || what !== "parts") waiting = what;
    return;
  }
  busy = true;
  let failed = false;
  try {
    const sent = form();
    const body = new FormData(sent);
    body.delete("content");
    if (what !== "parts" && what.name) body.set(what.name, what.value);
    if (what === "parts") body.delete("act");
    const answer = await fetch(sent.getAttribute("action"), { method: "POST", body, headers: { "x-part": "builder" } });
    if (answer.redirected) location.assign(answer.url);
    else renew(new DOMParser().parseFromString(await answer.text(), "text/html"), what, answer.ok);
  } catch {
    failed = true;
  }
  busy = false;
  if (failed) notSaved();
  const next = waiting;
  waiting = null;
  if (next === null) return;
  if (next !== "parts" && next.matches("[data-whole]")) form()?.requestSubmit(document.getElementById(next.id) ?? next);
  else send(next);
}

function renew(made, what, fine) {
  const fresh = made.querySelector("[data-builder]");
  if (!fresh) {
    location.reload(); // signed out, or the draft is gone: the page itself says so
    return;
  }
  const focused = document.activeElement?.id;
  const opened = [...document.querySelectorAll(".signs[open] summary")].map((one) => one.textContent.replace(/\d+/g, ""));
  const scrolled = [".outline", "#side"].map((one) => [one, document.querySelector(one)?.scrollTop ?? 0]);
  if (what === "parts" && fine) {
    for (const part of fresh.querySelectorAll("[data-live]")) document.getElementById(part.id)?.replaceWith(part);
    if (shapeOf(fresh) !== shapeOf(form())) swapEditor(fresh);
  } else {
    form().replaceWith(fresh);
  }
  if (fine) document.getElementById("refused")?.remove();
  for (const [one, top] of scrolled) if (document.querySelector(one)) document.querySelector(one).scrollTop = top;
  for (const one of document.querySelectorAll(".signs summary"))
    if (opened.includes(one.textContent.replace(/\d+/g, ""))) one.parentElement.open = true;
  const first = form().querySelector("[autofocus]");
  const goal = what !== "parts" && first ? first : focused && document.getElementById(focused);
  if (goal && goal !== document.activeElement) goal.focus({ preventScroll: what === "parts" });
  if (what !== "parts" && !goal) document.getElementById("editor-h")?.focus();
  const told = document.querySelector("#side .note .b, #refused .b");
  document.getElementById("live").textContent = told ? told.textContent : "";
}

// Another kind of answer, or another condition, has other fields.
const shapeOf = (root) =>
  [...root.querySelectorAll(".editor [name]")].map((one) => `${one.name}=${one.type === "checkbox" ? one.value : ""}`).join();

function swapEditor(fresh) {
  form().querySelector(".editor").replaceWith(fresh.querySelector(".editor"));
}

function notSaved() {
  for (const [name, shown] of [["saved", false], ["unsaved", true]]) {
    const part = document.querySelector(`[data-${name}]`);
    if (part) part.hidden = !shown;
  }
  timer = setTimeout(() => send("parts"), AGAIN);
}
