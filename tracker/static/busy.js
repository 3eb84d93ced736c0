// Whether somebody is at something in a part of a page: then it is not taken from under their hands.
const isChanged = (field) => {
  if (field.matches("[type=hidden]")) return false;
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  if (field.matches("select")) return [...field.options].some((one) => one.defaultSelected && !one.selected);
  return field.files ? field.files.length > 0 : field.value !== field.defaultValue;
};

// A field has the focus, a reason or a note is open, something was typed, or is being kept on this phone just now.
// A field with `data-kept` outlives a swap.
export const isBusy = (part) =>
  "keeping" in part.dataset ||
  (part.contains(document.activeElement) && document.activeElement.matches("input:not([data-kept]), textarea, select")) ||
  Boolean(part.querySelector(".hf-why[open]:not(.hf-sign > *), .hf-note[open]")) ||
  [...part.querySelectorAll("input, textarea, select")].some(isChanged);
