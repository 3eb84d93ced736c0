// What is done on a run's page is kept on the phone first, and shown at once as the server will show it; then it is
// sent. What waits is shown again over everything that the server draws, until the server has it.
import { isBusy } from "../busy.js";
import { clock, counted, drawer, elements, fill } from "./draw.js";
import { stamp } from "./direct.js";
import * as logic from "./logic.js";
import { NotKept, add, entries, listen, newId, showing, written } from "./queue.js";
import { recorded, since, standingIn } from "./standing.js";

const given = JSON.parse(document.getElementById("run-definition").textContent);
const recoveries = new Map([...document.querySelectorAll("template[data-recovery]")].map((one) => [one.dataset.recovery, one.innerHTML]));
const byKey = new Map(given.steps.map((step) => [step.key, step]));
const live = document.querySelector("[data-live]");
const ref = given.ref || decodeURIComponent(/\/runs\/ref\/([^/]+)$/.exec(location.pathname)?.[1] ?? "") || null;
const names = { run: given.run || null, ref };

let own = []; // what this person has done here, also what was sent lately
let parts = null;
let draws = null;
const drawn = new WeakMap(); // a row of ours: how it was drawn
const rows = new Map(); // the server's last row of each step, by its key
const stood = new WeakMap(); // what a row of the server's says that stands there
const fresh = new WeakSet(); // rows of the server's that are not on the page yet
const keeping = new Map(); // what is shown already while the phone writes it down, by its id
const asked = new Set(); // steps whose forms were asked for
let [progress, end] = [null, null]; // the server's last ones
let putOff = false; // a row waits until nobody is at it

// --- what stands in the run

const standing = (row) => {
  if (!stood.has(row)) stood.set(row, JSON.parse(row.dataset.stands ?? "{}"));
  return stood.get(row);
};

// The server's newest rows: those on the page that were not drawn here.
const collect = () => {
  for (const row of document.querySelectorAll("li[data-step]")) if (!drawn.has(row)) rows.set(row.dataset.step, row);
  const parted = { progress: document.getElementById("progress"), end: document.getElementById("end") };
  if (parted.progress && !drawn.has(parted.progress)) progress = parted.progress;
  if (parted.end && !drawn.has(parted.end)) end = parted.end;
};

const there = () => standingIn([...rows].map(([key, row]) => [key, standing(row)]));
const mine = (found) => since(own, found, byKey, given.mark);
const closing = () => own.filter(({ kind, state }) => kind === "close" && state !== "refused").at(-1);

const judged = () => {
  const found = there();
  const made = mine(found);
  const states = logic.stepStates(given.steps, [...found.records, ...made], found.overridden, found.signed);
  const before = logic.stepStates(given.steps, found.records, found.overridden, found.signed);
  return { states, before, made };
};
const isOver = (states) => Boolean(given.endsItself && logic.isComplete(states));
const toDo = (states) => logic.current(states.filter(({ step }) => step.may)) ?? logic.current(states);

// --- drawing

const notes = (key) => own.filter(({ kind, data, state, receipt }) => kind === "record" && data.step === key && (state === "refused" || (receipt?.state === "late" && state === "sent")))
  .slice(-1)
  .flatMap(({ id, state, why }) => state === "refused" ? [fill(parts["not taken"], { why })]
    : rows.get(key).querySelector(`[data-late="${id}"]`) || rows.get(key).querySelector("a[href='#late']") ? [] : [parts.undecided]);
const sign = (state, here, more = []) => JSON.stringify([
  here, state.outcome, state.records.map(({ id }) => id), state.blockedBy, state.applies, state.unsigned, state.overridden, ...more,
]);

const put = (now, next, stays = true) => {
  if (now === next) return;
  const focused = stays && now.contains(document.activeElement);
  next.classList.toggle("hf-shown", now.classList.contains("hf-shown"));
  next.classList.toggle("hf-unread", now.matches(".hf-unread") && Boolean(next.querySelector(".hf-recovery [data-read]")));
  if (now.querySelector(":scope > details[open]")) next.querySelector(":scope > details")?.setAttribute("open", "");
  now.replaceWith(next);
  if (fresh.delete(next)) htmx.process(next);
  if (focused && next.isConnected) next.focus({ preventScroll: true });
};

