// The board without leaving it: filters hold at once, a run opens beside the list, what is done there leads back
// to the list. Each address is also a page of its own; here its parts are put in the places of those that stand.
const form = document.getElementById("board-filter");
const PAUSE = 300; // ms after the last letter
let [timer, asked] = [0, 0];

const panel = () => document.getElementById("board-panel");
const rows = () => [...document.querySelectorAll("[data-row]")];
const isField = (place) => place.matches("input, select, textarea");

// Puts the parts of another page of the board here; `also` are those that hold what somebody fills in.
const put = (text, also = []) => {
  const page = new DOMParser().parseFromString(text, "text/html");
  const parts = [...document.querySelectorAll("[data-region]")].map((old) => [old, page.getElementById(old.id)]);
  if (!page.querySelector(".hf-board-page")) return page;
  for (const [old, fresh] of [...parts, ...also.map((id) => [document.getElementById(id), page.getElementById(id)])])
    if (old && fresh) old.replaceWith(fresh);
  const [live, next] = [document, page].map((one) => one.querySelector("[data-live]"));
  if (live && next) Object.assign(live.dataset, { live: next.dataset.live, seen: next.dataset.seen });
  document.dispatchEvent(new CustomEvent("holdfast:board"));
  return null;
};

// Leaves the page where it must: signed out, another page than the board, no answer.
const go = async (address, { keep = "push", also = [], ...request } = {}) => {
  asked += 1;
  const mine = asked;
  document.dispatchEvent(new Event("holdfast:asking"));
  const answer = await fetch(address, { ...request, headers: { Accept: "text/html" } }).catch(() => null);
  document.dispatchEvent(new Event("holdfast:answered"));
  if (mine !== asked) return; // something newer was asked for meanwhile
  if (!answer) return request.method ? tell(null) : location.assign(address);
  const text = await answer.text();
  if (mine !== asked) return;
  if (!answer.ok) return request.method ? tell(text) : location.assign(address);
  if (put(text, also)) return document.location.assign(answer.url);
  if (keep) history[`${keep}State`](null, "", request.method ? answer.url : address);
};

// Why an act was refused, beside the form that has asked for it.
const tell = (text) => {
  const page = new DOMParser().parseFromString(text ?? "", "text/html");
  const why = page.querySelector("main h1, main .hf-problem")?.textContent.trim();
  const place = document.getElementById("board-told");
  const line = Object.assign(document.createElement("p"), { className: "hf-problem", role: "alert" });
  line.textContent = why || panel().dataset.lost;
  place.replaceChildren(line);
  line.scrollIntoView({ block: "nearest" });
};

// Filters: what is chosen holds at once, what is typed after a short pause. The field keeps the focus.
const filtered = () => {
  const given = [...new FormData(form)].filter(([, value]) => value !== "");
  const query = new URLSearchParams(given);
  return `${form.action}${given.length ? `?${query}` : ""}`;
};
const filter = () => {
  clearTimeout(timer);
  go(filtered(), { keep: "replace" });
};
form.addEventListener("change", filter);
form.addEventListener("input", ({ target }) => {
  if (target.matches("select")) return;
  clearTimeout(timer);
  timer = setTimeout(filter, PAUSE);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  filter();
});
form.querySelector("[data-show]").hidden = true;
const wide = matchMedia("(min-width: 64rem)");
const unfold = () => {
  form.closest("details").open = wide.matches;
};
wide.addEventListener("change", unfold);
unfold();

// The panel: it opens beside the list, has the focus, and gives it back to the row that it came from.
const open = async (link) => {
  await go(link.href);
  panel().querySelector("h2, .hf-problem")?.focus({ preventScroll: true });
  panel().parentElement.scrollTop = 0;
};
const close = async () => {
  const link = panel().querySelector("[data-close]");
  if (!link) return;
  const row = document.querySelector("[data-row][aria-current]")?.id;
  await go(link.href);
  (document.getElementById(row) ?? rows()[0])?.focus();
};
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-row], [data-close], [data-next]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.matches("[data-close]")) close();
  else open(link);
});
document.addEventListener("submit", async (event) => {
  const { target, submitter } = event;
  if (event.defaultPrevented || !target.closest("#board-panel")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(target, submitter));
  await go(submitter?.getAttribute("formaction") ?? target.action, { method: "POST", body, keep: "replace" });
  panel().querySelector("[data-next], h2")?.focus({ preventScroll: true });
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !panel().hidden && !document.querySelector("dialog[open]")) return close();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = event.target.closest("tr")?.querySelector("[data-row]");
  if (!step || !row || (isField(event.target) && event.target.type !== "checkbox")) return undefined;
  const next = rows()[rows().indexOf(row) + step];
  if (!next) return undefined;
  event.preventDefault();
  return next.focus();
});

// What others do brings another panel of the same run: what was open in it stays open, and the focus where it was.
const places = () => [...panel().querySelectorAll("a, button, summary, h2")];
let before = null;
document.addEventListener("htmx:before:swap", () => {
  const open = [...panel().querySelectorAll("details")].map((part) => part.open);
  before = { panel: panel(), open, at: places().indexOf(document.activeElement) };
});
document.addEventListener("htmx:after:swap", () => {
  if (!before || before.panel === panel()) return;
  [...panel().querySelectorAll("details")].forEach((part, n) => (part.open ||= before.open[n] ?? false));
  if (before.at >= 0) places()[before.at]?.focus({ preventScroll: true });
  before = null;
});
addEventListener("popstate", () => go(location.href, { keep: "", also: ["board-filter"] }));
