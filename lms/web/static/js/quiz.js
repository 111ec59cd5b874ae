// The attempt page, made better: saves by itself, shows the clock, one question a screen, a last look before handing in.
import { prepare, readAnswer, writeAnswer } from "./quiz-answers.js";
import { Clock } from "./quiz-clock.js";
import { AnswerQueue } from "./quiz-queue.js";
import { csrfToken } from "./csrf.js";
import { showSummary } from "./quiz-summary.js";
import * as store from "./store.js";

const form = document.getElementById("attempt");
const boxes = [...form.querySelectorAll("[data-slot]")];
const boxOf = (slot) => boxes.find((box) => box.dataset.slot === String(slot));
const link = (slot) => form.querySelector(`[data-goto="${slot}"]`);
const saved = form.querySelector("[data-saved]");
const narrow = matchMedia("(max-width: 767.98px)");
const modeKey = "chizheng.quiz.mode";
const flagsKey = `chizheng.flags.${form.dataset.attempt}`;
const flags = new Set(store.read(flagsKey, []));
const DEBOUNCE_MS = 2000;
const COMMA = document.documentElement.lang.startsWith("zh") ? "，" : ", ";
const TROUBLES = ["offline", "signed-out", "refused", "closed"];
let current = 0;
let leaving = false;

const queue = new AnswerQueue({
  attempt: form.dataset.attempt,
  url: form.dataset.responsesUrl,
  csrfUrl: form.dataset.csrfUrl,
  seq: Number(form.dataset.seq),
  tell: (what, told) => (what === "clock" ? clock?.sync(told.deadline_at, told.now) : announce(what)),
});

const said = form.querySelector("[data-clock-said]");
const clock = form.dataset.deadline
  ? new Clock({
      deadline: form.dataset.deadline,
      now: form.dataset.serverNow,
      show: (left, text) => {
        const place = form.querySelector("[data-clock]");
        place.textContent = text;
        place.parentElement.toggleAttribute("data-low", left <= 60);
      },
      say: (which) => (said.textContent = form.dataset[which === "five" ? "msgFive" : "msgOne"]),
      over: timeIsUp,
    })
  : null;

function announce(what) {
  const notice = (name, shown) => (form.querySelector(`[data-notice="${name}"]`).hidden = !shown);
  if (what === "elsewhere") notice(what, true);
  else if (what === "saving") say("saving", form.dataset.msgSaving);
  else {
    if (what !== "waiting") for (const name of TROUBLES) notice(name, name === what);
    if (what === "saved") say("saved", form.dataset.msgSaved.replace("{time}", timeOfDay()));
    else if (queue.waiting.length) say("waiting", form.dataset.msgWaiting);
  }
}

const timeOfDay = () =>
  new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function say(state, text) {
  saved.dataset.state = state;
  if (saved.textContent !== text) saved.textContent = text;
}

function paint(box) {
  const { slot } = box.dataset;
  const answered = readAnswer(box) !== null;
  const flagged = flags.has(slot);
  link(slot).toggleAttribute("data-answered", answered);
  link(slot).toggleAttribute("data-flagged", flagged);
  const words = [answered ? form.dataset.msgAnswered : form.dataset.msgOpen];
  if (flagged) words.push(form.dataset.msgFlagged);
  link(slot).querySelector("[data-words]").textContent = COMMA + words.join(COMMA);
  box.querySelector("[data-flag]").setAttribute("aria-pressed", String(flagged));
  form.querySelector("[data-answered-count]").textContent = form.querySelectorAll("[data-goto][data-answered]").length;
}

function changed(event) {
  const box = event.target.closest("[data-slot]");
  if (!box) return;
  const response = readAnswer(box);
  if (JSON.stringify(response) === box.dataset.known) return;
  box.dataset.known = JSON.stringify(response);
  queue.put(Number(box.dataset.slot), response);
  queue.later(DEBOUNCE_MS);
  paint(box);
}

