// Draws the rows of a run's page on the phone, as the server would, from parts that the server has made of its own
// templates (`web/runs/parts`), and from what stands on the page already: the words of each step are never made here.
import { newId } from "./queue.js";
import { written } from "./texts.js";

const EDGE = "\0"; // stands at both ends of a blank in a part
const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

/** A part with its blanks filled: texts are escaped, `{html}` is taken as it is. */
export const fill = (part, values = {}) => part.split(EDGE).map((piece, place) =>
  place % 2 ? (values[piece]?.html ?? escaped(values[piece] ?? "")) : piece).join("");

/** The elements of some HTML. */
export const elements = (html) => {
  const place = document.createElement("template");
  place.innerHTML = html;
  return [...place.content.children];
};
const one = (html) => elements(html)[0];
const copies = (nodes) => [...nodes].map((node) => node.cloneNode(true));

/** The form of a number's words in a language: `{one, few, many, other}` of a part. */
export const counted = (forms, n, language) =>
  fill(forms[new Intl.PluralRules(language).select(n)] ?? forms.other ?? Object.values(forms)[0], { n });

const mark = new Intl.NumberFormat(document.documentElement.lang).formatToParts(1.5).find(({ type }) => type === "decimal").value;

/** A value as the page shows it: thousands apart, the decimal mark of its language, and its unit. */
export const shown = (value, unit) => {
  const [whole, decimals] = typeof value === "number" ? written(value).split(".") : [String(value)];
  const text = typeof value === "number" ? whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") + (decimals ? `${mark}${decimals}` : "") : whole;
  return unit ? `${text} ${unit}` : text;
};

/** What the clocks show at the run's place, "14:05". */
export const clock = (at, zone) => {
  const asked = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  try {
    return new Intl.DateTimeFormat("en-GB", { ...asked, timeZone: zone || undefined }).format(at);
  } catch {
    return new Intl.DateTimeFormat("en-GB", asked).format(at);
  }
};

const inner = (row) => row.querySelector(":scope > details > .hf-inside") ?? row;
const trimmed = (nodes) => nodes.filter((node, place) =>
  node.nodeType !== Node.TEXT_NODE || node.data.trim() || (place > 0 && place < nodes.length - 1));

