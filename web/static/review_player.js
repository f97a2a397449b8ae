// The recording: plays, seeks, keeps the chosen speed, jumps over silences, and counts what was really heard.
import { clock } from "./review_data.js";

const SPEEDS = [0.75, 1, 1.25, 1.5, 2];
const REPORT_EVERY = 15;

export function player(data, saves) {
  const audio = document.getElementById("sound");
  if (!audio) return silentPlayer();
  const listeners = [];
  const heard = new Set();
  let skipping = localStorage.getItem("skip-silences") === "yes";
  let wanted = null; // a place asked for before the recording's length is known
  let reported = 0;

  const tell = (moved = false) => listeners.forEach((listener) => listener(sound.time, { playing: !audio.paused, moved }));

  const sound = {
    there: true,
    get time() {
      return wanted ?? audio.currentTime;
    },
    get playing() {
      return !audio.paused;
    },
    listen: (listener) => listeners.push(listener),
    toggle: () => (audio.paused ? audio.play().catch(() => {}) : audio.pause()),
    seek(second, { play = false } = {}) {
      const place = Math.min(Math.max(second, 0), data.duration);
      if (audio.readyState > 0) audio.currentTime = place;
      else wanted = place;
      if (play && audio.paused) audio.play().catch(() => {});
      tell(true);
    },
    nudge: (seconds) => sound.seek(sound.time + seconds),
    faster: (step) => setSpeed(SPEEDS[Math.min(Math.max(SPEEDS.indexOf(audio.playbackRate) + step, 0), SPEEDS.length - 1)]),
    skipSilences: () => setSkip(!skipping),
    report,
  };

  function setSpeed(speed) {
    audio.playbackRate = speed;
    localStorage.setItem("speed", String(speed));
    for (const button of document.querySelectorAll("[data-speed]"))
      button.setAttribute("aria-pressed", String(Number(button.dataset.speed) === speed));
  }

  function setSkip(on) {
    skipping = on;
    localStorage.setItem("skip-silences", on ? "yes" : "no");
    document.getElementById("skip").setAttribute("aria-pressed", String(on));
  }

  function jumpOverSilence() {
    const gap = data.quiet.find(([start, end]) => audio.currentTime > start + 0.3 && audio.currentTime < end - 0.4);
    if (skipping && gap && !audio.paused) audio.currentTime = gap[1] - 0.2;
  }

  function count() {
    if (audio.paused || audio.seeking) return;
    heard.add(Math.floor(audio.currentTime));
    document.getElementById("heard").textContent = clock(total());
    if (heard.size - reported >= REPORT_EVERY) report();
  }

  const total = () => Math.min(data.listened + heard.size, Math.ceil(data.duration));

  function report() {
    if (!data.mayAnswer || heard.size === reported) return Promise.resolve();
    const fresh = heard.size - reported;
    reported = heard.size;
    return saves.heard(fresh);
  }

  function showState() {
    const button = document.getElementById("play");
    button.classList.toggle("playing", !audio.paused);
    button.setAttribute("aria-label", audio.paused ? button.dataset.play : button.dataset.pause);
    tell();
  }

  audio.addEventListener("loadedmetadata", () => {
    if (wanted !== null) audio.currentTime = wanted;
    wanted = null;
  });
  audio.addEventListener("timeupdate", () => (jumpOverSilence(), count()));
  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, showState);
  audio.addEventListener("seeked", () => tell(true));
  audio.addEventListener("pause", report);
  audio.addEventListener("error", () => document.getElementById("no-sound").removeAttribute("hidden"));
  window.addEventListener("pagehide", report);
  (function frame() {
    if (!audio.paused) tell();
    requestAnimationFrame(frame);
  })();

  document.getElementById("player").addEventListener("click", (event) => {
    const speed = event.target.closest("[data-speed]");
    if (speed) setSpeed(Number(speed.dataset.speed));
    const act = event.target.closest("[data-do]")?.dataset.do;
    ({ play: sound.toggle, back: () => sound.nudge(-5), forward: () => sound.nudge(5), skip: sound.skipSilences })[act]?.();
  });
  document.getElementById("no-sound")?.querySelector("button")?.addEventListener("click", () => {
    document.getElementById("no-sound").setAttribute("hidden", "");
    audio.load();
  });
  setSpeed(SPEEDS.includes(Number(localStorage.getItem("speed"))) ? Number(localStorage.getItem("speed")) : 1);
  setSkip(skipping);
  const from = Number(new URLSearchParams(location.search).get("t")) || data.opens; // a moment asked for, or the gravest
  if (from) queueMicrotask(() => sound.seek(from));
  return sound;
}

// A chat has no sound: the same keys find nothing to do.
const silentPlayer = () => {
  const nothing = () => {};
  return {
    there: false, time: 0, playing: false, listen: nothing, toggle: nothing, seek: nothing, nudge: nothing,
    faster: nothing, skipSilences: nothing, report: () => Promise.resolve(),
  };
};
