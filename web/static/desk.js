// The box in the heading ticks all those below it; without scripts each is ticked on its own.

const all = document.querySelector("input[data-all]");
const boxes = [...document.querySelectorAll(`input[name="${all?.dataset.all}"]`)];

const mark = () => {
  const ticked = boxes.filter((box) => box.checked).length;
  all.checked = ticked > 0 && ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
};

all?.addEventListener("change", () => {
  for (const box of boxes) box.checked = all.checked;
});
for (const box of boxes) box.addEventListener("change", mark);
