// What a phone shows of the step that is shown: heights, what stands over what, and what is too small to be hit.
() => {
  const step = document.querySelector(".hf-shown");
  const seen = (element) => element && element.checkVisibility({ opacityProperty: false }) && element.getBoundingClientRect().height > 1;
  const box = (element) => {
    const { top, bottom, left, right, height } = element.getBoundingClientRect();
    return { top: top + scrollY, bottom: bottom + scrollY, left, right, height };
  };
  const all = (selector, place = step) => [...place.querySelectorAll(selector)].filter(seen);
  const words = all(".hf-step-text, .hf-line")[0];
  const answers = all(
    ".hf-do > .input-group, .hf-do > .hf-scan, .hf-do > .form-control, .hf-do > fieldset, .hf-do > .hf-bring, .hf-extra"
  );
  const acts = all(".hf-do > .hf-big, .hf-else > .hf-why > summary");
  const over = [...document.querySelectorAll("body *")].filter((element) => {
    const { position } = getComputedStyle(element);
    return (position === "fixed" || position === "sticky") && seen(element);
  });
  const covered = []; // answers that something lies over, wherever they are scrolled to
  // The button of a step without an answer may lie over what stands below its words, until one scrolls to it.
  for (const answer of answers.filter(({ className }) => className !== "hf-extra" || !step.querySelector(".hf-do-check"))) {
    for (const block of ["start", "end"]) {
      answer.scrollIntoView({ block, behavior: "instant" });
      const { top, bottom, left, right } = answer.getBoundingClientRect();
      for (const y of [Math.max(top, 0) + 3, (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2, Math.min(bottom, innerHeight) - 3]) {
        const hit = document.elementFromPoint((left + right) / 2, y);
        if (!hit || !step.contains(hit) || hit.closest(".hf-big")) covered.push([answer.className, block, y, hit?.className]);
      }
    }
  }
  scrollTo({ top: 0, behavior: "instant" });
  const targets = all("button, summary, a:not(.hf-skip), label, input:not([type=radio], [type=file])", document)
    .filter((target) => !target.closest(".hf-step-text, .form-label") && !target.matches(".form-label, .hf-step-head"));
  return {
    head: box(document.querySelector(".hf-run-head")),
    bar: document.querySelector(".hf-bar").getBoundingClientRect().height,
    words: box(words),
    answers: answers.map(box),
    acts: acts.map(box),
    foot: box(document.querySelector(".hf-foot")),
    over: over.map((element) => element.className),
    covered,
    small: targets.filter((target) => target.getBoundingClientRect().height < 43.5).map((target) => target.outerHTML.slice(0, 120)),
    wide: document.documentElement.scrollWidth - screen.width,
    height: document.documentElement.scrollHeight,
    window: innerHeight,
    clocks: all(".hf-clock, .hf-badge--takes, .hf-left", document).length,
  };
}
