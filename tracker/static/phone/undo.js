// "Step 1 done · Undo": what was just recorded can be taken back where it was done, for five seconds. They stand still
// while somebody points at the line, has it in focus, or looks elsewhere. When it goes, `holdfast:stands` says so.
const LASTS = 5000; // ms
const line = document.getElementById("undo-line");
const words = document.getElementById("undo-words");
let now = null; // {entry, over, form}: what the line is about
let [left, since, timer] = [0, 0, 0];

const tell = (kind, detail) => document.dispatchEvent(new CustomEvent(kind, { detail }));
const end = (taken) => {
  clearTimeout(timer);
  line.replaceChildren();
  delete document.documentElement.dataset.justClosed;
  const was = now;
  now = null;
  if (was && !taken) tell("holdfast:stands", { id: was.entry, over: Boolean(was.over) });
};
const mouse = matchMedia("(hover: hover)"); // a finger that was there points at nothing any more
const held = () => document.hidden || line.matches(mouse.matches ? ":hover, :focus-within" : ":focus-within");
const wait = () => {
  clearTimeout(timer);
  if (!now) return;
  since = performance.now();
  if (!held()) timer = setTimeout(() => end(false), left);
};
const halt = () => {
  clearTimeout(timer);
  left = Math.max(left - (performance.now() - since), 1000); // whoever comes back to it has a second at least
};

const show = (what) => {
  if (now) end(false);
  if (what.outcome === "undone") return;
  now = what;
  const shown = words.content.cloneNode(true);
  const kinds = [...shown.querySelectorAll("[data-outcome]")];
  const kind = kinds.find((other) => other.dataset.outcome === (what.over ? "closed" : what.outcome)) ?? kinds[0];
  kinds.filter((other) => other !== kind).forEach((other) => other.remove());
  kind.querySelector("[data-said]").textContent = kind.querySelector("[data-said]").textContent.replace("{n}", what.number);
  line.replaceChildren(shown);
  document.documentElement.toggleAttribute("data-just-closed", kind.dataset.outcome === "closed");
  left = LASTS;
  wait();
};

// Without the queue a step's own form takes its record back.
const undo = () => {
  const { entry, form } = now;
  end(true);
  if (form?.isConnected) form.requestSubmit();
  else tell("holdfast:undo", { id: entry });
};
line.addEventListener("click", ({ target }) => target.closest("[data-undo]") && now && undo());
for (const kind of ["pointerenter", "focusin"]) line.addEventListener(kind, halt);
for (const kind of ["pointerleave", "focusout"]) line.addEventListener(kind, () => setTimeout(wait));
document.addEventListener("visibilitychange", () => (document.hidden ? halt() : wait()));
addEventListener("pagehide", () => now && end(false));
document.addEventListener("click", ({ target }) => now && target.closest("[data-turn]") && end(false));
// Whoever goes on with what comes next lets it stand.
for (const kind of ["click", "submit"]) {
  document.addEventListener(kind, ({ target }) => {
    if (now && target.closest(kind === "click" ? ".hf-ahead :is(a, button)" : ".hf-ahead")) end(false);
  }, true);
}

document.addEventListener("holdfast:acted", ({ detail }) => show(detail));

// What htmx has sent is said by the row that came back: it holds the form that takes the record back.
let sent = null;
document.addEventListener("htmx:before:swap", ({ target, detail: { ctx, drawn } }) => {
  const kept = !drawn && target.matches?.("form[data-stamp]") && ctx?.response?.status < 400; // drawn: by run.js
  sent = kept ? new FormData(target) : null;
});
document.addEventListener("htmx:after:swap", () => {
  const entry = sent?.get("id");
  const form = entry && document.querySelector(`.hf-undo [name=cancels][value="${CSS.escape(entry)}"]`)?.form;
  if (form) show({ entry, form, outcome: form.dataset.outcome, number: form.dataset.number });
  else if (sent?.get("kind") === "undone" && now) end(true);
  sent = null;
});
