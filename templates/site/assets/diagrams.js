// Puts a picture above each diagram that is written as text, and folds the text. It is drawn in a frame of its own.
const words = document.getElementById("hf-diagram").dataset;
const texts = [...document.querySelectorAll(".md-content .language-mermaid.highlight")];
const frame = document.createElement("iframe");

const show = (n, svg) => {
  const picture = document.createElement("img");
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  picture.alt = words.alt;
  const paper = document.createElement("div");
  paper.className = "hf-drawn";
  paper.tabIndex = 0; // so that a wide one can be scrolled with the keys
  paper.append(picture);
  const fold = document.createElement("details");
  fold.className = "hf-drawn-text";
  const summary = document.createElement("summary");
  summary.textContent = words.text;
  texts[n].replaceWith(paper, fold);
  fold.append(summary, texts[n]);
};

addEventListener("message", ({ data, source, origin }) => {
  if (origin === location.origin && source === frame.contentWindow) show(data.n, data.svg);
});
frame.className = "hf-drawing";
frame.setAttribute("aria-hidden", "true");
frame.tabIndex = -1;
frame.src = new URL("diagram.html", import.meta.url);
frame.addEventListener("load", () => {
  const written = texts.map((text) => text.querySelector("code").textContent);
  frame.contentWindow.postMessage(written, location.origin);
});
document.body.append(frame);
