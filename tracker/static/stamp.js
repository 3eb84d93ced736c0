// Says with each record which device made it, as its how-manieth, and when. Without it the server's time counts.
const read = (name) => {
  try { return localStorage.getItem(name); } catch { return null; }
};
const keep = (name, value) => {
  try { localStorage.setItem(name, value); } catch {}
};
const device = () => {
  let id = read("holdfast.device");
  if (!id) {
    id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
    keep("holdfast.device", id);
  }
  return id;
};
const next = () => {
  const seq = Number(read("holdfast.seq") ?? 0) + 1;
  keep("holdfast.seq", String(seq));
  return seq;
};
const stamp = (form) => {
  if (form.dataset.stamped) return; // a second tap sends the very same record again
  form.dataset.stamped = "1";
  const add = (name, value) => {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    form.append(field);
  };
  add("device_id", device());
  add("device_seq", next());
  add("device_at", new Date().toISOString());
};
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-stamp]")) stamp(event.target);
}, true);
