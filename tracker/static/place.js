// After a record nothing jumps: the next step stands where the last one stood, and has the focus.
const LINE = 64; // px: the line about saving, at the bottom
let before = null;

document.addEventListener("htmx:before:swap", (event) => {
  const step = event.target.closest?.(".hf-step");
  before = step && { id: step.id, top: step.getBoundingClientRect().top, current: step.matches(".hf-current") };
});

document.addEventListener("htmx:after:swap", () => {
  if (!before || !document.getElementById(before.id)) return;
  const same = document.getElementById(before.id);
  const next = document.querySelector(".hf-current") ?? document.getElementById("end");
  const shown = same.querySelector(".hf-recovery") || !before.current ? same : next;
  scrollBy({ top: shown.getBoundingClientRect().top - before.top, behavior: "instant" });
  const { top, bottom } = shown.getBoundingClientRect();
  const ceiling = document.getElementById("progress").getBoundingClientRect().bottom + 8;
  const hidden = Math.min(Math.max(bottom - (innerHeight - LINE), 0), top - ceiling);
  if (hidden || top < ceiling) scrollBy({ top: top < ceiling ? top - ceiling : hidden, behavior: "smooth" });
  if (document.activeElement === document.body) shown.focus({ preventScroll: true });
  before = null;
});

// What opens is seen whole, above the line about saving.
document.addEventListener("toggle", (event) => {
  if (event.target.matches(".hf-why[open]")) event.target.scrollIntoView({ block: "nearest", behavior: "smooth" });
}, true);
