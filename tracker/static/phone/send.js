// Sends what waits on the device, in order, in portions that memory and a weak line can carry. Only the server's
// own marked answer counts: whatever else comes back, from a portal, a proxy or a server being changed, is no answer.
import * as history from "./history.js";
import { root } from "./root.js";
import * as store from "./store.js";

const PLACE = `${root}queue`;
const PROTOCOL = 1;
const MOST = 100; // entries in one request
const LARGEST = 8_000_000; // bytes of files in one request, unless one entry alone has more
const SMALLEST = 200_000; // to which that shrinks while requests break off
const PATIENCE = 20_000; // ms for an answer, and as long again for every SLOW bytes that are sent
const SLOW = 400_000;
const ENTRY = 10_000; // bytes that an entry without files counts as, for what the server does about it
const GIVES_UP = 3; // refusals by something that is not ours, before an entry is shown as not taken
let portion = LARGEST;

// Why something was not sent: "offline" (no answer, or not ours), "signed-out", "somebody-else" (is signed in), "busy"
// (the server), "outdated" (this page is older than the server), or "broken" (something does not let it through).
export class Unsent extends Error {
  constructor(reason, cause) {
    super(`not sent: ${reason}`, { cause });
    this.name = "Unsent";
    this.reason = reason;
  }
}

const LASTING = [400, 403, 413, 415, 422]; // the same entries would get the same answer
const ask = async (size, { query = "", ...options } = {}) => {
  const headers = { Accept: "application/json", ...options.headers };
  const signal = AbortSignal.timeout?.(PATIENCE * (1 + size / SLOW)); // older browsers wait for as long as they like
  let [answer, said] = [null, null];
  try {
    answer = await fetch(PLACE + query, { cache: "no-store", redirect: "manual", ...options, headers, signal });
    said = await answer.json();
  } catch {} // no answer, or a page of somebody else's
  const [ours, status] = [said?.holdfast === "queue", answer?.status];
  if (ours && (said.protocol ?? PROTOCOL) !== PROTOCOL) throw new Unsent("outdated");
  if (ours && answer.ok) return said;
  if (ours && status === 401) throw new Unsent("signed-out");
  const cause = { status, why: ours ? said.error : "" };
  if (LASTING.includes(status)) throw new Unsent("broken", cause);
  throw new Unsent(ours ? "busy" : "offline", cause);
};

const weight = ({ files }) => files.reduce((sum, file) => sum + file.size, ENTRY);
const weightOf = (entries) => entries.reduce((sum, entry) => sum + weight(entry), 0);

// As many entries as fit into one request; at least one.
const portioned = (entries) => {
  let size = 0;
  const fits = entries.findIndex((entry, n) => {
    size += weight(entry);
    return n > 0 && size > portion;
  });
  return fits < 0 ? entries : entries.slice(0, fits);
};

const sendable = ({ id, kind, person, seq, count = seq, at, run, ref, data, files }) =>
  ({ id, kind, person, seq: count, at, run, ref, data, files });

const post = async (batch, { token, person, wanted, extra }) => {
  const form = new FormData();
  const entries = [];
  for (const entry of batch) {
    const bytes = entry.files.length ? await store.bytesOf(entry.id) : [];
    const files = entry.files.slice(0, bytes.length); // of one that is sent again days later the record is left
    bytes.forEach((part, index) => {
      form.append(`file:${entry.id}:${index}`, new Blob([part], { type: files[index].type }), files[index].name);
    });
    entries.push(sendable({ ...entry, files }));
  }
  const [device, now] = [await store.device(), new Date().toISOString()];
  const fields = { person, device, sent_at: now, protocol: PROTOCOL, ...extra };
  form.append("entries", JSON.stringify(entries));
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  if (wanted) form.append("page", JSON.stringify(wanted));
  return ask(weightOf(batch), { method: "POST", body: form, headers: { "X-CSRFToken": token } });
};

