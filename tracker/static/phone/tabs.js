// What tabs and the service worker tell each other about the queue, and tell those who listen in this tab.
import { NAME } from "./database.js";

// ms after which nothing is believed to be under way in another tab; in the background it may wake once a minute
export const SILENCE = 130_000;

// `sending`: {at, of} while a portion is under way, in whichever tab; `held`: why the last try left something (Unsent).
export const progress = { sending: null, held: null };

const heard = new Set();
const channel = globalThis.BroadcastChannel ? new BroadcastChannel(`${NAME}queue`) : null;
const hear = (said) => heard.forEach((fn) => fn(said));
let [forgets, last] = [0, -Infinity];
// When another tab has last said how far it is.
export const lastHeard = () => last;
channel?.addEventListener("message", ({ data }) => {
  if (data.progress) {
    Object.assign(progress, data.progress);
    last = performance.now();
  }
  clearTimeout(forgets);
  if (progress.sending) forgets = setTimeout(() => Object.assign(progress, { sending: null }), SILENCE); // closed
  hear(data);
});

// `fn` hears {type: "added", entries} | {type: "receipts", receipts, page} | {type: "status"}; answers how to stop.
export const listen = (fn) => {
  heard.add(fn);
  return () => heard.delete(fn);
};

export const tell = (said) => {
  hear(said);
  const { page: _, ...rest } = said; // what belongs to the page of this tab alone
  channel?.postMessage(rest);
};
export const tellStatus = (changed = {}) => {
  Object.assign(progress, changed);
  tell({ type: "status", progress: { ...progress } });
};

// What is asked for while it is under way is done once more after it, however often it was asked for: looking through
// all that waits for each of many entries would take longer the more there are.
export const inTurn = (act) => {
  let [running, next] = [null, null];
  const begin = () => (running = act().finally(() => { running = null; }));
  const turn = () => {
    if (!running) return begin();
    next ??= running.catch(() => {}).then(() => {
      next = null;
      return turn();
    });
    return next;
  };
  return turn;
};
