// What is kept on this phone to be read without network: the files of each version of the interface, and each
// person's pages on a shelf of their own. The worker and pages use it alike; only the worker answers from it.
import { root } from "./root.js";

const HERE = `holdfast ${root}`;
const FILES = `${HERE} files `;
const PAGES = `${HERE} pages `;
const NOW = `${HERE} now`;
const LIST = "kept"; // under this address the shelf has the list of what belongs on it
const DAY = 86_400_000;
const DAYS = 7; // after which a page is too old to go by, where the list does not say it
const MOST_PEOPLE = 4; // of a shared tablet
const SPARE = 2; // browsers want more room for a write than it takes in the end
export const NEEDED = new Set(["page", "run"]); // what is fetched on a slow or dear line, too, and never gives way

export const filesOf = (version) => caches.open(FILES + version);
export const fileOf = (version, request) => caches.match(request, { cacheName: FILES + version, ignoreVary: true });
export const versionsKept = async () => names(FILES);
export const dropFiles = (version) => caches.delete(FILES + version);
const shelfOf = (person) => caches.open(PAGES + person);
export const peopleKept = async () => names(PAGES);
export const clear = (person) => caches.delete(PAGES + person);
const names = async (kind) =>
  (await caches.keys()).filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));

// The address under which a page is kept: below the root, without what was asked of it.
export const keyOf = (address) => {
  const { pathname } = new URL(address, location.origin + root);
  return pathname.startsWith(root) ? pathname.slice(root.length) : null;
};
const entry = (key) => new URL(root + key, location.origin).href;

// Who is signed in, as far as the last answer told: the number of a person, 0 for nobody.
export const person = async () => {
  const said = await (await caches.open(NOW)).match(entry("person"));
  return said ? Number(await said.text()) : 0;
};
export const setPerson = async (id) => (await caches.open(NOW)).put(entry("person"), new Response(String(id)));

// Signing out or locking that the server has not heard of yet: {key, body} of its form, or null.
export const leaving = async () => (await (await caches.open(NOW)).match(entry("leaving")))?.json() ?? null;
export const setLeaving = async (form) => {
  const now = await caches.open(NOW);
  return form ? now.put(entry("leaving"), new Response(JSON.stringify(form))) : now.delete(entry("leaving"));
};

// What another has answered in our place may lie in the browser's own cache: then it is asked for past that.
export const fetched = async (address, options = {}) => {
  const response = await fetch(address, options);
  if (response.type === "opaqueredirect" || response.headers.has("Holdfast-Person")) return response;
  return fetch(address, { ...options, cache: "reload" });
};

// A shared tablet notes until when it counts as attended, for the pages that it shows without the server: in ms, and
// when that was noted. Whether that is over; a clock that was set since is no excuse.
export const setAttended = async (idle) => {
  const now = await caches.open(NOW);
  return idle ? now.put(entry("attended"), new Response(JSON.stringify({ at: Date.now(), idle }))) : now.delete(entry("attended"));
};
export const isUnattended = async () => {
  const noted = await (await (await caches.open(NOW)).match(entry("attended")))?.json();
  return Boolean(noted) && age(noted.at) > noted.idle;
};

const detail = (response, name) => response.headers.get(`Holdfast-Kept-${name}`);

// Keeps an answer under a key. `more`: the version of what it shows, and why it is here (listed, seen).
export const keep = async (who, key, answer, more = {}) => {
  const body = await answer.arrayBuffer();
  if ((await person()) !== who) return; // signed out meanwhile
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length", "Vary", "Set-Cookie"]) headers.delete(name);
  const about = { At: Date.now(), Bytes: body.byteLength, Why: "listed", Title: titleOf(headers, body), ...more };
  for (const [name, value] of Object.entries(about)) headers.set(`Holdfast-Kept-${name}`, String(value));
  await (await shelfOf(who)).put(entry(key), new Response(body, { status: 200, headers }));
};

const titleOf = (headers, body) => {
  if (!headers.get("Content-Type")?.startsWith("text/html")) return "";
  const title = /<title>([^<]*)<\/title>/.exec(new TextDecoder().decode(body))?.[1] ?? "";
  return encodeURIComponent(title.replace(/\s+/g, " ").trim());
};

