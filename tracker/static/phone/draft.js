// While the camera is open a phone may take the page away: what was typed on a step is kept before that, as whenever
// the page goes out of sight, and put back where the page has to be loaded anew. Once one is back it is forgotten.
import { forgetTyped, keepTyped, typed } from "./typed.js";

const [field] = typed().map(([id]) => document.getElementById(id)); // put back just now
const step = field?.closest(".hf-step");
if (step) history.replaceState(history.state, "", `#${step.id}`); // onestep.js shows it

let leaves = false; // whoever signs out leaves nothing behind
document.addEventListener("submit", ({ target }) => {
  leaves ||= target.matches("form[data-leave=ask]");
  if (leaves) forgetTyped();
});
document.addEventListener("click", ({ target }) => target.closest("label, input")?.parentElement.querySelector("input[type=file]") && keepTyped());
document.addEventListener("change", ({ target }) => target.matches("input[type=file]") && forgetTyped());
document.addEventListener("visibilitychange", () => (document.hidden && !leaves ? keepTyped() : forgetTyped()));
document.addEventListener("holdfast:acted", forgetTyped);
