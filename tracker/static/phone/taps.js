// One tap is one tick. A finger that taps twice meets the next step's button where the last one was: what it presses
// before that step has stood for half a second, or was pressing then still, does nothing. Keys tick as they are pressed,
// but a key that is held down ticks once. And a choice is made by one tap, where nothing else is asked.
const QUIET = 500; // ms that a new step stands before a finger can act on it
const HERE = ".hf-steps, #end, .hf-turn"; // where a next button may come to stand
const root = document.documentElement;
let [until, timer, turn] = [0, 0, 0]; // by the clock of events; how often it was quiet
let pressed = -1; // when the last finger came down, -1: a key since

// The half second begins once the frame is painted that shows the step: on a slow phone that takes a while, in which
// a finger still sees the step before.
const quiet = () => {
  const mine = (turn += 1);
  until = Infinity;
  root.dataset.quiet = "";
  clearTimeout(timer);
  requestAnimationFrame(() => setTimeout(() => mine === turn && stands()));
};
const stands = () => {
  until = performance.now() + QUIET;
  timer = setTimeout(() => delete root.dataset.quiet, QUIET);
};
const byFinger = (event) => pressed >= 0 && (event.detail > 0 || event.pointerType);

addEventListener("pointerdown", ({ timeStamp }) => { pressed = timeStamp; }, true);
addEventListener("keydown", (event) => {
  pressed = -1;
  const acts = event.key === "Enter" || event.key === " ";
  if (event.repeat && acts && event.target.closest(HERE) && !event.target.matches("textarea")) event.preventDefault();
}, true);

addEventListener("click", (event) => {
  if (!byFinger(event) || !event.target.closest(HERE)) return;
  if (event.timeStamp < until || pressed < until) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else if (event.target.closest("[data-read]")) quiet(); // the button below it comes to stand in its place
}, true);

// A record is made: from now on, and once more from when its answer stands there.
const acting = (form) => form?.matches?.("form[data-stamp]");
addEventListener("submit", (event) => {
  if (acting(event.target) && pressed >= 0) quiet();
}, true);
let own = false;
document.addEventListener("htmx:before:swap", ({ target }) => { own = acting(target); });
document.addEventListener("htmx:after:swap", () => {
  if (own && pressed >= 0) quiet();
  own = false;
});

// Of few options the one that is tapped is the answer, unless a note or a photo goes with it: then Done sends all of it.
let sending = 0;
const alone = (form) => !form.querySelector(".hf-note[open], .hf-piece");
document.addEventListener("click", (event) => {
  const label = event.target.closest("[data-at-once] label");
  const form = label?.closest("form.hf-do");
  if (!form || sending || !byFinger(event) || !alone(form)) return;
  sending = setTimeout(() => { // once the browser has set it, and after the second click that a label makes
    sending = 0;
    if (form.isConnected && label.querySelector("input").checked) form.requestSubmit(form.querySelector(".hf-big"));
  });
});
