// The words of a step, taken from the row that the server drew: they are never made on the phone.
import { copies } from "../parts.js";

/** Where a row shows what is not in its line. */
export const inner = (row) => row.querySelector(":scope > details > .hf-inside") ?? row;

const trimmed = (nodes) => nodes.filter((node, place) =>
  node.nodeType !== Node.TEXT_NODE || node.data.trim() || (place > 0 && place < nodes.length - 1));

/** {line, rich, badges}: as a line, in full where that says more, and what it asks. */
export const words = (row) => {
  const open = row.querySelector(":scope > .hf-step-head > .hf-step-text");
  if (open) {
    const whole = open.cloneNode(true);
    const badges = whole.querySelector(":scope > .hf-badges");
    badges?.remove();
    if (open.dataset.line) return { line: [new Text(open.dataset.line)], rich: open, badges };
    const only = whole.querySelector(":scope > p:only-child");
    return { line: trimmed([...(only ?? whole).childNodes]), badges };
  }
  const line = row.querySelector(":scope > details > summary .hf-line").cloneNode(true);
  line.querySelectorAll("small").forEach((small) => small.remove());
  const rich = inner(row).querySelector(":scope > .hf-step-text");
  return { line: trimmed([...line.childNodes]), rich, badges: rich ? null : inner(row).querySelector(".hf-badges") };
};

const asks = (state) => state.applies === true && state.step.may && !(state.blockedBy && !state.outcome) &&
  state.outcome !== "done" && !(state.outcome && state.cleared);
/** What a step asks, from what its row shows of that; an input that has its field here needs no words. */
export const badges = (found, state) => {
  const copy = found?.cloneNode(true) ?? Object.assign(document.createElement("p"), { className: "hf-badges" });
  const { input, badge } = state.step;
  const there = copy.querySelector(`.hf-badge--${input}`);
  if (asks(state)) there?.remove();
  else if (badge && !there) {
    const own = document.createElement("span");
    Object.assign(own, { className: `hf-badge hf-badge--${input}`, textContent: badge });
    const before = [...copy.querySelectorAll(".hf-badge--critical, .hf-badge--optional, .hf-badge--when")].at(-1);
    if (before) before.after(own);
    else copy.prepend(own);
  }
  return copy.children.length ? copy : null;
};

/** The words in full with what the step asks, and `line`, which it has when it is folded. */
export const inFull = (place, { line, rich, badges: had }, state) => {
  if (rich) {
    const told = () => line.map((node) => node.textContent).join("").trim();
    if (rich.dataset.line || line.length) place.dataset.line = rich.dataset.line ?? told();
    place.replaceChildren(...copies(rich.childNodes));
    withBadges(place, state);
    return;
  }
  const asked = [badges(had, state)].filter(Boolean);
  if (state.step.tight) place.replaceChildren(...copies(line), ...asked);
  else {
    const paragraph = document.createElement("p");
    paragraph.append(...copies(line));
    place.replaceChildren(paragraph, ...asked);
  }
};
const withBadges = (place, state) => {
  const had = place.querySelector(":scope > .hf-badges");
  const now = badges(had, state);
  if (had && now) had.replaceWith(now);
  else if (now) place.append(now);
  else had?.remove();
};

/** The words in full as they stand inside a folded row, if its line does not say all. */
export const folded = ({ rich, badges: had }, state) => {
  if (rich) {
    const text = rich.cloneNode(true);
    delete text.dataset.line;
    const shown = text.querySelector(":scope > .hf-badges");
    const now = badges(shown, state);
    if (shown && now) shown.replaceWith(now);
    return [text];
  }
  const asked = badges(had, state);
  const place = Object.assign(document.createElement("div"), { className: "md-typeset" });
  if (asked) place.append(asked);
  return asked ? [place] : [];
};
