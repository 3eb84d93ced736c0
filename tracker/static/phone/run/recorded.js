// What a row shows of its records: at the end of its line, and in full with the button that takes one back.
import { newId } from "../ids.js";
import { fill, one, shown, when, whole } from "../parts.js";
import { inner } from "./words.js";

/** `given`: the run's definition, `parts` the parts. */
export const recording = (given, parts) => {
  const { send: url, token } = given;
  const hidden = ({ key, number, position }) => ({ key, number, position, url, token, elapsed: 0 });
  const at = (moment) => when(moment, given, parts.today);

  const value = (place, record, step) => {
    if (!place) return;
    if (record.value === undefined) place.remove();
    else place.textContent = record.shown ? shown(record.shown, step.unit) : shown(record.value, step.unit);
  };
  const side = (state, row, mine) => {
    const { step, outcome, putRight, unsigned, applies, last, done } = state;
    const untouched = `side${step.critical ? ":critical" : ""}${step.optional ? ":optional" : ""}`;
    const name = !outcome ? (applies === false ? "side" : untouched)
      : `side:${outcome}${putRight ? ":right" : unsigned ? ":unsigned" : ""}`;
    const [found] = whole(parts[name]);
    if (!outcome) {
      if (applies === false) found.append(...whole(parts["side:na"]));
      else if (state.blockedBy) found.append(...whole(parts["side:waits"]));
      return found;
    }
    value(found.querySelector(":scope > .hf-value"), last, step);
    const then = found.querySelector(".hf-then");
    const righted = then?.querySelector(".hf-value");
    const [plainly] = whole(parts["side:done"]);
    if (then && done.value === undefined) righted.replaceWith(plainly.querySelector(".hf-outcome"));
    else value(righted, done, step);
    const isProved = row.querySelector(".hf-side .hf-proof-mark") || mine.some(({ files }) => files?.length);
    if (!isProved) found.querySelectorAll(".hf-proof-mark").forEach((mark) => mark.remove());
    if (mine.some(({ waiting }) => waiting)) found.append(...whole(parts.waiting));
    return found;
  };

  const record = (step, made) => {
    const told = made.value === undefined ? "" : shown(made.value, step.unit);
    const { reason, note } = made;
    const values = { ...hidden(step), id: newId(), value: told, reason, note, when: { html: at(made.at) } };
    const found = one(fill(parts[`record:${made.kind}`], values)).querySelector(".hf-record");
    found.dataset.record = made.id;
    found.querySelector("[name=cancels]").value = made.id;
    if (made.kind === "done" && made.value === undefined) found.querySelector("strong")?.remove();
    if (!made.note) found.querySelector("q")?.remove();
    found.querySelector("small").prepend(given.me);
    return found;
  };
  const undo = (step, { id, kind }) => {
    const form = one(fill(parts[`record:${kind}`], { ...hidden(step), id: newId() })).querySelector(".hf-undo");
    form.querySelector("[name=cancels]").value = id;
    return form;
  };
  const result = (state, row, mine, full = true) => {
    const before = inner(row).querySelector(":scope > .hf-result");
    const box = before?.cloneNode(true) ?? Object.assign(document.createElement("div"), { className: "hf-result" });
    const counts = new Set(state.records.map(({ id }) => id));
    for (const known of box.querySelectorAll(".hf-record")) if (!counts.has(known.dataset.record)) known.remove();
    const rest = box.querySelector(":scope > :not(.hf-record)");
    for (const { id, kind, own } of state.records) { // a folded row of a long run does not bring this
      const shownOf = box.querySelector(`[data-record="${id}"]`);
      if (shownOf && own && full && !shownOf.querySelector(".hf-undo")) shownOf.append(undo(state.step, { id, kind }));
    }
    for (const made of mine) if (counts.has(made.id)) box.insertBefore(record(state.step, made), rest);
    return box;
  };

  return { hidden, at, side, result };
};
