// Where the run stands: by the rows of the server, and by what was done here since. Judged once for each change.
import * as logic from "../logic.js";
import { given } from "./given.js";
import * as own from "./own.js";
import * as rows from "./rows.js";

let [server, now] = [{}, {}]; // the last ones, and of what they were made

const before = (found) => {
  if (server.of !== found) {
    server = { of: found, states: logic.stepStates(given.steps, found.records, found.overridden, found.signed) };
  }
  return server.states;
};
/** {states, before, made}: the steps as they stand, as they stand by the server's rows, and the records between. */
export const judged = () => {
  const found = rows.there();
  if (now.of !== found || now.at !== own.changed) {
    const made = own.made(found);
    const all = [...found.records, ...made];
    const states = made.length ? logic.stepStates(given.steps, all, found.overridden, found.signed) : before(found);
    now = { of: found, at: own.changed, judged: { states, before: before(found), made } };
  }
  return now.judged;
};
export const isOver = (states) => Boolean(given.endsItself && logic.isComplete(states));
export const toDo = (states) => logic.current(states.filter(({ step }) => step.may)) ?? logic.current(states);

const ids = ({ records }) => records.map(({ id }) => id).join();
const SAID = ["outcome", "blockedBy", "applies", "unsigned", "overridden"];
/** Whether a step stands twice in the same way. */
export const isSame = (one, other) => {
  if (one === other) return true;
  if (one.records.length !== other.records.length || SAID.some((name) => one[name] !== other[name])) return false;
  return ids(one) === ids(other);
};
/** What the look of a row depends on, as a text. */
export const sign = (state, here, more) => JSON.stringify([here, ids(state), SAID.map((name) => state[name]), more]);
