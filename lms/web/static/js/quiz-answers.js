// Between the fields of a question and the response the server keeps.
const fields = (box) => [...box.querySelectorAll("input, select")];
const keyOf = (box, field) => field.name.slice(`slot-${box.dataset.slot}-`.length);
const filled = (object) => (Object.keys(object).length ? object : null);

const choices = {
  read: (box) => {
    const choose = fields(box).filter((f) => f.checked).map((f) => f.value);
    return choose.length ? { choose } : null;
  },
  write: (box, response) => {
    for (const f of fields(box)) f.checked = (response?.choose ?? []).includes(f.value);
  },
};

const kinds = {
  single: choices,
  multiple: choices,
  truefalse: choices,
  scale: choices,
  match: {
    read: (box) => {
      const pairs = filled(Object.fromEntries(fields(box).filter((f) => f.value).map((f) => [keyOf(box, f), f.value])));
      return pairs && { pairs };
    },
    write: (box, response) => {
      for (const f of fields(box)) f.value = response?.pairs?.[keyOf(box, f)] ?? "";
    },
  },
  order: {
    read: (box) => {
      const placed = fields(box).filter((f) => f.value).sort((a, b) => a.value - b.value);
      return placed.length ? { order: placed.map((f) => keyOf(box, f)) } : null;
    },
    write: (box, response) => {
      const order = response?.order ?? [];
      for (const f of fields(box)) f.value = order.includes(keyOf(box, f)) ? order.indexOf(keyOf(box, f)) + 1 : "";
    },
  },
  number: {
    read: (box) => {
      const [figure, unit] = fields(box);
      if (!figure.value.trim()) return null;
      return unit ? { number: figure.value.trim(), unit: unit.value } : { number: figure.value.trim() };
    },
    write: (box, response) => {
      const [figure, unit] = fields(box);
      figure.value = response?.number ?? "";
      if (unit) unit.value = response?.unit ?? "";
    },
  },
  text: {
    read: (box) => (fields(box)[0].value.trim() ? { text: fields(box)[0].value } : null),
    write: (box, response) => {
      fields(box)[0].value = response?.text ?? "";
    },
  },
  cloze: {
    read: (box) => {
      const gaps = filled(Object.fromEntries(fields(box).filter((f) => f.value.trim()).map((f) => [f.dataset.gap, f.value])));
      return gaps && { gaps };
    },
    write: (box, response) => {
      for (const f of fields(box)) f.value = response?.gaps?.[f.dataset.gap] ?? "";
    },
  },
  hotspot: choices,
};

export const readAnswer = (box) => kinds[box.dataset.kind].read(box);
export function writeAnswer(box, response) {
  kinds[box.dataset.kind].write(box, response);
  if (box.dataset.kind === "hotspot") mark(box);
}

// The regions of a picture follow the list below it.
function mark(box) {
  const chosen = fields(box).find((f) => f.checked)?.value;
  for (const region of box.querySelectorAll("[data-region]"))
    region.classList.toggle("region-chosen", region.dataset.region === chosen);
}

// Two items never share a place: the one that held it takes the other's old place. The arrow keys step through
// places, so with the keyboard this waits until the field is left.
function keepPlacesApart(box) {
  let before = new Map(fields(box).map((f) => [f, f.value]));
  let typing = false;
  const settle = (field) => {
    const twin = fields(box).find((f) => f !== field && f.value && f.value === field.value);
    if (twin) twin.value = before.get(field) ?? "";
    before = new Map(fields(box).map((f) => [f, f.value]));
    return twin;
  };
  box.addEventListener("keydown", () => (typing = true), true);
  box.addEventListener("pointerdown", () => (typing = false), true);
  box.addEventListener("change", (event) => typing || settle(event.target), true);
  box.addEventListener("focusout", (event) => {
    typing = false;
    if (before.has(event.target)) settle(event.target)?.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

export function prepare(box) {
  if (box.dataset.kind === "order") keepPlacesApart(box);
  if (box.dataset.kind !== "hotspot") return;
  box.querySelector("[data-hotspot]").addEventListener("click", (event) => {
    const region = event.target.closest("[data-region]");
    const field = region && fields(box).find((f) => f.value === region.dataset.region);
    if (!field || field.disabled) return;
    field.checked = true;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  box.addEventListener("change", () => mark(box));
  mark(box);
}
