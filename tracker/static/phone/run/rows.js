// The rows of the page: those that the server drew last, what they say that stands in the run, and those that were
// drawn here in their place.
import { standingIn } from "../standing.js";

export const rows = new Map(); // the server's last row of each step, by its key
export const server = { progress: null, end: null }; // and its last ones of these
export let changed = 0; // counts up whenever the server has drawn a row anew
const drawn = new WeakMap(); // what was drawn here: how it looks
const fresh = new WeakSet(); // rows of the server's that have not been on the page yet
const stood = new WeakMap(); // what a row of the server's says that stands there
const places = new Map(); // the row that stands on the page, by the key of its step

export const isOurs = (element) => drawn.has(element);
export const looks = (element) => drawn.get(element);
export const draws = (element, look) => drawn.set(element, look);

/** The row of a step as it stands on the page. */
export const onPage = (key) => {
  const known = places.get(key);
  if (known?.isConnected) return known;
  const found = document.getElementById(rows.get(key).id);
  places.set(key, found);
  return found;
};

const take = (key, row) => {
  if (rows.get(key) === row) return;
  rows.set(key, row);
  changed += 1;
};
/** Takes what the server has drawn on the page since. */
export const collect = () => {
  for (const row of document.querySelectorAll("li[data-step]")) if (!isOurs(row)) take(row.dataset.step, row);
  for (const name of Object.keys(server)) {
    const now = document.getElementById(name);
    if (now && !isOurs(now)) server[name] = now;
  }
};
/** Takes the page's end that the server has sent while one that was drawn here stands in its place. */
export const takeEnd = (end) => {
  server.end = end;
  fresh.add(end);
};
/** Takes a row that the server has sent while one that was drawn here stands in its place. */
export const takeBelow = (row) => {
  take(row.dataset.step, row);
  fresh.add(row);
};

const standing = (row) => {
  if (!stood.has(row)) stood.set(row, JSON.parse(row.dataset.stands ?? "{}"));
  return stood.get(row);
};
let last = { at: -1, found: null };
/** What stands in the run by the rows of the server. */
export const there = () => {
  if (last.at === changed) return last.found;
  last = { at: changed, found: standingIn([...rows].map(([key, row]) => [key, standing(row)])) };
  return last.found;
};

/** Puts a row in the place of another; `stays`: whether the focus stays in it. */
export const put = (now, next, stays = true) => {
  if (now === next) return;
  const focused = stays && now.contains(document.activeElement);
  next.classList.toggle("hf-shown", now.classList.contains("hf-shown"));
  const unread = now.matches(".hf-unread") && Boolean(next.querySelector(".hf-recovery [data-read]"));
  next.classList.toggle("hf-unread", unread);
  if (now.querySelector(":scope > details[open]")) next.querySelector(":scope > details")?.setAttribute("open", "");
  now.replaceWith(next);
  if (next.dataset.step) places.set(next.dataset.step, next);
  if (fresh.delete(next)) htmx.process(next);
  if (focused && next.isConnected) next.focus({ preventScroll: true });
};
