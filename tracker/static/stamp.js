// Stamps the forms of records that are sent one by one.
import { stamp } from "./phone/direct.js";

document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-stamp]")) stamp(event.target);
}, true);
