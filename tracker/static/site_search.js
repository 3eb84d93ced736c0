// The site's search box asks the tracker, where the tracker serves the site; without an answer the theme's own
// hits are shown. Also offers the tracker's page of hits, which has runs too, for the same words.
const PAUSE = 150; // ms without another key, before the tracker is asked
const box = document.querySelector(".md-search__input");
const result = document.querySelector(".md-search-result");
const link = document.querySelector(".hf-elsewhere");
const shown = document.createElement("div");
let [timer, asked] = [0, null];

const make = (name, className, ...inside) => {
  const made = Object.assign(document.createElement(name), { className });
  made.append(...inside);
  return made;
};
const marked = (parts) => parts.map(([text, mark]) => (mark ? make("mark", "", text) : text));

const hit = ({ address, title, text, is_sop: isSop }) => {
  const words = make("article", "md-search-result__article md-typeset");
  words.append(make("h1", "", ...marked(title)));
  if (text.length) words.append(make("p", "", ...marked(text)));
  const leading = make("a", "md-search-result__link", words);
  leading.href = address;
  return make("li", isSop ? "md-search-result__item" : "md-search-result__item hf-answers__page", leading);
};

const show = (hits) => {
  const list = make("ol", "md-search-result__list", ...hits.map(hit));
  shown.replaceChildren(hits.length ? list : make("div", "md-search-result__meta", link.dataset.none));
  result.classList.add("hf-answered");
};
const hide = () => {
  shown.replaceChildren();
  result.classList.remove("hf-answered");
};

const ask = async () => {
  asked?.abort();
  const query = box.value.trim();
  if (!query) return hide();
  asked = new AbortController();
  const place = new URL(`../../search/site?${new URLSearchParams({ q: query })}`, import.meta.url);
  const options = { headers: { Accept: "application/json" }, redirect: "manual", signal: asked.signal };
  try {
    const answer = await fetch(place, options);
    if (!answer.ok) return hide(); // signed out, or no tracker here: the theme's own hits
    const { hits } = await answer.json();
    if (box.value.trim() === query) show(hits);
  } catch (error) {
    if (error.name !== "AbortError") hide();
  }
};

// The theme's keys go through its own hits; these go through ours, while they are shown.
const walk = (event) => {
  const links = [...shown.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  if (!links.length || event.isComposing || (at < 0 && document.activeElement !== box)) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) (links[at + step] ?? (at + step < 0 ? box : links[at])).focus();
  else if (event.key === "Enter" && at < 0) links[0].click();
  else return;
  event.preventDefault();
  event.stopPropagation();
};

const follow = () => {
  const there = new URL(link.href);
  there.searchParams.set("q", box.value);
  link.href = there.href;
};

if (box && result && link) {
  shown.className = "hf-answers";
  shown.setAttribute("aria-live", "polite");
  result.append(shown);
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  box.form.addEventListener("reset", hide);
  window.addEventListener("keydown", walk, true);
  for (const moment of ["pointerover", "focus"]) link.addEventListener(moment, follow);
  const given = new URLSearchParams(location.search).get("q");
  if (given) setTimeout(ask, PAUSE); // the theme has put it into the box by then
}
