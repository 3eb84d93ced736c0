// A hand scanner types a code and presses Enter. It needs no tap into a field: what comes that fast, while no
// field has the focus, goes to the page's field for scans (`data-wedge`) and is sent.
const FAST = 50; // ms between two keys; nobody types like that
const SHORTEST = 3; // characters: fewer are a slip of the fingers
let [keys, at] = ["", 0];

// The field that is seen and nearest to what is to be done now.
const field = () => {
  const open = [...document.querySelectorAll("[data-wedge]")].filter((one) => one.checkVisibility());
  return open.find((one) => one.closest(".hf-shown")) ?? open.find((one) => one.closest(".hf-current")) ?? open[0];
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const pace = event.timeStamp - at;
  if (pace > FAST) keys = "";
  at = event.timeStamp;
  if (event.key.length === 1) {
    keys += event.key;
    if (keys.length > 1) event.preventDefault(); // neither a shortcut nor a press of the button in focus
    return;
  }
  if (event.key !== "Enter" || keys.length < SHORTEST) return;
  event.preventDefault();
  const [code, place] = [keys.trim(), field()];
  keys = "";
  if (!place || !code) return;
  place.value = code;
  place.form.requestSubmit();
}, true);

// What was refused is overwritten by the next scan, not continued.
document.addEventListener("htmx:response:error", ({ target }) => target.querySelector?.("[data-wedge]:focus")?.select());
