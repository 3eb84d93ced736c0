// How long the step to do is at hand already, beside how long it usually takes: quiet, every few seconds.
const EVERY = 5; // s
const began = new WeakMap();
const said = (seconds) => (seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min`);
const look = () => {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    if (!began.has(clock)) began.set(clock, Date.now() - 1000 * clock.dataset.elapsed);
    const elapsed = Math.round((Date.now() - began.get(clock)) / 1000 / EVERY) * EVERY;
    clock.querySelector("[data-time]").textContent = said(elapsed);
    clock.querySelector("[data-longer]").hidden = elapsed <= Number(clock.dataset.clock);
    clock.hidden = false;
  }
};
look();
setInterval(look, EVERY * 1000);
document.addEventListener("htmx:after:swap", look);
