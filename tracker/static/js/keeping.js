// Keeps what is typed into a form in this browser until a page says that it was saved, and offers
// it again, to the same person, where it was typed. For every form that carries data-ask-to-leave;
// data-keep names its place where its address does not. Answers that save themselves keep themselves.
import { forget, keysUnder, recall, remember } from "./storage.js";

const about = document.querySelector("#kept-text");
const prefix = `unsent:${about.dataset.person}:form:`;
const TICKED = ["checkbox", "radio"];
const random = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`.replace(".", "-");
const OTHERS = ["csrf_token", "shown_to", "kept"];

const isTyped = (control) =>
  control.name &&
  !OTHERS.includes(control.name) &&
  !["submit", "button", "file", "fieldset"].includes(control.type) &&
  !control.closest("[data-save]");

// Name, value and kind of each field; the hidden ones say which version was typed over.
const valuesOf = (form) =>
  [...form.elements]
    .filter((control) => isTyped(control) && (!TICKED.includes(control.type) || control.checked))
    .map(({ name, value, type }) => [name, value, type]);

const said = (values) => JSON.stringify(values.filter(([, , type]) => type !== "hidden"));

// What the page came with, whatever was typed since.
function given(form) {
  const copy = form.cloneNode(true);
  copy.reset();
  return said(valuesOf(copy));
}

const placeOf = (form) => form.dataset.keep ?? new URL(form.getAttribute("action") ?? "", location).pathname;

class KeptForm {
  constructor(form, id) {
    this.form = form;
    this.place = placeOf(form);
    this.isUnsaved = "unsaved" in form.dataset;
    this.id = id;
    this.given = given(form);
    this.name = document.createElement("input");
    [this.name.type, this.name.name, this.name.value] = ["hidden", "kept", this.id];
    form.append(this.name);
    this.offerAll();
    form.addEventListener("input", ({ target }) => target.closest("[data-save]") ?? this.keep());
    form.addEventListener("submit", () => this.keep());
    for (const link of form.querySelectorAll("a[data-without-saving]")) {
      link.addEventListener("click", () => forget(prefix + this.id));
    }
  }

  keep() {
    const values = valuesOf(this.form);
    if (this.isUnsaved || said(values) !== this.given) {
      remember(prefix + this.id, { place: this.place, action: this.form.getAttribute("action"), values });
    } else {
      forget(prefix + this.id);
    }
  }

  offerAll() {
    for (const key of keysUnder(prefix)) {
      const kept = recall(key);
      if (kept?.place !== this.place || key === prefix + this.id) continue;
      if (!this.isUnsaved && said(kept.values) === this.given) forget(key);
      else this.offer(key, kept);
    }
  }

  offer(key, kept) {
    const line = about.content.firstElementChild.cloneNode(true);
    const choose = (button, act) =>
      line.querySelector(button).addEventListener("click", () => {
        forget(key);
        line.remove();
        act();
      });
    choose("[data-take]", () => this.putBack(kept));
    choose("[data-drop]", () => {});
    document.querySelector("main h1").after(line);
  }

  // With the version that it was typed over, so that a save meanwhile is seen, and with the address
  // that it was sent to, so that a row that arrived unseen is not made twice.
  // What was typed since stays kept under its name, and is offered in its turn.
  putBack({ action, values }) {
    this.id = this.name.value = random();
    if (action) this.form.setAttribute("action", action);
    const missing = new Map(values.map(([name, value, type]) => [name, [value, type]]));
    let first = null;
    for (const control of [...this.form.elements].filter(isTyped)) {
      const before = control.checked;
      const had = control.value;
      if (TICKED.includes(control.type)) {
        control.checked = values.some(([name, value]) => name === control.name && value === control.value);
      } else if (missing.has(control.name)) {
        [control.value] = missing.get(control.name);
      }
      missing.delete(control.name);
      if (control.type !== "hidden" && (control.checked !== before || control.value !== had)) first ??= control;
    }
    for (const [name, [value, type]] of missing) this.sendAlong(name, value, type);
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
    this.form.closest("details")?.setAttribute("open", "");
    first?.focus();
  }

  // A field that this page does not have, as of a year that was added: it goes with the others.
  sendAlong(name, value, type) {
    if (TICKED.includes(type) || type === "hidden") return;
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    field.hidden = true;
    this.form.append(field);
  }
}

const arrived = about.dataset.arrived.split(" ").filter(Boolean);
for (const key of keysUnder("unsent:")) {
  if (arrived.some((name) => key.endsWith(`:${name}`))) forget(key);
}
const forms = [...document.querySelectorAll("form[data-ask-to-leave]")];
// The text that this page answers stands in the form of its place, or, as two texts of one answer,
// in that of another: it goes on under its name, so that it is dropped once that is saved.
const { shown } = about.dataset;
const place = recall(prefix + shown)?.place;
const answers = place && (forms.find((form) => placeOf(form) === place) ?? forms[0]);
for (const form of forms) new KeptForm(form, form === answers ? shown : random());
