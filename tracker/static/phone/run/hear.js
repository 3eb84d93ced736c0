// What comes from elsewhere: receipts of what was sent, what other tabs do, and rows that the server has drawn anew.
import { isBusy } from "../../busy.js";
import { lose } from "../../lost.js";
import { elements, fill } from "../parts.js";
import { listen, showing, written } from "../queue.js";
import { moveTyped } from "../typed.js";
import { given, live, ref } from "./given.js";
import * as own from "./own.js";
import { collect, isOurs, takeBelow, takeEnd } from "./rows.js";
import { draw, parts } from "./show.js";

showing(() => (given.run && live ? { run: given.run, seen: live.dataset.seen ?? "", revision: given.revision } : null));

// Where this page can't go on showing the run: once it has a number, was closed, or is in another state or revision.
const elsewhere = (receipts, page) => {
  const start = receipts.find(({ id, run }) => id === ref && run);
  if (start && !given.run) {
    const place = document.querySelector(".hf-shown")?.id;
    return `${given.runs}${start.run}${place ? `#${place}` : ""}`;
  }
  const closed = own.closing();
  const isClosed = closed && receipts.some(({ id, state }) => id === closed.id && state === "kept");
  return (isClosed && given.run) || page?.refresh ? `${given.runs}${given.run}` : null;
};
// What comes next is being typed on the page: that is not taken from under their hands.
const isAtNext = () => [...document.querySelectorAll("#end .hf-ahead")].some(isBusy);
// Nor is the way there crossed, once somebody has pressed it.
let goesOn = false;
document.addEventListener("submit", ({ target }) => { goesOn ||= target.matches(".hf-ahead form:not([hx-post])"); }, true);
document.addEventListener("click", ({ target, ctrlKey, metaKey }) => {
  goesOn ||= Boolean(target.closest(".hf-ahead a")) && !ctrlKey && !metaKey;
}, true);
addEventListener("pageshow", () => { goesOn = false; });
const sent = async ({ receipts, page }) => {
  await own.reread();
  const place = elsewhere(receipts, page);
  if (place && !goesOn && !isAtNext()) {
    await written(); // what was done meanwhile
    if (goesOn) return;
    moveTyped(place);
    location.replace(place);
    return;
  }
  const told = page?.lost && !page.html ? elements(fill(parts().problem, { text: page.lost })) : [];
  if (told.length) document.getElementById("notice")?.replaceChildren(...told);
  if (page?.html) {
    if (live && page.seen) live.dataset.seen = page.seen;
    await htmx.swap({ text: page.html, swap: "none", sourceElement: document.body });
  }
  draw();
  if (page?.lost) lose();
};
const isHere = ({ run, ref: of }) => (run && run === given.run) || (of && of === ref);
listen((heard) => {
  if (heard.type === "receipts") sent(heard);
  const more = heard.type === "added" ? heard.entries.filter((entry) => isHere(entry) && !own.has(entry.id)) : [];
  if (more.length) own.reread().then(() => draw()); // of another tab
});

// What is still to be read stays so, also when the server draws the row anew.
let unread = [];
document.addEventListener("htmx:before:swap", ({ detail }) => {
  if (detail?.drawn) return;
  unread = [...document.querySelectorAll("li.hf-unread")].map(({ id }) => id);
  for (const task of [...(detail?.tasks ?? [])]) { // of what was drawn here, the server's is kept below it
    const { type, target } = task;
    if (type !== "oob" || !target || !isOurs(target) || !target.matches("li[data-step], #end")) continue;
    const sentOne = task.fragment.cloneNode(true).firstElementChild;
    sentOne.removeAttribute("hx-swap-oob");
    (target.id === "end" ? takeEnd : takeBelow)(sentOne);
    detail.tasks.splice(detail.tasks.indexOf(task), 1);
  }
});
document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (detail?.drawn) return;
  collect();
  draw();
  for (const id of unread) {
    const row = document.getElementById(id);
    if (row?.querySelector(".hf-recovery [data-read]")) row.classList.add("hf-unread");
  }
});
