// A page says of which version it is, and hears of a newer or older server: then it is to be loaded anew, which loses
// nothing that was typed.
import { keepTyped } from "./typed.js";

const { version } = document.documentElement.dataset;
const notice = () => document.getElementById("other-version");

export const hear = (other) => {
  if (!other || other === version || !notice()) return;
  notice().hidden = false;
};

navigator.serviceWorker?.addEventListener("message", ({ data, ports }) => {
  if (data?.holdfast === "version?") ports[0].postMessage(version);
});
navigator.serviceWorker?.startMessages();
// What the page asks for by itself says it, too: a browser without workers has no other way.
document.addEventListener("holdfast:heard", ({ detail }) => hear(detail));
document.addEventListener("click", ({ target }) => {
  if (!target.closest("#other-version [data-reload]")) return;
  keepTyped();
  location.reload();
});
