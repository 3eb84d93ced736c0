// Starts a run with and without network: the form is sent as it is, and where no answer of ours comes in time the start
// is kept on this phone under the very same name, so that it counts once even if it arrived.
import { root } from "./root.js";
import { NotKept, add, newId, remember } from "./queue.js";
import { fold, keepable } from "./texts.js";

const PATIENCE = 5000; // ms for the server, before the run is started on the phone
const { kept, keptWhy } = document.documentElement.dataset;
const number = (text) => (/^\d+$/.test(text ?? "") ? Number(text) : null);
const field = (form, name) => keepable(form.elements[name]?.value ?? "");

// What the run is about, without its kind before it as the page names that: "Auftrag 7" is 7.
const subject = (form) => {
  const [said, kind] = [field(form, "subject").trim().normalize("NFC"), form.dataset.kind];
  return kind && fold(said).startsWith(`${fold(kind)} `) ? said.slice(kind.length).trim() : said;
};

// {address, run}: where the server leads to, and the run that it has started; null where it has not answered, false
// where it asks something first.
const sent = async (form) => {
  if (navigator.onLine === false || keptWhy === "offline") return null;
  const [headers, signal] = [{ Accept: "application/json" }, AbortSignal.timeout(PATIENCE)];
  const options = { method: "POST", body: new FormData(form), headers, signal };
  const response = await fetch(form.action, options).catch(() => null);
  if (!response?.headers.has("Holdfast-Person") || response.status >= 502) return null;
  const said = await response.json().catch(() => null);
  return response.ok && said?.address ? said : false;
};

// The entry that starts the run: what it says, and what it is called.
const entryOf = (form) => {
  const data = {
    sop: form.dataset.start,
    revision: number(form.dataset.revision),
    subject: subject(form),
    location: number(field(form, "location")),
    from: number(field(form, "from")),
    step: field(form, "step") || null,
    anyway: field(form, "anyway") === "1",
  };
  const title = form.dataset.title ?? data.sop;
  const run = data.subject ? `${title} · ${data.subject}` : title;
  return [data, { id: field(form, "ref"), shown: { title, run } }];
};
const onThisPhone = async (form) => {
  const { id } = await add("start", ...entryOf(form));
  return `${root}runs/ref/${encodeURIComponent(id)}`;
};

// What was scanned may be an address of ours: it is opened, as the server does.
const own = (text) => {
  const address = URL.parse?.(text);
  return address?.origin === location.origin && address.pathname.startsWith(root) ? address.href : null;
};

const begin = async (form) => {
  try {
    const answer = await sent(form);
    if (answer === false) return form.submit(); // the server's page says what it asks
    if (answer?.run) {
      const [data, more] = entryOf(form);
      await remember("start", data, { ...more, run: answer.run });
    }
    location.assign(answer?.address ?? own(field(form, "subject").trim()) ?? (await onThisPhone(form)));
  } catch (error) {
    if (!(error instanceof NotKept)) throw error;
    form.submit(); // nothing is kept here: only the server can start it
  }
};

const renew = (form) => { form.elements.ref.value = newId(); };
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-start]");
  if (!form || !navigator.serviceWorker?.controller || event.defaultPrevented) return;
  event.preventDefault();
  if (form.dataset.starting) return; // pressed twice
  form.dataset.starting = "";
  if (kept && !form.dataset.renewed) renew(form); // the page may have started another one before
  form.dataset.renewed = "";
  begin(form).finally(() => delete form.dataset.starting);
});
addEventListener("pageshow", ({ persisted }) => { // somebody came back to start another one
  if (persisted) document.querySelectorAll("form[data-start]").forEach(renew);
});
