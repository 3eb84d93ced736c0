// Draws the diagrams of the page around this one, and hands them back as pictures. Their styles stay in here.
mermaid.initialize({
  startOnLoad: false,
  securityLevel: "strict",
  theme: "neutral",
  htmlLabels: false,
  flowchart: { htmlLabels: false, useMaxWidth: false },
});

const picture = async (text, n) => {
  const holder = document.createElement("div");
  holder.innerHTML = (await mermaid.render(`diagram-${n}`, text)).svg;
  const svg = holder.querySelector("svg");
  const { width, height } = svg.viewBox.baseVal;
  svg.setAttribute("width", Math.ceil(width));
  svg.setAttribute("height", Math.ceil(height));
  svg.style.maxWidth = "";
  return new XMLSerializer().serializeToString(svg);
};

addEventListener("message", async ({ data, source, origin }) => {
  if (origin !== location.origin) return;
  for (const [n, text] of data.entries()) {
    try {
      source.postMessage({ n, svg: await picture(text, n) }, origin);
    } catch { // what can't be drawn stays as it is written
    }
  }
});
