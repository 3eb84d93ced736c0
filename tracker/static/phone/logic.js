// Where a run stands, as pure functions of its definition and its records: the twin of
// `tracker/domain/runs/progress.py` and of the judging in `tracker/sop/logic.py` and `tracker/domain/records/values.py`.
// A browser test plays the same cases through both. Conditions come parsed from the server.
//
// A step: {key, position, number, parent, critical, optional, verify, input, when, min, max, unit, options, pattern, match}
// (what is not so is left out). A record: {id, step, kind, value, cancels}.
import { amount, fold, number, plain, strip, subjectKey, written } from "./texts.js";

const STRENGTH = { done: 1, skipped: 2, failed: 3 };
const LONGEST_TEXT = 2000;
const LONGEST_MATCHED = 200;

/** Whether a condition holds by the answers of steps; null while that depends on a step that nobody has touched. */
export const holds = (condition, answers) => {
  if (condition.not) {
    const inner = holds(condition.not, answers);
    return inner === null ? null : !inner;
  }
  const parts = condition.and ?? condition.or;
  if (parts) {
    const results = parts.map((part) => holds(part, answers));
    const decisive = Boolean(condition.or);
    return results.includes(decisive) ? decisive : results.includes(null) ? null : !decisive;
  }
  const answer = Object.hasOwn(answers, condition.key) ? answers[condition.key] : null; // a key may be "constructor"
  return answer === null ? null : compared(answer, condition);
};

const compared = (answer, condition) => {
  if (condition.op === "=" || condition.op === "!=") {
    return answer.some((given) => equal(given, condition)) === (condition.op === "=");
  }
  return answer.some((given) => ordered(given, condition));
};
// Numbers as numbers, everything else whatever its case; `fold`, `number` and `day` are those of the value.
const equal = (given, condition) =>
  typeof given === "string" ? fold(given) === condition.fold : condition.number === given;
