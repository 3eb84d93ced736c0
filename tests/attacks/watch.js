// Put into every page before its own scripts: notes what a page does that nobody has asked it to do.
window.attackNotes = [];
document.addEventListener("securitypolicyviolation", (event) => window.attackNotes.push(`policy: ${event.violatedDirective} ${event.blockedURI}`));
window.attackLook = () => {
  const IN = "[hx-ignore], .hf-inside > .md-typeset:not(.hf-recovery), article.md-content__inner"; // the second: what a step asks
  const found = [...window.attackNotes];
  if (window.ran !== undefined) found.push("a script ran");
  const outside = [];
  for (const e of document.querySelectorAll("*")) {
    const names = e.getAttributeNames();
    if (!e.closest(IN)) {
      const kept = names.filter((name) => !["class", "open", "style", "title", "aria-current"].includes(name)).sort();
      outside.push(`${e.localName} ${kept.join(" ")}`);
      continue;
    }
    if (/^(script|iframe|object|embed|form|base|meta|link|svg|math|select|textarea)$/.test(e.localName) && !e.matches(".hf-icon") && e.closest(".step, [hx-ignore]"))
      found.push(`<${e.localName}> in a document`);
    const said = e.matches(".hf-step-text") ? names.filter((name) => name !== "data-line") : names; // run/words.js: the line that the step has when folded
    for (const name of said.filter((n) => /^(on|hx-(?!ignore)|data-(?!number|md|clipboard|sop)|form|name$|srcdoc|ping|is$|slot)/.test(n)))
      found.push(`${name} in a document`);
    if (e.id && e.closest("[hx-ignore], .step") && !e.id.startsWith("sop:")) found.push(`the id ${e.id} in a document`);
  }
  return { found, outside };
};
// Whatever a page begins when it is opened has begun.
window.attackIdle = () => new Promise((done) => requestIdleCallback(() => requestIdleCallback(done)));
// Everything in a document is pressed, hovered and focused, as a reader's hand might.
window.attackTouch = () => {
  document.addEventListener("click", (event) => event.target.closest("a, summary, label") && event.preventDefault(), true);
  for (const e of document.querySelectorAll("[hx-ignore] *, .md-content .step *")) {
    for (const [kind, make] of [["mouseover", MouseEvent], ["click", MouseEvent], ["focusin", FocusEvent], ["input", Event], ["change", Event]])
      e.dispatchEvent(new make(kind, { bubbles: true, cancelable: true }));
  }
};
