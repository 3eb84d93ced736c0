// The line on a page that is kept: since when it is what it says, and why nothing newer is here. What is newer comes as
// soon as it is there, unless somebody has begun with something.
import { keyOf, contents } from "./shelves.js";
import { clock } from "./times.js";
import { keepTyped, typed } from "./typed.js";

const { kept, keptPerson, keptWhy } = document.documentElement.dataset;
const bar = document.getElementById("kept-line");
let touched = false;
for (const kind of ["pointerdown", "keydown", "input"]) addEventListener(kind, () => { touched = true; }, { capture: true, passive: true, once: true });

const at = new Date(Number(kept));
const when = clock(at);

const say = (why) => {
  if (!bar?.querySelector(`[data-why="${why}"]`)) return; // of a run that is not sent yet there is nothing newer
  bar.hidden = false;
  bar.dataset.why = why;
  for (const line of bar.querySelectorAll("[data-why]")) line.hidden = line.dataset.why !== why;
  for (const time of bar.querySelectorAll("time")) {
    time.textContent = when;
    time.dateTime = at.toISOString();
  }
};

document.addEventListener("click", ({ target }) => {
  if (!target.closest("#kept-line [data-reload]")) return;
  keepTyped();
  location.reload();
});

const newer = () => {
  if (document.querySelector("[data-live]")) { // it follows by itself
    if (bar) bar.hidden = true;
  } else if (!touched && !typed().length) location.reload();
  else say("newer");
};
navigator.serviceWorker.addEventListener("message", ({ data }) => {
  if (data?.holdfast === "newer") newer();
  else if (data?.holdfast === "same" && bar) bar.hidden = true;
  else if (["offline", "portal", "out"].includes(data?.holdfast)) say(data.holdfast);
});
navigator.serviceWorker.startMessages();
say(keptWhy);
const follows = document.querySelector("[data-live]"); // it brings what is newer by itself, as soon as it has an answer
addEventListener("online", () => { if (keptWhy !== "slow" && !follows) say("newer"); });
document.addEventListener("holdfast:heard", ({ detail }) => {
  if (!detail || !follows) return;
  if (bar) bar.hidden = true;
  delete document.documentElement.dataset.keptWhy;
});

// A link to what is not kept says so before it is pressed.
if (keptWhy !== "slow") {
  const here = new Set((await contents(Number(keptPerson))).map(({ key }) => key));
  for (const link of document.querySelectorAll("main a[href]")) {
    const key = link.origin === location.origin ? keyOf(link.href) : null;
    if (key === null || here.has(key) || link.getAttribute("href").startsWith("#")) continue;
    link.classList.add("hf-not-kept");
    link.title ||= bar?.dataset.notKept ?? "";
  }
}
