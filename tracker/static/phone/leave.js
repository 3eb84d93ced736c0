// Whoever signs out or locks the tablet: what waits is sent first if that goes quickly; else it stays, for them, and
// whoever signs out is told so.
import { flush, person, status } from "./queue.js";

const PATIENCE = { ask: 5000, quickly: 2000 }; // ms
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const dialog = document.getElementById("leaving");

const asked = async (waiting) => {
  dialog.querySelector("[data-slot=n]").textContent = waiting;
  dialog.returnValue = "stay";
  dialog.showModal();
  await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
  return dialog.returnValue === "leave";
};

const leave = async (form) => {
  await Promise.race([flush(), wait(PATIENCE[form.dataset.leave])]);
  const { waiting } = await status();
  if (waiting && dialog && form.dataset.leave === "ask" && !(await asked(waiting))) return;
  form.submit();
};

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-leave]");
  if (!form || !person()) return;
  event.preventDefault();
  if (form.dataset.leaving) return; // pressed twice
  form.dataset.leaving = "";
  await leave(form);
  delete form.dataset.leaving;
});
