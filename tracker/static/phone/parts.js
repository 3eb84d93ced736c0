// Parts that the server has made of its own templates (`web/runs/parts`) as elements, with their blanks filled; and
// numbers and times as pages show them.
import { written } from "./texts.js";

const EDGE = "\0"; // stands at both ends of a blank in a part
const language = document.documentElement.lang;

/** `make` for each of its arguments, made once. */
const once = (make) => {
  const made = new Map();
  return (given) => {
    if (!made.has(given)) made.set(given, make(given));
    return made.get(given);
  };
};

export const escaped = (text) =>
  String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

const pieces = once((part) => part.split(EDGE));
/** A part with its blanks filled: texts are escaped, `{html}` is taken as it is. */
export const fill = (part, values = {}) => pieces(part).map((piece, place) =>
  place % 2 ? (values[piece]?.html ?? escaped(values[piece] ?? "")) : piece).join("");

/** The elements of some HTML. */
export const elements = (html) => {
  const place = document.createElement("template");
  place.innerHTML = html;
  return [...place.content.children];
};
export const one = (html) => elements(html)[0];
export const copies = (nodes) => [...nodes].map((node) => node.cloneNode(true));

const parsed = once(elements);
/** The elements of a part without blanks; it is parsed once. */
export const whole = (part) => copies(parsed(part));

const rules = once((name) => new Intl.PluralRules(name));
/** The form of a number's words in a language: `{one, few, many, other}` of a part. */
export const counted = (forms, n, name) =>
  fill(forms[rules(name).select(n)] ?? forms.other ?? Object.values(forms)[0], { n });

const mark = new Intl.NumberFormat(language).formatToParts(1.5).find(({ type }) => type === "decimal").value;
const grouped = (text) => {
  const [units, decimals] = text.split(".");
  return units.replace(/\B(?=(\d{3})+$)/g, "\u202f") + (decimals ? `${mark}${decimals}` : "");
};
/** A value as the page shows it: thousands apart, the decimal mark of its language, and its unit. */
export const shown = (value, unit) => {
  const text = typeof value === "number" ? grouped(written(value)) : String(value);
  return unit ? `${text} ${unit}` : text;
};

const hours = once((zone) => {
  const asked = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  try {
    return new Intl.DateTimeFormat("en-GB", { ...asked, timeZone: zone || undefined });
  } catch {
    return new Intl.DateTimeFormat("en-GB", asked);
  }
});
/** What the clocks show at the run's place, "14:05". */
export const clock = (at, zone) => hours(zone).format(at);

const days = once((zone) => new Intl.DateTimeFormat("en-CA", { timeZone: zone || undefined, dateStyle: "short" }));
const dates = once((name) => new Intl.DateTimeFormat(name, { day: "numeric", month: "short" }));
const isToday = (at, zone) => days(zone).format(at) === days(zone).format(new Date());
/** When something was, as HTML: its time, of another day that too. `today`: the part for a time of today. */
export const when = (moment, { zone, language: name }, today) => {
  const at = new Date(moment);
  const time = clock(at, zone);
  const text = isToday(at, zone) ? fill(today, { time }) : `${dates(name).format(at)} ${time}`;
  const exact = at.toISOString();
  return `<time datetime="${exact}" title="${exact}"><span>${escaped(text)}</span></time>`;
};
