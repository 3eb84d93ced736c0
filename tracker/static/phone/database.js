// The database on the device: opened, read and written. A write counts once the disk has it; what the browser does not
// answer in time is not kept.
import { openDB } from "../vendor/idb.js";
import { root } from "./root.js";

export const NAME = `holdfast${root}`; // two installations on one host have a store each
const VERSION = 1;
const LIMIT = 8000; // ms for one write: phones that are nearly full may never answer

// What was to be kept is not: the browser refuses to keep anything ("refused"), or has no room ("full").
export class NotKept extends Error {
  constructor(storage, cause) {
    super(`not kept on this device: ${storage}`, { cause });
    this.name = "NotKept";
    this.storage = storage;
  }
}

const upgrade = (db) => {
  const entries = db.createObjectStore("entries", { keyPath: "seq" });
  entries.createIndex("id", "id", { unique: true });
  entries.createIndex("whose", ["person", "state", "seq"]);
  db.createObjectStore("files", { keyPath: ["entry", "index"] });
  const sent = db.createObjectStore("sent", { keyPath: "seq" });
  sent.createIndex("sent_at", "sent_at");
  for (const store of [entries, sent]) {
    store.createIndex("run", ["person", "run"]);
    store.createIndex("ref", ["person", "ref"]);
  }
  db.createObjectStore("meta");
};

let opened = null;
const close = () => {
  opened?.then((db) => db.close(), () => {});
  opened = null;
};
const calls = { blocking: close, terminated: () => (opened = null) };
// A newer server's pages may have been here before an older one came back: they only add to what there is.
const asItIs = (error) => {
  if (error.name !== "VersionError") throw error;
  return openDB(NAME, undefined, calls);
};
const open = () => {
  opened ??= openDB(NAME, VERSION, { upgrade, ...calls }).catch(asItIs);
  return opened;
};

const within = (promise, ms = LIMIT) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new DOMException("no answer", "TimeoutError")), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

const attempt = async (stores, mode, act) => {
  const db = await within(open());
  const transaction = db.transaction(stores, mode, { durability: "strict" });
  const done = Promise.all([act(transaction), transaction.done]).then(([value]) => value);
  try {
    return await within(done);
  } catch (error) {
    try { transaction.abort(); } catch {} // what is too late must not be there after all
    throw error;
  }
};

// A browser that was in the background may have closed the store under us: it is opened once more.
const LIVES = ["QuotaExceededError", "ConstraintError", "DataError"];
const during = async (stores, mode, act) => {
  try {
    return await attempt(stores, mode, act);
  } catch (error) {
    if (LIVES.includes(error?.name)) throw error;
    close();
    return attempt(stores, mode, act);
  }
};

export const read = (stores, act) => during(stores, "readonly", act);
// Raises NotKept.
export const write = async (stores, act) => {
  try {
    return await during(stores, "readwrite", act);
  } catch (error) {
    throw new NotKept(error?.name === "QuotaExceededError" ? "full" : "refused", error);
  }
};

// The keys of the bytes of an entry's files.
export const bytesFor = (id) => IDBKeyRange.bound([id], [id, []]);
