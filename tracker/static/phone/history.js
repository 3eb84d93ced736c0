// What was sent lately is remembered: shown again after a reload, and sent anew to a server that was put back from a
// backup and has forgotten it.
import { bytesFor, read, write } from "./database.js";

const DAY = 86_400_000;
const KEPT = 7 * DAY; // how long what was sent is remembered, for a server that is restored from a backup
const BYTES_KEPT = DAY; // and its photos and files, once they take more than this part of the room there is
const PART = 0.1;

// The newest entry of a person that the server has acknowledged and would still know by its id; of anybody without one.
export const lastSent = (person) => read("sent", async (t) => {
  let at = await t.store.openCursor(null, "prev"); // by number: clocks are set
  while (at && !(["record", "start"].includes(at.value.kind) && (!person || at.value.person === person))) {
    at = await at.continue();
  }
  return at?.value.id ?? null;
});

// Whether the server is another than before, or has forgotten what it acknowledged, because a backup was put back: an
// era begins, and what was acknowledged before it is sent once more.
export const recognise = async (instance, restored) => {
  const before = await read("meta", ({ store }) => store.get("instance"));
  if (before === instance && !restored) return;
  await write("meta", async ({ store }) => {
    await store.put(instance, "instance");
    if (before || restored) await store.put(((await store.get("era")) ?? 0) + 1, "era");
  });
};
export const sendAnew = async (person) => {
  const [era, own] = await read("meta", ({ store }) => Promise.all([store.get("era"), store.get(`era ${person}`)]));
  return era === own ? 0 : waitAnew(person, era);
};
const waitAnew = (person, era) => write(["entries", "sent", "meta"], async (t) => {
  await t.objectStore("meta").put(era, `era ${person}`);
  let counted = 0;
  let at = await t.objectStore("sent").openCursor();
  while (at) {
    const { receipt, sent_at, bytes, era: gave, ...entry } = at.value;
    if (entry.person === person && gave < era) {
      const run = entry.ref ? null : entry.run; // one that was started here: its number may be another's by now
      await Promise.all([
        t.objectStore("entries").put({ ...entry, run, state: "waiting", tries: 0, whole: bytes }),
        at.delete(),
      ]);
      counted += 1;
    }
    at = await at.continue();
  }
  return counted;
});

// Takes the bytes of what was sent more than `age` ms ago off the device; answers how many entries had some.
export const shed = (age) => write(["sent", "files"], async (t) => {
  let counted = 0;
  let at = await t.objectStore("sent").index("sent_at").openCursor(IDBKeyRange.upperBound(Date.now() - age));
  while (at) {
    if (at.value.bytes) {
      const { id } = at.value;
      await Promise.all([t.objectStore("files").delete(bytesFor(id)), at.update({ ...at.value, bytes: false })]);
      counted += 1;
    }
    at = await at.continue();
  }
  return counted;
});

// Forgets what was sent long ago.
export const sweep = async () => {
  const { usage, quota } = (await globalThis.navigator.storage?.estimate?.()) ?? {};
  if (!(usage < quota * PART)) await shed(BYTES_KEPT);
  await write(["sent", "files"], async (t) => {
    let at = await t.objectStore("sent").index("sent_at").openCursor(IDBKeyRange.upperBound(Date.now() - KEPT));
    while (at) {
      await Promise.all([at.delete(), t.objectStore("files").delete(bytesFor(at.value.id))]);
      at = await at.continue();
    }
  });
};

export const anySent = () => read("sent", async (t) => (await t.store.count()) > 0);
