// The device's own store: what was done here and is not with the server yet, what the server did not take, and what
// was sent lately. `queue.js` is what pages use of it.
import { bytesFor, read, write } from "./database.js";
import { shed } from "./history.js";
import { newName } from "./ids.js";

// Numbers and the device's name go on from where forms that were sent one by one have left them.
const before = (name) => {
  try { return localStorage.getItem(name); } catch { return null; } // none in a service worker
};
const note = (name, value) => {
  try { localStorage.setItem(name, value); } catch {}
};

export const device = async () => {
  const known = await read("meta", (t) => t.store.get("device"));
  if (known) return known;
  const name = await write("meta", async ({ store }) => {
    const kept = (await store.get("device")) ?? before("holdfast.device") ?? newName();
    await store.put(kept, "device");
    return kept;
  });
  note("holdfast.device", name);
  return name;
};

// Whether this browser keeps anything: tried with a write. Answers "good", "refused" or "full".
export const probe = async () => {
  try {
    await write("meta", ({ store }) => store.put(Date.now(), "probe"));
    return "good";
  } catch (error) {
    return error.storage;
  }
};

// Only where it is needed, which is seldom: what does not come is no room.
const pagesGive = (person, size) =>
  import("./shelves.js").then(({ giveWay }) => giveWay(person, size)).catch(() => false);
const instead = (makeRoom, put, times = 1) => async (error) => {
  if (!times || error.storage !== "full" || !(await makeRoom())) throw error;
  return put().catch(instead(makeRoom, put, times - 1));
};

// How many records this device has made: a lead is told of those that are missing by it, so nothing else is counted.
const numbered = async (meta) =>
  Math.max((await meta.get("records")) ?? (await meta.get("seq")) ?? 0, Number(before("holdfast.seq") ?? 0));
const nextNumber = async (meta) => ((await meta.get("seq")) ?? 0) + 1;

// Keeps an entry with the bytes of its files, under the next number of this device; null where it `stands` nowhere any
// more, because somebody else has written it, and perhaps sent it since. Raises NotKept.
export const keep = async (entry, bytes, who, stands = () => true) => {
  const put = () => write(["entries", "files", "meta"], async (t) => {
    const [entries, files, meta] = ["entries", "files", "meta"].map((name) => t.objectStore(name));
    const twice = await entries.index("id").get(entry.id);
    if (twice || !stands()) return twice ?? null;
    const records = (await numbered(meta)) + (entry.kind === "record" ? 1 : 0);
    const seq = await nextNumber(meta);
    const kept = { ...entry, seq, ...(entry.kind === "record" && { count: records }), state: "waiting", tries: 0 };
    await Promise.all([
      entries.add(kept),
      meta.put(seq, "seq"),
      meta.put(records, "records"),
      meta.put(who, `person ${entry.person}`),
      ...bytes.map((part, index) => files.put({ entry: entry.id, index, bytes: part })),
    ]);
    return kept;
  });
  const size = bytes.reduce((sum, part) => sum + part.byteLength, 0);
  const kept = await put()
    .catch(instead(() => shed(0), put)) // in the place of photos that the server has long since,
    .catch(instead(() => pagesGive(entry.person, size), put, Infinity)); // or of what can be fetched again
  if (kept?.count) note("holdfast.seq", kept.count);
  return kept;
};

const whose = (person, state, after = 0) => IDBKeyRange.bound([person, state, after], [person, state, []], true);

// Remembers what the server has taken without this store as if it had been sent from here. Raises NotKept.
export const remember = async (entry, receipt) => {
  await write(["sent", "meta"], async (t) => {
    const [sent, meta] = [t.objectStore("sent"), t.objectStore("meta")];
    const [seq, era, at] = [await nextNumber(meta), (await meta.get("era")) ?? 0, Date.now()];
    const { run } = receipt;
    const taken = { state: "sent", run, receipt, why: "", tries: 0, sent_at: at, era, files: [], bytes: false };
    await Promise.all([sent.put({ ...entry, ...taken, seq }), meta.put(seq, "seq")]);
  });
};