export const find = async (who, key) => {
  const [response, list] = [await (await shelfOf(who)).match(entry(key), { ignoreVary: true }), await listOf(who)];
  return response && age(asOf(response, list, key)) < (list?.days ?? DAYS) * DAY ? response : undefined;
};
export const drop = async (who, key) => (await shelfOf(who)).delete(entry(key));

// In ms. What lies ahead was kept while the clock was wrong: it is not taken for new for good.
export const age = (at) => Math.abs(Date.now() - at);

// When a page was right for certain: as it was fetched, or since then as the list said that it is still the same.
const asOf = (response, list, key) => {
  const at = Number(detail(response, "At"));
  const same = list?.items.some(({ address, version }) => address === key && version === detail(response, "Version"));
  return same ? Math.max(at, list.at) : at;
};

const listOf = async (who) => (await (await shelfOf(who)).match(entry(LIST)))?.json();
export const setList = async (who, list) =>
  (await shelfOf(who)).put(entry(LIST), new Response(JSON.stringify(list), { headers: { "Content-Type": "application/json" } }));

// A title as it was written in a page, without the name of the application, or of the site, behind it.
const words = (title, key) => {
  const plain = globalThis.DOMParser ? new DOMParser().parseFromString(title, "text/html").documentElement.textContent : title;
  return key.startsWith("docs/") ? plain.replace(/ - [^-]*$/, "") : plain.split(" · Holdfast")[0];
};

// All that is on a shelf: of each page its key, version, bytes, and since when it is what it was.
export const contents = async (who) => {
  const [shelf, list] = [await shelfOf(who), await listOf(who)];
  const found = await Promise.all((await shelf.keys()).map(async (request) => {
    const [key, response] = [keyOf(request.url), await shelf.match(request, { ignoreVary: true })];
    if (!response || key === LIST) return null;
    const [version, why, interfaceVersion] = ["Version", "Why", "Interface"].map((name) => detail(response, name));
    const html = response.headers.get("Content-Type")?.startsWith("text/html") ?? false;
    const title = words(decodeURIComponent(detail(response, "Title") ?? ""), key);
    return { key, title, version, why, html, interface: interfaceVersion, bytes: Number(detail(response, "Bytes")), at: asOf(response, list, key) };
  }));
  return found.filter(Boolean);
};

// As a page of what is kept the answer says so in its first line, for scripts and styles.
export const shown = async (response, key, who, why) => {
  const at = asOf(response, await listOf(who), key);
  const text = await response.text();
  const place = text.slice(0, 500).includes("data-root=") ? "" : `data-root="${root}" `; // pages of the site don't say it
  const said = `<html ${place}data-kept="${at}" data-kept-why="${why}" data-kept-person="${who}" `;
  return new Response(text.replace("<html ", said), { headers: response.headers });
};

// A shared tablet keeps the pages of those who were there last.
export const bound = async (who) => {
  const others = (await peopleKept()).filter((other) => other !== String(who));
  const ages = await Promise.all(others.map(async (other) => [(await listOf(other))?.at ?? 0, other]));
  ages.sort(([a], [b]) => b - a);
  for (const [at, other] of ages.filter(([at], index) => index >= MOST_PEOPLE - 1 || age(at) > DAYS * DAY)) await clear(other);
};

// Takes pages off this phone to make room for so many bytes of what was done on it: other people's first, then what is
// needed least. Runs stay, and what they need. Answers whether it did; not where that could not be enough.
export const giveWay = async (who, bytes) => {
  if (!globalThis.caches) return false;
  const others = (await peopleKept()).filter((other) => other !== String(who));
  for (const other of others) await clear(other);
  const here = new Map((await contents(who)).map((page) => [page.key, page.bytes]));
  const least = (await listOf(who))?.items.filter(({ address, need }) => here.has(address) && !NEEDED.has(need)).reverse() ?? [];
  const isEnough = least.reduce((sum, { address }) => sum + here.get(address), 0) > bytes;
  let freed = 0;
  for (const { address } of isEnough ? least : []) {
    if (freed > SPARE * bytes) break;
    if (await drop(who, address)) freed += here.get(address);
  }
  return others.length > 0 || freed > 0;
};
