// Asks the device for a passkey and sends what it answers with the form. Without this script, or where
// the browser knows no passkeys, the page says so and offers the other ways.
const bytesOf = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
};

const textOf = (buffer) => {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const listed = (credentials = []) => credentials.map((one) => ({ ...one, id: bytesOf(one.id) }));

function create(told) {
  const user = { ...told.user, id: bytesOf(told.user.id) };
  const challenge = bytesOf(told.challenge);
  const excludeCredentials = listed(told.excludeCredentials);
  return navigator.credentials.create({ publicKey: { ...told, user, challenge, excludeCredentials } });
}

function get(told) {
  const challenge = bytesOf(told.challenge);
  const allowCredentials = listed(told.allowCredentials);
  return navigator.credentials.get({ publicKey: { ...told, challenge, allowCredentials } });
}

function answerOf(credential) {
  const said = credential.response;
  const response = { clientDataJSON: textOf(said.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature"]) {
    if (said[part]) response[part] = textOf(said[part]);
  }
  if (said.attestationObject) response.transports = said.getTransports?.() ?? [];
  const id = textOf(credential.rawId);
  return JSON.stringify({ id, rawId: id, type: credential.type, response });
}

function prepare(form) {
  const texts = form.dataset;
  const state = form.querySelector("[data-passkey-state]");
  const button = form.querySelector("[data-passkey-ready] button");
  const field = form.elements.credential;
  const name = form.elements.name;

  async function ask() {
    button.disabled = true;
    state.textContent = texts.textWaiting;
    try {
      const told = JSON.parse(texts.options);
      field.value = answerOf(await (texts.passkey === "create" ? create(told) : get(told)));
      form.submit();
    } catch (error) {
      const why = { NotAllowedError: texts.textStopped, InvalidStateError: texts.textKnown };
      state.textContent = why[error.name] ?? texts.textFailed;
      button.disabled = false;
    }
  }

  form.addEventListener("submit", (event) => {
    // Without a name the server says what is missing, before the device keeps anything.
    if (name instanceof HTMLInputElement && !name.value.trim()) return;
    event.preventDefault();
    if (!button.disabled) ask();
  });
  field.value = "";
  form.querySelector("[data-passkey-missing]").hidden = true;
  form.querySelector("[data-passkey-ready]").hidden = false;
}

if (window.PublicKeyCredential && navigator.credentials) {
  for (const form of document.querySelectorAll("form[data-passkey]")) prepare(form);
}
