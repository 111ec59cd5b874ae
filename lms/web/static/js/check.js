// Checks in a lesson: htmx brings the answer; this keeps the focus where the eye is.
const answered = (form) =>
  [...form.elements].some((field) =>
    field.type === "radio" || field.type === "checkbox" ? field.checked : field.name?.startsWith("answer") && field.value.trim() !== "",
  );

document.addEventListener("htmx:config:request", (event) => {
  const form = event.detail.ctx.sourceElement.closest?.("form[data-check]");
  if (!form || event.detail.ctx.request.submitter?.name === "again" || answered(form)) return;
  event.preventDefault();
  form.querySelector("[data-choose-first]").hidden = false;
});

document.addEventListener("htmx:after:settle", () => {
  const verdict = document.querySelector("[data-verdict]:not([data-told])");
  if (!verdict) return;
  for (const each of document.querySelectorAll("[data-verdict]")) each.dataset.told = "yes";
  verdict.focus({ preventScroll: true });
  verdict.scrollIntoView({ block: "nearest" });
});
for (const verdict of document.querySelectorAll("[data-verdict]")) verdict.dataset.told = "yes";
