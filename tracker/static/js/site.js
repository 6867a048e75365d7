// Unsent texts are kept for the person who typed them; they go when that person signs out.
for (const form of document.querySelectorAll("form[data-sign-out]")) {
  form.addEventListener("submit", () => {
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith("unsent:")) sessionStorage.removeItem(key);
    }
  });
}
