// The rows of an answer that name laws. Imported, as storage.js is, by an address without a version.

export function clearErrors(box) {
  for (const line of box.querySelectorAll(".field-error")) line.remove();
  for (const field of box.querySelectorAll(".field-invalid")) field.classList.remove("field-invalid");
  for (const control of box.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    const described = control.getAttribute("aria-describedby")?.replace(/ ?\S+-error/, "");
    if (described) control.setAttribute("aria-describedby", described);
    else control.removeAttribute("aria-describedby");
  }
}

// The laws of one answer. Without this script further empty rows come with the page after a save.
export class Laws {
  constructor(box) {
    this.box = box;
    this.button = box.querySelector("[data-add-row]");
    box.querySelector("[data-without-script]").hidden = true;
    this.button.addEventListener("click", () => this.add()?.querySelector("input").focus());
    this.show();
  }

  get rows() {
    return [...this.box.querySelectorAll(".measure")];
  }

  get isFull() {
    return this.rows.length >= Number(this.box.dataset.most);
  }

  show() {
    this.button.hidden = this.isFull;
  }

  // The last row again, empty and with the next number in every name.
  add() {
    if (this.isFull) return null;
    const last = this.rows.at(-1);
    const row = last.cloneNode(true);
    clearErrors(row);
    const next = (text) => text.replace(/-measures-(\d+)-/g, (_, number) => `-measures-${Number(number) + 1}-`);
    for (const element of row.querySelectorAll("[id], [for]")) {
      for (const name of ["id", "for", "name", "aria-describedby"]) {
        if (element.hasAttribute(name)) element.setAttribute(name, next(element.getAttribute(name)));
      }
    }
    for (const field of row.querySelectorAll("input")) {
      field.removeAttribute("value");
      field.value = "";
    }
    last.after(row);
    this.show();
    return row;
  }
}
