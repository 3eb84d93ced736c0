// Nothing jumps. After one's own record the next step stands where the last one stood, and has the focus;
// what others do moves nothing that is being looked at.
const LINE = 64; // px: the line about saving, at the bottom
const alone = () => document.documentElement.dataset.steps === "one" && matchMedia("(max-width: 40rem)").matches; // see onestep.js
let before = null;
const topOf = (id) => document.getElementById(id)?.getBoundingClientRect().top;

document.addEventListener("htmx:before:swap", (event) => {
  const own = event.target.closest?.(".hf-step");
  const seen = own ?? (alone() ? document.querySelector(".hf-step.hf-shown") : [...document.querySelectorAll(".hf-step")].find(
    (step) => step.getBoundingClientRect().bottom > LINE));
  const focused = document.activeElement?.closest(".hf-step")?.id;
  before = seen && { own: Boolean(own), id: seen.id, top: topOf(seen.id), current: seen.matches(".hf-current"), focused };
});

document.addEventListener("htmx:after:swap", () => {
  if (!before || !document.getElementById(before.id)) return;
  const same = document.getElementById(before.id);
  const next = document.querySelector(".hf-current") ?? document.getElementById("end");
  const shown = same.querySelector(".hf-recovery") || !before.current || !before.own ? same : next;
  if (!alone()) scrollBy({ top: shown.getBoundingClientRect().top - before.top, behavior: "instant" });
  if (before.own) show(shown);
  else if (before.focused && document.activeElement === document.body) document.getElementById(before.focused).focus({ preventScroll: true });
  before = null;
});

const show = (step) => {
  const at = document.activeElement; // a step that was redrawn has kept it
  if (at === document.body || (at.matches(".hf-step") && at !== step)) step.focus({ preventScroll: true });
  if (alone()) return;
  const { top, bottom } = step.getBoundingClientRect();
  const ceiling = document.getElementById("progress").getBoundingClientRect().bottom + 8;
  const hidden = Math.min(Math.max(bottom - (innerHeight - LINE), 0), top - ceiling);
  if (hidden || top < ceiling) scrollBy({ top: top < ceiling ? top - ceiling : hidden, behavior: "smooth" });
};

// What opens is seen whole, above the line about saving.
document.addEventListener("toggle", (event) => {
  if (event.target.matches(".hf-why[open]")) event.target.scrollIntoView({ block: "nearest", behavior: "smooth" });
}, true);
