// What every page shares: theme, menus, dialogs, copying, printing, and htmx's manners.
import { csrfToken } from "./csrf.js";

const root = document.documentElement;
const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });

root.classList.add("js");

on("click", "[data-theme-toggle]", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
});

on("click", "[data-dialog]", (button) => document.getElementById(button.dataset.dialog)?.showModal());
on("click", "[data-dialog-close]", (button) => button.closest("dialog").close());
on("click", "dialog", (dialog, event) => {
  if (event.target === dialog) dialog.close();
});

const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
};
document.addEventListener("click", (event) => closeMenus(event.target.closest?.("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  closeMenus();
  menu?.querySelector("summary").focus();
});

on("click", "[data-print]", () => window.print());
on("click", "[data-copy], [data-copy-from]", async (button) => {
  const text = button.dataset.copy ?? document.querySelector(button.dataset.copyFrom).textContent.trim();
  await navigator.clipboard.writeText(text);
  say(document.body.dataset.copied, "success");
});

// A second click on a slow form is not a second wish.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.id === "attempt" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

document.querySelector("[data-error-summary]")?.focus();

export function say(text, kind) {
  const box = document.getElementById("messages");
  if (!box || !text) return;
  const note = document.createElement("div");
  note.className = `alert alert-${kind} appear`;
  note.append(Object.assign(document.createElement("div"), { textContent: text }));
  box.replaceChildren(note);
  note.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  request.headers["X-Requested-With"] = "fetch";
  if (request.method !== "GET") request.headers["X-CSRFToken"] = csrfToken();
});
document.addEventListener("htmx:response:error", (event) => {
  const { status } = event.detail.ctx.response;
  if (status === 401) say(document.body.dataset.signedOut, "warning");
  else if (status !== 422) say(document.body.dataset.statusError, "danger");
});
document.addEventListener("htmx:error", () => say(document.body.dataset.statusError, "danger"));
