// A page that was opened before its person signed in again hears of its new token, and sends the form once more by
// itself: nothing that was typed is lost. Only who the page was drawn for is told; without this it is asked for a press.
let pressed = null;

document.addEventListener("submit", ({ target, submitter }) => {
  pressed = { form: target, button: submitter };
}, true);
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const token = ctx.response?.headers?.get("Holdfast-Token");
  if (!token || !pressed || pressed.token) return;
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
  pressed.token = token; // once: a page that is refused again says so
  pressed.form.requestSubmit(pressed.button ?? undefined);
});
