// A box to sign in with finger, pen or mouse. Without it, or instead, the name is typed.
const pad = (sign) => {
  sign.dataset.signReady = "";
  sign.prepend(sign.querySelector("template").content.cloneNode(true));
  const canvas = sign.querySelector("canvas");
  const [drawing, name] = [sign.querySelector("[name=signature]"), sign.querySelector("[name=value]")];
  const pen = Object.assign(canvas.getContext("2d"), { lineWidth: 6, lineCap: "round", lineJoin: "round" });
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
  };
  const keep = (inked) => {
    const list = new DataTransfer();
    if (inked) {
      const bytes = Uint8Array.from(atob(canvas.toDataURL("image/png").split(",")[1]), (c) => c.charCodeAt(0));
      list.items.add(new File([bytes], "signature.png", { type: "image/png" }));
    }
    drawing.files = list.files;
    name.required = !inked;
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
    pen.lineTo(...at(event));
    pen.stroke();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return;
    for (const point of event.getCoalescedEvents?.() ?? [event]) pen.lineTo(...at(point));
    pen.stroke();
  });
  canvas.addEventListener("lostpointercapture", () => keep(true));
  sign.querySelector("button").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    keep(false);
  });
};
const pads = () => document.querySelectorAll("[data-sign]:not([data-sign-ready])").forEach(pad);
pads();
document.addEventListener("htmx:after:swap", pads);