// What an earlier visit could not deliver goes again, under a new number: the server may have it, or another
// device may have used that number since.
function restore() {
  for (const entry of queue.waiting) {
    const box = boxOf(entry.slot);
    if (!box) continue;
    writeAnswer(box, entry.response);
    queue.put(entry.slot, entry.response);
  }
}

function goTo(index, { focus = true } = {}) {
  current = Math.max(0, Math.min(boxes.length - 1, index));
  const { slot } = boxes[current].dataset;
  boxes.forEach((box, i) => box.toggleAttribute("data-current", i === current));
  for (const stem of form.querySelectorAll(".set-stem")) stem.toggleAttribute("data-current", stem.dataset.for.split(" ").includes(slot));
  form.toggleAttribute("data-last", current === boxes.length - 1);
  for (const each of form.querySelectorAll("[data-goto]")) {
    if (each.dataset.goto === slot && form.dataset.mode === "one") each.setAttribute("aria-current", "step");
    else each.removeAttribute("aria-current");
  }
  for (const step of form.querySelectorAll("[data-step]")) step.disabled = !boxes[current + Number(step.dataset.step)];
  link(slot).scrollIntoView({ block: "nearest", inline: "center" });
  if (!focus) return;
  boxes[current].focus({ preventScroll: form.dataset.mode === "one" });
  if (form.dataset.mode === "one") form.scrollIntoView({ block: "start" });
}

function setMode(mode) {
  form.dataset.mode = mode;
  form.querySelector("[data-mode-toggle]").setAttribute("aria-pressed", String(mode === "one"));
  goTo(current, { focus: false });
}

async function submit() {
  if (leaving) return true;
  const delivered = await queue.flush({ ask: true });
  if (queue.closed) location.assign(form.dataset.resultUrl);
  if (!delivered) return false;
  leaving = true;
  form.elements.csrf_token.value = csrfToken();
  // Everything is saved and the summary was shown: the server need neither read the fields nor ask again.
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "confirmed", value: "1" }));
  form.submit();
  return true;
}

// The server decides: a stepped clock or an added minute must not hand in a paper.
async function timeIsUp() {
  await queue.flush({ ask: true });
  if (clock.seconds > 0) return;
  said.textContent = form.dataset.msgOver;
  if (!(await submit()) && !leaving) setTimeout(timeIsUp, 5000);
}

for (const box of boxes) prepare(box);
restore();
for (const box of boxes) {
  box.dataset.known = JSON.stringify(readAnswer(box));
  paint(box);
}
setMode(store.read(modeKey) ?? (narrow.matches ? "one" : "list"));
if (queue.waiting.length) queue.flush();

form.addEventListener("change", changed);
form.addEventListener("input", changed);
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
});
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-goto], [data-step], [data-flag], [data-mode-toggle]");
  if (!button) return;
  const { goto, step, flag } = button.dataset;
  event.preventDefault();
  if (goto) goTo(boxes.indexOf(boxOf(goto)));
  else if (step) goTo(current + Number(step));
  else if (flag) {
    flags[flags.has(flag) ? "delete" : "add"](flag);
    store.write(flagsKey, [...flags]);
    paint(boxOf(flag));
  } else {
    const mode = form.dataset.mode === "one" ? "list" : "one";
    store.write(modeKey, mode);
    setMode(mode);
  }
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  queue.flush();
  showSummary({
    open: boxes.filter((box) => readAnswer(box) === null).map((box) => box.dataset.slot),
    flagged: [...flags],
    goTo: (slot) => goTo(boxes.indexOf(boxOf(slot))),
    submit,
  });
});
document.addEventListener("visibilitychange", () => (document.hidden ? queue.farewell() : queue.flush({ ask: true })));
addEventListener("pagehide", () => leaving || queue.farewell());
addEventListener("online", () => queue.flush({ ask: true }));
addEventListener("offline", () => announce("offline"));
addEventListener("focus", () => queue.flush());
