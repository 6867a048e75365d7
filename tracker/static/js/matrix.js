// A cell of the matrix leads to the answer behind it and says whose it is. Eighteen thousand links
// would make the page ten times as heavy; without this script the name of the State leads there.
const matrix = document.getElementById("matrix");
const commitments = [...matrix.querySelectorAll("th.upright a")];
const BEFORE = 2; // columns: the State and its sum

function behind(target) {
  const cell = target.closest("td[class^='is-']");
  const state = cell?.parentElement.querySelector("th a");
  const commitment = commitments[cell?.cellIndex - BEFORE];
  return state && commitment ? { cell, state, commitment } : null;
}

function addressOf({ state, commitment }) {
  const address = new URL(state.href);
  address.hash = `p${commitment.querySelector("b").textContent}`;
  return address;
}

matrix.addEventListener("pointerover", (event) => {
  const found = behind(event.target);
  if (!found || found.cell.title) return;
  found.cell.title = [found.state, found.commitment, found.cell].map((part) => part.textContent).join(" · ");
});

matrix.addEventListener("click", (event) => {
  const found = behind(event.target);
  if (!found) return;
  if (event.ctrlKey || event.metaKey) window.open(addressOf(found));
  else location.assign(addressOf(found));
});

matrix.classList.add("opens");
