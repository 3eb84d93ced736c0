// The line that tells the truth about saving, on every page; its words come from the page.
import "./leave.js";
import { flush, listen, person, status, waiting } from "./queue.js";
import { inTurn } from "./tabs.js";
import { clock } from "./times.js";

const MOMENT = 3000; // ms for which something may be under way before it counts as waiting
const ELSEWHERE = ["signed-out", "somebody-else", "outdated"]; // what no trying again helps
const place = document.getElementById("saved");
const words = document.getElementById("saved-words").content;

const line = (name, slots = {}) => {
  const said = words.querySelector(`[data-say="${name}"]`).cloneNode(true);
  for (const slot of said.querySelectorAll("[data-slot]")) slot.textContent = slots[slot.dataset.slot] ?? "";
  return said;
};

const aboutWaiting = ({ waiting: n, since, sending, held, saved_at: saved }) => {
  const { always } = place.dataset; // on Today there is nothing to be said before something was saved
  const slots = { n, since: n ? clock(since) : "" };
  if (sending && sending.of > 1) return line("sending", sending);
  if (n && ELSEWHERE.includes(held)) return line(held, slots);
  if (n && !held && Math.abs(Date.now() - Date.parse(since)) < MOMENT) return line("saving");
  if (n) return line("waiting", slots);
  if (always !== undefined && saved) return line("saved", { at: clock(saved) });
  return always === "" ? line("nothing") : "";
};
const lines = (now) => [
  ...(now.storage === "good" || !person() ? [] : [line(`storage-${now.storage}`)]),
  ...(now.refused ? [line("refused", { n: now.refused, why: now.why })] : []),
  ...(person() && (now.storage === "good" || now.waiting) ? [aboutWaiting(now)] : []),
  ...now.others.map(({ count, name }) => line("other", { n: count, name })),
];

// Cards of runs say what of them has not been sent yet.
const marked = async () => {
  const places = [...document.querySelectorAll("[data-run] [data-queue]")];
  if (!places.length) return;
  const runs = (await waiting()).map(({ run, ref }) => String(run ?? ref));
  for (const mark of places) {
    const n = runs.filter((run) => run === mark.closest("[data-run]").dataset.run).length;
    const said = n ? line("of-run", { n }) : "";
    if ((said.outerHTML ?? "") !== mark.innerHTML) mark.replaceChildren(said);
  }
};

let timer = 0;
const show = inTurn(async () => {
  clearTimeout(timer);
  const now = await status();
  const wanted = document.createElement("div");
  wanted.append(...lines(now));
  if (wanted.innerHTML !== place.innerHTML) place.replaceChildren(...wanted.childNodes);
  await marked().catch(() => {}); // a browser that keeps nothing
  if (now.waiting && !now.held) timer = setTimeout(show, MOMENT);
});

if (place) {
  listen((heard) => {
    show();
    if (heard?.type === "receipts") document.dispatchEvent(new Event("holdfast:received"));
  });
  show();
  document.addEventListener("htmx:after:swap", ({ detail }) => detail?.drawn || show()); // drawn here: the queue tells
  document.addEventListener("click", ({ target }) => target.closest("[data-flush]") && flush());
}
