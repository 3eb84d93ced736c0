// Locks a shared tablet that nobody touches. Warns before, keeps what was typed for the same person,
// and tells the server that somebody is there; the server ends the session by itself if it hears nothing.
// A page of somebody who is not signed in any more is left at once: what is done on it would be kept in their name.
import { root } from "./phone/root.js";
import { setAttended } from "./phone/shelves.js";
import { keepTyped } from "./phone/typed.js";

const who = document.documentElement.dataset.person;
const form = document.querySelector("form[data-idle]");
const warning = document.getElementById("idle");
const IDLE = Number(form.dataset.idle) * 1000;
const WARN = 15_000; // ms before
const TELL = 10_000; // ms between two words to the server, and to the worker
let touched = Date.now();
let told = touched;
let noted = touched;
let shared = touched;
// For the worker, which hears of a touch this much later. A browser that keeps no pages shows none without the server.
const note = () => {
  noted = Date.now();
  setAttended(IDLE + TELL).catch(() => {});
};
const isOver = () => Date.now() - touched >= IDLE;

const touch = () => {
  touched = Date.now();
  warning.hidden = true;
};
for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchmove", "input"]) {
  addEventListener(kind, touch, { capture: true, passive: true });
}

const leave = () => {
  clearInterval(clock);
  keepTyped();
  location.reload(); // the server shows the lock screen, or what is whose
};

// What is touched in one tab keeps the others open, and pages of somebody else go.
const tabs = new BroadcastChannel(`holdfast${root}touched`);
tabs.addEventListener("message", ({ data }) => {
  if (data.person) return void (data.person === who || leave());
  touched = shared = Math.max(touched, data);
  warning.hidden = true;
});

const lock = () => {
  clearInterval(clock);
  keepTyped();
  form.requestSubmit();
};
const ask = async () => {
  told = Date.now();
  const answer = await fetch(form.dataset.awake).catch(() => null); // no network: the page locks by itself
  if (answer?.status === 401 || (answer?.headers.get("Holdfast-Person") ?? who) !== who) leave();
};
const look = () => {
  const now = Date.now();
  [touched, told, noted, shared] = [touched, told, noted, shared].map((at) => Math.min(at, now)); // it was put back
  if (touched > shared) tabs.postMessage((shared = touched));
  if (isOver()) return lock();
  warning.hidden = touched + IDLE - now > WARN;
  if (touched > noted && now - noted >= TELL) note();
  if (touched > told && now - told >= TELL) ask();
};
note();
const clock = setInterval(look, 1000);
tabs.postMessage({ person: who });
document.addEventListener("visibilitychange", () => {
  look();
  if (!document.hidden && !isOver()) ask();
});
addEventListener("pageshow", (event) => event.persisted && location.reload()); // the back button, under another name
