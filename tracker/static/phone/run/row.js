// Draws the rows of a run's page on the phone, as the server would, from parts that the server has made of its own
// templates (`web/runs/parts`), and from what stands on the page already.
import { newId } from "../ids.js";
import { copies, elements, fill, one, whole } from "../parts.js";
import { recording } from "./recorded.js";
import * as step from "./words.js";

// Under which condition a step does not apply: its own, or that of one that it is nested in.
const onlyIf = (state, states) => {
  const by = new Map(states.map((other) => [other.key, other]));
  for (let at = state; at && at.applies !== true; at = by.get(at.step.parent)) {
    const above = by.get(at.step.parent);
    if (at.step.when && (!above || above.applies)) return at.step.only;
  }
  return "";
};

/**
 * What draws the rows of one page. `given` is the run's definition, `parts` the parts, `recoveries` the HTML of what to
 * do when a step fails, by its key.
 */
export const drawing = (given, parts, recoveries) => {
  const { hidden, at, side, result } = recording(given, parts);

  const number = ({ step: { number: own }, outcome, putRight, applies, blockedBy }) => {
    if (putRight) return parts[`number:${outcome}:right`];
    if (outcome) return parts[`number:${outcome}`];
    if (applies === false) return parts["number:na"];
    return blockedBy ? parts["number:blocked"] : fill(parts.number, { number: own });
  };

  // The forms by which a step is done, skipped or said to have failed.
  const forms = ({ step: of, outcome }) => {
    const found = one(fill(given.forms[of.form], { ...hidden(of), text: of.name, id: newId() }));
    if (outcome) {
      found.querySelector(".hf-else")?.remove();
      const label = found.querySelector(".hf-do .hf-big > span");
      if (label) label.innerHTML = parts[outcome === "failed" ? "label:failed" : "label:skipped"];
    }
    return found;
  };
  const next = (state, states) => {
    const { step: of, outcome, applies, blockedBy, cleared } = state;
    if (applies === null) return whole(parts["not now:waits"]);
    if (!applies) return whole(parts[outcome ? "not now:recorded" : "not now"]);
    if (of.form === undefined) return [];
    if (blockedBy && !outcome) {
      const unsigned = states.find((other) => other.unsigned);
      const { name } = states.find(({ key }) => key === blockedBy).step;
      return elements(fill(parts[unsigned?.key === blockedBy ? "first:unsigned" : "first"], { name }));
    }
    return outcome === "done" || (outcome && cleared) ? [] : [forms(state)];
  };
  const after = (state) => {
    const { step: of, outcome, cleared } = state;
    const found = [];
    if ((outcome === "failed" || outcome === "skipped") && of.recovery && !cleared) {
      found.push(one(fill(parts.recovery, { recovery: { html: recoveries.get(of.key) ?? "" } })));
    }
    if (outcome && state.holdsUp) found.push(...whole(parts[state.unsigned ? "others wait:unsigned" : "others wait"]));
    return found;
  };
  const inside = (state, states, row, { mine, notes }) => {
    const there = step.inner(row);
    const late = there.querySelectorAll(":scope > p.hf-limits:has(a[href='#late'])");
    const overrides = state.holdsUp || state.unsigned ? there.querySelectorAll(":scope > details.hf-why") : [];
    return [
      ...copies(late), ...notes.map(one), ...(state.outcome ? [result(state, row, mine), ...after(state)] : []),
      ...next(state, states), ...copies(overrides),
    ];
  };

  const opened = (state, row) => {
    const found = whole(fill(parts.open, { elapsed: 0 }));
    const [head, clocks] = [".hf-step-head", ".hf-clock"].map((name) => found.find((element) => element.matches(name)));
    head.querySelector(".hf-number").outerHTML = number(state);
    step.inFull(head.querySelector(".hf-step-text"), step.words(row), state);
    const isTimed = Boolean(state.step.takes && given.working);
    if (isTimed) {
      clocks.dataset.clock = state.step.takes;
      clocks.querySelector("[data-about]").textContent = state.step.about;
    }
    return found.filter((element) => element !== clocks || isTimed);
  };

  // What a line says below its step's words.
  const below = (state, states, row, mine) => {
    const found = [];
    if (state.applies !== true) found.push(fill(parts.only, { only: onlyIf(state, states) }));
    if (state.putRight) {
      const here = mine.find(({ id }) => id === state.done.id);
      const then = here ? at(here.at) : row.querySelector(".hf-line .hf-noted time")?.outerHTML ?? "";
      found.push(fill(parts.right, { by: here ? given.me : state.done.by ?? "–", when: { html: then } }));
    }
    if (state.last?.note) found.push(fill(parts.noted, { note: state.last.note.slice(0, 80) }));
    return found.flatMap((html) => [" ", one(html)]);
  };
  const folded = (state, states, row, { mine, notes, opens, full }) => {
    const said = step.words(row);
    const [fold] = whole(fill(parts.line));
    fold.open = opens;
    fold.querySelector(".hf-number").outerHTML = number(state);
    fold.querySelector(".hf-side").replaceWith(side(state, row, mine));
    fold.querySelector(".hf-line").replaceChildren(...copies(said.line), ...below(state, states, row, mine));
    const box = fold.querySelector(".hf-inside");
    box.append(...step.folded(said, state));
    if (full) {
      box.append(...inside(state, states, row, { mine, notes }));
      return fold;
    }
    const { position, form } = state.step;
    box.append(...notes.map(one), ...(state.outcome ? [result(state, row, mine, false)] : []));
    if (form !== undefined) box.append(one(fill(parts[state.outcome ? "glance:recorded" : "glance"], { position })));
    return fold;
  };

  /**
   * A row as it stands now. `row` is the server's last one, `mine` what was made here of its records, `here` whether it
   * is the one to do; `notes` are parts that stand first in it, `asked` whether its forms were asked for.
   */
  return (row, state, states, { mine = [], here = false, notes = [], asked = false, wasOpen = false }) => {
    const { step: of, outcome } = state;
    const found = row.cloneNode(false);
    found.className = [
      "hf-step", row.className.match(/hf-depth-\d/)?.[0], here && "hf-current", outcome && `hf-is-${outcome}`,
      state.putRight && "hf-put-right", state.blockedBy && !outcome && "hf-blocked",
    ].filter(Boolean).join(" ");
    found.toggleAttribute("aria-current", here);
    if (here) {
      found.setAttribute("aria-current", "step");
      found.append(...opened(state, row), ...inside(state, states, row, { mine, notes }));
      return found;
    }
    const wrong = (outcome === "failed" || outcome === "skipped") && !state.cleared;
    const must = asked || Boolean(wrong && (state.holdsUp || of.verify || (of.recovery && !state.overridden)));
    found.append(folded(state, states, row, { mine, notes, opens: must || wasOpen, full: must || !given.long }));
    return found;
  };
};
