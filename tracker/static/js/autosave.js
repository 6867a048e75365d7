// Saves an answer two seconds after typing stops and on leaving a field. Without this script the
// page has a save button that does the same. "Saved" is written only when the server said so.
import { Laws, clearErrors } from "./laws.js";
import { forget, keysUnder, recall, remember } from "./storage.js";

const WAIT = 2000;
const RETRY = 15000;
const LONGEST = 30000; // that an answer of the server is waited for; then it counts as lost
const form = document.querySelector("form.responses");
const texts = form.dataset;

const random = () => crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
const fieldsOf = (box) => [...box.querySelectorAll("input[name], textarea[name], select[name]")];

function valuesOf(box) {
  const values = new URLSearchParams();
  for (const field of fieldsOf(box)) {
    if ((field.type === "radio" || field.type === "checkbox") && !field.checked) continue;
    values.append(field.name, field.value);
  }
  return values;
}

// What an answer says, whatever its version and however many empty rows its page shows.
const meaning = (values) =>
  new URLSearchParams(values.filter(([name, value]) => value && !/-(version|origin)$/.test(name))).toString();

class Answer {
  constructor(box) {
    this.box = box;
    this.state = box.querySelector(".save-state");
    this.version = box.querySelector("input[name$='-version']");
    this.listed = document.querySelector(`#paragraphs a[href="#p${box.dataset.paragraph}"] + .hint`);
    this.storageKey = `unsent:${texts.user}:${texts.report}:${box.dataset.paragraph}`;
    this.settled = this.state.textContent; // what the line says while nothing waits
    this.acknowledged = "unsaved" in box.dataset ? "" : this.content();
    this.lost = null; // a save whose answer did not come: it may have arrived
    this.sent = null; // the one that is on its way
    this.running = false;
    this.offers = new Set();
    this.laws = new Laws(box.querySelector(".measures"));
    box.addEventListener("input", () => this.changed());
    // A button that is being pressed saves by itself, and must not move from under the pointer.
    // Arrow keys walk through the choices of one question: the last one is meant.
    box.addEventListener("focusout", ({ target, relatedTarget }) => {
      const walking = relatedTarget?.type === "radio" && relatedTarget.name === target.name;
      if (relatedTarget?.type !== "submit" && !walking) this.save();
    });
    // The button saves this answer here. Where the server refused for a reason that another page
    // settles (two texts, a session that ended), it sends the form, as it does without a script.
    box.querySelector("button[type=submit]")?.addEventListener("click", (event) => {
      if (this.needsPage) return;
      event.preventDefault();
      this.pressed(event.currentTarget);
    });
    this.offerKept();
  }

  // Where this very save finds out that the session has ended, one press is enough.
  async pressed(button) {
    await this.answered();
    if (!this.needsSignIn) await this.save();
    if (this.needsSignIn) form.requestSubmit(button);
    else if (this.lacking) this.showLacking();
  }

  // Once nothing of this answer is on its way.
  async answered() {
    if (this.running) await new Promise((done) => this.box.addEventListener("answered", done, { once: true }));
  }

  content() {
    return meaning([...valuesOf(this.box)]);
  }

  changed() {
    if (this.content() === this.acknowledged && !this.lost) {
      if (!this.running) this.putAsItWas();
      return;
    }
    this.say(texts.textUnsaved);
    this.keep();
    this.saveIn(WAIT);
  }

  // What was typed is gone again: nothing waits, and nothing is wrong or kept.
  putAsItWas() {
    clearTimeout(this.timer);
    this.clearErrors();
    this.say(this.settled);
    forget(this.storageKey);
  }

