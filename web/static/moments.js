// Plays a moment where it is told: any link with `data-seek` moves the page's own player to that second.

const sound = document.getElementById("sound");

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[data-seek]") : null;
  if (!link || !sound || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  sound.currentTime = Number(link.dataset.seek);
  sound.play().catch(() => {
    window.location.href = link.href; // no sound here: the words are the next best
  });
});
