// The service worker. It asks the server first, and answers from what is kept where the network does not, or takes too
// long; files of the interface come from the version that the page was made with. `/service_worker.js` starts it.
import { root } from "./root.js";
import { flush } from "./queue.js";
import * as shelves from "./shelves.js";
import { ofRun } from "./store.js";

const SOON = 500; // ms within which an answer is better than a page that is kept
const PATIENCE = 8_000; // ms, where somebody has just changed something, or asked for a page anew
const JUST = 60_000; // ms for which a change may be on its way
const RUN = /^runs\/\d+$/;
const SEEN = /^(?:|phone|start|runs\/\d+|start\/[^/]+(?:\/blank)?|docs\/.*)$/; // pages that are kept when they have been seen
const CONSTANT = /^(?:media\/[0-9a-f]{64}\.[a-z]+|run-parts\/.+)$/; // pictures, and what runs are drawn of
const NAMED = /^docs\/assets\/.*\.[0-9a-f]{8}\.min\.(?:js|css)$/; // the theme's, whose names change with them
const LEAVE = "holdfast-leave"; // the browser's own try later to sign out
const LEAVING = /^(?:logout|lock)$/;

const late = new Map(); // newer pages than those that are shown, for when they are asked for again
let changed = -Infinity; // when something was last sent, by a clock that nobody sets

const after = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
const tell = async (id, message) => (await clients.get(id))?.postMessage(message);
const whose = (response) => response.headers.get("Holdfast-Person");

// The page of a run comes only if it is not what is kept: that is most of what a return visit costs.
const ask = (request, key, kept) => {
  if (!RUN.test(key) || new URL(request.url).search) return fetch(request);
  const headers = { Accept: "text/html", "Holdfast-Has": kept?.headers.get("Holdfast-Kept-Version") ?? "" };
  const { url, referrer, cache } = request;
  return fetch(url, { headers, referrer, cache, credentials: "same-origin", redirect: "manual" });
};
// Past the browser's own cache, in which what another has answered in our place may lie.
const askAnew = ({ url, referrer }) => {
  const headers = { Accept: "text/html" };
  return fetch(url, { headers, referrer, cache: "reload", credentials: "same-origin", redirect: "manual" });
};

// A redirect can't be looked into, but what it leads to can: is it "ours", a "portal", or "old", for there is none now?
const leads = async ({ url }) => {
  const headers = { Accept: "text/html", "Holdfast-By-Itself": "1" };
  const response = await fetch(url, { method: "HEAD", headers, cache: "no-store" }).catch(() => null);
  if (!response || whose(response) === null) return "portal";
  return response.redirected ? "ours" : "old";
};

// What the network says: an answer of ours, another's (of a proxy, of a network that wants a sign-in of its own), none.
// A redirect is passed on, but where a page `stays` in its place unless it is ours.
const asked = async (request, key, kept, stays) => {
  let response = await ask(request, key, kept).catch(() => null);
  const isRedirect = response?.type === "opaqueredirect";
  const led = isRedirect && stays ? await leads(request) : "ours";
  if (led === "portal") return { kind: "portal" };
  const isAnothers = response && !isRedirect && whose(response) === null;
  if (led === "old" || isAnothers) response = await askAnew(request).catch(() => null);
  if (response && whose(response) && (await shelves.leaving())) { // ours, and somebody has left without its hearing of it
    if (!(await hasLeft(response))) return { kind: "offline" };
    response = await ask(request, key).catch(() => null);
  }
  if (!response) return { kind: "offline" };
  if (response.type === "opaqueredirect") return { kind: "ours", response };
  if (response.status === 204 && whose(response)) return { kind: "same" };
  return { kind: whose(response) === null ? "portal" : "ours", response };
};

// Learns from an answer who is signed in, and keeps the page if it is one of theirs.
const learn = async ({ url }, key, { response }) => {
  if (response.type === "opaqueredirect") return;
  const who = Number(whose(response));
  if (who !== (await shelves.person())) await shelves.setPerson(who);
  if (!who) return;
  if ([403, 404, 410].includes(response.status)) await shelves.drop(who, key);
  if (response.status !== 200 || response.redirected || new URL(url).search) return;
  if (response.headers.has("Holdfast-Once") || !SEEN.test(key)) return;
  const [version, shows] = ["Interface", "Version"].map((name) => response.headers.get(`Holdfast-${name}`) ?? "");
  const more = { Why: "seen", Interface: version, Version: shows };
  await shelves.keep(who, key, response.clone(), more).catch(() => {}); // no room
};

