// Submit and next: first everything is saved, then the server says what is missing, or where to go on.
import { swap } from "./review_data.js";
import { post } from "./review_autosave.js";

export function sending(saves, sound) {
  const form = document.getElementById("submit-form");

  async function submit() {
    const button = form.querySelector("button");
    document.activeElement?.blur(); // a field that is left says what was written in it
    button.disabled = true;
    await Promise.all([saves.settled(), sound.report()]); // what was heard a moment ago counts
    const version = document.getElementById("saved").dataset.version;
    const response = await post(form.action, { version }).catch(() => null);
    button.disabled = false;
    if (response?.redirected) return location.assign(response.url);
    if (!response) return form.submit();
    swap(await response.text());
    document.querySelector("#trouble a, #trouble button, #conflict h2")?.focus();
  }

  form?.addEventListener("submit", (event) => (event.preventDefault(), submit()));
  return { submit: () => form && submit() };
}
