// Comments: whom one may mean is offered once an @ is typed; what could not be sent says so and stays in its field.
const LATER = 150; // ms after the last letter
const begun = /(?:^|[^\w.@+-])@([\p{L}\p{N}_][\p{L}\p{N}_.+-]*)?$/u;
let timer = 0;
let asked = "";

const field = () => document.getElementById("comment");
const list = () => document.getElementById("mentions");
const typed = (text) => begun.exec(text.value.slice(0, text.selectionStart));

const offer = async (text) => {
  const match = typed(text);
  asked = match?.[1] ?? "";
  if (!asked) return list().replaceChildren();
  const address = `${text.form.dataset.mentions}?${new URLSearchParams({ q: asked })}`;
  const answer = await fetch(address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || asked !== match[1] || !list()) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  list().replaceChildren(...page.querySelectorAll("[data-login]"));
};

document.addEventListener("input", ({ target }) => {
  if (target.id !== "comment") return;
  clearTimeout(timer);
  timer = setTimeout(offer, LATER, target);
});

document.addEventListener("click", ({ target }) => {
  const chosen = target.closest?.("#mentions [data-login]");
  if (!chosen || !field()) return;
  const text = field();
  const start = text.selectionStart - (typed(text)?.[1]?.length ?? 0);
  text.setRangeText(`${chosen.dataset.login} `, start, text.selectionStart, "end");
  list().replaceChildren();
  text.focus();
});

const notSent = ({ target }) => {
  if (target.id === "comment-form") target.querySelector("[data-not-sent]").hidden = false;
};
document.addEventListener("htmx:error", notSent);
document.addEventListener("htmx:response:error", notSent);
document.addEventListener("htmx:before:request", ({ target }) => {
  if (target.id === "comment-form") target.querySelector("[data-not-sent]").hidden = true;
});

// An address that names the comments, as of a comment that was just sent, shows them.
if (location.hash === "#comments") document.getElementById("comments").open = true;
