// Passkeys: a form of data-passkey asks the browser for one before it is sent.
// "create" makes a new one, "get" uses one; data-options is what to ask, or data-options-from where to get it.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const known = (list = []) => list.map((key) => ({ ...key, id: bytes(key.id) }));

async function options(form) {
  if (!form.dataset.optionsFrom) return JSON.parse(form.dataset.options);
  const body = new FormData(form);
  body.delete("credential");
  const answer = await fetch(form.dataset.optionsFrom, { method: "POST", body: new URLSearchParams(body) });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

async function made(asked) {
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: known(asked.excludeCredentials),
  };
  const key = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = key.response;
  return written(key, { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) });
}

async function used(asked) {
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    allowCredentials: known(asked.allowCredentials),
  };
  const key = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = key.response;
  return written(key, {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  });
}

const written = (key, response) =>
  JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response, clientExtensionResults: {} });

async function send(form) {
  const problem = form.querySelector("[role=alert][hidden], [role=alert].hf-not-used");
  if (problem) problem.hidden = true;
  try {
    const asked = await options(form);
    form.elements.credential.value = await (form.dataset.passkey === "create" ? made(asked) : used(asked));
    form.submit();
  } catch {
    if (problem) {
      problem.hidden = false;
      problem.classList.add("hf-not-used");
    }
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("[data-use-passkey]"); // beside another way to send the form
    form.hidden = false;
    if (button) button.hidden = false;
    form.addEventListener("submit", (event) => {
      if (button && event.submitter !== button) return;
      event.preventDefault();
      send(form);
    });
  }
}
