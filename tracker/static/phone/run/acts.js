// What a person does on the page becomes an entry of this phone: it is shown at once, and said to be done once it is
// written down.
import { direct, stamp } from "../direct.js";
import * as logic from "../logic.js";
import { counted, elements, fill } from "../parts.js";
import { NotKept } from "../queue.js";
import { recorded } from "../standing.js";
import { keepable } from "../texts.js";
import { byKey, given } from "./given.js";
import * as own from "./own.js";
import { onPage, put } from "./rows.js";
import { askFor, catchUp, draw, isReady, parts, shows } from "./show.js";
import { isOver, judged } from "./states.js";

const say = (html) => document.getElementById("message")?.replaceChildren(...(html ? elements(html) : []));
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const problem = (step, typed, found) => {
  const values = {
    unit: step.unit ? `(${step.unit})` : "", text: typed.trim().slice(0, 80), options: (step.options ?? []).join(", "),
    subject: given.subject.ref, ...found,
  };
  say(fill(parts().problem, { text: { html: fill(parts()[`problem:${found.problem}`], values) } }));
};

// What a form says, as an entry's data and files.
const said = (form, submitter) => {
  const fields = new FormData(form, submitter);
  const text = (name) => keepable(String(fields.get(name) ?? ""));
  const isThere = (file) => file instanceof File && Boolean(file.size || file.name);
  const files = [...fields].filter(([, file]) => isThere(file)).map(([input, file]) => ({ input, file }));
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
      if (submitter) form.querySelector("[name=value]")?.select?.(); // a scan took no field; the next needs none
      return;
    }
  }
  if (!["done", "undone"].includes(data.outcome) && !data.reason) return;
  await make(data, files, form);
};

// What was not kept after all stands there no more, but the row as it was, with what was typed into it.
const withdrawn = (id, key, before) => {
  own.letGo(id);
  shows(onPage(key), () => {
    draw(key);
    put(onPage(key), before);
  });
  tell("holdfast:withdrawn", { step: key });
};

// A record is shown at once, as one that waits; that it is done is said when the phone has written it down.
const make = async (data, files, source) => {
  const step = byKey.get(data.step);
  const entry = own.hold(data, files);
  const what = [step.number, step.name, data.value || data.reason].filter(Boolean).join(" ");
  const kept = own.keep("record", data, { files, what, id: entry.id }); // it is written down while it is being drawn
  kept.catch(() => {}); // heard of below
  say("");
  askFor(step.key, false);
  const row = onPage(step.key);
  shows(source.isConnected ? source : row.querySelector("form.hf-do") ?? row, () => draw(step.key));
  const shown = onPage(step.key);
  shown.dataset.keeping = ""; // until then nothing from the server takes its place: what was typed may come back
  try {
    await kept;
  } catch (error) {
    delete shown.dataset.keeping;
    withdrawn(entry.id, step.key, row);
    throw error;
  }
  delete shown.dataset.keeping;
  catchUp();
  const last = recorded(entry, step, given.mark);
  if (last.kind !== data.outcome) {
    say(fill(parts().problem, { text: `${last.reason}. ${parts()["as failed"]}` }));
    const read = onPage(step.key)?.querySelector(".hf-recovery [data-read]"); // its row says why, and what to do now
    document.querySelector("#message > *")?.classList.toggle("visually-hidden", Boolean(read));
  }
  const over = isOver(judged().states);
  const { key, number, name } = step;
  tell("holdfast:acted", { entry: entry.id, step: key, number, name, outcome: last.kind, over });
};

document.addEventListener("holdfast:undo", ({ detail: { id } }) => {
  const state = judged().states.find(({ records }) => records.some((one) => one.id === id));
  if (!state) return;
  const row = onPage(state.key);
  make({ step: state.key, outcome: "undone", value: "", reason: "", note: "", cancels: id }, [], row).catch((error) => {
    const form = onPage(state.key).querySelector(`.hf-undo:has([name=cancels][value="${id}"])`);
    if (!(error instanceof NotKept && form)) throw error;
    direct(form);
  });
});

// The run ends by itself once its last tick stands: until then it can be taken back.
document.addEventListener("holdfast:stands", async ({ detail: { over } }) => {
  if (!over || own.closing() || !isOver(judged().states)) return;
  const kept = own.keep("close", { omit: [], itself: true }, { what: given.closes });
  await kept.catch(() => {}); // then the server ends it, a little later
  draw();
});

// Which steps nobody has touched is asked before the run is closed, as the server does.
const ask = (missing) => new Promise((answer) => {
  const items = { html: missing.map(({ step }) => fill("<li>\0name\0</li>", step)).join("") };
  const title = counted(parts().asking, missing.length, given.language);
  const [dialog] = elements(fill(parts().ask, { title, names: items }));
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
  await own.keep("close", { omit: missing.map(({ key }) => key) }, { what: given.closes });
  draw();
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if ("direct" in form.dataset || !form.matches("form[data-stamp], form[data-close]")) return;
  if (!isReady()) { // the parts did not come: it goes to the server at once, as without this script
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
    direct(form, event.submitter);
  }).finally(() => delete form.dataset.taken);
}, true);

// In a long run the forms of a step come when they are asked for; they are made here.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("li[data-step] a[data-glance], li[data-step] .hf-inside > p > a[hx-get]");
  if (!link || !isReady()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { step: key } = link.closest("li[data-step]").dataset;
  askFor(key);
  shows(document.body, () => draw(key));
  const now = onPage(key);
  (now.querySelector(".hf-do [name=value]:not([type=hidden]), .hf-do .hf-big") ?? now).focus({ preventScroll: true });
}, true);