// Shows what stands now, over what the server has drawn. `acted`: the key of the step that something was just done about.
const draw = (acted = null) => {
  collect();
  if (!draws) return;
  putOff = false;
  const { states, before, made } = judged();
  const [now, was] = [toDo(states)?.key, toDo(before)?.key];
  states.forEach((state, place) => {
    const { key } = state;
    const row = rows.get(key);
    if (!row) return;
    const on = document.getElementById(row.id);
    const ours = made.filter(({ step }) => step === key);
    const said = notes(key);
    const look = sign(state, now === key, [asked.has(key), ours.map(({ waiting }) => waiting), said]);
    const same = look === sign(before[place], was === key, [false, [], []]);
    // the step to do is left as it was drawn where the server says the same: a finger may be on it
    if (same ? on === row || (now === key && drawn.get(on) === look) : drawn.get(on) === look) return;
    if (key !== acted && isBusy(on)) {
      putOff = true;
      return; // as in live.js
    }
    const next = same ? row : draws.draw(row, state, states, {
      mine: ours, here: now === key, notes: said, asked: asked.has(key), wasOpen: Boolean(on.querySelector(":scope > details[open]")) && !on.matches(".hf-shown"),
    });
    if (!same) drawn.set(next, look);
    put(on, next, key !== acted);
  });
  const differs = states.some((state, place) => sign(state) !== sign(before[place]));
  head(states, now, differs);
  foot(states, differs, made);
};
document.addEventListener("focusout", () => setTimeout(() => putOff && draw()));

const head = (states, now, differs) => {
  const on = document.getElementById("progress");
  const far = document.getElementById("so-far");
  const { done, all } = logic.tally(states, closing() || isOver(states) ? "done" : "open");
  if (far?.dataset.words) far.textContent = far.dataset.words.replace("{done}", done).replace("{all}", all);
  if (!on || !progress) return;
  if (!differs) {
    put(on, progress);
    return;
  }
  const next = progress.cloneNode(true);
  drawn.set(next, "");
  next.querySelectorAll(".hf-dot").forEach((dot, place) => {
    const { outcome, applies, putRight, key } = states[place];
    const mark = outcome ?? (key === now ? "now" : applies === false ? "na" : null);
    dot.className = ["hf-dot", mark && `hf-${mark}`, putRight && "hf-put-right"].filter(Boolean).join(" ");
  });
  const long = next.querySelector("p");
  if (long) long.hidden = true; // it tells of what the server knows
  on.replaceWith(next);
};

const foot = (states, differs, made) => {
  const on = document.getElementById("end");
  if (!on || !end) return;
  const closed = closing();
  const left = logic.untouched(states).length;
  document.querySelector(".hf-steps").toggleAttribute("data-closed-here", Boolean(closed && !closed.data.itself));
  if (!differs && !closed) {
    put(on, end);
    return;
  }
  const ends = differs && isOver(states);
  const look = JSON.stringify([left, states.find((s) => s.unsigned)?.key, states.find((s) => s.holdsUp)?.key, closed?.id, ends]);
  if (drawn.get(on) === look) return;
  const next = draws.end(end, states, { left, closedAt: closed?.at ?? (ends ? made.at(-1).at : null) });
  drawn.set(next, look);
  put(on, next);
};

// --- telling

const say = (html) => {
  const place = document.getElementById("message");
  place?.replaceChildren(...(html ? elements(html) : []));
};
const problem = (step, typed, found) => {
  const values = {
    unit: step.unit ? `(${step.unit})` : "", text: typed.trim().slice(0, 80), options: (step.options ?? []).join(", "),
    subject: given.subject.ref, ...found,
  };
  say(fill(parts.problem, { text: { html: fill(parts[`problem:${found.problem}`], values) } }));
};
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

// Whatever follows the page's rows hears of those that were drawn here as of those that the server sends.
const shows = (source, act, first = false) => {
  const swap = { ctx: { response: { status: 200 } }, tasks: [], drawn: true, first };
  (source.isConnected ? source : document.body).dispatchEvent(new CustomEvent("htmx:before:swap", { bubbles: true, detail: swap }));
  act();
  document.body.dispatchEvent(new CustomEvent("htmx:after:swap", { bubbles: true, detail: swap }));
};

// --- doing

const about = () => ["h1 > :is(bdi, span):not(.hf-subject)", ".hf-subject"].map((name) => document.querySelector(name)?.textContent.trim()).filter(Boolean).join(" · ");
const kept = async (kind, data, files, what, id = newId()) => {
  const entry = await add(kind, data, { ...names, files, shown: { what, run: about() }, id });
  if (keeping.delete(id)) own = own.filter((one) => one.id !== id);
  if (!own.some((one) => one.id === id)) own.push({ ...entry, state: "waiting" });
  return entry;
};
// What was not kept after all stands there no more, but the row as it was, with what was typed into it.
const withdrawn = (id, key, before) => {
  keeping.delete(id);
  own = own.filter((one) => one.id !== id);
  draw(key);
  put(document.getElementById(before.id), before);
};
// The server takes it at once, as it does without this script: nothing can be kept on this phone.
const directly = (form, submitter) => {
  if (form.matches("[data-stamp]")) stamp(form);
  if (!form.isConnected) document.body.append(form); // its row was drawn anew meanwhile
  htmx.process(form); // its row may have been drawn here: a page that is left by sending it could not say that it failed
  form.dataset.direct = "";
  form.requestSubmit(submitter ?? undefined);
  delete form.dataset.direct;
};

