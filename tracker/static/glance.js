// On the page of an SOP: how it goes right now, and which of its steps are weak.
const EVERY = 15_000; // ms
let [page, seen, timer] = [null, "", 0];

// Where a step's badges stand; made after its own words where it has none.
const badges = (step) => {
  const heading = /^H\d$/.test(step.tagName);
  const there = heading ? step.nextElementSibling : step.querySelector(":scope > .hf-badges");
  if (there?.matches(".hf-badges")) return there;
  const row = Object.assign(document.createElement("p"), { className: "hf-badges" });
  const block = [...step.children].find((child) => child.matches("p, ol, ul, dl, div, details, pre, table"));
  if (heading) step.after(row);
  else if (block?.matches("p") && block === step.firstElementChild) block.after(row);
  else step.insertBefore(row, block ?? null);
  return row;
};

const show = (html) => {
  const answer = Object.assign(document.createElement("template"), { innerHTML: html }).content;
  document.querySelectorAll(".hf-glance, .hf-weak").forEach((old) => old.remove());
  page.querySelector(".hf-go").after(answer.querySelector(".hf-glance"));
  const owner = answer.querySelector("template[data-owner]");
  if (owner) page.querySelector(".hf-owner").textContent = owner.content.textContent;
  for (const mark of answer.querySelectorAll("template[data-step]")) {
    const step = document.getElementById(mark.dataset.step);
    if (step) badges(step).append(mark.content);
  }
};

const ask = async () => {
  clearTimeout(timer);
  if (!page?.isConnected || document.hidden) return;
  const asked = page;
  const headers = { Accept: "text/html", "Holdfast-By-Itself": "1", ...(seen && { "If-None-Match": seen }) };
  const place = new URL(`../../live/sops/${encodeURIComponent(asked.dataset.sop)}`, import.meta.url);
  const answer = await fetch(place, { headers, redirect: "manual" }).catch(() => null);
  if (asked !== page || answer?.type === "opaqueredirect") return; // another page by now, or signed out
  if (answer?.ok) {
    seen = answer.headers.get("ETag") ?? "";
    show(await answer.text());
  }
  timer = setTimeout(ask, EVERY);
};

// The bar has the entries that it has on every other page of the tracker, for whoever is signed in.
const fillBar = async () => {
  const answer = await fetch(new URL("../../live/bar", import.meta.url), { headers: { Accept: "text/html", "Holdfast-By-Itself": "1" }, redirect: "manual" }).catch(() => null);
  if (!answer?.ok) return;
  const entries = Object.assign(document.createElement("template"), { innerHTML: await answer.text() }).content;
  const links = [...entries.querySelectorAll("a")].map((entry) => {
    const here = entry.getAttribute("aria-current");
    const className = `hf-bar__link${here ? " hf-bar__link--here" : ""}`;
    const address = entry.getAttribute("href");
    return Object.assign(document.createElement("a"), { className, href: address, textContent: entry.textContent.trim() });
  });
  document.querySelector(".hf-bar__links")?.replaceChildren(...links);
};
fillBar();

const begin = () => {
  [page, seen] = [document.querySelector("header.hf-sop[data-sop]"), ""];
  ask();
};
document.addEventListener("visibilitychange", ask);
if (document.documentElement.dataset.kept) import("./kept_page.js"); // without network; the site has it beside this
if (window.document$) window.document$.subscribe(begin); // also with navigation.instant: each page as it comes
else begin();
