// What somebody has typed on a page outlives its being loaded anew: it is kept in this tab, for the same person.
const KEPT = "holdfast.typed";
const who = () => document.documentElement.dataset.person;
const fields = () => document.querySelectorAll("main :is(textarea, input:not([type]), input[type=text], input[type=date])[id]");

export const typed = () => [...fields()].filter((field) => field.value !== field.defaultValue).map(({ id, value }) => [id, value]);

let where = location.pathname; // of the page that it is for
export const keepTyped = () => {
  const some = typed();
  if (some.length) sessionStorage.setItem(KEPT, JSON.stringify({ who: who(), where, typed: some }));
};

/** Goes on at another address of the very same page: what was typed goes with it. */
export const moveTyped = (address) => {
  where = new URL(address, location).pathname;
  keepTyped();
};

export const forgetTyped = () => sessionStorage.removeItem(KEPT);

const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
if (kept && (kept.who !== who() || kept.where === location.pathname)) {
  sessionStorage.removeItem(KEPT);
  for (const [id, value] of kept.who === who() ? kept.typed : []) {
    const field = document.getElementById(id);
    if (!field || field.value) continue;
    field.value = value;
    field.closest("details")?.setAttribute("open", "");
  }
}