const said = (form, submitter) => {
  const fields = new FormData(form, submitter);
  const text = (name) => String(fields.get(name) ?? "");
  const files = [...fields].flatMap(([input, file]) => (file instanceof File && (file.size || file.name) ? [{ input, file }] : []));
  const data = {
    step: text("step"), outcome: text("kind"), value: typeof fields.get("value") === "string" ? text("value") : "",
    reason: text("reason").trim() || text("quick"), note: text("note"), cancels: text("cancels") || null,
  };
  return { data, files };
};

const record = async (form, submitter) => {
  const { data, files } = said(form, submitter);
  const step = byKey.get(data.step);
  if (data.outcome === "done") {
    const found = logic.typedValue(step, data.value, given.mark);
    if (found.problem || logic.anotherSubject(step, data.value, given.subject)) {
      problem(step, data.value, found.problem ? found : { problem: "subject" });
      if (submitter) form.querySelector("[name=value]")?.select?.(); // a scan took no field, and the next one needs none
      return;
    }
  }
  if (!["done", "undone"].includes(data.outcome) && !data.reason) return;
  await make(data, files, form);
};

// A record is shown at once, as one that waits; that it is done is said when the phone has written it down.
const make = async (data, files, source) => {
  const step = byKey.get(data.step);
  const what = [step.number, step.name, data.value || data.reason].filter(Boolean).join(" ");
  const entry = { id: newId(), kind: "record", at: new Date().toISOString(), data, files, state: "waiting" };
  keeping.set(entry.id, entry);
  own.push(entry);
  say("");
  asked.delete(step.key);
  const row = document.getElementById(rows.get(step.key).id);
  shows(source.isConnected ? source : row.querySelector("form.hf-do") ?? row, () => draw(step.key));
  const shown = document.getElementById(row.id);
  shown.dataset.keeping = ""; // until then nothing from the server takes its place: what was typed may come back
  await kept("record", data, files, what, entry.id).catch((error) => {
    withdrawn(entry.id, step.key, row);
    throw error;
  }).finally(() => {
    delete shown.dataset.keeping;
    if (putOff) draw();
  });
  const last = recorded(entry, step, given.mark);
  if (last.kind !== data.outcome) say(fill(parts.problem, { text: `${last.reason}. ${parts["as failed"]}` }));
  const over = isOver(judged().states);
  tell("holdfast:acted", { entry: entry.id, step: step.key, number: step.number, name: step.name, outcome: last.kind, over });
  return entry;
};

// The run ends by itself once its last tick stands: until then it can be taken back.
document.addEventListener("holdfast:stands", async ({ detail: { over } }) => {
  if (!over || closing() || !isOver(judged().states)) return;
  await kept("close", { omit: [], itself: true }, [], given.closes).catch(() => {}); // then the server ends it, a little later
  draw();
});

// Which steps nobody has touched is asked before the run is closed, as the server does.
const ask = (missing) => new Promise((answer) => {
  const items = { html: missing.map(({ step }) => fill("<li>\0name\0</li>", step)).join("") };
  const [dialog] = elements(fill(parts.ask, { title: counted(parts.asking, missing.length, given.language), names: items }));
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    answer(dialog.returnValue === "close");
  });
  dialog.showModal();
});
const close = async () => {
  const missing = logic.untouched(judged().states);
  if (missing.length && !(await ask(missing))) return;
  await kept("close", { omit: missing.map(({ key }) => key) }, [], given.closes);
  draw();
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if ("direct" in form.dataset || !form.matches("form[data-stamp], form[data-close]")) return;
  if (!draws) { // the parts did not come: it goes to the server at once, as without this script
    if (form.matches("[data-stamp]")) stamp(form);
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  if ("taken" in form.dataset) return; // it is being kept already
  form.dataset.taken = "";
  const act = form.matches("[data-close]") ? close() : record(form, event.submitter);
  act.catch((error) => {
    if (!(error instanceof NotKept)) throw error;
    directly(form, event.submitter);
  }).finally(() => delete form.dataset.taken);
}, true);

// In a long run the forms of a step come when they are asked for; they are made here.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("li[data-step] a[data-glance], li[data-step] .hf-inside > p > a[hx-get]");
  if (!link || !draws) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const row = link.closest("li[data-step]");
  asked.add(row.dataset.step);
  shows(document.body, () => draw(row.dataset.step));
  const now = document.getElementById(row.id);
  (now.querySelector(".hf-do [name=value]:not([type=hidden]), .hf-do .hf-big") ?? now).focus({ preventScroll: true });
}, true);