// The words of a step, from the row that the server drew: as a line, in full where that says more, and what it asks.
const words = (row) => {
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

/**
 * What draws the rows of one page. `given` is the run's definition, `parts` the parts, `recoveries` the HTML of what to
 * do when a step fails, by its key.
 */
export const drawer = (given, parts, recoveries) => {
  const day = (at) => new Intl.DateTimeFormat("en-CA", { timeZone: given.zone || undefined, dateStyle: "short" }).format(at);
  const when = (at) => {
    const moment = new Date(at);
    const text = day(moment) === day(new Date())
      ? fill(parts.today, { time: clock(moment, given.zone) })
      : `${new Intl.DateTimeFormat(given.language, { day: "numeric", month: "short" }).format(moment)} ${clock(moment, given.zone)}`;
    return `<time datetime="${moment.toISOString()}" title="${moment.toISOString()}"><span>${escaped(text)}</span></time>`;
  };

  const number = ({ step, outcome, putRight, applies, blockedBy }) => {
    if (putRight) return parts[`number:${outcome}:right`];
    if (outcome) return parts[`number:${outcome}`];
    if (applies === false) return parts["number:na"];
    return blockedBy ? parts["number:blocked"] : fill(parts.number, { number: step.number });
  };

  // What a line says at its end.
  const side = (state, row, mine) => {
    const { step, outcome, putRight, unsigned, applies, last, done } = state;
    const untouched = `side${step.critical ? ":critical" : ""}${step.optional ? ":optional" : ""}`;
    const name = !outcome ? (applies === false ? "side" : untouched)
      : `side:${outcome}${putRight ? ":right" : unsigned ? ":unsigned" : ""}`;
    const found = one(parts[name]);
    if (!outcome) {
      if (applies === false) found.append(...elements(parts["side:na"]));
      else if (state.blockedBy) found.append(...elements(parts["side:waits"]));
      return found;
    }
    value(found.querySelector(":scope > .hf-value"), last, step);
    const then = found.querySelector(".hf-then");
    if (then && done.value === undefined) then.querySelector(".hf-value").replaceWith(one(parts["side:done"]).querySelector(".hf-outcome"));
    else value(then?.querySelector(".hf-value"), done, step);
    const had = row.querySelector(".hf-side .hf-proof-mark");
    if (!had && !mine.some(({ files }) => files?.length)) found.querySelectorAll(".hf-proof-mark").forEach((mark) => mark.remove());
    if (mine.some(({ waiting }) => waiting)) found.append(one(parts.waiting));
    return found;
  };
  const value = (place, record, step) => {
    if (!place) return;
    if (record.value === undefined) place.remove();
    else place.textContent = record.shown ? shown(record.shown, step.unit) : shown(record.value, step.unit);
  };

  // What is recorded: what the page shows of it already, and what was made here.
  const result = (state, row, mine, full = true) => {
    const before = inner(row).querySelector(":scope > .hf-result");
    const box = before?.cloneNode(true) ?? Object.assign(document.createElement("div"), { className: "hf-result" });
    const counts = new Set(state.records.map(({ id }) => id));
    for (const record of box.querySelectorAll(".hf-record")) if (!counts.has(record.dataset.record)) record.remove();
    const rest = box.querySelector(":scope > :not(.hf-record)");
    for (const { id, kind, own } of state.records) { // a folded row of a long run does not bring this
      const shownOf = box.querySelector(`[data-record="${id}"]`);
      if (shownOf && own && full && !shownOf.querySelector(".hf-undo")) shownOf.append(undo(state.step, { id, kind }));
    }
    for (const made of mine) if (counts.has(made.id)) box.insertBefore(record(state.step, made), rest);
    return box;
  };
  const record = (step, made) => {
    const values = { ...hidden(step), id: newId(), value: made.value === undefined ? "" : shown(made.value, step.unit), reason: made.reason, note: made.note, when: { html: when(made.at) } };
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
  const hidden = (step) => ({ key: step.key, number: step.number, position: step.position, url: given.send, token: given.token, elapsed: 0 });

  // The forms by which a step is done, skipped or said to have failed.
  const forms = ({ step, outcome }) => {
    const found = one(fill(given.forms[step.form], { ...hidden(step), text: step.name, id: newId() }));
    if (outcome) {
      found.querySelector(".hf-else")?.remove();
      const label = found.querySelector(".hf-do .hf-big > span");
      if (label) label.innerHTML = parts[outcome === "failed" ? "label:failed" : "label:skipped"];
    }
    return found;
  };

  const next = (state, states) => {
    const { step, outcome, applies, blockedBy, cleared } = state;
    if (applies !== true) return elements(parts[applies === null ? "not now:waits" : outcome ? "not now:recorded" : "not now"]);
    if (step.form === undefined) return [];
    if (blockedBy && !outcome) {
      const unsigned = states.find((other) => other.unsigned);
      const name = states.find(({ key }) => key === blockedBy).step.name;
      return elements(fill(parts[unsigned?.key === blockedBy ? "first:unsigned" : "first"], { name }));
    }
    return outcome === "done" || (outcome && cleared) ? [] : [forms(state)];
  };

  const inside = (state, states, row, mine, notes) => {
    const { step, outcome, cleared } = state;
    const late = [...inner(row).querySelectorAll(":scope > p.hf-limits:has(a[href='#late'])")];
    const overrides = state.holdsUp || state.unsigned ? [...inner(row).querySelectorAll(":scope > details.hf-why")] : [];
    const after = [];
    if ((outcome === "failed" || outcome === "skipped") && step.recovery && !cleared) {
      after.push(one(fill(parts.recovery, { recovery: { html: recoveries.get(step.key) ?? "" } })));
    }
    if (outcome && state.holdsUp) after.push(one(parts[state.unsigned ? "others wait:unsigned" : "others wait"]));
    return [
      ...copies(late), ...notes.map((note) => one(note)), ...(outcome ? [result(state, row, mine), ...after] : []),
      ...next(state, states), ...copies(overrides),
    ];
  };

  const asks = (state) => state.applies === true && state.step.may && !(state.blockedBy && !state.outcome) &&
    state.outcome !== "done" && !(state.outcome && state.cleared);
  // What a step asks; an input that has its field here needs no words.
  const badges = (found, state) => {
    const copy = found?.cloneNode(true) ?? Object.assign(document.createElement("p"), { className: "hf-badges" });
    const { input, badge } = state.step;
    const there = copy.querySelector(`.hf-badge--${input}`);
    if (asks(state)) there?.remove();
    else if (badge && !there) {
      const own = Object.assign(document.createElement("span"), { className: `hf-badge hf-badge--${input}`, textContent: badge });
      const before = [...copy.querySelectorAll(".hf-badge--critical, .hf-badge--optional, .hf-badge--when")].at(-1);
      if (before) before.after(own);
      else copy.prepend(own);
    }
    return copy.children.length ? copy : null;
  };
  // Under which condition a step does not apply: its own, or that of one that it is nested in.
  const onlyIf = (state, states) => {
    const by = new Map(states.map((other) => [other.key, other]));
    for (let at = state; at && at.applies !== true; at = by.get(at.step.parent)) {
      const above = by.get(at.step.parent);
      if (at.step.when && (!above || above.applies)) return at.step.only;
    }
    return "";
  };

  const opened = (state, row) => {
    const said = words(row);
    const found = elements(fill(parts.open, { elapsed: 0 }));
    const [head, clocks] = [found.find((element) => element.matches(".hf-step-head")), found.find((element) => element.matches(".hf-clock"))];
    head.querySelector(".hf-number").outerHTML = number(state);
    const text = head.querySelector(".hf-step-text");
    if (said.rich) {
      if (said.rich.dataset.line || said.line.length) text.dataset.line = said.rich.dataset.line ?? said.line.map((node) => node.textContent).join("").trim();
      text.replaceChildren(...copies(said.rich.childNodes));
      const had = text.querySelector(":scope > .hf-badges");
      const now = badges(had, state);
      if (had && now) had.replaceWith(now);
      else if (now) text.append(now);
      else had?.remove();
    } else {
      const asked = [badges(said.badges, state)].filter(Boolean);
      if (state.step.tight) text.replaceChildren(...copies(said.line), ...asked);
      else {
        const paragraph = document.createElement("p");
        paragraph.append(...copies(said.line));
        text.replaceChildren(paragraph, ...asked);
      }
    }
    if (state.step.takes && given.working) {
      clocks.dataset.clock = state.step.takes;
      clocks.querySelector("[data-about]").textContent = state.step.about;
    } else clocks.remove();
    return found.filter((element) => element !== clocks || (state.step.takes && given.working));
  };

  const folded = (state, states, row, mine, notes, { opens, full }) => {
    const { step, outcome } = state;
    const said = words(row);
    const fold = one(fill(parts.line));
    fold.open = opens;
    fold.querySelector(".hf-number").outerHTML = number(state);
    fold.querySelector(".hf-side").replaceWith(side(state, row, mine));
    const small = [];
    if (state.applies !== true) small.push(one(fill(parts.only, { only: onlyIf(state, states) })));
    if (state.putRight) {
      const here = mine.find(({ id }) => id === state.done.id);
      const shownThen = row.querySelector(".hf-line .hf-noted time");
      small.push(one(fill(parts.right, { by: here ? given.me : state.done.by ?? "–", when: { html: here ? when(here.at) : shownThen?.outerHTML ?? "" } })));
    }
    if (state.last?.note) small.push(one(fill(parts.noted, { note: state.last.note.slice(0, 80) })));
    fold.querySelector(".hf-line").replaceChildren(...copies(said.line), ...small.flatMap((element) => [" ", element]));
    const box = fold.querySelector(".hf-inside");
    if (said.rich) {
      const text = said.rich.cloneNode(true);
      delete text.dataset.line;
      const had = text.querySelector(":scope > .hf-badges");
      const now = badges(had, state);
      if (had && now) had.replaceWith(now);
      box.append(text);
    } else {
      const asked = badges(said.badges, state);
      const place = Object.assign(document.createElement("div"), { className: "md-typeset" });
      if (asked) place.append(asked);
      if (asked) box.append(place);
    }
    if (full) box.append(...inside(state, states, row, mine, notes));
    else {
      box.append(...notes.map((note) => one(note)), ...(outcome ? [result(state, row, mine, false)] : []));
      if (step.form !== undefined) box.append(one(fill(parts[outcome ? "glance:recorded" : "glance"], { position: step.position })));
    }
    return [fold];
  };

  /**
   * A row as it stands now. `row` is the server's last one, `mine` what was made here of its records, `here` whether it
   * is the one to do; `notes` are parts that stand first in it, `asked` whether its forms were asked for.
   */
  const draw = (row, state, states, { mine = [], here = false, notes = [], asked = false, wasOpen = false }) => {
    const { step, outcome } = state;
    const found = row.cloneNode(false);
    found.className = [
      "hf-step", row.className.match(/hf-depth-\d/)?.[0], here && "hf-current", outcome && `hf-is-${outcome}`,
      state.putRight && "hf-put-right", state.blockedBy && !outcome && "hf-blocked",
    ].filter(Boolean).join(" ");
    found.toggleAttribute("aria-current", here);
    if (here) found.setAttribute("aria-current", "step");
    if (here) found.append(...opened(state, row), ...inside(state, states, row, mine, notes));
    else {
      const wrong = (outcome === "failed" || outcome === "skipped") && !state.cleared;
      const helps = step.recovery && !state.overridden;
      const must = asked || Boolean(wrong && (state.holdsUp || step.verify || helps));
      found.append(...folded(state, states, row, mine, notes, { opens: must || wasOpen, full: must || !given.long }));
    }
    return found;
  };

  // What has failed and can be done again before the run is closed.
  const again = (states) => {
    const wrong = states.filter(({ step, outcome, cleared }) => outcome === "failed" && !cleared && given.working && step.may).slice(0, 3);
    if (!wrong.length) return [];
    const box = document.createElement("div");
    box.className = "hf-next-acts";
    box.append(...wrong.map(({ step }) => one(fill(parts["end:again"], step))));
    return [box];
  };

  /** The end of the page: what has to be done before the run can be closed, or the button that closes it. */
  const end = (place, states, { left, closedAt }) => {
    const found = place.cloneNode(false);
    const unsigned = states.find((state) => state.unsigned);
    const holding = states.find((state) => state.holdsUp);
    if (given.whole) found.append(...elements(fill(parts[given.whole.role ? "end:whole:role" : "end:whole"], given.whole)));
    if (closedAt) found.append(one(fill(parts.closed, { time: clock(new Date(closedAt), given.zone) })));
    else if (unsigned) found.append(one(fill(parts["end:unsigned"], { name: unsigned.step.name })));
    else if (holding) found.append(one(fill(parts["end:holding"], { name: holding.step.name })));
    else if (!given.whole) {
      const token = { html: `<input type="hidden" name="csrf_token" value="${escaped(given.token)}">` };
      const form = one(fill(parts[left ? "end:left" : "end"], { close: given.close, hidden: token }));
      if (left) form.querySelector(".hf-limits").textContent = counted(parts.left, left, given.language);
      else found.append(...again(states));
      found.append(form);
    }
    const waits = !left && (unsigned || (given.whole && !given.whole.settled)); // for another person's signature alone
    if (closedAt || waits) {
      found.append(document.getElementById("ahead-here").content.cloneNode(true));
      import("./start.js").catch(() => {}); // without it the form goes to the server as it is
    }
    return found;
  };

  return { draw, end };
};
