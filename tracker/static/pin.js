// A number pad with large keys under the field of a PIN; the keyboard goes on working.
const form = document.querySelector("[data-pin]");
const field = form.querySelector("#pin");
const pad = form.querySelector("template");
pad.replaceWith(pad.content.cloneNode(true));
if (matchMedia("(pointer: coarse)").matches) field.inputMode = "none"; // the pad is the keyboard
form.querySelector(".hf-keys").addEventListener("click", (event) => {
  const key = event.target.closest("button");
  if (!key) return;
  field.value = key.value ? (field.value + key.value).slice(0, field.maxLength) : field.value.slice(0, -1);
});
