// Shows a chosen photo before it is sent, and sends it small: bad Wi-Fi carries 300 kB where the camera made 8 MB.
// What this browser can't open goes as it is; the server looks at everything anyway.
const LONG_SIDE = 1600; // px
const LARGEST = 10_000_000; // bytes, as on the server

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

const shrink = async (field, file, canvas) => {
  const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  const sent = field.form.dataset.stamped; // sending again must send the very same
  if (!small || small.size >= file.size || sent || field.files[0] !== file) return;
  const list = new DataTransfer();
  list.items.add(new File([small], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }));
  field.files = list.files;
};

document.addEventListener("change", async (event) => {
  const field = event.target;
  if (!field.matches?.("input[type=file][data-preview]")) return;
  const file = field.files[0];
  const old = field.parentElement.querySelector("canvas");
  field.setCustomValidity("");
  const canvas = file?.type.startsWith("image/") ? await drawn(file, field.dataset.preview).catch(() => null) : null;
  if (field.files[0] !== file) return; // another was chosen meanwhile
  old?.remove();
  if (canvas) field.after(canvas);
  if (canvas && "shrink" in field.dataset) await shrink(field, file, canvas);
  if (field.files[0]?.size > LARGEST) field.setCustomValidity(field.dataset.tooLarge);
});
