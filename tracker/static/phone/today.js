// Today knows what this phone knows: runs that were started here come first, progress counts what was done here since the
// page was drawn, and what needs the network says so.
import * as logic from "./logic.js";
import { root } from "./root.js";
import { entries, listen, waiting } from "./queue.js";
import * as shelves from "./shelves.js";
import { since, standingIn } from "./standing.js";
import { inTurn } from "./tabs.js";
import { fold } from "./texts.js";

const { kept, keptWhy, person } = document.documentElement.dataset;
const who = Number(person);
const words = document.getElementById("today-words").content;
const line = (name, slots = {}) => {
  const said = words.querySelector(`[data-say="${name}"]`).cloneNode(true);
  for (const slot of said.querySelectorAll("[data-slot]")) slot.textContent = slots[slot.dataset.slot];
  return said;
};

// The states of a run's steps by its page, if that is kept here, and by what was done on this phone; whether it ends
// with that.
const statesOf = async (key, done) => {
  const page = await shelves.find(who, key);
  const parsed = page && new DOMParser().parseFromString(await page.text(), "text/html");
  const text = parsed?.getElementById("run-definition")?.textContent;
  if (!text) return null;
  const { steps, mark, endsItself } = JSON.parse(text);
  const rows = [...parsed.querySelectorAll("li[data-step]")].map(({ dataset }) => [dataset.step, JSON.parse(dataset.stands ?? "{}")]);
  const found = standingIn(rows);
  const made = since(done, found, new Map(steps.map((step) => [step.key, step])), mark);
  const states = logic.stepStates(steps, [...found.records, ...made], found.overridden, found.signed);
  return { states, ends: Boolean(endsItself && logic.isComplete(states)) };
};

const tell = (card, stands, done) => {
  const far = card.querySelector("[data-progress]");
  const next = card.querySelector("[data-to-do]");
  const closed = stands?.ends || done.some(({ kind, state }) => kind === "close" && state !== "refused");
  if (far && stands) {
    const { done: through, all } = logic.tally(stands.states, closed ? "done" : "open");
    far.firstChild.nodeValue = `${through}/${all}`;
    Object.assign(far.dataset, { done: through, all });
    far.hidden = false;
  }
  if (next && stands) {
    const { step } = logic.current(stands.states) ?? {};
    next.replaceChildren(...(closed ? [] : [step ? line("next", { n: step.number, text: step.name }) : line("done")]));
  }
  if (closed) card.querySelector("#going > span")?.remove(); // "Continue"
  if (closed && !card.querySelector("[data-say=closed]")) card.querySelector("[data-marks]").before(line("closed"));
};

const ofRun = async (card) => {
  const run = Number(card.dataset.run);
  const done = await entries({ run });
  if (done.length) tell(card, await statesOf(`runs/${run}`, done), done);
};

const cardOf = async ({ id, data, shown }, all) => {
  const card = document.getElementById("started-here").content.cloneNode(true).firstElementChild;
  const title = shown?.title ?? data.sop;
  card.dataset.ref = card.dataset.run = id;
  card.dataset.sop = data.sop;
  card.querySelector("a").href = `${root}runs/ref/${encodeURIComponent(id)}`;
  card.querySelector("[data-order]").textContent = data.subject || title;
  card.querySelector("bdi").textContent = title;
  card.querySelector(".hf-run-sop").hidden = !data.subject;
  const done = await entries({ ref: id });
  tell(card, await statesOf(`start/${encodeURIComponent(data.sop)}/blank`, done), done);
  const n = all.filter(({ ref }) => ref === id).length;
  const mark = document.getElementById("saved-words").content.querySelector("[data-say=of-run]").cloneNode(true);
  mark.querySelector("[data-slot=n]").textContent = n;
  card.querySelector("[data-queue]").replaceChildren(mark);
  return card;
};

// The first line counts them, too, and says that nothing waits only where that is so.
const count = (n) => {
  const first = document.getElementById("today-line");
  first.querySelector("[data-say=count]")?.remove();
  if (n) first.append(line("count", { n }));
  const nothing = first.querySelector("[data-nothing]");
  if (nothing) nothing.hidden = n > 0;
};

// Runs that the server knows nothing of yet stand first among one's own.
const started = async () => {
  const all = await waiting();
  const cards = await Promise.all(all.filter(({ kind }) => kind === "start").reverse().map((start) => cardOf(start, all)));
  const place = document.querySelector("#today-mine");
  const list = place.querySelector(".hf-cards");
  list.querySelectorAll("[data-ref]").forEach((card) => card.remove());
  count(cards.length);
  if (!cards.length) return;
  list.prepend(...cards);
  if (!place.querySelector("h2")) place.prepend(line("yours"));
};

// Without an answer from the server nobody can know who has taken what.
let off = false;
const needy = () => document.querySelectorAll("main form:not(#find, [data-start], [method=dialog]) button:not([type=button])");
const cut = (now) => {
  off = now;
  for (const button of needy()) {
    button.disabled = off;
    if (off) button.setAttribute("aria-describedby", "needs-network");
  }
  document.getElementById("needs-network")?.remove();
  if (off && document.querySelector("form:is([data-claim], [data-next])")) document.getElementById("today-acts").after(line("network"));
};

// What is scanned or typed without network is looked for among the runs that stand here.
document.addEventListener("submit", async (event) => {
  if (!off || !event.target.matches("#find")) return;
  event.preventDefault();
  await shown;
  const text = fold(event.target.elements.q.value.trim());
  const found = [...document.querySelectorAll("[data-run] a:has([data-order])")].find(
    (way) => fold(way.querySelector("[data-order]").lastChild.textContent.trim()) === text);
  if (found) location.assign(found.href);
  else document.getElementById("message").replaceChildren(line("not-here", { text: event.target.elements.q.value }));
}, true);

const show = async () => {
  await started();
  if (kept) await Promise.all([...document.querySelectorAll("#today [data-run]:not([data-ref])")].map(ofRun));
  document.documentElement.dataset.here = "";
};
const again = inTurn(() => show().catch(() => {})); // a browser that keeps nothing
listen(({ type }) => type !== "status" && again());
document.addEventListener("htmx:after:swap", again);
const shown = again();
if (["offline", "portal"].includes(keptWhy)) cut(true);
addEventListener("offline", () => cut(true));
addEventListener("online", () => cut(false));
