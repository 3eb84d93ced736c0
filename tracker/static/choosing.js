// Runs that were chosen on the board stay chosen while it changes under one's hands; how many is said.
const form = document.getElementById("give");
const said = form.querySelector("[data-chosen]");
const chosen = new Set();
let at = ""; // the box with the focus, before its row is replaced

const boxes = () => [...document.querySelectorAll("input[name=run]")];
const text = (id) => document.getElementById(id).content.textContent;
const set = (box, on) => {
  box.checked = box.defaultChecked = on; // live.js takes what differs from its default for being typed
};

const show = () => {
  const shown = boxes();
  shown.forEach((box) => set(box, chosen.has(box.value)));
  const all = document.querySelector("[data-all]");
  if (all) {
    all.hidden = false;
    set(all, shown.every((box) => box.checked));
    all.indeterminate = !all.checked && shown.some((box) => box.checked);
  }
  form.hidden = !chosen.size;
  said.textContent = chosen.size === 1 ? text("chosen-one") : text("chosen-more").replace("{n}", chosen.size);
};

document.addEventListener("change", ({ target }) => {
  if (!target.matches("input[name=run], [data-all]")) return;
  const those = target.name === "run" ? [target] : boxes();
  those.forEach((box) => (target.checked ? chosen.add(box.value) : chosen.delete(box.value)));
  show();
});
document.addEventListener("htmx:before:swap", () => {
  at = document.activeElement?.matches("[data-kept]") ? document.activeElement.id : "";
});
document.addEventListener("htmx:after:swap", () => {
  const shown = new Set(boxes().map((box) => box.value));
  [...chosen].filter((run) => !shown.has(run)).forEach((run) => chosen.delete(run)); // what can't be seen isn't given
  show();
  if (at && document.activeElement.id !== at) document.getElementById(at)?.focus({ preventScroll: true });
});

boxes().filter((box) => box.checked).forEach((box) => chosen.add(box.value)); // the browser has kept them on its way back
show();
