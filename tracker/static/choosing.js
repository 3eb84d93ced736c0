// Runs that were chosen on the board stay chosen while it changes under one's hands; how many is said.
const form = document.getElementById("bulk");
const said = form.querySelector("[data-chosen]");
const chosen = new Set();
let at = ""; // the box with the focus, before its row is replaced

const boxes = () => [...document.querySelectorAll("input[name=run]")];
const run = (box) => box.value.split("|")[0]; // what comes after it is whose the run was
const text = (id) => document.getElementById(id).content.textContent;
const set = (box, on) => {
  box.checked = box.defaultChecked = on; // live.js takes what differs from its default for being typed
};

const show = () => {
  const shown = boxes();
  shown.forEach((box) => set(box, chosen.has(run(box))));
  const all = document.querySelector("[data-all]");
  if (all) {
    all.hidden = false;
    set(all, shown.every((box) => box.checked));
    all.indeterminate = !all.checked && shown.some((box) => box.checked);
  }
  const everything = document.getElementById("choose-everything");
  form.hidden = !chosen.size && !everything?.checked;
  const many = everything?.checked ? Number(everything.value).toLocaleString(document.documentElement.lang) : chosen.size;
  const words = everything?.checked ? "chosen-all" : chosen.size === 1 ? "chosen-one" : "chosen-more";
  said.textContent = text(words).replace("{n}", many);
};

document.addEventListener("change", ({ target }) => {
  if (target.matches("[name=everything]")) show();
  if (!target.matches("input[name=run], [data-all]")) return;
  const those = target.name === "run" ? [target] : boxes();
  those.forEach((box) => (target.checked ? chosen.add(run(box)) : chosen.delete(run(box))));
  show();
});
document.addEventListener("htmx:before:swap", () => {
  at = document.activeElement?.matches("[data-kept]") ? document.activeElement.id : "";
});
const after = () => {
  const shown = new Set(boxes().map(run));
  [...chosen].filter((id) => !shown.has(id)).forEach((id) => chosen.delete(id)); // what can't be seen isn't given
  show();
  if (at && document.activeElement.id !== at) document.getElementById(at)?.focus({ preventScroll: true });
};
document.addEventListener("htmx:after:swap", after);
document.addEventListener("holdfast:board", after);

boxes().filter((box) => box.checked).forEach((box) => chosen.add(run(box))); // the browser has kept them on its way back
show();
