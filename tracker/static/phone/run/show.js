// Shows where the run stands, over what the server has drawn: only what looks otherwise than before is drawn anew.
import { isBusy } from "../../busy.js";
import { freeze, isLost } from "../../lost.js";
import * as logic from "../logic.js";
import { fill } from "../parts.js";
import * as own from "./own.js";
import { collect, draws, isOurs, looks, onPage, put, rows, server } from "./rows.js";
import { isOver, isSame, judged, sign, toDo } from "./states.js";

const asked = new Set(); // steps whose forms were asked for
const replaced = new Set(); // steps whose row was drawn here
let putOff = false; // a row waits until nobody is at it
let drawer = null;
let words = {};

/** From now on it can be drawn: `parts` as the server gives them, `makes` {draw, end} makes rows and the page's end. */
export const begin = (parts, makes) => {
  [words, drawer] = [parts, makes];
};
export const isReady = () => Boolean(drawer);
export const parts = () => words;
export const askFor = (key, wanted = true) => (wanted ? asked.add(key) : asked.delete(key));

// What has to be said about a step whose record the server did not take, or that waits for a lead.
const notes = () => {
  const last = new Map(own.doubtful().map((entry) => [entry.data.step, entry]));
  const found = new Map();
  for (const [key, { id, state, why }] of last) {
    const told = rows.get(key)?.querySelector(`[data-late="${id}"], a[href='#late']`);
    if (state === "refused") found.set(key, [fill(words["not taken"], { why })]);
    else if (!told) found.set(key, [words.undecided]);
  }
  return found;
};
const byStep = (made) => {
  const found = new Map();
  for (const record of made) found.set(record.step, [...(found.get(record.step) ?? []), record]);
  return found;
};

/** Shows what stands now. `acted`: the key of the step that something was just done about. */
export const draw = (acted = null) => {
  if (!drawer) return;
  putOff = false;
  const { states, before, made } = judged();
  const now = { states, key: toDo(states)?.key, made: byStep(made), notes: notes(), acted };
  const was = before === states ? now.key : toDo(before)?.key;
  let differs = false;
  states.forEach((state, place) => {
    const { key } = state;
    const alike = isSame(state, before[place]);
    differs ||= !alike;
    const more = [asked, now.made, now.notes].some((those) => those.has(key));
    const same = alike && !more && (now.key === key) === (was === key);
    if (same && !replaced.has(key)) return; // as the server has drawn it
    if (rows.has(key)) drawRow(state, same, now);
  });
  head(states, now.key, differs);
  foot(states, differs);
  if (isLost()) freeze();
};

const drawRow = (state, same, { states, key: toDoNow, made, notes: said, acted }) => {
  const { key } = state;
  const [row, on, here] = [rows.get(key), onPage(key), toDoNow === key];
  const [mine, doubts] = [made.get(key) ?? [], said.get(key) ?? []];
  const look = sign(state, here, [asked.has(key), mine.map(({ waiting }) => waiting), doubts]);
  // the step to do is left as it was drawn where the server says the same: a finger may be on it
  if (same ? on === row || (here && looks(on) === look) : looks(on) === look) return;
  if (key !== acted && isBusy(on)) {
    putOff = true; // as in live.js
    return;
  }
  const wasOpen = Boolean(on.querySelector(":scope > details[open]")) && !on.matches(".hf-shown");
  const how = { mine, here, notes: doubts, asked: asked.has(key), wasOpen };
  const next = same ? row : drawer.draw(row, state, states, how);
  if (same) replaced.delete(key);
  else {
    replaced.add(key);
    draws(next, look);
  }
  put(on, next, key !== acted);
};
/** Draws what has waited until nobody was at it. */
export const catchUp = () => putOff && draw();
document.addEventListener("focusout", () => setTimeout(catchUp));

const marked = ([mark, putRight]) =>
  ["hf-dot", mark && `hf-${mark}`, putRight && "hf-put-right"].filter(Boolean).join(" ");
const head = (states, now, differs) => {
  const far = document.getElementById("so-far");
  const { done, all } = logic.tally(states, own.closing() || isOver(states) ? "done" : "open");
  if (far?.dataset.words) far.textContent = far.dataset.words.replace("{done}", done).replace("{all}", all);
  const on = document.getElementById("progress");
  if (!on || !server.progress) return;
  if (!differs) {
    put(on, server.progress);
    return;
  }
  const next = isOurs(on) ? on : server.progress.cloneNode(true);
  const wholes = logic.wholes(states);
  next.querySelectorAll(".hf-dot").forEach((dot, place) => {
    const look = marked(logic.mark(wholes[place], now));
    if (dot.className !== look) dot.className = look;
  });
  if (next === on) return;
  draws(next, "");
  const long = next.querySelector("p");
  if (long) long.hidden = true; // it tells of what the server knows
  on.replaceWith(next);
};

// Its last tick can still be taken back (undo.js), though the server has it already.
const isUndoable = () => "justClosed" in document.documentElement.dataset;
const foot = (states, differs) => {
  const on = document.getElementById("end");
  if (!on || !server.end) return;
  const closed = own.closing();
  document.querySelector(".hf-steps").toggleAttribute("data-closed-here", Boolean(closed && !closed.data.itself));
  const ends = (differs || isUndoable()) && isOver(states);
  if (!differs && !closed && !ends) {
    put(on, server.end);
    return;
  }
  const left = logic.untouched(states).length;
  const first = (name) => states.find((state) => state[name])?.key;
  const look = JSON.stringify([left, first("unsigned"), first("holdsUp"), closed?.id, ends]);
  if (looks(on) === look) return;
  const next = drawer.end(server.end, states, { left, closedAt: closed?.at ?? (ends ? own.lastAt() : null) });
  draws(next, look);
  put(on, next);
};

/** Whatever follows the page's rows hears of those that were drawn here as of those that the server sends. */
export const shows = (source, act, first = false) => {
  const swap = { ctx: { response: { status: 200 } }, tasks: [], drawn: true, first };
  const tell = (name, at) => at.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: swap }));
  tell("htmx:before:swap", source.isConnected ? source : document.body);
  act();
  tell("htmx:after:swap", document.body);
};
/** Shows it for the first time since the page has come. */
export const first = () => {
  collect();
  if (own.any()) shows(document.body, () => draw(), true);
};
