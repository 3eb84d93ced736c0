// For a form that is sent without the device's store: says which device made it, as its how-manieth, when, and what
// the device's clock says as it is sent, so that how long it waited is true however wrong the clock is.
import { newName } from "./ids.js";

const read = (name) => {
  try { return localStorage.getItem(name); } catch { return null; }
};
const keep = (name, value) => {
  try { localStorage.setItem(name, value); } catch {}
};
const device = () => {
  let id = read("holdfast.device");
  if (!id) {
    id = newName();
    keep("holdfast.device", id);
  }
  return id;
};
const last = () => Number(read("holdfast.seq") ?? 0);
const put = (form, name, value) => {
  let field = form.querySelector(`input[name="${name}"]`);
  if (!field) form.append(field = Object.assign(document.createElement("input"), { type: "hidden", name }));
  field.value = value;
};
const clock = () => new Date().toISOString();
export const stamp = (form) => {
  if (!form.dataset.stamped) { // a second tap sends the very same record again
    form.dataset.stamped = String(last() + 1);
    keep("holdfast.seq", form.dataset.stamped);
    put(form, "device_id", device());
    put(form, "device_seq", form.dataset.stamped);
    put(form, "device_at", clock());
  }
  put(form, "device_now", clock());
};
// Sends a form at once, as it goes without the device's store: nothing can be kept on this phone.
export const direct = (form, submitter) => {
  if (form.matches("[data-stamp]")) stamp(form);
  if (!form.isConnected) document.body.append(form); // its row was drawn anew meanwhile
  htmx.process(form); // its row may have been drawn here: a page that is left by sending it could not say that it failed
  form.dataset.direct = "";
  form.requestSubmit(submitter ?? undefined);
  delete form.dataset.direct;
};
// A record that was refused was not made: the next press of the form makes one anew, and nobody misses its number.
const refused = (form) => {
  if (!form.dataset.stamped) return;
  if (last() === Number(form.dataset.stamped)) keep("holdfast.seq", String(last() - 1));
  delete form.dataset.stamped;
};
document.addEventListener("htmx:response:error", ({ target, detail: { ctx } }) => {
  const form = target.closest?.("form[data-stamp]") ?? ctx.sourceElement?.closest?.("form[data-stamp]");
  const judged = [403, 409, 413, 422].includes(ctx.response?.status) && ctx.text?.includes('id="message"');
  if (form && judged) refused(form);
});
// Somebody came back to a page that was left by sending a form without htmx: what it says of the time is old.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-stamped]").forEach((form) => delete form.dataset.stamped);
});
