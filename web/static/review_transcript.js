// The words follow the sound until the person scrolls; the turn and word being heard are lit.
import { clock, fill, still } from "./review_data.js";

export function transcript(sound, data) {
  const list = document.getElementById("words");
  const pane = document.getElementById("conversation");
  const back = document.getElementById("back-to");
  const turns = [...(list?.querySelectorAll("[data-start]") ?? [])].map((element) => ({
    element, start: Number(element.dataset.start), end: Number(element.dataset.end),
  }));
  const spoken = [...(list?.querySelectorAll(".w") ?? [])].map((element) => ({ element, start: Number(element.dataset.s) }));
  spoken.sort((one, other) => one.start - other.start);
  let current = null;
  let word = null;
  let following = true;
  let ownScroll = 0;

  const last = (sorted, second) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle].start <= second + 0.02) low = middle + 1;
      else high = middle;
    }
    return low ? sorted[low - 1] : null;
  };

  function light(second, { playing, moved }) {
    const turn = last(turns, second);
    if (turn !== current) {
      current?.element.classList.remove("now");
      current?.element.removeAttribute("aria-current");
      current = turn;
      turn?.element.classList.add("now");
      turn?.element.setAttribute("aria-current", "true");
      if (following && (playing || moved)) bring(turn?.element);
    }
    const said = last(spoken, second);
    if (said?.element !== word) {
      word?.classList.remove("word");
      word = said && second - said.start < 2.5 ? said.element : null;
      word?.classList.add("word");
    }
    back.hidden = following || !current;
    if (!back.hidden) back.lastElementChild.textContent = fill(data.texts.backTo, { time: clock(second) });
  }

  function bring(element, { always = false } = {}) {
    if (!element) return;
    const box = element.getBoundingClientRect();
    const frame = scrolls(pane) ? pane.getBoundingClientRect() : { top: 0, bottom: window.innerHeight };
    if (!always && box.top > frame.top + 60 && box.bottom < frame.bottom - 40) return;
    ownScroll = performance.now();
    const far = Math.abs(box.top - frame.top) > 2000;
    element.scrollIntoView({ block: "center", behavior: still.matches || far ? "auto" : "smooth" });
  }

  const scrolls = (element) => getComputedStyle(element).overflowY === "auto" && element.scrollHeight > element.clientHeight;

  function letGo() {
    if (sound.playing && performance.now() - ownScroll > 700) following = false;
  }

  for (const name of ["wheel", "touchmove"]) pane.addEventListener(name, letGo, { passive: true });
  back.addEventListener("click", () => {
    following = true;
    bring(current?.element, { always: true });
    back.hidden = true;
  });
  sound.listen(light);

  for (const button of document.querySelectorAll("[data-filter]"))
    button.addEventListener("click", () => {
      for (const each of document.querySelectorAll("[data-filter]")) each.setAttribute("aria-pressed", String(each === button));
      list.classList.toggle("only-found", button.dataset.filter === "found");
    });

  return {
    bring,
    get turn() {
      return current?.element ?? inView();
    },
    show(index) {
      const element = document.getElementById(`turn-${index}`);
      bring(element, { always: true });
      element?.classList.add("flash");
      setTimeout(() => element?.classList.remove("flash"), 1200);
    },
    step(by) {
      const at = turns.indexOf(current) + by;
      const turn = turns[Math.min(Math.max(at, 0), turns.length - 1)];
      if (turn) sound.seek(turn.start + 0.01);
      following = true;
    },
  };

  // In a chat nothing is played: a comment belongs to the chosen finding's message, else to the one in mid pane.
  function inView() {
    const chosen = list.querySelector(".find.now")?.closest("[data-turn]");
    if (chosen) return chosen;
    const frame = pane.getBoundingClientRect();
    const middle = frame.top + Math.min(frame.height, window.innerHeight) / 2;
    return [...list.querySelectorAll("[data-turn]")].find((element) => element.getBoundingClientRect().bottom > middle) ?? null;
  }
}
