// On a phone one step at a time, large; the others a swipe or a tap away, the whole list too.
// The same elements as in the list: which of them is shown is a class, and the look is in the style sheet.
const root = document.documentElement;
const narrow = matchMedia("(max-width: 40rem)");
const parent = document.getElementById("parent");
const list = document.querySelector(".hf-steps");
const rest = document.querySelector(".hf-rest");
const next = document.querySelector("[data-turn='1']");
const back = document.querySelector("[data-turn='-1']");
const FAR = 60; // px: what counts as a swipe
const KEYBOARD = 100; // px: what covers more of the page is one
let shown = null; // an id

const one = () => narrow.matches && root.dataset.steps === "one";
const steps = () => [...document.querySelectorAll(".hf-step")];
const idle = (step) => step.querySelector(".hf-only") && !step.matches(".hf-current, [class*=hf-is-], .hf-shown");
const depth = (step) => Number(/hf-depth-(\d)/.exec(step.className)?.[1] ?? 1);
const name = (step) => {
  const words = (step.querySelector(".hf-line") ?? step.querySelector(".hf-step-text")).cloneNode(true);
  for (const other of words.querySelectorAll("small, .hf-badges, table, pre, ul, ol, .admonition, details")) other.remove();
  return (words.querySelector("p") ?? words).textContent.trim();
};
// The steps are beside each other, with headings between them; behind the last one is the end.
const nearest = (at, by, fits) => {
  const way = by > 0 ? "nextElementSibling" : "previousElementSibling";
  let other = at[way];
  while (other && !(other.matches(".hf-step") && fits(other))) other = other[way];
  return other;
};
const beside = (by) => {
  const [at, end] = [document.getElementById(shown), document.getElementById("end")];
  if (at === end) return by > 0 ? undefined : steps().findLast((step) => !idle(step));
  return nearest(at, by, (step) => !idle(step)) ?? (by > 0 ? end : undefined);
};

// The headings that a step stands under, from the outermost to the nearest.
const headings = (step) => {
  const names = [];
  let nearest = Infinity;
  for (let other = step.previousElementSibling; other; other = other.previousElementSibling) {
    const over = Number(other.dataset.over);
    if (over < nearest) {
      names.unshift(other.textContent.trim());
      nearest = over;
    }
  }
  return names;
};

// What is above and what is next, read from the list itself.
const say = () => {
  const step = document.getElementById(shown);
  const deep = step.matches(".hf-step") ? depth(step) : 1;
  const above = deep > 1 && nearest(step, -1, (other) => depth(other) < deep);
  const over = step.matches(".hf-step") ? [...headings(step), ...(above ? [name(above)] : [])] : [];
  parent.hidden = !over.length;
  parent.querySelector("span").textContent = over.join(" › ");
  const after = beside(1);
  next.hidden = !after;
  const words = next.querySelector("[data-name]");
  words.textContent = !after ? "" : after.id === "end" ? words.dataset.end : name(after);
  next.classList.toggle("hf-go", Boolean(step.matches(".hf-is-done:not(.hf-current)")));
  back.disabled = !beside(-1);
  root.toggleAttribute("data-at-end", shown === "end");
};
// How much of the window a keyboard covers, where it does not make the window smaller: the page ends above it.
const measure = () => {
  if (!one()) return; // the whole page would be styled anew
  const view = globalThis.visualViewport;
  const covered = view && view.scale === 1 ? innerHeight - view.height - view.offsetTop : 0;
  root.style.setProperty("--keyboard", `${covered > KEYBOARD ? Math.round(covered) : 0}px`);
};

const show = (step, from = "") => {
  for (const other of [...document.getElementsByClassName("hf-shown")]) {
    if (other !== step) other.classList.remove("hf-shown");
    other.classList.remove("hf-from-left", "hf-from-right");
  }
  step.classList.add("hf-shown");
  root.dataset.shown = "";
  if (from) step.classList.add(`hf-from-${from}`);
  shown = step.id;
  const fold = step.querySelector(":scope > details");
  if (fold && !fold.open && one()) {
    fold.open = true;
    fold.dataset.turned = "";
  }
  say();
};
const turn = (by) => {
  const step = beside(by);
  if (!step) return;
  show(step, by > 0 ? "right" : "left");
  document.getElementById("message")?.replaceChildren(); // it was said of the step before
  scrollTo({ top: 0, behavior: "instant" });
  step.focus({ preventScroll: true });
};
// Said on the root, because `:has` there would make the browser style the whole page anew whenever a row is drawn.
const opens = () => root.toggleAttribute("data-rest", rest.open);
rest.addEventListener("toggle", opens);
const toDo = () => list.getElementsByClassName("hf-current")[0] ?? document.getElementById("end");

