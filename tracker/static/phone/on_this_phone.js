// Fills the page "On this phone" from the device's own store; its words come from the page.
import * as queue from "./queue.js";
import { clock } from "./times.js";

const phone = document.getElementById("phone");
const part = (name) => document.querySelector(`#${name}`);
const made = (name) => part(name).content.firstElementChild.cloneNode(true);
const fill = (place, slots) => {
  for (const [name, text] of Object.entries(slots)) {
    for (const slot of place.querySelectorAll(`[data-slot="${name}"]`)) slot.textContent = text;
  }
  return place;
};
const size = (bytes) => {
  const [unit, by] = bytes < 1e9 ? ["megabyte", 1e6] : ["gigabyte", 1e9];
  const form = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 });
  return form.format(bytes / by);
};

const entry = ({ kind, at, run, shown, files }) => {
  const named = part("kinds").content.querySelector(`[data-kind="${kind}"]`).textContent;
  const row = fill(made("entry"), {
    what: shown?.what ?? named, run: shown?.run ?? (run ? `#${run}` : ""), at: clock(at), files: files.length,
  });
  row.querySelector("[data-files]").hidden = !files.length;
  return row;
};

const refusal = (kept) => {
  const row = entry(kept);
  const box = fill(made("refusal"), { why: kept.why });
  const said = kept.status === "files" ? "files" : kept.why ? "" : "blocked";
  for (const line of box.querySelectorAll(".hf-problem")) {
    if ((line.dataset.status ?? "") !== said) line.remove();
  }
  box.querySelector("[data-again]").addEventListener("click", () => queue.again(kept.id));
  box.querySelector("[data-drop]").addEventListener("click", () => queue.drop(kept.id));
  row.append(box);
  return row;
};

const other = ({ id, name, count }) => {
  const row = fill(made("other"), { n: count, name });
  const handing = row.querySelector("[data-hand-in]");
  handing.hidden = !phone.dataset.decides;
  handing.querySelector("button").addEventListener("click", async () => {
    const said = row.querySelector("[data-not-handed]");
    const why = await queue.handIn(id).then(() => null, ({ cause }) => cause?.why || said.dataset.otherwise);
    said.hidden = !why;
    said.textContent = why;
  });
  return row;
};

const list = (name, rows) => part(name).querySelector("ul").replaceChildren(...rows);
const show = async () => {
  const [waiting, refused, now] = await Promise.all([queue.waiting(), queue.refused(), queue.status()]);
  list("waiting", waiting.map(entry));
  part("waiting").querySelector("[data-none]").hidden = waiting.length > 0;
  list("refused", refused.map(refusal));
  part("refused").hidden = !refused.length;
  if (!part("others").querySelector("details[open]") || !now.others.length) list("others", now.others.map(other));
  part("others").hidden = !now.others.length;
  const saved = fill(part("waiting").querySelector("[data-saved]"), { at: now.saved_at ? clock(now.saved_at) : "" });
  saved.hidden = !now.saved_at;
};

const room = async () => {
  const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {};
  const line = phone.querySelector("[data-room]");
  line.hidden = !quota;
  if (quota) fill(line, { used: size(usage), all: size(quota) });
  const lasting = await navigator.storage?.persisted?.();
  for (const said of phone.querySelectorAll("[data-lasting]")) {
    said.hidden = (said.dataset.lasting === "yes") !== Boolean(lasting);
  }
  return lasting;
};
phone.querySelector("[data-persist]").addEventListener("click", async () => {
  await navigator.storage?.persist?.();
  phone.querySelector("[data-declined]").hidden = Boolean(await room());
});

const withoutNetwork = async () => {
  const { kept } = await import("./keep.js");
  const { pages, bytes, oldest } = await kept();
  fill(part("kept"), { n: pages, size: size(bytes), at: oldest ? clock(oldest) : "" }).hidden = !pages;
};

phone.hidden = false;
queue.listen(show);
await show().catch(() => {}); // a browser that keeps nothing: the line above says so
await room();
await withoutNetwork().catch(() => {}); // where nothing is kept
