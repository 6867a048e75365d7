// Asks before a page is left whose form holds what is not saved. A form that wants it carries
// data-ask-to-leave; data-unsaved says that what it shows is not saved although nobody typed here.
let sent = null; // the form whose own button is taking its reader away

const oneLine = (text) => text.replace(/[\r\n]/g, "").trim(); // as the browser shows it in a line

function isChanged(control) {
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  if (control.type === "file") return control.files.length > 0;
  if (control instanceof HTMLTextAreaElement) return control.value !== control.defaultValue;
  if (control instanceof HTMLInputElement) return oneLine(control.value) !== oneLine(control.defaultValue);
  if (!(control instanceof HTMLSelectElement)) return false;
  const options = [...control.options];
  const given = options.filter((option) => option.defaultSelected);
  return !options.every((option) => option.selected === (given.length ? given.includes(option) : option.index === 0));
}

// Controls that a script saves one by one are its own to judge: it stops the event "leaving".
const savedHere = (control) => !control.closest("[data-save]");

const holdsUnsaved = (form) =>
  "unsaved" in form.dataset ||
  [...form.elements].some((control) => savedHere(control) && isChanged(control)) ||
  !form.dispatchEvent(new Event("leaving", { cancelable: true }));

// At the document, so that whoever stops a form from being sent did it before.
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) sent = event.target;
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-without-saving]"); // it says what it does
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) sent = link.closest("form");
});
window.addEventListener("beforeunload", (event) => {
  const leaving = sent;
  sent = null; // who stays after all is asked again
  if (leaving && "asked" in leaving.dataset) return;
  const forms = [...document.querySelectorAll("form[data-ask-to-leave]")];
  if (forms.some((form) => form !== leaving && holdsUnsaved(form))) event.preventDefault();
});
