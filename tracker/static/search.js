// "/" goes to the search box from anywhere; arrows go through the hits, and the page of hits follows what is typed.
const box = document.getElementById("search");
const PAUSE = 200; // ms without another key, before the server is asked

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const writing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !writing && box) {
    event.preventDefault();
    box.select();
    box.focus();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const hits = [...document.querySelectorAll("#hits [data-hit]")];
  const at = hits.indexOf(document.activeElement);
  if (!step || !hits.length || (at < 0 && writing !== box)) return;
  event.preventDefault();
  (hits[at + step] ?? (at + step < 0 ? box : hits[at])).focus(); // before the first is the box
});

const shown = document.getElementById("hits");
let typed;
const follow = async (query) => {
  const address = `${box.form.action}?${new URLSearchParams({ q: query })}`;
  const answer = await fetch(address).catch(() => null);
  if (!answer?.ok || box.value !== query) return; // Enter asks again, and says what is wrong
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (box.value !== query || !page.getElementById("hits")) return;
  shown.replaceChildren(...page.getElementById("hits").childNodes);
  document.getElementById("found").textContent = page.getElementById("found").textContent.trim(); // read aloud
  document.title = page.title;
  history.replaceState(null, "", address);
};
if (shown && box) {
  box.addEventListener("input", () => {
    clearTimeout(typed);
    typed = setTimeout(follow, PAUSE, box.value);
  });
}
