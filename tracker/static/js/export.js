// The page of an export that is being made: only the part that changes is fetched again, so that
// nothing else moves and a screen reader hears the new state alone.
const PLACE = "export-state";

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(PLACE);
    if (!fresh) return location.reload(); // signed out meanwhile, or no longer there
    show(document.getElementById(PLACE), fresh);
    document.title = page.title;
  } catch {
    // no connection: looked again later
  }
  wait();
}

function show(old, fresh) {
  const moved = old.contains(document.activeElement);
  old.dataset.lookAgain = fresh.dataset.lookAgain ?? "";
  if (old.innerHTML === fresh.innerHTML) return;
  old.replaceChildren(...fresh.childNodes);
  if (moved) old.querySelector("a")?.focus();
}

function wait() {
  const seconds = Number(document.getElementById(PLACE).dataset.lookAgain);
  if (seconds) setTimeout(look, seconds * 1000);
}

wait();