// Sends a batch, or the part of it that gets through; answers with that part. One that breaks off is sent in smaller
// portions from then on; one that something between us and the server will not let through is halved, until the entry
// is alone that it is about.
const deliver = async (batch, about) => {
  try {
    const answer = await post(batch, about);
    portion = Math.min(LARGEST, portion * 2);
    return { answer, part: batch };
  } catch (error) {
    if (!(error instanceof Unsent)) throw error;
    if (error.reason === "offline") portion = Math.max(SMALLEST, Math.min(portion, weightOf(batch)) / 4);
    if (error.reason !== "broken") throw error;
    if (batch.length > 1) return deliver(batch.slice(0, Math.ceil(batch.length / 2)), about);
    const receipt = { id: batch[0].id, state: "again", ...error.cause };
    return { answer: { receipts: [receipt], passed_over: true }, part: batch };
  }
};

// What the answer says of each entry. One whose photos did not all arrive is sent again; one that does not get through
// is shown as not taken after several tries, for what blocks it may pass.
const judged = (part, answer) => {
  const receipts = new Map(answer.receipts.map((receipt) => [receipt.id, receipt]));
  for (const entry of part) {
    let receipt = receipts.get(entry.id);
    if (!receipt) continue;
    const fewer = (receipt.evidence ?? Infinity) < entry.files.length && entry.whole !== false;
    const lacks = fewer && ["kept", "late"].includes(receipt.state);
    if (lacks) receipt = { ...receipt, state: "again", status: "files" };
    const over = (lacks || answer.passed_over) && entry.tries + 1 >= GIVES_UP;
    receipts.set(entry.id, over ? { ...receipt, state: "refused" } : receipt);
  }
  return receipts;
};

// Asks who is signed in, and whether the server remembers the last entry that it has acknowledged. Raises Unsent.
export const greet = async (whose) => {
  const last = await history.lastSent(whose);
  const hello = await ask(0, { query: last ? `?last=${last}` : "" });
  await history.recognise(hello.instance, hello.restored);
  return { ...hello, anew: await history.sendAnew(hello.person) };
};

// Sends all that the person who is signed in has made here, who may be another than `whose` page this is.
// `tell(receipts, answer)` hears of every portion, `page()` says what is open, to be told what has changed.
// Raises Unsent; what was sent before that is sent.
export const send = async (whose, { tell, page, starting }) => {
  const { person, token } = await greet(whose);
  let [after, sent, passed_over] = [0, 0, false];
  for (;;) {
    const waiting = await store.entriesOf(person, "waiting", { after, most: MOST });
    if (!waiting.length) break;
    const batch = portioned(waiting);
    await starting(person, sent, batch.length);
    const { answer, part } = await deliver(batch, { token, person, wanted: page() });
    const receipts = judged(part, answer);
    await store.settle(part, receipts);
    await tell(receipts, answer);
    const left = part.filter(({ id }) => (receipts.get(id)?.state ?? "again") === "again");
    sent += part.length - left.length;
    if (left.length && !answer.passed_over) throw new Unsent("busy");
    passed_over ||= left.length > 0;
    if (left.length) after = left.at(-1).seq;
  }
  if (passed_over) throw new Unsent("broken");
  return { person, sent };
};

// What a person made who is disabled now is handed in by a lead, who then decides about it as about a late record.
// Raises Unsent, whose cause says why the server does not take it.
export const handIn = async (whose, whom, tell) => {
  const { person, token } = await greet(whose);
  for (;;) {
    const batch = portioned(await store.entriesOf(whom, "waiting", { most: MOST }));
    if (!batch.length) return;
    const answer = await post(batch, { token, person, extra: { for: whom } });
    const receipts = judged(batch, answer);
    await store.settle(batch, receipts);
    await tell(receipts, answer);
    if (batch.some(({ id }) => (receipts.get(id)?.state ?? "again") === "again")) throw new Unsent("busy");
  }
};
