// On the page for what is not kept: what is.
import { root } from "./root.js";
import { contents, person } from "./shelves.js";

const KINDS = [["run", /^runs\/\d+$/], ["start", /^start\/[^/]+$/], ["sop", /^docs\/.*\/$/]];
const place = document.getElementById("on-this-phone");
const pages = (await contents(await person())).filter(({ html, title }) => html && title);
for (const [kind, shape] of KINDS) {
  const part = place.querySelector(`[data-kind=${kind}]`);
  const some = pages.filter(({ key }) => shape.test(key)).sort((a, b) => a.title.localeCompare(b.title));
  for (const { key, title } of some) {
    const link = Object.assign(document.createElement("a"), { href: root + key, textContent: title });
    const item = document.createElement("li");
    item.append(link);
    part.querySelector("ul").append(item);
  }
  part.hidden = !some.length;
  if (some.length) place.hidden = false;
}
