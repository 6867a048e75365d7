import { forget, keysUnder } from "./storage.js";

// Unsent texts are kept for the person who typed them. They go once that person has signed out, as
// the next page says; they stay where a session merely ended, and when somebody else signs out who
// used this window meanwhile. A tab reaches its own texts only, so the others learn it from a note,
// which goes when that person is back, and drop theirs with the next page that they load.
const NOTE = "signed-out:";
const textsOf = (person) => keysUnder(`unsent:${person}:`);
const here = document.querySelector("form[data-sign-out]")?.dataset.signOut;
const { signedOut, carries } = document.body.dataset;
let gone = signedOut ? [signedOut] : [];
try {
  if (signedOut) localStorage.setItem(NOTE + signedOut, "");
  if (here) localStorage.removeItem(NOTE + here);
  gone = Object.keys(localStorage).filter((key) => key.startsWith(NOTE)).map((key) => key.slice(NOTE.length));
} catch {
  // forbidden: this tab alone knows
}
// A page that answers a form may be the one on which its writer signs in again to save it.
if (carries === undefined) {
  for (const key of gone.flatMap(textsOf)) forget(key);
}

for (const form of document.querySelectorAll("form[data-sign-out]")) {
  form.addEventListener("submit", (event) => {
    delete form.dataset.asked; // leaving.js need not ask again
    if (textsOf(form.dataset.signOut).length === 0) return;
    if (confirm(form.dataset.question)) form.dataset.asked = "";
    else event.preventDefault();
  });
}
