// What a person does here waits on the device until the server says that it has it: added, listed, sent, listened to.
// Pages and the service worker use this module; one of them sends at a time.
import { NAME, NotKept } from "./database.js";
import { anySent, sweep } from "./history.js";
import { newId } from "./ids.js";
import * as journal from "./journal.js";
import { root } from "./root.js";
import { Unsent, greet, handIn as handed, send } from "./send.js";
import * as store from "./store.js";
import { SILENCE, lastHeard, listen, progress, tell, tellStatus } from "./tabs.js";

export { NotKept, listen, newId };

const SYNC = "holdfast-queue"; // the browser's own try later, where it has one
const LOCK = `${NAME}queue`;
const SHORTEST = 2000; // ms before sending is tried again by itself, doubled each time,
const LONGEST = 30_000; // up to this
const BEAT = 20_000; // ms between two signs of life while sending
const ASKS = 600_000; // ms between two looks whether the server was restored, while nothing waits
const page = globalThis.document;

// Who acts here: for whom the page was drawn. Nobody on a page for nobody, nor in the service worker.
export const person = () => Number(page?.documentElement.dataset.person) || null;
const who = () => ({ name: page.documentElement.dataset.name });

let wanted = () => null;
// `give` says which page is open, {run, seen, revision}, so that the answer can bring what has changed on it.
export const showing = (give) => {
  wanted = give;
};

const read = async ({ input, name, type, file, bytes }) => {
  const content = bytes ?? (await file.arrayBuffer()); // no Blobs: Safari has lost them
  const kind = (type ?? file.type) || "application/octet-stream";
  return { input, name: name ?? file.name, type: kind, size: content.byteLength, bytes: content };
};

let trouble = null; // "refused" or "full", since the last write
const storageIs = (state) => {
  if (trouble === state) return;
  trouble = state;
  tellStatus();
};

const keep = async (made, files) => {
  const parts = await Promise.all(files.map(read));
  const described = parts.map(({ bytes, ...rest }) => rest);
  let entry;
  try {
    entry = await store.keep({ ...made, files: described }, parts.map(({ bytes }) => bytes), who());
  } catch (error) {
    storageIs(error.storage);
    await new Promise((then) => setTimeout(then)); // no form can be sent while its own submit event is under way
    throw error;
  }
  storageIs(null);
  tell({ type: "added", entries: [entry] });
  later();
  flush();
  return entry;
};

// What the page before this one noted, and did not come to write.
const catchUp = async () => {
  for (const { entry, who: whose } of journal.noted()) {
    const kept = await store.keep({ ...entry, files: [] }, [], whose, () => journal.has(entry.id));
    journal.forget(entry.id);
    if (kept) tell({ type: "added", entries: [kept] });
  }
};
const caughtUp = catchUp().catch(() => {}); // the next page tries again

// A page that goes while a photo is being read would lose it: the browser asks first.
const asksToStay = (kept) => {
  const hold = (event) => event.preventDefault();
  addEventListener("beforeunload", hold);
  kept.catch(() => {}).finally(() => removeEventListener("beforeunload", hold));
};

let before = caughtUp;
// Whatever was done here until now is in the store, or was not kept.
export const written = () => before;
// Keeps what the person did; answers the entry once it is durable, and begins to send. Raises NotKept: then the caller
// sends it directly, and it is not saved until the server has answered. What is done while a photo is still being read
// comes after it.
export const add = (kind, data, { run = null, ref = null, files = [], shown = null, id = newId() } = {}) => {
  if (!person()) return Promise.reject(new NotKept("refused", new Error("nobody is signed in")));
  const at = new Date().toISOString();
  const made = { id, kind, person: person(), at, run, ref: kind === "start" ? id : ref, data, shown };
  if (!files.length) journal.note(made, who());
  const kept = before.then(() => keep(made, files)).finally(() => journal.forget(id));
  before = kept.catch(() => {});
  if (files.length) asksToStay(kept);
  return kept;
};

// Remembers what the server has taken at once, as number `run`, for one that is put back from a backup and forgets it.
export const remember = async (kind, data, { run, id, shown = null }) => {
  const [at, ref] = [new Date().toISOString(), kind === "start" ? id : null];
  const made = { id, kind, person: person(), at, ref, data, shown };
  await store.remember(made, { id, state: "kept", run }).catch(() => {}); // then only the server has it
};

const later = async () => {
  const worker = await globalThis.navigator.serviceWorker?.getRegistration?.(root).catch(() => null);
  await worker?.sync?.register(SYNC).catch(() => {}); // not every browser has it, nor every person allows it
};

// What this person has done on a run by this device, in order: state "waiting", "refused" (with why) or "sent". The
// service worker hears of everybody's, with whose they are.
export const entries = async ({ run = null, ref = null }) => {
  await caughtUp;
  return store.ofRun(person(), { run, ref }).catch(() => []);
};
// All that waits of this person, and all that was not taken.
export const waiting = () => caughtUp.then(() => store.entriesOf(person() ?? 0, "waiting"));
export const refused = () => store.entriesOf(person() ?? 0, "refused");

