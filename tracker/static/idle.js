// Locks a shared tablet that nobody touches. Warns before, keeps what was typed for the same person,
// and tells the server that somebody is there; the server ends the session by itself if it hears nothing.
import { setAttended } from "./phone/shelves.js";
import { keepTyped } from "./phone/typed.js";

const form = document.querySelector("form[data-idle]");
const warning = document.getElementById("idle");
const IDLE = Number(form.dataset.idle) * 1000;
const WARN = 15_000; // ms before
const TELL = 10_000; // ms between two words to the server
let touched = Date.now();
let told = touched;
let shared = touched;
const note = () => setAttended(IDLE).catch(() => {}); // a browser that keeps no pages shows none without the server

const touch = () => {
  touched = Date.now();
  warning.hidden = true;
};
for (const kind of ["pointerdown", "pointermove", "keydown", "wheel", "touchmove", "input"]) {
  addEventListener(kind, touch, { capture: true, passive: true });
}

// What is touched in one tab keeps the others open.
const tabs = new BroadcastChannel("holdfast.touched");
tabs.addEventListener("message", ({ data }) => {
  touched = shared = Math.max(touched, data);
  warning.hidden = true;
});

const lock = () => {
  clearInterval(clock);
  keepTyped();
  form.requestSubmit();
};
const look = async () => {
  [touched, told, shared] = [touched, told, shared].map((at) => Math.min(at, Date.now())); // the clock was put back
  if (touched > shared) tabs.postMessage((shared = touched));
  const left = touched + IDLE - Date.now();
  if (left <= 0) return lock();
  warning.hidden = left > WARN;
  if (touched <= told || Date.now() - told < TELL) return;
  told = Date.now();
  note();
  const answer = await fetch(form.dataset.awake).catch(() => null); // no network: the page locks by itself
  if (answer?.status !== 401) return;
  keepTyped();
  location.reload(); // the server has ended the session, and shows the lock screen
};
note();
const clock = setInterval(look, 1000);
document.addEventListener("visibilitychange", look);
addEventListener("pageshow", (event) => event.persisted && location.reload()); // the back button, under another name
