// How texts and numbers are compared and read: the twin of `tracker/sop/text.py` (fold), `tracker/domain/numbers.py`
// and of the words of `tracker/domain/records/values.py`. A browser test plays the same cases through both.

const IGNORED = /[\u0001-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;
const ALIKE = [
  [/[\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58]/g, "-"],
  [/[\u2018\u2019\u201a\u201b\u2032\u02b9\u02bb\u02bc\u02bd\u02c8\u055a\u05f3\u00b4]/g, "'"],
  [/[\u201c\u201d\u201e\u201f\u2033\u05f4\u00ab\u00bb]/g, '"'],
  [/[\u2044\u2215]/g, "/"],
  [/\u0131/g, "i"],
];
// What Python calls a space: JavaScript lacks the first of them and has U+FEFF too.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const EDGES = new RegExp(`^[${SPACE}]+|[${SPACE}]+$`, "g");
const SPACES = new RegExp(`[${SPACE}]+`, "g");
const LINES = /\r\n|[\n\v\f\r\x1c-\x1e\x85\u2028\u2029]/;
const CONTROL = /[\x00-\x1f\x7f-\x9f]/g; // eslint-disable-line no-control-regex

/** The text without space at its ends, as Python's `strip`. */
export const strip = (text) => text.replace(EDGES, "");

const alike = (text) => ALIKE.reduce((now, [which, as]) => now.replace(which, as), text);
// Python's casefold: by its capital, letter by letter, as no letter's place in a word matters to it.
const casefold = (text) => Array.from(text, (letter) =>
  /[\u13a0-\u13f5\u0130]/.test(letter) ? (letter === "\u0130" ? "i\u0307" : letter)
    : /[\u13f8-\u13fd\uab70-\uabbf]/.test(letter) ? letter.toUpperCase()
    : Array.from(letter === "\u1e9e" ? "SS" : letter.toUpperCase(), (capital) => capital.toLowerCase()).join("")).join("");

/** The text as it is compared: two texts that look the same are the same. */
export const fold = (text) => {
  let plain = alike(text.replace(IGNORED, "").normalize("NFC")).normalize("NFKC");
  plain = casefold(casefold(plain).normalize("NFKC")).normalize("NFKC");
  plain = alike(plain.replace(IGNORED, "")).replace(/i\u0307/g, "i");
  return strip(plain.replace(SPACES, " "));
};

/** The key by which a subject is found: folded, without its kind ("order") before it. */
export const subjectKey = (text, kind) => {
  const [key, before] = [fold(text), fold(kind)];
  return before && key.startsWith(`${before} `) ? key.slice(before.length + 1) : key;
};

// Digits of any script as ASCII: those of each script are ten in a row.
const isDigit = (code) => code >= 0 && /^\p{Nd}$/u.test(String.fromCodePoint(code));
const digits = (text) => text.replace(/\p{Nd}/gu, (digit) => {
  const code = digit.codePointAt(0);
  let first = code;
  while (isDigit(first - 1)) first -= 1;
  return String((code - first) % 10);
});

const USUAL = { "−": "-", "–": "-", "‐": "-", "‑": "-", "＋": "+", "－": "-", "．": ".", "，": ",", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u3000": " " };
const BY_MARK = [
  [".", /^([+-]?(?:\d+|[1-9]\d{0,2}(?:,\d{3})+))(?:\.(\d+))?$/],
  [",", /^([+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+))(?:,(\d+))?$/],
];
const [LONGEST, MOST_DIGITS, MOST_DECIMALS] = [40, 15, 9];

// The numbers that a text may be: {mark, whole, decimals} by the mark before the decimals, signs and zeros in order.
const readings = (text) => {
  if ([...text].length > LONGEST) return [];
  const plain = strip(digits(text.replace(/[−–‐‑＋－．，\u00a0\u202f\u2009\u3000]/g, (sign) => USUAL[sign])))
    .replace(/(?<=\d)[ '’](?=\d{3}(?!\d))/g, "");
  return BY_MARK.flatMap(([mark, pattern]) => {
    const match = pattern.exec(plain);
    if (!match) return [];
    const minus = match[1].startsWith("-");
    const whole = match[1].replace(/[.,+-]/g, "").replace(/^0+(?=\d)/, "");
    const decimals = match[2] ?? "";
    const zero = !/[1-9]/.test(whole + decimals);
    return [{ mark, minus: minus && !zero, whole: zero ? "0" : whole, decimals: zero ? "" : decimals }];
  });
};
const value = ({ minus, whole, decimals }) => `${minus ? "-" : ""}${whole}.${decimals.replace(/0+$/, "")}`;
const tooLong = ({ whole, decimals }) => (whole !== "0" && whole.length > MOST_DIGITS) || decimals.length > MOST_DECIMALS;

// The number as it can be read in one way only: three decimals get a fourth.
const plainly = ({ minus, whole, decimals }, usual) => {
  const short = decimals.replace(/0+$/, "");
  return (minus ? "-" : "") + (short ? `${whole}${usual}${short}${short.length === 3 ? "0" : ""}` : whole);
};

/**
 * The number that a text writes: `{value}`, null for what is no number, or `{first, second}` where it may be two.
 * `usual` is what stands before the decimals at the run's place, "." or ",".
 */
export const number = (text, usual) => {
  const possible = readings(text);
  if (!possible.length || possible.some(tooLong)) return null;
  if (new Set(possible.map(value)).size > 1) {
    const [first, second] = possible[0].mark === usual ? possible : [possible[1], possible[0]];
    return { first: plainly(first, usual), second: plainly(second, usual) };
  }
  return { value: Number(value(possible[0])) };
};

/** The number with all its digits, and no more: 0.1 + 0.2 is 0.3. */
export const written = (given) => {
  const [digitsOf, exponent] = Number(given).toExponential(14).split("e");
  const sign = digitsOf.startsWith("-") ? "-" : "";
  const all = digitsOf.replace(/[-.]/g, "").replace(/0+$/, "");
  const places = Number(exponent) + 1;
  if (!all) return "0";
  if (places <= 0) return `${sign}0.${"0".repeat(-places)}${all}`;
  return sign + (all.length <= places ? all.padEnd(places, "0") : `${all.slice(0, places)}.${all.slice(places)}`);
};

/** A text without the one character that no database keeps, and that nobody sees. */
export const keepable = (text) => text.replaceAll("\0", "");

/** What was entered without the space around it, as the server keeps it. */
export const plain = (input, text) =>
  strip(input === "scan" ? text.replace(CONTROL, "") : text.split(LINES).join("\n"));

const NUMBER = /^[+-]?\d{1,15}(?:[.,]\d{1,9})?$/;
const DAYS = 86_400_000;
const day = (year, month, date) => {
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, date);
  const same = year >= 1 && at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === date;
  return same ? at.getTime() / DAYS : null;
};
const week = (year, number, weekday) => {
  const fourth = day(year, 1, 4); // always in the first week
  if (fourth === null || number < 1 || number > 53 || weekday < 1 || weekday > 7) return null;
  const of = (at) => (((at + 3) % 7) + 7) % 7; // 0: Monday
  const found = fourth - of(fourth) + 7 * (number - 1) + weekday - 1;
  if (number === 53) {
    const next = day(year + 1, 1, 4);
    if (next !== null && found - (weekday - 1) >= next - of(next)) return null;
  }
  return found;
};
const DATES = [
  [/^(\d{4})-(\d{2})-(\d{2})$/, day],
  [/^(\d{4})-W(\d{2})(?:-(\d))?$/, (year, number, weekday) => week(year, number, weekday || 1)],
];
const ORDINAL = day(1970, 1, 1) + 719_163; // of Python's date.toordinal

/** What can be more or less: `{number}`, `{day}` (as Python's ordinal), or null for anything else. */
export const amount = (given) => {
  if (typeof given === "number") return { number: given };
  const text = strip(given);
  const ascii = digits(text);
  if (NUMBER.test(ascii)) return { number: Number(ascii.replace(",", ".")) };
  for (const [pattern, read] of DATES) {
    const match = pattern.exec(text);
    if (match) {
      const found = read(...match.slice(1).map((part) => Number(part ?? 0)));
      return found === null ? null : { day: found + ORDINAL };
    }
  }
  return null;
};
