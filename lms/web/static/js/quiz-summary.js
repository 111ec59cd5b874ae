// The last screen before handing in: it names what is unanswered and what was flagged.
const dialog = document.getElementById("attempt-summary");
const part = (name) => dialog.querySelector(`[data-${name}]`);

function list(place, slots, goTo) {
  place.replaceChildren(
    ...slots.map((slot) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-secondary", textContent: slot });
      button.addEventListener("click", () => {
        dialog.close();
        goTo(slot);
      });
      const item = document.createElement("li");
      item.append(button);
      return item;
    }),
  );
}

export function showSummary({ open, flagged, goTo, submit }) {
  const inOrder = [...flagged].sort((a, b) => a - b);
  list(part("unanswered"), open, goTo);
  list(part("flagged-list"), inOrder, goTo);
  part("all-answered").hidden = open.length > 0;
  part("some-unanswered").hidden = !open.length;
  part("some-flagged").hidden = !inOrder.length;
  part("cannot").hidden = true;
  const now = part("submit-now");
  now.onclick = async () => {
    now.disabled = true;
    part("cannot").hidden = await submit();
    now.disabled = false;
  };
  dialog.showModal();
}