// After one's own record the next step comes, unless there is something to read; others' acts turn no page.
let own = null;
document.addEventListener("htmx:before:swap", ({ target, detail: { ctx } }) => {
  const refused = ctx?.response && !(ctx.response.status < 400); // it stays where the person is, with what they wrote
  const kept = !refused && target.matches?.("form") && target.querySelector("[name=kind]")?.value !== "undone";
  own = kept ? target.closest(".hf-step")?.id : null;
});
document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (detail?.first && !location.hash) shown = toDo().id; // what was done here is drawn for the first time
  const same = own && document.getElementById(own);
  const unread = same?.querySelector(".hf-recovery") && same.querySelector("[data-read]");
  if (unread) same.classList.add("hf-unread");
  const goes = same && own === shown && !unread && same.matches("[class*=hf-is-]");
  show(goes ? toDo() : document.getElementById(shown) ?? toDo(), goes ? "right" : "");
  if (goes && one() && scrollY) scrollTo({ top: 0, behavior: "instant" });
  if (goes && location.hash) history.replaceState(history.state, "", location.pathname + location.search); // it led to that step
  own = null;
});

// What was taken back, or could not be kept after all, is to be done anew: it is shown again.
const again = ({ detail: { step } }) => {
  const row = one() && document.querySelector(`.hf-step[data-step="${CSS.escape(step)}"]`);
  if (row) show(row, "left");
};
document.addEventListener("holdfast:acted", (event) => event.detail.outcome === "undone" && again(event));
document.addEventListener("holdfast:withdrawn", again);

document.addEventListener("click", (event) => {
  const way = event.target.closest("[data-turn]");
  if (way) turn(Number(way.dataset.turn));
  const read = event.target.closest("[data-read]")?.closest(".hf-step");
  if (read) {
    read.classList.remove("hf-unread");
    const first = read.querySelector(".hf-do [name=value]:not([type=hidden]), .hf-do .hf-big") ?? read;
    first.focus({ preventScroll: true });
    first.scrollIntoView({ block: "nearest", behavior: "instant" });
  }
  if (event.target.closest("[data-whole-list]")) {
    root.dataset.steps = root.dataset.steps === "one" ? "list" : "one";
    try { localStorage.setItem("holdfast.steps", root.dataset.steps); } catch {}
    label();
    for (const fold of document.querySelectorAll("[data-turned]")) fold.open = false;
    show(one() ? toDo() : document.getElementById(shown));
    if (!one()) document.getElementById(shown).scrollIntoView({ block: "center", behavior: "instant" });
  }
  if (one() && event.target.closest(".hf-step > details > summary")) event.preventDefault(); // there is nothing to fold
  const place = event.target.closest("a[href^='#step-']");
  if (one() && place) show(document.querySelector(place.getAttribute("href")) ?? toDo());
});

// A touch ends at the element where it began, also where that is drawn anew meanwhile and stands on the page no more.
let over = new AbortController();
document.addEventListener("touchstart", ({ touches, target, timeStamp }) => {
  over.abort(); // two fingers are no swipe
  const taken = target.closest("input, textarea, select, canvas, dialog, table, pre, .hf-foot, .hf-bar");
  if (!one() || touches.length !== 1 || taken) return;
  const { clientX, clientY } = touches[0];
  over = new AbortController();
  const options = { passive: true, signal: over.signal };
  const ended = ({ changedTouches: [at], timeStamp: now }) => {
    over.abort();
    const [x, y] = [at.clientX - clientX, at.clientY - clientY];
    if (now - timeStamp <= 700 && Math.abs(x) > FAR && Math.abs(y) < Math.abs(x) / 2) turn(x < 0 ? 1 : -1);
  };
  target.addEventListener("touchend", ended, options);
  target.addEventListener("touchcancel", () => over.abort(), options);
}, { passive: true });

const label = () => {
  const button = document.querySelector("[data-whole-list]");
  button.querySelector("span").textContent = root.dataset.steps === "one" ? button.dataset.list : button.dataset.one;
};

label();
opens();
show(document.getElementById(location.hash.slice(1))?.closest(".hf-step") ?? toDo());
narrow.addEventListener("change", () => {
  show(document.getElementById(shown) ?? toDo());
  measure();
});
globalThis.visualViewport?.addEventListener("resize", measure);
