// A run that is not the reader's any more is only read on a page that is open: what was typed stays to be copied, and
// nothing can be sent.
const root = document.documentElement;

export const isLost = () => "lost" in root.dataset;
/** Takes the page's acts away, also those of what was drawn since. */
export const freeze = () => {
  root.dataset.lost = "";
  const acts = [...document.querySelectorAll("main form button, #undo-line button")];
  for (const button of acts.filter((one) => !one.closest("#notice"))) button.disabled = true;
  for (const act of document.querySelectorAll(".hf-steps details:not([open]) > summary.btn")) act.hidden = true;
};
export const lose = () => {
  freeze();
  document.querySelector("[data-lost]")?.scrollIntoView({ block: "nearest" });
};
