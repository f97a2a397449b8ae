// The drawing follows the sound: playhead, heard part, stage, and the invisible slider that lies over the wave.
import { clock, data } from "./review_data.js";

export function wave(sound, notes) {
  const head = document.getElementById("playhead");
  if (!head || !sound.there) return;
  const slider = document.getElementById("seek");
  const now = document.getElementById("now");
  const clips = [document.getElementById("heard-clip"), document.getElementById("rest-clip")];
  const width = Number(clips[1].getAttribute("width"));
  const stages = [...document.querySelectorAll(".stage")];
  let shown = "";

  function draw(second) {
    const share = data.duration ? Math.min(second / data.duration, 1) : 0;
    const place = `${(100 * share).toFixed(3)}%`;
    const [line, knob] = head.children;
    line.setAttribute("x1", place);
    line.setAttribute("x2", place);
    knob.setAttribute("cx", place);
    clips[0].setAttribute("width", String(width * share));
    clips[1].setAttribute("x", String(width * share));
    clips[1].setAttribute("width", String(width * (1 - share)));
    if (clock(second) === shown) return;
    shown = clock(second);
    now.textContent = shown;
    slider.setAttribute("aria-valuetext", shown);
    const stage = stages.findLast((box) => Number(box.dataset.stage) <= second);
    for (const box of stages) box.querySelector("text").classList.toggle("st", box === stage);
  }

  sound.listen((second, { playing }) => {
    draw(second);
    if (!playing || document.activeElement !== slider) slider.value = String(second);
  });
  slider.addEventListener("input", () => sound.seek(Number(slider.value)));
  slider.addEventListener("change", () => slider.blur());
  draw(0);
  notes.listen((number) => {
    for (const pin of document.querySelectorAll(".pin")) pin.classList.toggle("now", Number(pin.dataset.pin) === number);
  });
}
