// A step has one note and one row of photos: they go along with whichever of its forms is open, done, skipped or failed.
document.addEventListener("toggle", ({ target }) => {
  const actions = target.matches(".hf-else > .hf-why") && target.closest(".hf-actions");
  const done = actions && actions.querySelector(".hf-do");
  if (!done) return;
  actions.own ??= done.querySelector(".hf-extra");
  const open = actions.querySelector(".hf-else > .hf-why[open]") ?? done;
  const other = open.querySelector(".hf-extra");
  if (other === actions.own) return;
  const mark = document.createComment("");
  other.replaceWith(mark);
  actions.own.replaceWith(other);
  mark.replaceWith(actions.own);
}, true);
