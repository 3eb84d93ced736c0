// What stands in a run: by the rows of its page as the server drew them, and by what was done on this phone since.
import { typedValue } from "./logic.js";

// `rows`: of each step its key and what its row says of itself. Answers {records, gone, overridden, signed}.
export const standingIn = (rows) => {
  const found = { records: [], gone: new Set(), overridden: [], signed: [] };
  for (const [key, { records = [], gone = [], overridden, signed }] of rows) {
    for (const record of records) found.records.push({ ...record, step: key });
    gone.forEach((id) => found.gone.add(id));
    if (overridden) found.overridden.push(key);
    if (signed) found.signed.push(signed);
  }
  return found;
};

// An entry about this step as a record: a value outside its limits is kept as failed. `mark`: the decimal mark there.
export const recorded = ({ id, at, data, files, state, receipt }, definition, mark) => {
  const { step, outcome, value, reason, note, cancels } = data;
  const made = { id, at, step, kind: outcome, note, cancels, files, waiting: state === "waiting", reason, receipt };
  if (outcome !== "done") return made;
  const found = typedValue(definition, value ?? "", mark);
  if (found.outside) return { ...made, kind: "failed", value: found.value, reason: found.outside };
  return found.value === null || found.value === undefined ? made : { ...made, value: found.value };
};

// What was made here and is not on the page yet, in the order in which it was made. `steps`: their definitions by key.
export const since = (entries, found, steps, mark) => {
  const known = new Set([...found.gone, ...found.records.map(({ id }) => id)]);
  return entries
    .filter(({ kind, id, state, data, receipt }) => kind === "record" && !known.has(id) && steps.has(data.step) &&
      state !== "refused" && receipt?.state !== "late")
    .map((entry) => recorded(entry, steps.get(entry.data.step), mark));
};