const ordered = (given, { op, number: n, day }) => {
  const one = amount(given);
  if (one?.number !== undefined && n !== undefined) return more(one.number, op, n);
  if (one?.day !== undefined && day !== undefined) return more(one.day, op, day);
  return false;
};
const more = (one, op, other) => ({ "<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other })[op];

/** The records that count: without "undone", and without those that an "undone" takes back. */
const uncancelled = (records) => {
  const cancelled = new Set(records.filter(({ kind }) => kind === "undone").map(({ cancels }) => cancels));
  return records.filter(({ kind, id }) => kind !== "undone" && !cancelled.has(id));
};

const byStrength = (one, other) =>
  STRENGTH[one.kind] - STRENGTH[other.kind] || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);

/**
 * The state of every step, in document order. `overridden`: keys; `signed`: ids of the records that are signed.
 * A state: {step, key, outcome, cleared, overridden, blockedBy, applies, records, last, done, signed, unsigned,
 * holdsUp, putRight, recovered, omittable}; `records` are those that count, the strongest last.
 */
export const stepStates = (steps, records, overridden = [], signed = []) => {
  const own = new Map();
  for (const record of uncancelled(records)) {
    if (!own.has(record.step)) own.set(record.step, []);
    own.get(record.step).push(record);
  }
  const [waived, under] = [new Set(overridden), new Set(signed)];
  const states = new Map();
  const holding = [];
  for (const step of steps) {
    const mine = [...(own.get(step.key) ?? [])].sort(byStrength);
    const state = stateOf(step, mine, waived, under, states, holding);
    states.set(step.key, state);
    if (state.holdsUp) holding.push(step.key);
  }
  return [...states.values()];
};
const stateOf = (step, records, overridden, signed, before, holding) => {
  const last = records.at(-1) ?? null;
  const done = records.filter(({ kind }) => kind === "done").at(-1) ?? null;
  const state = {
    step, key: step.key, records, last, done,
    outcome: last?.kind ?? null,
    cleared: Boolean(done),
    overridden: overridden.has(step.key),
    signed: Boolean(done && signed.has(done.id)),
    applies: appliesTo(step, before),
    blockedBy: null,
  };
  if (holding.length) {
    const over = above(step, before);
    state.blockedBy = holding.find((key) => !over.has(key)) ?? null;
  }
  state.unsigned = state.cleared && !state.signed && !state.overridden && Boolean(step.verify);
  state.holdsUp = Boolean(step.critical) && !state.overridden && state.applies === true && (!state.cleared || state.unsigned);
  state.putRight = state.cleared && state.outcome !== "done";
  state.recovered = state.cleared && state.outcome === "failed";
  state.omittable = !step.optional && state.applies === true;
  return state;
};

/** The answer with which conditions of later steps compare: null untouched. */
const answerOf = ({ outcome, cleared, done }) => {
  if (outcome === null) return null;
  if (!cleared) return [outcome];
  return [...new Set([done.value ?? "yes", outcome, "done"])];
};
const appliesTo = (step, before) => {
  const parent = before.get(step.parent ?? "");
  const over = parent ? parent.applies : true;
  if (over === false || !step.when) return over;
  const answers = Object.fromEntries(asked(step.when).filter((key) => before.has(key)).map((key) => [key, answerOf(before.get(key))]));
  const own = holds(step.when, answers);
  return over || own === false ? own : null;
};
const asked = (condition) =>
  condition.not ? asked(condition.not) : (condition.and ?? condition.or)?.flatMap(asked) ?? [condition.key];
const above = (step, states) => {
  const keys = new Set();
  for (let key = step.parent ?? null; key !== null; key = states.get(key)?.step.parent ?? null) keys.add(key);
  return keys;
};

/** The step to do next: the first that applies, untouched and not blocked; else the one that blocks; else null. */
export const current = (states) =>
  states.find(({ outcome, blockedBy, applies }) => outcome === null && blockedBy === null && applies === true) ??
  states.find(({ holdsUp }) => holdsUp) ?? null;

/** Required steps that nobody has touched: closing the run makes them omitted. */
export const untouched = (states) => states.filter(({ outcome, omittable }) => outcome === null && omittable);

/** Whether nothing is left to say in a run, so that one whose SOP asks for no more ends by itself. */
export const isComplete = (states) => {
  const last = states.findLastIndex(({ outcome }) => outcome !== null);
  if (last < 0 || untouched(states).length) return false;
  if (states.slice(last).some(({ outcome, applies }) => outcome === null && applies !== false)) return false;
  return !states.some(({ holdsUp, unsigned, outcome, cleared }) => holdsUp || unsigned || (outcome === "failed" && !cleared));
};

/** The steps of the first level, which are what is counted: each with all that is nested in it. */
export const wholes = (states) => {
  const [roots, groups] = [new Map(), new Map()];
  for (const state of states) {
    const root = roots.get(state.step.parent) ?? state.key;
    roots.set(state.key, root);
    groups.set(root, [...(groups.get(root) ?? []), state]);
  }
  return [...groups.values()];
};

/** What a bar shows of one of the `wholes` of an open run, [mark, putRight]; `now`: the key of the step to do. */
export const mark = (whole, now) => {
  const outcomes = new Set(whole.map(({ outcome }) => outcome));
  const bad = ["failed", "skipped"];
  const wrong = bad.find((kind) => whole.some(({ outcome, putRight }) => outcome === kind && !putRight));
  if (wrong) return [wrong, false];
  if (whole.some(({ key }) => key === now)) return ["now", false];
  if (whole.some(({ outcome, applies }) => outcome === null && applies !== false)) return [null, false];
  const righted = bad.find((kind) => outcomes.has(kind));
  return [righted ?? (outcomes.has("done") ? "done" : "na"), Boolean(righted)];
};

/**
 * How far a run in this `state` is, counted as its steps are numbered: {done, all, notNeeded, afterFailure, afterSkip,
 * failed, skipped, omitted, failedPutRight, skippedPutRight, share}. A nested step is a part of the one it is nested in.
 */
export const tally = (states, state = "open") => {
  const over = state !== "open";
  const groups = wholes(states);
  const settled = ({ outcome, cleared, applies, omittable }) =>
    outcome !== null ? cleared : applies === false || (over && !omittable);
  const through = groups.filter((group) => group.every(settled));
  const righted = through.map((group) => group.filter(({ putRight }) => putRight).map(({ outcome }) => outcome));
  const amiss = (kind) => states.filter(({ outcome, cleared }) => outcome === kind && (over || !cleared)).length;
  const repaired = (kind) => over ? states.filter(({ outcome, putRight }) => outcome === kind && putRight).length : 0;
  return {
    done: through.length, all: groups.length,
    notNeeded: through.filter((group) => group.every(({ outcome }) => outcome === null)).length,
    afterFailure: righted.filter((outcomes) => outcomes.includes("failed")).length,
    afterSkip: righted.filter((outcomes) => outcomes.length && !outcomes.includes("failed")).length,
    skipped: amiss("skipped"), failed: amiss("failed"), omitted: state === "done" ? untouched(states).length : 0,
    failedPutRight: repaired("failed"), skippedPutRight: repaired("skipped"),
    share: states.length ? states.filter(settled).length / states.length : 0,
  };
};

/**
 * What becomes of a value that was typed at a step: {value, outside} as it is kept, `outside` saying how it misses its
 * limits ("" if it does not); or {problem, …} for what the server would refuse: "number", "two-ways" {first, second},
 * "choice", "date", "empty", "pattern" {text},
 * "example" {text, example}, "long" {n}.
 */
export const typedValue = (step, typed, mark = ".") => {
  const text = plain(step.input, typed);
  switch (step.input) {
    case "number": return typedNumber(step, text, mark);
    case "choice": {
      const options = step.options ?? [];
      const chosen = options.includes(text) ? text : options.find((option) => fold(option) === fold(text));
      return chosen === undefined ? { problem: "choice" } : { value: chosen, outside: "" };
    }
    case "date":
      return /^\d{4}-\d{2}-\d{2}$/.test(text) && amount(text)?.day !== undefined ? { value: text, outside: "" } : { problem: "date" };
    case "text": case "scan":
      if (!text) return { problem: "empty" };
      if (step.pattern && !matches(step.pattern, text)) return anotherForm(step, text);
      return checkedText(text);
    case "signature": return text ? checkedText(text) : { value: null, outside: "" };
    default: return { value: null, outside: "" };
  }
};
const typedNumber = (step, text, mark) => {
  const found = number(text, mark);
  if (!found) return { problem: "number" };
  if (found.first !== undefined) return { problem: "two-ways", ...found };
  const shown = strip(`${written(found.value)} ${step.unit ?? ""}`);
  const [low, high] = [step.min ?? null, step.max ?? null];
  if (low !== null && found.value < low) return { value: found.value, outside: `${shown} (min ${written(low)})` };
  if (high !== null && found.value > high) return { value: found.value, outside: `${shown} (max ${written(high)})` };
  return { value: found.value, outside: "" };
};
const anotherForm = ({ example }, typed) => {
  const text = [...typed].slice(0, 80).join("");
  return example ? { problem: "example", text, example } : { problem: "pattern", text };
};
const matches = (pattern, text) => [...text].length <= LONGEST_MATCHED && new RegExp(`^(?:${pattern})$`, "u").test(text);
const checkedText = (text) => [...text].length > LONGEST_TEXT ? { problem: "long", n: LONGEST_TEXT } : { value: text, outside: "" };

/** Whether what was given at a step is another thing than the run's subject, by the keys of all its names. */
export const anotherSubject = (step, typed, { kind = "", names = [] } = {}) => {
  if (step.match !== "subject" || !names.length) return false;
  const given = subjectKey(typed, kind);
  return Boolean(given) && !names.includes(given);
};

export { subjectKey };