  saveIn(time) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), time);
  }

  keep() {
    const kept = { at: new Date().toISOString(), values: [...valuesOf(this.box)] };
    const unknown = this.lost ?? this.sent;
    if (unknown) {
      const body = [...unknown.body].filter(([name]) => name !== "csrf_token");
      kept.lost = { content: unknown.content, body };
    }
    this.isKept = remember(this.storageKey, kept);
  }

  // Where an answer was lost, the same save goes first, with its own key, so that the server makes
  // nothing twice and this page knows what it holds before it says anything of a newer text.
  async save() {
    clearTimeout(this.timer);
    if (this.running || !this.waits) return;
    this.running = true;
    if (this.state.dataset.state !== "failed") this.say(texts.textSaving);
    const { lost } = this;
    this.sent = lost ?? { content: this.content(), body: this.body() };
    const { content, body } = this.sent;
    try {
      const answer = await this.send(body);
      await this.read(answer, content);
      // Other refusals (no session, another person) tell nothing of an earlier sending.
      const isTold = answer.ok || [409, 422].includes(answer.status);
      if (isTold && !this.needsSignIn) this.lost = null;
      else if (answer.status === 503) this.lost = { content, body };
    } catch {
      this.lost = { content, body };
      this.needsSignIn = this.needsPage = false; // of an earlier save
      this.fail(this.isKept ? texts.textFailed : texts.textUnkept);
    }
    this.running = false;
    this.sent = null;
    this.box.dispatchEvent(new Event("answered"));
    if (this.lost) {
      // The line or the database is away for a while: nobody has to press anything.
      if (!this.needsSignIn) this.saveIn(RETRY);
    } else if (this.content() !== content) {
      this.changed();
      if (lost) await this.save();
    }
  }

  // Whoever signed in again in another window has a new token: the same save goes again with it.
  async send(body) {
    const address = this.box.dataset.save;
    const headers = { Accept: "application/json" };
    const post = () => fetch(address, { method: "POST", body, headers, signal: AbortSignal.timeout?.(LONGEST) });
    const answer = await post();
    const { token } = await answer.clone().json();
    if (!token) return answer;
    form.querySelector("[name=csrf_token]").value = token;
    body.set("csrf_token", token);
    return post();
  }

  get waits() {
    return this.lost !== null || this.content() !== this.acknowledged;
  }

  body() {
    const body = valuesOf(this.box);
    body.append("csrf_token", form.querySelector("[name=csrf_token]").value);
    body.append("save_key", random());
    body.append("shown_to", form.querySelector("[name=shown_to]").value);
    return body;
  }

  async read(answer, content) {
    const told = await answer.json();
    this.clearErrors();
    this.lacking = told.lacking;
    this.needsPage = !told.ok && !told.problems;
    this.needsSignIn = answer.status === 401 || ["signed-in-again", "other-person-typed"].includes(told.code);
    if (told.ok) {
      this.version.value = told.version;
      this.acknowledged = content;
      // Who has just chosen "not applicable" has not had the time to say why.
      if (this.lacking && document.activeElement?.type !== "radio") this.showLacking();
      forget(this.storageKey);
      this.settled = told.message;
      this.say(told.message);
      if (this.listed) this.listed.textContent = told.standing;
    } else if (told.problems) {
      for (const problem of told.problems) this.showError(problem);
      this.fail([told, ...told.problems].map((said) => said.message).join(" "));
    } else {
      this.fail(told.message);
    }
  }

  showLacking() {
    this.clearErrors();
    this.showError(this.lacking);
  }

  showError(problem) {
    const prefix = this.version.name.replace("version", "");
    const field = form.elements[prefix + problem.field];
    const control = field instanceof RadioNodeList ? field[0] : field;
    if (!control) return;
    control.setAttribute("aria-invalid", "true");
    const line = document.createElement("p");
    line.className = "field-error";
    line.textContent = problem.message;
    line.id = `${control.id}-error`;
    control.before(line);
    const described = control.getAttribute("aria-describedby");
    control.setAttribute("aria-describedby", described ? `${described} ${line.id}` : line.id);
  }

  clearErrors() {
    clearErrors(this.box);
  }

  say(text) {
    this.state.textContent = text;
    delete this.state.dataset.state;
  }

  fail(text) {
    this.say(text);
    this.state.dataset.state = "failed";
  }

  // What the page shows itself since it was refused stays kept until it is saved.
  offerKept() {
    const shown = this.content();
    for (const key of [this.storageKey, ...keysUnder(`${this.storageKey}:`)]) {
      const kept = recall(key);
      if (kept && meaning(kept.values) !== shown) this.offer(kept, key);
      else if (kept && !("unsaved" in this.box.dataset)) forget(key);
    }
  }

  // It has a key of its own until it is decided, whatever is typed and saved here meanwhile.
  offer(kept, from) {
    const key = from === this.storageKey ? `${from}:${random()}` : from;
    if (key !== from) {
      forget(from);
      remember(key, kept);
    }
    const line = document.createElement("div");
    line.className = "notice notice-alert";
    line.append(`${texts.textRestore} `);
    line.append(this.choice(texts.textTake, () => this.putBack(kept), line, key));
    line.append(" ", this.choice(texts.textDrop, () => {}, line, key));
    this.box.prepend(line);
    this.offers.add(key);
  }

  choice(label, act, line, key) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-secondary";
    button.textContent = label;
    button.addEventListener("click", async () => {
      line.remove();
      this.offers.delete(key);
      tellKept();
      await act();
      forget(key);
    });
    return button;
  }

  // The version that the text was typed over comes back with it, so that a save meanwhile is
  // seen as a conflict and not written over. One of its own whose answer was lost is none: it is
  // sent first, with its own key. A save on its way would take the version for its own.
  async putBack(kept) {
    await this.answered();
    if (kept.lost) {
      const body = new URLSearchParams(kept.lost.body);
      body.set("csrf_token", form.querySelector("[name=csrf_token]").value);
      this.lost = { content: kept.lost.content, body };
    }
    const values = new Map(kept.values);
    const isMissing = (name) => name.includes("-measures-") && !form.elements[name];
    while ([...values.keys()].some(isMissing) && this.laws.add());
    for (const field of fieldsOf(this.box)) {
      if (field.type === "radio" || field.type === "checkbox") {
        field.checked = kept.values.some(([name, value]) => name === field.name && value === field.value);
      } else if (values.has(field.name)) {
        field.value = values.get(field.name);
      }
    }
    this.changed();
  }
}

