// The scorecard under the keys: one question open at a time, a proposal confirmed by one key, a change with its reason.
import { announce, fill, still } from "./review_data.js";

export function scorecard(saves, data) {
  let current = null; // code of the open question
  const drafts = new Map(); // code -> answer that still waits for its reason

  const items = () => [...document.querySelectorAll(".crit[data-crit]")];
  const item = (code) => document.getElementById(`crit-${code}`);
  const here = () => (current ? item(current) : null);

  function open(code, { focus = true, scroll = true } = {}) {
    current = code;
    show();
    const li = here();
    if (!li) return;
    if (focus) li.focus({ preventScroll: true });
    if (scroll) bring(li);
  }

  // Where it does not fit as a whole, its name is what must be seen.
  function bring(li) {
    const tall = li.offsetHeight > li.closest("section").clientHeight - 110;
    li.scrollIntoView({ block: tall ? "start" : "nearest", behavior: still.matches ? "auto" : "smooth" });
  }

  // What is open and half done is this page's own state: put back after every swap.
  function show() {
    for (const li of items()) {
      const now = li.dataset.crit === current;
      li.classList.toggle("now", now);
      li.tabIndex = -1;
      li.querySelector("[data-open]")?.setAttribute("aria-expanded", String(now));
      const draft = drafts.get(li.dataset.crit);
      li.classList.toggle("asks", draft !== undefined);
      for (const button of li.querySelectorAll("[data-answer-form] .seg button"))
        button.setAttribute("aria-pressed", String(button.value === (draft ?? li.dataset.answer)));
    }
  }

  const overrides = (li, answer) => li.dataset.proposed !== "undetermined" && answer !== li.dataset.proposed;
  const needsWords = (li, answer) => li.dataset.needs.split(" ").includes(answer);

  function choose(answer) {
    const li = here();
    if (!li) return announce(data.texts.chooseFirst);
    if (valued(li) && (answer === "met" || answer === "not_met")) return li.querySelector('[name="value"]').focus();
    if (!overrides(li, answer) && !needsWords(li, answer)) return keep(li, answer, { reason: "", comment: "" });
    drafts.set(li.dataset.crit, answer);
    show();
    const { reason, comment } = fields(li);
    (reason.value ? comment : reason).focus({ preventScroll: true });
    bring(li);
  }

  // A choice, a number or a text is answered by its value; what that amounts to the server works out.
  const valued = (li) => li.dataset.kind !== "yes_no";

  function keepValue(li, value) {
    const { reason, comment } = fields(li);
    saves.undoable({ kind: "answers", before: [was(li)] });
    li.dataset.value = value;
    for (const field of li.querySelectorAll("[data-dirty]")) delete field.dataset.dirty;
    send(li.dataset.crit, "", reason.value, comment.value.trim(), value);
  }

  const fields = (li) => li.querySelector("[data-answer-form]").elements;

  function keepDraft(li) {
    if (valued(li) && !drafts.has(li.dataset.crit)) return keepValue(li, li.querySelector('input[name="value"]')?.value ?? li.dataset.value);
    const answer = drafts.get(li.dataset.crit) ?? li.dataset.answer;
    const { reason, comment } = fields(li);
    const lacking = !reason.value && !comment.value.trim();
    reason.toggleAttribute("aria-invalid", lacking);
    if (lacking) {
      reason.focus();
      return announce(data.texts.reasonNeeded);
    }
    keep(li, answer, { reason: reason.value, comment: comment.value.trim() });
    next();
  }

  function keep(li, answer, { reason, comment }) {
    saves.undoable({ kind: "answers", before: [was(li)] });
    drafts.delete(li.dataset.crit);
    for (const field of li.querySelectorAll("[data-dirty]")) delete field.dataset.dirty;
    apply(li, answer);
    send(li.dataset.crit, answer, reason, comment);
  }

  const was = (li) => ({
    code: li.dataset.crit, answer: li.dataset.answer, value: li.dataset.value,
    reason: fields(li).reason.dataset.kept ?? "", comment: fields(li).comment.defaultValue,
  });

  // At once on screen; the score follows from the server, which alone adds it up.
  function apply(li, answer) {
    li.dataset.answer = answer;
    const shown = document.getElementById("answers").content.querySelector(`[data-of="${answer || li.dataset.proposed}"]`);
    const chip = shown.firstElementChild.cloneNode(true);
    chip.classList.toggle("done", answer !== "");
    li.querySelector(".now-answer").replaceChildren(chip);
    announce(`${li.querySelector(".name").textContent.trim()}: ${chip.textContent.trim()}`);
    show();
  }

  function send(code, answer, reason, comment, value = "") {
    const url = `/interactions/${data.interaction}/answers/${code}`;
    saves.save({ key: `answer:${code}`, url, fields: { answer, reason, comment, value } });
  }

  function confirm() {
    const li = here();
    if (!li) return open(firstOpen()?.dataset.crit ?? items()[0]?.dataset.crit);
    if (drafts.has(current)) return keepDraft(li);
    if (li.dataset.answer) return next();
    if (li.dataset.proposed === "undetermined") return announce(data.texts.noProposal);
    choose(li.dataset.proposed);
    if (!drafts.has(current)) next();
  }

  const firstOpen = (from = 0) => [...items().slice(from), ...items().slice(0, from)].find((li) => !li.dataset.answer);

  function next() {
    const at = items().indexOf(here());
    const li = firstOpen(at + 1);
    if (li) open(li.dataset.crit);
    else announce(data.texts.allAnswered);
  }

  function step(by) {
    const list = items();
    const at = list.indexOf(here());
    open(list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1)]?.dataset.crit);
  }

  // Escape: the reason is not asked for any more; a changed answer goes back to the proposal.
  function revert() {
    const li = here();
    if (!li) return;
    if (drafts.delete(current)) {
      fields(li).reason.value = fields(li).reason.dataset.kept ?? "";
      fields(li).comment.value = fields(li).comment.defaultValue;
      show();
      return li.focus({ preventScroll: true });
    }
    if (li.dataset.answer && overrides(li, li.dataset.answer)) return keep(li, "", { reason: "", comment: "" });
    current = null;
    show();
    li.blur();
  }

  async function confirmClear() {
    await saves.settled();
    const before = items().map(was);
    saves.save({ key: "clear", url: `/interactions/${data.interaction}/confirm-clear`, fields: {} });
    await saves.settled();
    const changed = before.filter((old) => item(old.code).dataset.answer !== old.answer);
    if (changed.length) saves.undoable({ kind: "clear" });
    announce(fill(changed.length ? data.texts.cleared : data.texts.nothingClear, { count: changed.length }));
  }

  saves.undoes("answers", ({ before }) => {
    for (const old of before) {
      apply(item(old.code), old.answer);
      send(old.code, old.answer, old.reason, old.comment, old.value);
    }
    open(before[0].code);
  });

  saves.undoes("clear", () => {
    saves.save({ key: "clear", url: `/interactions/${data.interaction}/confirm-clear`, fields: { undo: "yes" } });
    announce(fill(data.texts.undone, { what: document.querySelector("[data-clear-form] button").firstChild.textContent.trim() }));
  });

  // The words on the whole are saved a moment after the last letter.
  const summary = document.querySelector("[data-summary-form] textarea");
  let writing = 0;
  const keepSummary = () => {
    clearTimeout(writing);
    saves.save({ key: "summary", url: summary.form.getAttribute("action"), fields: { text: summary.value } });
  };
  summary?.addEventListener("input", () => {
    clearTimeout(writing);
    writing = setTimeout(keepSummary, 600);
  });
  summary?.addEventListener("change", keepSummary);

  document.addEventListener("review:swapped", show);
  document.addEventListener("input", (event) => {
    if (event.target.closest?.("[data-answer-form]")) event.target.dataset.dirty = "yes";
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-answer-form]")) {
      event.preventDefault();
      open(form.closest(".crit").dataset.crit, { focus: false });
      const pressed = event.submitter;
      if (pressed?.name === "answer") choose(pressed.value);
      else if (pressed?.name === "value") keepValue(here(), pressed.value);
      else keepDraft(here());
    } else if (form.matches("[data-clear-form]")) {
      event.preventDefault();
      confirmClear();
    }
  });
  document.addEventListener("click", (event) => {
    const li = event.target.closest?.(".crit[data-crit]");
    if (!li) return;
    if (event.target.closest("[data-open]")) open(current === li.dataset.crit ? null : li.dataset.crit, { focus: false });
    if (event.target.closest("[data-keep]")) keepDraft(li);
    if (event.target.closest("[data-revert]")) revert();
  });

  return {
    hear: () => here()?.querySelector("[data-turn-link]")?.click(),
    choose, confirm, confirmClear, revert, step, keepDraft: () => here() && keepDraft(here()),
    goTo: (code) => open(code),
    go: (number) => open(items().find((li) => Number(li.dataset.number) === number)?.dataset.crit ?? current),
    get count() {
      return items().length;
    },
    get drafting() {
      return current !== null && drafts.has(current);
    },
  };
}
