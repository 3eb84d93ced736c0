// The site's search offers the tracker's hits for the same words.
const link = document.querySelector(".hf-elsewhere");
const box = document.querySelector(".md-search__input");
const follow = () => {
  const there = new URL(link.href);
  there.searchParams.set("q", box.value);
  link.href = there.href;
};
for (const moment of ["pointerover", "focus"]) link?.addEventListener(moment, follow);