// Up to `most` of a person's entries in one state, in the order in which they were made.
export const entriesOf = (person, state, { after = 0, most } = {}) =>
  read("entries", (t) => t.store.index("whose").getAll(whose(person, state, after), most));

export const bytesOf = async (id) =>
  (await read("files", (t) => t.store.getAll(bytesFor(id)))).map((file) => file.bytes);

// What a person, or everybody, has done on a run by this device, waiting, refused and sent, in order.
export const ofRun = async (person, { run = null, ref = null }) => {
  const keys = [["run", run], ["ref", ref]].filter(([, value]) => value !== null);
  const inStore = (store) =>
    (person ? keys.map(([index, value]) => store.index(index).getAll([person, value])) : [store.getAll()]);
  const lists = await read(["entries", "sent"], (t) =>
    Promise.all(["entries", "sent"].flatMap((name) => inStore(t.objectStore(name)))));
  const of = lists.flat().filter((entry) => keys.some(([index, value]) => entry[index] === value));
  const all = new Map(of.map((entry) => [entry.id, entry]));
  return [...all.values()].sort((one, other) => one.seq - other.seq);
};

// How many wait and were refused, of whom, and since when; when the last was sent.
export const counted = (person) => read(["entries", "meta"], async (t) => {
  const [index, meta] = [t.objectStore("entries").index("whose"), t.objectStore("meta")];
  const [waiting, refused, saved_at] = await Promise.all([
    index.count(whose(person, "waiting")), index.getAll(whose(person, "refused")), meta.get("saved_at"),
  ]);
  const first = waiting ? await index.get(whose(person, "waiting")) : null;
  const others = [];
  let at = await index.openKeyCursor();
  while (at) {
    const other = at.key[0];
    const range = IDBKeyRange.bound([other], [other, []]);
    if (other !== person) {
      others.push({ id: other, ...(await meta.get(`person ${other}`)), count: await index.count(range) });
    }
    at = await index.openKeyCursor(IDBKeyRange.lowerBound([other, []]));
  }
  return { waiting, since: first?.at ?? null, refused, saved_at: saved_at ?? null, others };
});

// What the server has said of entries: those it keeps leave the waiting, those it refuses stay with why.
export const settle = async (batch, receipts) => {
  try {
    await settled(batch, receipts);
  } catch (error) {
    if (error.storage !== "full") throw error;
    await shed(0);
    await settled(batch, receipts);
  }
};
const settled = (batch, receipts) => write(["entries", "sent", "meta"], async (t) => {
  const [entries, sent, meta] = ["entries", "sent", "meta"].map((name) => t.objectStore(name));
  const [at, era] = [Date.now(), (await meta.get("era")) ?? 0];
  for (const { id, seq } of batch) {
    const receipt = receipts.get(id);
    const entry = receipt && (await entries.get(seq)); // another tab may have heard of it first
    if (!entry) continue;
    const { state, why = "", status = null } = receipt;
    if (state === "kept" || state === "late") {
      const bytes = entry.files.length > 0;
      const run = entry.run ?? receipt.run ?? null;
      await Promise.all([
        entries.delete(seq),
        sent.put({ ...entry, run, state: "sent", receipt, why, sent_at: at, era, bytes }),
        meta.put(at, "saved_at"),
      ]);
    } else if (state === "refused") {
      await entries.put({ ...entry, state: "refused", why, status, told_at: at });
    } else {
      await entries.put({ ...entry, tries: entry.tries + 1, why });
    }
  }
});

// Refused: waits once more, or is taken off the device.
export const again = (id) => write("entries", async ({ store }) => {
  const entry = await store.index("id").get(id);
  if (entry) await store.put({ ...entry, state: "waiting", tries: 0 });
});
export const drop = (id) => write(["entries", "files"], async (t) => {
  const entries = t.objectStore("entries");
  const entry = await entries.index("id").get(id);
  if (entry?.state !== "refused") return; // what waits is never dropped
  await Promise.all([entries.delete(entry.seq), t.objectStore("files").delete(bytesFor(id))]);
});

export const anyWaiting = () => read("entries", async (t) => (await t.store.count()) > 0);