const answers = [...form.querySelectorAll(".response[data-save]")].map((box) => new Answer(box));

// The paragraph where kept text is offered may be far below.
function tellKept() {
  const offers = answers.filter((answer) => answer.offers.size);
  const box = document.querySelector("#kept");
  const list = document.createElement("ul");
  for (const { box: { dataset } } of offers) {
    const line = document.createElement("li");
    line.append(document.querySelector(`#paragraphs a[href="#p${dataset.paragraph}"]`).cloneNode(true));
    list.append(line);
  }
  box.hidden = offers.length === 0;
  box.replaceChildren(box.firstElementChild, list);
}
tellKept();

// The key Enter in a line saves, as leaving the field does, and the page stays.
form.querySelector("[data-enter]").addEventListener("click", (event) => {
  event.preventDefault();
  for (const answer of answers) answer.save();
});
const waiting = document.createElement("span");
[waiting.className, waiting.role] = ["hint", "status"];
form.addEventListener("submit", (event) => {
  const waited = answers.find((answer) => answer.running);
  if (waited) {
    // The page must not be sent while one of its answers is on its way: the two would conflict.
    event.preventDefault();
    event.submitter?.after(waiting);
    waiting.textContent = texts.textSaving;
    waited.answered().then(() => form.requestSubmit(event.submitter));
    return;
  }
  for (const answer of answers) clearTimeout(answer.timer);
});
// Asked by leaving.js before the page is left.
form.addEventListener("leaving", (event) => {
  if (answers.some((answer) => answer.waits)) event.preventDefault();
});
