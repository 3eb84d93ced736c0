// What is done on a run's page is kept on the phone first, and shown at once as the server will show it; then it is
// sent. What waits is shown again over everything that the server draws, until the server has it.
// run/ has the rest: given.js (what the page gives), own.js (what was done here), rows.js (what the server has drawn),
// states.js (where the run stands by both), show.js (which shows it), acts.js (what is done), hear.js (what comes in).
import * as logic from "./logic.js";
import { elements, fill } from "./parts.js";
import "./run/acts.js";
import { given, names, recoveries, ref } from "./run/given.js";
import "./run/hear.js";
import * as own from "./run/own.js";
import { begin, first, parts as words } from "./run/show.js";

// A run that was started on this phone: what it is about stands in the entry that starts it.
const began = () => {
  const start = own.start();
  if (!start) return;
  names.run = start.receipt?.run ?? null;
  const { subject } = start.data;
  const keys = subject ? [logic.subjectKey(subject, given.subject.kind)] : [];
  given.subject = { ...given.subject, ref: subject, names: keys };
  const place = document.querySelector(".hf-subject");
  if (place) place.textContent = subject;
  document.title = [subject, document.title].filter(Boolean).join(" · ");
  const refused = start.state === "refused" ? elements(fill(words()["not taken"], start)) : [];
  if (refused.length) document.getElementById("notice")?.replaceChildren(...refused);
};

// Without the parts, or what draws them, the page works as it does without this script.
const load = async () => {
  const asked = fetch(given.parts).then((answer) => (answer.ok ? answer.json() : null));
  const drawers = Promise.all([import("./run/row.js"), import("./run/end.js")]);
  const [parts, [{ drawing }, { ending }]] = await Promise.all([asked, drawers, own.reread()]);
  if (!parts || !(given.run || ref)) return;
  begin(parts, { draw: drawing(given, parts, recoveries), end: ending(given, parts) });
  if (!given.run) began();
  first();
  document.documentElement.dataset.phone = "ready";
};
load().catch(() => {});