const instead = async (settings, who, why = "offline") => {
  const own = who && (await shelves.find(who, "offline"));
  const any = own || (await shelves.fileOf(settings.version, `${root}offline`));
  return any ? shelves.shown(any, "offline", who, why) : Response.error();
};

// The page that is kept for an address, and where it stands. A run that was started here has that of a run which nobody
// has started yet, or its own once the server has told its number.
const keptPage = async (who, key) => {
  const ref = /^runs\/ref\/([^/]+)$/.exec(key)?.[1];
  if (!ref) return [await shelves.find(who, key), key];
  const start = (await ofRun(who, { ref: decodeURIComponent(ref) }).catch(() => [])).find(({ kind }) => kind === "start");
  const place = start && `start/${encodeURIComponent(start.data.sop)}/blank`;
  return [start && (await shelves.find(who, place)), place];
};

const page = async (event, key, settings) => {
  const { request, resultingClientId } = event;
  const newer = late.get(key);
  late.delete(key);
  if (newer && performance.now() - newer.at < 10_000) return newer.response;
  if ((await shelves.person()) && (await shelves.isUnattended())) await lockItself();
  const who = await shelves.person();
  const [kept, place] = who ? await keptPage(who, key) : [];
  const answer = asked(request, key, place === key ? kept : undefined, Boolean(kept));
  const learnt = answer.then((said) => (said.kind === "ours" ? learn(request, key, said) : null));
  event.waitUntil(learnt);
  const time = request.cache === "default" && performance.now() - changed > JUST ? SOON : PATIENCE;
  const said = await (kept ? Promise.race([answer, after(time)]) : answer);
  const unknown = said?.kind === "ours" && said.response.status === 404 && place !== key; // not sent yet
  if (said?.kind === "same") return kept;
  if (said?.kind === "ours" && !unknown) {
    await learnt; // who it is for is known before anything else is asked
    return said.response;
  }
  if (kept) {
    if (!said) event.waitUntil(answer.then((said) => tooLate(said, key, resultingClientId)));
    return shelves.shown(kept, place, who, said ? (unknown ? "unsent" : said.kind) : "slow");
  }
  return said.response ?? instead(settings, who, (await shelves.leaving()) ? "left" : "offline");
};

// The answer came after all: the page that is shown hears what it was, and may ask for it.
const tooLate = async ({ kind, response }, key, client) => {
  const out = response?.type === "opaqueredirect" || (kind === "ours" && !Number(whose(response)));
  if (kind === "ours" && !out && response.ok) late.set(key, { response: response.clone(), at: performance.now() });
  await tell(client, { holdfast: kind !== "ours" ? kind : out ? "out" : "newer" });
};

const file = async (request, version) => (await shelves.fileOf(version, request)) ?? shelves.fetched(request);

// What pages are made of beside the interface: pictures, what runs are drawn of, what pages of the site need.
const part = async (event, key) => {
  const { request } = event;
  const who = await shelves.person();
  const kept = who ? await shelves.find(who, key) : undefined;
  if (kept && (CONSTANT.test(key) || NAMED.test(key))) return kept;
  const answer = shelves.fetched(request).then(async (response) => {
    const changes = response.headers.get("Cache-Control")?.includes("no-store") ?? true;
    if (who && response.status === 200 && !response.redirected && !changes && whose(response) !== null) {
      event.waitUntil(shelves.keep(who, key, response.clone(), { Why: "seen" }).catch(() => {}));
    }
    return response;
  });
  if (!kept) return answer;
  const said = await Promise.race([answer.catch(() => null), after(SOON)]);
  event.waitUntil(answer.catch(() => {}));
  return said && whose(said) !== null ? said : kept;
};

