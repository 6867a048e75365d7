import { forget, keysUnder } from "./storage.js";

// Unsent texts are kept for the person who typed them; they go when that person signs out, and
// stay when somebody else does who used this window meanwhile.
for (const form of document.querySelectorAll("form[data-sign-out]")) {
  form.addEventListener("submit", () => {
    for (const key of keysUnder(`unsent:${form.dataset.signOut}:`)) forget(key);
  });
}
