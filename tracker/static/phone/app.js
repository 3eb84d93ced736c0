// Makes Holdfast an application on this phone where the browser can: registers the worker, keeps what is needed
// without network, and says of a page that is kept how old it is. Other browsers go on without.
import { root } from "./root.js";
import "./versions.js";

const { person, kept } = document.documentElement.dataset;

const begin = async () => {
  await navigator.serviceWorker.register(`${root}service_worker.js`, { scope: root, type: "module" });
  await navigator.serviceWorker.ready;
  const { begin: keepUp } = await import("./keep.js");
  keepUp();
};

if (navigator.serviceWorker && globalThis.caches && person) {
  const may = (loading) => loading.catch(() => {}); // the page was left before it came, or goes on without
  const starts = () => document.querySelector("form[data-start], #today") && may(import("./start.js"));
  starts();
  document.addEventListener("htmx:after:swap", starts); // the end of a run offers the next one
  if (kept) may(import("./kept_page.js"));
  if (document.getElementById("today")) may(import("./today.js"));
  const start = () => begin().catch(() => {}); // a browser that knows no such workers, or keeps nothing
  if (document.readyState === "complete") start();
  else addEventListener("load", start);
}
