// Before anything is drawn: a phone shows one step at a time, unless the person has asked for the whole list.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("holdfast.steps"); } catch {}
  document.documentElement.dataset.steps = chosen ?? "one";
})();
