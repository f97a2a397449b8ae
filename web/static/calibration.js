// Saves a blind sheet as it is filled in: the whole form each time, one request after the other.

const form = document.querySelector("form[data-sheet]");
const PAUSE = 600;
let timer = 0;
let busy = false;
let again = false;

const state = (text) => {
  document.getElementById("sheet-state").textContent = text;
};

// Pieces of the answer take the place of those with their id; a question only where it has come or gone.
function swap(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = document.getElementById(part.id);
    if (old && (!part.dataset.asked || part.dataset.asked !== old.dataset.asked)) old.replaceWith(document.adoptNode(part));
  }
}

async function save() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  const slow = setTimeout(() => state(form.dataset.saving), 1000);
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "X-Pieces": "yes" },
      body: new URLSearchParams(new FormData(form)),
    });
    const html = await answer.text();
    if (answer.ok) swap(html);
    else refused(html);
  } catch {
    state(form.dataset.unsaved);
  } finally {
    clearTimeout(slow);
    busy = false;
    if (again) {
      again = false;
      save();
    }
  }
}

function refused(html) {
  const told = new DOMParser().parseFromString(html, "text/html").getElementById("refusal");
  if (!told) return;
  document.getElementById("refusal")?.remove();
  form.parentElement.before(document.adoptNode(told));
  state(told.textContent.trim());
}

form?.addEventListener("change", () => {
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
});
