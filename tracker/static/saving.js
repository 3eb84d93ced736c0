// The line about saving tells the truth: saving, saved (the server's own words), or not saved and how to repeat.
const say = (id) => {
  const words = document.getElementById(id);
  document.getElementById("message")?.replaceChildren(words.content.cloneNode(true));
};
const ours = "form:not(#comment-form)"; // a comment is no record, and says itself what became of it
let waiting = null;

document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-stamp]")) waiting = { form: event.target, button: event.submitter };
}, true);

document.addEventListener("htmx:before:request", (event) => {
  if (event.target.matches?.(ours)) say("saving"); // a link only shows something
});
document.addEventListener("htmx:error", ({ target }) => {
  if (target.id !== "comment-form") say("not-saved");
});
document.addEventListener("htmx:response:error", (event) => {
  if (event.target.id === "comment-form") return;
  if (!event.detail.ctx.text?.includes('id="message"')) say("not-saved"); // something between us and the server answered
});

// The form keeps its record's id, so that sending it again can't make a second record.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-repeat]") || !waiting) return;
  waiting.form.requestSubmit(waiting.button ?? undefined);
});