// {waiting, since, refused: n, why, saved_at, sending, storage, held, others: [{id, name, count}]}
export const status = async () => {
  await caughtUp;
  const nothing = { waiting: 0, since: null, refused: [], saved_at: null, others: [] };
  const counted = await store.counted(person() ?? 0).catch(() => {
    trouble ??= "refused";
    return nothing;
  });
  const { refused: parked, ...rest } = counted;
  return { ...rest, refused: parked.length, why: parked[0]?.why ?? "", ...progress, storage: trouble ?? "good" };
};

// One sender at a time, which says so now and then. A tab that the phone has put to sleep falls silent and keeps the
// lock: whoever waits takes it then, for what both send counts once.
const alone = async (act) => {
  if (!globalThis.navigator.locks) return act();
  const [began, waits] = [performance.now(), new AbortController()];
  const isSilent = () => performance.now() - Math.max(began, lastHeard()) > SILENCE;
  let beat = setInterval(() => isSilent() && waits.abort(), BEAT);
  const acting = () => {
    clearInterval(beat);
    beat = setInterval(tellStatus, BEAT);
    return act();
  };
  const ask = (options) => navigator.locks.request(LOCK, options, acting);
  try {
    return await ask({ signal: waits.signal }).catch((error) => {
      if (!waits.signal.aborted) throw error;
      return ask({ steal: true });
    });
  } finally {
    clearInterval(beat);
  }
};
let of = 0;
const starting = async (whose, sent, more) => {
  if (!sent) of = (await store.counted(whose)).waiting;
  tellStatus({ sending: { at: Math.min(sent + more, of), of } });
};
const received = (receipts, answer) =>
  tell({ type: "receipts", receipts: [...receipts.values()], page: answer.page ?? null });

// Whether to look, though nothing waits, if the server was put back from a backup: seldom, and not on every page.
const toAsk = async () => {
  try {
    const ago = Math.abs(Date.now() - Number(sessionStorage.getItem("holdfast.asked")));
    return ago >= ASKS && (await anySent());
  } catch {
    return false; // this browser keeps nothing
  }
};
const anything = async () => (page ? (await status()).waiting > 0 : store.anyWaiting());
const sendAll = async () => {
  const { person: signedIn } = await send(person(), { tell: received, page: () => wanted(), starting });
  if (person() && person() !== signedIn) throw new Unsent("somebody-else");
};
const attempt = async () => {
  if (await anything()) await sendAll();
  else if (person() && (await toAsk()) && (await isForgotten())) await attempt();
};
const isForgotten = async () => {
  const hello = await greet(person()).catch(() => null); // it is asked again when there is network, or another page
  if (hello) sessionStorage.setItem("holdfast.asked", Date.now());
  return Boolean(hello?.anew);
};

const ENDS = ["signed-out", "somebody-else", "outdated"]; // no trying again helps
let [pause, timer, running, next] = [SHORTEST, 0, null, null];
const tried = async () => {
  clearTimeout(timer);
  progress.held = null;
  let held = null;
  try {
    await alone(attempt); // inside it is read anew what waits: another tab may have sent it
    pause = SHORTEST;
  } catch (error) {
    held = error instanceof Unsent ? error.reason : "offline";
    if (page && !ENDS.includes(held)) timer = setTimeout(flush, pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, LONGEST);
  }
  tellStatus({ sending: null, held });
  running = null;
  return { held };
};

// Sends what waits of the person who is signed in. Answers {held} when there is no more to do now: null, or why
// something still waits (see Unsent).
export const flush = () => {
  if (!running) return (running = tried());
  next ??= running.then(() => {
    next = null;
    return flush();
  });
  return next;
};

// Once more what was not taken; or off the device with it, of which the server hears nothing.
export const again = async (id) => {
  await store.again(id);
  await flush();
};
export const drop = async (id) => {
  await store.drop(id);
  tellStatus();
};
// What somebody made whose account is disabled, handed in by a lead. Raises Unsent.
export const handIn = (whom) => alone(() => handed(person(), whom, received));

if (page) {
  const back = () => {
    if (page.visibilityState !== "visible") return;
    pause = SHORTEST;
    flush();
  };
  page.addEventListener("visibilitychange", back);
  addEventListener("pageshow", ({ persisted }) => persisted && back());
  addEventListener("online", back);
  // Whatever becomes of the tab that sends now, this one is next: it finds nothing to do, or goes on.
  listen(({ progress: theirs }) => theirs?.sending && !running && flush());
  store.probe().then((state) => {
    storageIs(state === "good" ? null : state);
    if (state === "good") sweep().catch(() => {});
    flush();
  });
}
