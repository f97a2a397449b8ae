// A comment at the second being heard, written beside its turn.
import { clock, data, fill } from "./review_data.js";

export function remarks(sound, words, saves) {
  const form = document.getElementById("remark-form");
  let place = null;

  function open() {
    if (!form) return;
    const turn = words.turn ?? document.querySelector("[data-turn]");
    if (!turn) return;
    const index = turn.dataset.turn ?? previousTurn(turn);
    place = { turn: index, second: sound.there ? sound.time.toFixed(2) : "" };
    document.getElementById(`margin-${index}`).append(form);
    form.hidden = false;
    form.querySelector("label").textContent = sound.there ? fill(data.texts.commentAt, { time: clock(sound.time) }) : data.texts.commentHere;
    form.elements.text.focus();
    words.bring(form, { always: true });
  }

  // A silence has no margin of its own: the comment goes to the turn before it.
  const previousTurn = (element) => {
    let at = element;
    while (at && !at.dataset.turn) at = at.previousElementSibling;
    return at?.dataset.turn ?? "0";
  };

  function close() {
    form.hidden = true;
    form.elements.text.value = "";
    document.getElementById("trouble").after(form);
  }

  function keep() {
    const text = form.elements.text.value.trim();
    if (!text) return form.elements.text.focus();
    saves.save({ key: `remark:${crypto.randomUUID?.() ?? Date.now()}`, url: form.action, fields: { ...place, text } });
    close();
  }

  form?.addEventListener("submit", (event) => (event.preventDefault(), keep()));
  form?.querySelector("[data-cancel]").addEventListener("click", close);
  form?.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      keep();
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-remove-form]")) return;
    event.preventDefault();
    const url = event.target.getAttribute("action");
    saves.save({ key: `remove:${url}`, url, fields: { turn: event.target.elements.turn.value } });
  });
  return { open };
}
