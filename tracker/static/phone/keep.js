// Keeps on this phone what its person needs without network: quietly, one at a time, the most needed first, within the
// bounds that the server names. What is still the same is not fetched again.
import { root } from "./root.js";
import { listen } from "./queue.js";
import * as shelves from "./shelves.js";
import { hear } from "./versions.js";

const EVERY = 240_000; // ms between two rounds while the page is looked at
const SOON = 30_000; // ms that a round must lie back before another begins because the page is looked at again
const QUIET = 10_000; // ms without another receipt, after which pages of runs that something was sent about are fetched
const SHARE = 0.5; // of the room that the browser gives; the rest is for what waits to be sent
const ITSELF = { "Holdfast-By-Itself": "1" }; // nobody asks for it: that keeps no session alive
const who = Number(document.documentElement.dataset.person);
let last = -Infinity; // when the last round began, by a clock that nobody sets

const after = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
const isDear = () => {
  const { saveData, effectiveType } = navigator.connection ?? {};
  return Boolean(saveData) || /2g/.test(effectiveType ?? "");
};

// The list of what belongs here; null where nobody of ours answers, or somebody else is signed in.
const ask = async () => {
  const response = await shelves.fetched(`${root}kept`, { redirect: "manual", headers: ITSELF, signal: AbortSignal.timeout(20_000) });
  const list = response.ok && response.headers.has("Holdfast-Person") ? await response.json() : null;
  return list?.holdfast === "kept" && list.person === who ? { ...list, at: Date.now() } : null;
};

// Files of the interface that are large, and so no worker waits for them.
const bringFile = async (address, version) => {
  if (await shelves.fileOf(version, address)) return;
  const response = await shelves.fetched(address);
  const isOurs = response.status === 200 && response.headers.has("Holdfast-Person");
  if (isOurs) await (await shelves.filesOf(version)).put(address, response);
};

const bring = async ({ address, version }, list) => {
  if (address.startsWith("static/")) return bringFile(root + address, list.version);
  const options = { redirect: "manual", headers: { ...ITSELF, Accept: "text/html,*/*" }, signal: AbortSignal.timeout(30_000) };
  const response = await shelves.fetched(root + address, options);
  const whose = response.headers.get("Holdfast-Person");
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html");
  if (whose === null || (isPage && whose !== String(who))) throw new Error("signed out, or no answer of ours");
  if (response.status !== 200) return;
  await shelves.keep(who, address, response, { Version: version, Interface: list.version });
};

// Where there is no room, what is needed least gives way: other people's pages first, then the end of the list.
const makeRoom = async (list) => {
  const [other] = (await shelves.peopleKept()).filter((person) => person !== String(who));
  if (other) return shelves.clear(other);
  const here = new Set((await shelves.contents(who)).map(({ key }) => key));
  const least = list.items.findLast(({ address }) => here.has(address));
  return least ? shelves.drop(who, least.address) : false;
};
const room = async () => {
  const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  return quota * SHARE - usage;
};

// What is not on the list any more goes; a page that somebody has looked at stays for a day.
const weed = async (list, pages) => {
  const listed = new Set(list.items.map(({ address }) => address));
  const old = ({ at, why }) => why === "listed" || shelves.age(at) > list.days_seen * 86_400_000;
  for (const page of pages) if (!listed.has(page.key) && old(page)) await shelves.drop(who, page.key);
};

const round = async () => {
  if (await shelves.leaving()) return; // signed out in another tab, which the server has not heard yet
  const list = await ask();
  if (!list) return;
  if ((await shelves.person()) !== who) await shelves.setPerson(who);
  hear(list.version);
  if (list.version !== document.documentElement.dataset.version) (await navigator.serviceWorker.getRegistration(root))?.update();
  await weed(list, await shelves.contents(who));
  await shelves.setList(who, list); // what it says of the same versions is true from now on
  const here = new Map((await shelves.contents(who)).map((page) => [page.key, page]));
  let bytes = [...here.values()].reduce((sum, page) => sum + page.bytes, 0);
  for (const item of list.items) {
    const has = here.get(item.address);
    if (has?.version === item.version || (isDear() && !shelves.NEEDED.has(item.need))) continue;
    if (document.hidden) return;
    const more = Math.max(0, (item.bytes ?? 0) - (has?.bytes ?? 0));
    if (bytes + more > list.bytes || (await room()) < more) {
      if (!shelves.NEEDED.has(item.need)) continue;
      await makeRoom(list);
    }
    const began = performance.now();
    await bring(item, list).catch(async (error) => {
      if (error.name !== "QuotaExceededError" || !shelves.NEEDED.has(item.need) || !(await makeRoom(list))) throw error;
      await bring(item, list);
    });
    bytes += more;
    await after(Math.min(performance.now() - began, 1000)); // half of the line is for others
  }
  await shelves.bound(who);
  navigator.serviceWorker.controller?.postMessage({ holdfast: "tidy" });
};

// One tab at a time, and only while somebody looks at it.
const look = async (pause) => {
  if (document.hidden || navigator.onLine === false || performance.now() - last < pause) return;
  last = performance.now();
  await navigator.locks.request(`holdfast ${root} keep`, { ifAvailable: true }, (lock) => (lock ? round().catch(() => {}) : null));
  document.dispatchEvent(new Event("holdfast:kept"));
};

export const begin = () => {
  const isTablet = Boolean(document.querySelector("form[data-idle]"));
  if (!isTablet) shelves.setAttended(0).catch(() => {}); // it may have been one
  look(0);
  setInterval(look, EVERY, EVERY);
  document.addEventListener("visibilitychange", () => look(SOON));
  addEventListener("online", () => look(0));
  let sent = 0;
  listen(({ type }) => {
    if (type !== "receipts") return;
    clearTimeout(sent);
    sent = setTimeout(look, QUIET, 0);
  });
};

// What is kept on this phone for its person, for the page that tells of it.
export const kept = async () => {
  const pages = await shelves.contents(who);
  const { quota } = (await navigator.storage?.estimate?.()) ?? {};
  return {
    pages: pages.filter(({ html }) => html).length,
    bytes: pages.reduce((sum, page) => sum + page.bytes, 0),
    oldest: pages.length ? Math.min(...pages.map(({ at }) => at)) : null,
    quota: quota ?? null,
  };
};
