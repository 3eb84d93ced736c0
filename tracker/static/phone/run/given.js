// What the page gives of its run: how its steps are judged and drawn, and what to do when one fails.
export const given = JSON.parse(document.getElementById("run-definition").textContent);
export const byKey = new Map(given.steps.map((step) => [step.key, step]));
export const recoveries = new Map(
  [...document.querySelectorAll("template[data-recovery]")].map((one) => [one.dataset.recovery, one.innerHTML]));
export const live = document.querySelector("[data-live]");

// A run that was started on this phone is named by its ref, until it has a number.
export const ref = given.ref || decodeURIComponent(/\/runs\/ref\/([^/]+)$/.exec(location.pathname)?.[1] ?? "") || null;
export const names = { run: given.run || null, ref };
