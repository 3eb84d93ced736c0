// Shows what was chosen before it is sent, one by one, each with a way to take it out again; and sends photos small:
// bad Wi-Fi carries 300 kB where the camera made 8 MB. A field for several keeps what was chosen before: cameras give
// one at a time. What this browser can't open goes as it is; the server looks at everything anyway.
const LONG_SIDE = 1600; // px
const LARGEST = 10_000_000; // bytes of one record, as on the server
const MOST = 8; // pieces of one record, as on the server
const chosen = new WeakMap(); // of a field: [{file, canvas}]

const drawn = async (file, label) => {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONG_SIDE / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = Object.assign(document.createElement("canvas"), { width, height, className: "hf-preview", role: "img", ariaLabel: label });
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, width, height);
  brush.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return canvas;
};

const shrunk = async (file, canvas) => {
  const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  if (!small || small.size >= file.size) return file;
  return new File([small], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
};

// The field holds what is shown, unless its form was sent already: sending again must send the very same.
const fill = (field) => {
  if (!field.form || field.form.dataset.stamped) return;
  const list = new DataTransfer();
  for (const { file } of chosen.get(field)) list.items.add(file);
  field.files = list.files;
};

const limits = (form) => {
  const fields = [...form.querySelectorAll("input[type=file][data-preview]")];
  const files = fields.flatMap((field) => [...field.files]);
  const size = files.reduce((sum, file) => sum + file.size, 0);
  for (const field of fields) {
    const many = files.length > MOST && field.dataset.tooMany;
    field.setCustomValidity(many ? many : field.files.length && size > LARGEST ? field.dataset.tooLarge : "");
  }
};

const row = (field, piece) => {
  const item = document.getElementById("piece").content.cloneNode(true).firstElementChild;
  for (const name of item.querySelectorAll("[data-name]")) name.textContent = piece.file.name;
  if (piece.canvas) item.querySelector("[data-name]").replaceChildren(piece.canvas);
  item.querySelector("[data-take-out]").addEventListener("click", () => {
    chosen.set(field, chosen.get(field).filter((other) => other !== piece));
    fill(field);
    show(field);
    field.focus();
  });
  return item;
};

const show = (field) => {
  const place = field.closest(".hf-add, .hf-bring");
  const list = place.querySelector(".hf-pieces") ?? place.appendChild(Object.assign(document.createElement("ul"), { className: "hf-pieces" }));
  list.replaceChildren(...chosen.get(field).map((piece) => row(field, piece)));
  limits(field.form);
};

const open = async (field, piece) => {
  if (!piece.file.type.startsWith("image/")) return;
  piece.canvas = await drawn(piece.file, field.dataset.preview).catch(() => null);
  if (piece.canvas && "shrink" in field.dataset) piece.file = await shrunk(piece.file, piece.canvas);
  if (!chosen.get(field).includes(piece) || !field.isConnected) return; // taken out, or another was chosen meanwhile
  fill(field);
  show(field);
};

document.addEventListener("change", ({ target: field }) => {
  if (!field.matches?.("input[type=file][data-preview]")) return;
  const more = [...field.files].map((file) => ({ file, canvas: null }));
  chosen.set(field, field.multiple ? [...(chosen.get(field) ?? []), ...more] : more);
  field.form.setAttribute("hx-config", '{"timeout": 120000}'); // it may take two minutes on bad Wi-Fi
  fill(field);
  show(field);
  more.forEach((piece) => open(field, piece));
});
