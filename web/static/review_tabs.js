// On narrow screens the scorecard stands behind a tab; a place that is asked for opens the tab it is in.
export function tabs() {
  const panes = document.getElementById("panes");
  const buttons = [...panes.querySelectorAll("[data-tab]")];
  const show = (name) => {
    panes.dataset.shown = name;
    for (const button of buttons) button.setAttribute("aria-selected", String(button.dataset.tab === name));
  };
  for (const button of buttons) button.addEventListener("click", () => show(button.dataset.tab));
  show("conversation");
  const reveal = (element) => {
    const pane = element?.closest("#conversation, #card");
    if (pane && pane.id !== panes.dataset.shown) show(pane.id);
  };
  window.addEventListener("hashchange", () => reveal(document.getElementById(location.hash.slice(1))));
  return { reveal };
}
