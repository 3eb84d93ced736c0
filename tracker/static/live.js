// A page hears what others do: asks for the changes while it is looked at, and puts them into their places.
// What the person is at is never replaced: it waits until they are done with it, or ask for it.
import { isBusy } from "./busy.js";
import { isLost, lose } from "./lost.js";

const EVERY = 1500; // ms: with its way there and back a change is on every screen within two seconds
const LONGEST = 30_000; // ms between two looks while nobody answers
const page = document.querySelector("[data-live]:not([hx-ignore] *)");
const part = (name) => page.querySelector(`[data-live-${name}]`);
const held = new Map(); // the newest of what waits, by its id
let [last, pause, timer] = [new Date(), EVERY, 0];
let [asking, forced] = [false, false];
let [own, underway] = [0, 0]; // requests that the person has made, and those without an answer yet

// Where a finger is, too, nothing moves away from under it.
const busy = (place) => place.matches(":active") || isBusy(place);

const put = (html) => htmx.swap({ text: html, swap: "none", sourceElement: document.body });
const release = () => {
  const free = [...held].filter(([id]) => forced || !document.getElementById(id) || !busy(document.getElementById(id)));
  free.forEach(([id]) => held.delete(id));
  if (free.length) put(free.map(([, html]) => html).join(""));
};

// Of what comes in, what would replace something the person is at is kept back; the answer to a form never is, unless
// it refuses what is still written there.
document.addEventListener("htmx:before:swap", ({ target: source, detail: { ctx, tasks } }) => {
  const refused = ctx?.response?.status >= 400;
  for (const task of [...tasks]) {
    const { target, fragment, swapSpec } = task;
    if (task.type !== "oob" || !target?.id) continue;
    held.delete(target.id);
    if (!forced && (refused || !target.contains(source)) && busy(target)) {
      const copy = fragment.cloneNode(true).firstElementChild;
      copy.setAttribute("hx-swap-oob", swapSpec.style);
      held.set(target.id, copy.outerHTML);
      tasks.splice(tasks.indexOf(task), 1);
    } else if (target.querySelector(":scope > details[open]")) {
      fragment.querySelector(":scope > * > details")?.setAttribute("open", "");
    }
  }
  if (part("held")) part("held").hidden = !held.size;
});
document.addEventListener("focusout", () => setTimeout(release));
part("held")?.querySelector("button").addEventListener("click", () => {
  forced = true;
  release();
  forced = false;
});

const answered = (failed) => {
  if (!failed) last = new Date();
  pause = failed ? Math.min(pause * 2, LONGEST) : EVERY;
  const lost = part("lost");
  if (!lost) return;
  lost.hidden = !failed;
  lost.querySelector("time").textContent = last.toTimeString().slice(0, 5);
};

const ask = async () => {
  const headers = { "HX-Request": "true" };
  if (page.dataset.seen) headers["If-None-Match"] = `W/"${page.dataset.seen}"`;
  const before = own;
  const response = await fetch(page.dataset.live, { headers, redirect: "manual", signal: AbortSignal.timeout(15_000) });
  const out = response.type === "opaqueredirect" || response.status === 401;
  if (part("out")) part("out").hidden = !out;
  document.dispatchEvent(new CustomEvent("holdfast:heard", { detail: response.headers.get("Holdfast-Interface") }));
  if (out || response.status === 304) return;
  if (response.status >= 500 || !response.headers.has("Holdfast-Person")) throw new Error(response.statusText);
  const text = await response.text();
  if (own !== before || isLost()) return; // from before one's own act, which it would take back for a moment
  page.dataset.seen = /"(.*)"/.exec(response.headers.get("ETag"))?.[1] ?? page.dataset.seen;
  await put(text);
  if (!response.ok) lose(); // it is not theirs to see any more, and this says why
};

const look = async () => {
  clearTimeout(timer);
  if (asking || isLost() || document.hidden) return;
  asking = true;
  const started = performance.now();
  try {
    release();
    if (!underway) await ask();
    answered(false);
  } catch {
    answered(true);
  }
  asking = false;
  timer = setTimeout(look, Math.max(pause - (performance.now() - started), 200));
};

// The answer to a form tells of everything since, so that nothing is brought twice.
document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (page.dataset.seen) ctx.request.headers["HX-Seen"] = page.dataset.seen;
});
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  page.dataset.seen = ctx.response.headers.get("HX-Seen") ?? page.dataset.seen ?? "";
});
const begun = () => {
  own += 1;
  underway += 1;
};
const ended = () => {
  own += 1;
  underway -= 1;
};
document.addEventListener("htmx:before:request", begun);
document.addEventListener("htmx:finally:request", ended);
document.addEventListener("holdfast:asking", begun); // a page that asks by itself (board.js)
document.addEventListener("holdfast:answered", ended);
document.addEventListener("visibilitychange", look);
addEventListener("pageshow", look);
addEventListener("online", look);
document.addEventListener("holdfast:received", look); // there is an answer again, whatever this page has thought
