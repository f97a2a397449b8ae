// Findings one after the other: select, hear, confirm or reject, and say why.
import { announce, data, fill } from "./review_data.js";

export function findings(sound, words, saves) {
  const listeners = [];
  let current = null;

  const all = () => [...document.querySelectorAll(".find[data-note]")].sort((one, other) => one.dataset.note - other.dataset.note);
  const byNumber = (number) => document.getElementById(`note-${number}`);

  function select(number, { seek = true } = {}) {
    current = number;
    const note = byNumber(number);
    if (!note) return;
    mark();
    if (seek && note.dataset.seek !== undefined) sound.seek(Number(note.dataset.seek));
    words.bring(note);
    announce(`${number}: ${note.querySelector(".ttl").textContent.trim()}`);
    listeners.forEach((listener) => listener(number));
  }

  function mark() {
    for (const each of document.querySelectorAll(".find.now, mark.q.now")) each.classList.remove("now");
    byNumber(current)?.classList.add("now");
    document.querySelector(`mark.q[data-note="${current}"]`)?.classList.add("now");
  }

  function step(by) {
    const notes = all();
    if (!notes.length) return;
    const at = notes.findIndex((note) => Number(note.dataset.note) === current);
    const next = at < 0 ? startingPoint(notes, by) : at + by;
    select(Number(notes[(next + notes.length) % notes.length].dataset.note));
  }

  // The first press goes to the finding after (or before) what is being heard.
  function startingPoint(notes, by) {
    const later = notes.findIndex((note) => note.dataset.seek !== undefined && Number(note.dataset.seek) > sound.time - 0.05);
    if (by > 0) return Math.max(later, 0);
    return later < 0 ? notes.length - 1 : later - 1;
  }

  function judge(note, verdict) {
    if (!note?.dataset.finding) return;
    const before = note.dataset.verdict;
    const meant = before === verdict ? "open" : verdict;
    apply(note, meant);
    saves.undoable({ kind: "verdict", note: note.dataset.note, verdict: before, finding: note.dataset.finding });
    send(note, meant, "");
    if (meant === "rejected") wantWhy = note.dataset.note;
  }

  let wantWhy = null;

  function apply(note, verdict) {
    note.dataset.verdict = verdict;
    note.classList.toggle("off", verdict === "rejected");
    for (const button of note.querySelectorAll(".verdict-of button")) {
      button.classList.toggle("on", button.value === verdict);
      button.setAttribute("aria-pressed", String(button.value === verdict));
    }
  }

  function send(note, verdict, why) {
    saves.save({
      key: `finding:${note.dataset.finding}`, url: `/interactions/${data.interaction}/findings/${note.dataset.finding}`,
      fields: { verdict, why },
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-verdict-form], [data-why-form]")) return;
    event.preventDefault();
    const note = form.closest("[data-note]");
    select(Number(note.dataset.note), { seek: false });
    if (form.matches("[data-why-form]")) keepWhy(form.elements.why);
    else judge(note, event.submitter?.value);
  });
  document.addEventListener("input", (event) => {
    if (event.target.closest?.("[data-why-form]")) event.target.dataset.dirty = "yes";
  });
  document.addEventListener("change", (event) => {
    if (event.target.closest?.("[data-why-form]")) keepWhy(event.target);
  });

  function keepWhy(field) {
    if (!field.dataset.dirty) return;
    delete field.dataset.dirty;
    send(field.closest("[data-note]"), "rejected", field.value.trim());
  }

  // After a rejection the reason is asked for where it was given.
  document.addEventListener("review:swapped", () => {
    mark();
    const field = wantWhy && document.getElementById(`why-${wantWhy}`);
    if (field) field.focus({ preventScroll: true });
    if (field) wantWhy = null;
  });

  saves.undoes("verdict", (step) => {
    const note = byNumber(step.note);
    apply(note, step.verdict);
    send(note, step.verdict, "");
    announce(fill(data.texts.undone, { what: note.querySelector(".ttl").textContent.trim() }));
  });

  document.getElementById("player")?.addEventListener("click", (event) => {
    const act = event.target.closest("[data-do]")?.dataset.do;
    if (act === "finding-back") step(-1);
    if (act === "finding-on") step(1);
  });

  return {
    select, step,
    listen: (listener) => listeners.push(listener),
    confirm: () => judge(byNumber(current), "confirmed"),
    reject: () => judge(byNumber(current), "rejected"),
  };
}
