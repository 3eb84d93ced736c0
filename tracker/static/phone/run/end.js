// Draws the end of a run's page: what has to be done before the run can be closed, or the button that closes it.
import { clock, counted, elements, escaped, fill, one } from "../parts.js";

// What has failed and can be done again before the run is closed.
const again = (given, parts, states) => {
  const isWrong = ({ step, outcome, cleared }) => outcome === "failed" && !cleared && given.working && step.may;
  const wrong = states.filter(isWrong).slice(0, 3);
  if (!wrong.length) return [];
  const box = Object.assign(document.createElement("div"), { className: "hf-next-acts" });
  box.append(...wrong.map(({ step }) => one(fill(parts["end:again"], step))));
  return [box];
};

/** What draws it: `place` is the server's last one, `left` how many steps nobody has touched. */
export const ending = (given, parts) => (place, states, { left, closedAt }) => {
  const found = place.cloneNode(false);
  const unsigned = states.find((state) => state.unsigned);
  const holding = states.find((state) => state.holdsUp);
  const signed = given.whole && parts[given.whole.role ? "end:whole:role" : "end:whole"];
  if (signed) found.append(...elements(fill(signed, given.whole)));
  if (closedAt) found.append(one(fill(parts.closed, { time: clock(new Date(closedAt), given.zone) })));
  else if (unsigned) found.append(one(fill(parts["end:unsigned"], { name: unsigned.step.name })));
  else if (holding) found.append(one(fill(parts["end:holding"], { name: holding.step.name })));
  else if (!given.whole) {
    const token = { html: `<input type="hidden" name="csrf_token" value="${escaped(given.token)}">` };
    const form = one(fill(parts[left ? "end:left" : "end"], { close: given.close, hidden: token }));
    if (left) form.querySelector(".hf-limits").textContent = counted(parts.left, left, given.language);
    else found.append(...again(given, parts, states));
    found.append(form);
  }
  const waits = !left && (unsigned || (given.whole && !given.whole.settled)); // for another person's signature alone
  if (closedAt || waits) {
    found.append(document.getElementById("ahead-here").content.cloneNode(true));
    import("../start.js").catch(() => {}); // without it the form goes to the server as it is
  }
  return found;
};
