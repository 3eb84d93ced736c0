// Reads a code with the device's camera into the field beside the button. Where there is no camera, there is no button.
const FORMATS = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "itf", "qr_code", "data_matrix"];
const PROBLEMS = {
  NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "missing", OverconstrainedError: "missing",
  NotReadableError: "taken", AbortError: "taken",
};
const dialog = document.getElementById("scanner");
const video = dialog.querySelector("video");
const words = dialog.querySelector("[role=status]");
const torch = dialog.querySelector("[data-torch]");
const say = (what) => {
  dialog.dataset.state = what;
  words.textContent = words.dataset[what];
};

// Browsers tell of a camera in a secure context only (HTTPS or localhost), and before anybody is asked for it.
const show = async () => {
  const devices = await navigator.mediaDevices.enumerateDevices();
  document.documentElement.toggleAttribute("data-camera", devices.some(({ kind }) => kind === "videoinput"));
};
if (navigator.mediaDevices) {
  show();
  navigator.mediaDevices.addEventListener("devicechange", show);
}

// The browser's own detector if it knows every format; else ours, which is loaded when it is first needed.
const detector = async () => {
  const known = (await globalThis.BarcodeDetector?.getSupportedFormats()) ?? [];
  if (FORMATS.every((format) => known.includes(format))) return new globalThis.BarcodeDetector({ formats: FORMATS });
  const own = await import("./vendor/scanner/ponyfill.js");
  const locateFile = (name) => new URL(`vendor/scanner/${name}`, import.meta.url).href;
  await own.prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
  return new own.BarcodeDetector({ formats: FORMATS });
};

// Two looks in a row must agree, because a single one can misread a blurred label.
const look = async (eyes, stream, over) => {
  let before;
  while (!over.aborted) {
    if (!stream.active) throw new DOMException("the camera was taken away", "NotReadableError");
    const [code] = await eyes.detect(video);
    if (code?.rawValue && code.rawValue === before) return code.rawValue;
    before = code?.rawValue;
    await new Promise(requestAnimationFrame);
  }
};

const offerTorch = (track) => {
  torch.hidden = !track.getCapabilities?.().torch;
  torch.ariaPressed = "false";
  torch.onclick = async () => {
    const on = torch.ariaPressed !== "true";
    await track.applyConstraints({ advanced: [{ torch: on }] });
    torch.ariaPressed = String(on);
  };
};

const leave = () => {
  if (document.hidden) dialog.close(); // another page, another app, or the phone is locked
};

const scan = async (field) => {
  const scanning = new AbortController();
  const over = scanning.signal;
  let stream;
  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    if (video.srcObject === stream) video.srcObject = null;
    torch.hidden = true;
    scanning.abort();
  };
  dialog.addEventListener("close", stop, { once: true });
  say("starting");
  dialog.showModal();
  const loading = detector(); // while the person is asked for the camera
  loading.catch(() => {}); // told below, once the camera is there
  try {
    const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted });
    if (over.aborted) return;
    document.addEventListener("visibilitychange", leave, { signal: over });
    video.srcObject = stream;
    await video.play();
    offerTorch(stream.getVideoTracks()[0]);
    const eyes = await loading;
    say("looking");
    const text = await look(eyes, stream, over);
    if (over.aborted) return;
    field.value = text;
    navigator.vibrate?.(60);
    dialog.close();
    if (field.form.dataset.scanned === "send") field.form.requestSubmit();
    else field.form.querySelector(".hf-big").focus(); // Done: a focused field would open the keyboard
  } catch (error) {
    if (!over.aborted) say(PROBLEMS[error.name] ?? "broken");
  } finally {
    stop();
  }
};

document.addEventListener("click", (event) => {
  const field = event.target.closest("[data-scan]")?.parentElement.querySelector("input");
  if (field) scan(field);
});
