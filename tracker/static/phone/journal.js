// What is about to be written into the device's store is noted at once: writing takes a moment, in which the page may
// go away. The next page then writes it. Bytes of photos and files have no room here.
import { NAME } from "./database.js";

const PLACE = `${NAME} noted `;

export const note = (entry, who) => {
  try { localStorage.setItem(PLACE + entry.id, JSON.stringify({ entry, who })); } catch {} // it may still be written
};
export const forget = (id) => {
  try { localStorage.removeItem(PLACE + id); } catch {}
};

// Whether it still is to be written: another page, which has noted it, may be there and come to it first.
export const has = (id) => localStorage.getItem(PLACE + id) !== null;

const readable = (name) => {
  try {
    const found = JSON.parse(localStorage.getItem(name));
    return found?.entry?.id ? [found] : [];
  } catch {
    return []; // written by halves: it hides no other
  }
};

// What a page that has gone away did not come to write, oldest first: {entry, who}.
export const noted = () => {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(PLACE));
    const all = names.flatMap(readable);
    return all.sort((one, other) => Date.parse(one.entry.at) - Date.parse(other.entry.at));
  } catch {
    return []; // none in a service worker, nor where nothing may be kept
  }
};
