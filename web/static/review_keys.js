// The keyboard map. It never fires in a field, and not at all where the person switched it off.
import { inField } from "./review_data.js";

const DIGITS_WAIT = 400;

export function keys({ sound, words, notes, card, comments, send, saves }, data) {
  const dialog = document.getElementById("keys");
  let digits = "";
  let timer = 0;

  const plain = {
    " ": sound.toggle,
    j: () => sound.nudge(-5),
    l: () => sound.nudge(5),
    "-": () => sound.faster(-1),
    "+": () => sound.faster(1),
    ",": () => notes.step(-1),
    ".": () => notes.step(1),
    v: notes.confirm,
    x: notes.reject,
    arrowup: () => card.step(-1),
    arrowdown: () => card.step(1),
    enter: card.confirm,
    escape: card.revert,
    q: card.hear,
    m: comments.open,
    "?": () => dialog.showModal(),
  };
  ["met", "not_met", "not_applicable", "undetermined"].forEach((answer, at) => {
    plain[data.answerKeys[at].toLowerCase()] = () => card.choose(answer);
  });
  const shifted = { j: () => words.step(-1), l: () => words.step(1), enter: card.confirmClear };
  const controlled = { z: saves.undo, enter: send.submit };

  function digit(key) {
    clearTimeout(timer);
    digits += key;
    const go = () => {
      card.go(Number(digits));
      digits = "";
    };
    // "1" may still become "12"; "5" cannot where there are fewer than fifty questions.
    if (Number(digits) * 10 > card.count) go();
    else timer = setTimeout(go, DIGITS_WAIT);
  }

  // Where the keyboard stands on a control, its own keys are its own: Enter on a link, Enter and Space on a button.
  const OWN = { " ": "button, summary", Enter: "button, summary, a[href]" };
  const natural = (event) => OWN[event.key] && event.target.closest?.(OWN[event.key]);
  const sliding = (event) => event.target.matches?.("input[type=range]") && event.key.startsWith("Arrow");

  document.addEventListener("keydown", (event) => {
    const on = document.body.dataset.shortcuts === "on";
    if (event.defaultPrevented || event.altKey || dialog?.open) return;
    if (inField(event.target)) return fieldKey(event);
    if (!on || natural(event) || sliding(event)) return;
    const held = event.ctrlKey || event.metaKey;
    const map = held ? controlled : event.shiftKey && shifted[event.key.toLowerCase()] ? shifted : plain;
    const act = map[event.key.toLowerCase()];
    if (!held && /^\d$/.test(event.key)) digit(event.key);
    else if (act) act();
    else return;
    event.preventDefault();
  });

  // In the reason of a changed answer, Enter keeps it and Escape goes back; elsewhere fields keep their keys.
  function fieldKey(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send.submit();
    } else if (event.target.closest("[data-answer-form]") && event.key === "Enter") {
      event.preventDefault();
      card.keepDraft();
    } else if (event.target.closest("[data-answer-form]") && event.key === "Escape") {
      event.preventDefault();
      card.revert();
    } else if (event.target.closest("[data-why-form]") && (event.key === "Enter" || event.key === "Escape")) {
      event.preventDefault();
      event.target.blur();
    }
  }

  document.querySelectorAll('[data-do="keys"]').forEach((button) => button.addEventListener("click", () => dialog.showModal()));
}