// Signing out takes one's pages away from this phone; locking a tablet puts them out of reach until the same person is
// back. Without network that is so at once, and at the server before anything else is asked of it.
const leave = async (event, key, settings) => {
  const { request } = event;
  const [who, body] = [await shelves.person(), await request.clone().text()];
  await shelves.setPerson(0);
  await shelves.setAttended(0);
  if (who && key === "logout") await shelves.clear(who);
  const response = await fetch(request).catch(() => null);
  if (response && (response.type === "opaqueredirect" || whose(response))) return response;
  await shelves.setLeaving({ key, body });
  await registration.sync?.register(LEAVE).catch(() => {});
  return response ?? instead(settings, 0, "left");
};
// A tablet on which no page was open to lock it: the same as locking it without network.
const lockItself = async () => {
  await shelves.setPerson(0);
  await shelves.setAttended(0);
  await shelves.setLeaving({ key: "lock", body: "" });
};
const hasLeft = async (response) => {
  if (whose(response) === "0") await shelves.setLeaving(null); // the session has ended by itself
  return whose(response) === "0" || left();
};
const left = async () => {
  const form = await shelves.leaving();
  if (!form) return true;
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const response = await fetch(root + form.key, { method: "POST", body: form.body, headers }).catch(() => null);
  if (!response || whose(response) === null || response.status >= 500) return false;
  await shelves.setLeaving(null);
  return true;
};

const answer = (event, settings) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const key = origin === location.origin ? keyBelow(pathname) : null;
  if (key === null) return;
  if (request.method !== "GET") {
    if (key !== "queue") changed = performance.now();
    if (request.method === "POST" && LEAVING.test(key)) event.respondWith(leave(event, key, settings));
    return;
  }
  const version = /^static\/([0-9a-f]{12})\//.exec(key)?.[1];
  if (version) event.respondWith(file(request, version));
  else if (request.mode === "navigate") event.respondWith(page(event, key, settings));
  else if (CONSTANT.test(key) || (key.startsWith("docs/") && request.destination)) event.respondWith(part(event, key));
};
const keyBelow = (pathname) => (pathname.startsWith(root) ? pathname.slice(root.length) : null);

// All files of a version, or none of them: a worker without them never takes over.
const fill = async ({ version, files }) => {
  const shelf = await shelves.filesOf(version);
  const missing = [];
  for (const address of files) if (!(await shelf.match(address))) missing.push(address);
  const bring = async () => {
    for (let address = missing.shift(); address; address = missing.shift()) {
      const response = await shelves.fetched(address);
      if (response.status !== 200 || whose(response) === null) throw new Error(`${address}: ${response.status}`);
      await shelf.put(address, response);
    }
  };
  await Promise.all([bring(), bring(), bring()]);
  const offline = await shelves.fetched(`${root}offline`, { credentials: "omit" });
  if (offline.ok && whose(offline) === "0") await shelf.put(`${root}offline`, offline);
};

// Files of another version go as soon as no page needs them: none that is open, and none that is kept.
const tidy = async ({ version }) => {
  const old = (await shelves.versionsKept()).filter((other) => other !== version);
  if (!old.length) return;
  const open = await Promise.all((await clients.matchAll({ includeUncontrolled: true, type: "window" })).map(versionOf));
  const kept = (await Promise.all((await shelves.peopleKept()).map(shelves.contents))).flat().map((page) => page.interface);
  const needed = new Set([...open, ...kept]);
  if (needed.has("?")) return; // a page that does not answer may be of any
  for (const other of old) if (!needed.has(other)) await shelves.dropFiles(other);
};
const versionOf = (client) => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => resolve(data);
  setTimeout(resolve, 1000, "?");
  client.postMessage({ holdfast: "version?" }, [port2]);
});

// The browser tries again later by itself where this fails.
const later = ({ held }) => {
  if (["offline", "busy"].includes(held)) throw new Error(held);
};

export const work = (settings) => {
  addEventListener("install", (event) => event.waitUntil(fill(settings).then(() => skipWaiting())));
  addEventListener("activate", () => { clients.claim(); }); // not waited for: a page on its way waits for the activation
  addEventListener("fetch", (event) => answer(event, settings));
  addEventListener("message", (event) => {
    if (event.data?.holdfast === "tidy") event.waitUntil(tidy(settings));
  });
  addEventListener("sync", (event) => {
    if (event.tag === "holdfast-queue") event.waitUntil(flush().then(later));
    if (event.tag === LEAVE) event.waitUntil(left().then((done) => { if (!done) throw new Error("offline"); }));
  });
};