document.addEventListener("holdfast:undo", ({ detail: { id } }) => {
  const { states } = judged();
  const state = states.find(({ records }) => records.some((one) => one.id === id));
  if (!state) return;
  const row = document.getElementById(rows.get(state.key).id);
  make({ step: state.key, outcome: "undone", value: "", reason: "", note: "", cancels: id }, [], row).catch((error) => {
    const form = document.getElementById(row.id).querySelector(`.hf-undo:has([name=cancels][value="${id}"])`);
    if (error instanceof NotKept && form) directly(form);
    else throw error;
  });
});

// --- hearing

showing(() => (given.run && live ? { run: given.run, seen: live.dataset.seen ?? "", revision: given.revision } : null));

const reread = async () => {
  const known = await entries(names);
  const ids = new Set(known.map(({ id }) => id));
  own = [...known, ...[...keeping.values()].filter(({ id }) => !ids.has(id))];
};
const goTo = async (run, place = "") => {
  await written(); // what was done meanwhile
  location.replace(`${given.runs}${run}${place}`);
};
const sent = async ({ receipts, page }) => {
  await reread();
  const start = receipts.find(({ id, run }) => id === ref && run);
  if (start && !given.run) {
    const place = document.querySelector(".hf-shown")?.id;
    goTo(start.run, place ? `#${place}` : "");
    return;
  }
  const closed = closing();
  const receipt = closed && receipts.find(({ id }) => id === closed.id);
  if (receipt?.state === "kept" && given.run) {
    goTo(given.run); // how it ended, and what comes next
    return;
  }
  if (page?.refresh) {
    goTo(given.run); // another state or revision of the run than this page shows
    return;
  }
  if (page?.lost) document.getElementById("notice")?.replaceChildren(...elements(fill(parts.problem, { text: page.lost })));
  if (page?.html) {
    if (live && page.seen) live.dataset.seen = page.seen;
    await htmx.swap({ text: page.html, swap: "none", sourceElement: document.body });
  }
  draw();
};
listen((heard) => {
  if (heard.type === "receipts") sent(heard);
  if (heard.type === "added" && heard.entries.some(({ run, ref: of }) => (run && run === given.run) || (of && of === ref))) {
    const fresh = heard.entries.filter(({ id }) => !own.some((entry) => entry.id === id));
    if (fresh.length) reread().then(() => draw()); // of another tab
  }
});
// What is still to be read stays so, also when the server draws the row anew.
let unread = [];
document.addEventListener("htmx:before:swap", ({ detail }) => {
  if (detail?.drawn) return;
  unread = [...document.querySelectorAll("li.hf-unread")].map(({ id }) => id);
  for (const task of [...(detail?.tasks ?? [])]) { // of a row that was drawn here, the server's is kept below it
    if (task.type !== "oob" || !drawn.has(task.target) || !task.target.matches("li[data-step]")) continue;
    const row = task.fragment.cloneNode(true).firstElementChild;
    row.removeAttribute("hx-swap-oob");
    rows.set(row.dataset.step, row);
    fresh.add(row);
    detail.tasks.splice(detail.tasks.indexOf(task), 1);
  }
});
document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (detail?.drawn) return;
  draw();
  for (const id of unread) {
    const row = document.getElementById(id);
    if (row?.querySelector(".hf-recovery [data-read]")) row.classList.add("hf-unread");
  }
});

const begin = async () => {
  const [loaded] = await Promise.all([fetch(given.parts).then((answer) => (answer.ok ? answer.json() : null), () => null), reread()]);
  if (!loaded) return; // without them the page works as it does without this script
  parts = loaded;
  draws = drawer(given, parts, recoveries);
  if (!given.run) {
    if (!ref) return;
    began();
  }
  if (own.length) shows(document.body, () => draw(), true);
  else collect();
  document.documentElement.dataset.phone = "ready";
};
// A run that was started on this phone: what it is about stands in the entry that starts it.
const began = () => {
  const start = own.find(({ kind, id }) => kind === "start" && id === ref);
  if (!start) return;
  names.run = start.receipt?.run ?? null;
  const { subject } = start.data;
  const keys = subject ? [logic.subjectKey(subject, given.subject.kind)] : [];
  given.subject = { ...given.subject, ref: subject, names: keys };
  const place = document.querySelector(".hf-subject");
  if (place) place.textContent = subject;
  document.title = [subject, document.title].filter(Boolean).join(" · ");
  if (start.state === "refused") document.getElementById("notice")?.replaceChildren(...elements(fill(parts["not taken"], start)));
};

begin();
