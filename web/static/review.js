// The review page: each concern is a module of its own; this one only introduces them to each other.
import { autosave } from "./review_autosave.js";
import { data } from "./review_data.js";
import { findings } from "./review_findings.js";
import { keys } from "./review_keys.js";
import { player } from "./review_player.js";
import { remarks } from "./review_remarks.js";
import { scorecard } from "./review_scorecard.js";
import { sending } from "./review_sending.js";
import { tabs } from "./review_tabs.js";
import { transcript } from "./review_transcript.js";
import { wave } from "./review_wave.js";

document.documentElement.classList.add("js");

const panes = tabs();
const saves = autosave(data);
const sound = player(data, saves);
const words = transcript(sound, data);
const notes = findings(sound, words, saves);
const card = scorecard(saves, data);
const comments = remarks(sound, words, saves);
const send = sending(saves, sound);
wave(sound, notes);
keys({ sound, words, notes, card, comments, send, saves }, data);

// A turn that is asked for in the address (a search result) is shown and takes the focus; `?t=` moves the sound.
const asked = document.getElementById(/^#(turn-\d+)$/.exec(location.hash)?.[1] ?? "");
if (asked) {
  panes.reveal(asked);
  words.show(Number(asked.dataset.turn));
  asked.tabIndex = -1;
  asked.focus({ preventScroll: true });
}

// A place in the call is heard by pressing it: a time, a word, a pin, a finding's title, a criterion's evidence.
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const link = event.target.closest("[data-turn-link]");
  const place = event.target.closest("a[data-seek], .w[data-s]");
  const go = event.target.closest("[data-go], [data-go-note]");
  if (link || go) event.preventDefault();
  if (link) panes.reveal(document.getElementById(`turn-${link.dataset.turnLink}`));
  if (link) words.show(Number(link.dataset.turnLink));
  if (go?.dataset.go) card.goTo(go.dataset.go);
  if (go?.dataset.goNote) notes.select(Number(go.dataset.goNote));
  if (go) panes.reveal(document.getElementById(go.getAttribute("href").slice(1)));
  const quote = event.target.closest("mark.q");
  if (quote && !place) notes.select(Number(quote.dataset.note));
  if (!place || window.getSelection()?.isCollapsed === false) return;
  event.preventDefault();
  const second = Number(place.dataset.seek ?? place.dataset.s);
  sound.seek(second, { play: Boolean(place.closest(".w, .ev, .t")) });
  panes.reveal(place);
  const note = place.closest("[data-note]")?.dataset.note ?? place.dataset.pin;
  if (note) notes.select(Number(note), { seek: false });
});

// The pointer leaves no focus behind, so that Space plays again instead of pressing the same button once more.
document.addEventListener("click", (event) => {
  const pressed = event.target instanceof Element && event.target.closest("button, a[href]");
  if (pressed && event.detail > 0 && !pressed.closest("dialog")) pressed.blur();
});
