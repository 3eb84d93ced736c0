// What this person has done in this run on this phone, also what was sent lately. What is being written down just now
// belongs to it already.
import { add, entries, newId } from "../queue.js";
import { since } from "../standing.js";
import { byKey, given, names } from "./given.js";

let own = [];
const keeping = new Map(); // what is shown already while the phone writes it down, by its id
export let changed = 0; // counts up whenever this is not what it was
const set = (now) => {
  own = now;
  changed += 1;
};

export const any = () => own.length > 0;
export const has = (id) => own.some((one) => one.id === id);
export const start = () => own.find(({ kind, id }) => kind === "start" && id === names.ref);
export const closing = () => own.filter(({ kind, state }) => kind === "close" && state !== "refused").at(-1);

// When the last of its records was made, also of those that the server has.
export const lastAt = () => own.filter(({ kind }) => kind === "record").at(-1)?.at ?? null;

// Its records that the rows of the server don't have yet.
export const made = (found) => since(own, found, byKey, given.mark);
// Its records that the server did not take, or that wait for a lead.
export const doubtful = () => own.filter(({ kind, state, receipt }) =>
  kind === "record" && (state === "refused" || (receipt?.state === "late" && state === "sent")));

export const reread = async () => {
  const known = await entries(names);
  const ids = new Set(known.map(({ id }) => id));
  set([...known, ...[...keeping.values()].filter(({ id }) => !ids.has(id))]);
};

// A record that counts on this page from now on, though the phone has not written it down yet.
export const hold = (data, files) => {
  const entry = { id: newId(), kind: "record", at: new Date().toISOString(), data, files, state: "waiting" };
  keeping.set(entry.id, entry);
  set([...own, entry]);
  return entry;
};
export const letGo = (id) => {
  keeping.delete(id);
  set(own.filter((one) => one.id !== id));
};

const about = () => ["h1 > :is(bdi, span):not(.hf-subject)", ".hf-subject"]
  .map((name) => document.querySelector(name)?.textContent.trim()).filter(Boolean).join(" · ");
// Has the phone write it down; answers the entry once it is durable. `what`: its words on the page "On this phone".
// Raises NotKept.
export const keep = async (kind, data, { files = [], what, id = newId() }) => {
  const entry = await add(kind, data, { ...names, files, shown: { what, run: about() }, id });
  keeping.delete(id);
  const known = own.find((one) => one.id === id);
  if (known?.state === "waiting") Object.assign(known, entry, { state: "waiting" });
  else if (!known) set([...own, { ...entry, state: "waiting" }]);
  return entry;
};
