// A lesson is seen once it has been shown; where reading stopped is kept here and, for other devices, on the server.
import { csrfToken } from "./csrf.js";
import "./check.js";
import * as store from "./store.js";

const article = document.querySelector("[data-lesson]");

function tellServer(position) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  const body = new URLSearchParams(position === undefined ? {} : { position });
  return fetch(article.dataset.seenUrl, { method: "POST", headers, body, keepalive: true });
}

async function markSeen() {
  if (!article.dataset.seenUrl) return;
  for (const wait of [0, 3000, 15000]) {
    await new Promise((done) => setTimeout(done, wait));
    try {
      const reply = await tellServer();
      if (reply.status < 500) return;
    } catch {
      // no connection: the next round tries again
    }
  }
}

function keepPlace() {
  const key = `chizheng.place.${article.dataset.lesson}`;
  const blocks = [...article.children];
  const stored = store.read(key, Number(article.dataset.place ?? -1));
  const resume = document.querySelector("[data-resume]");
  const target = blocks[stored];
  if (target && !location.hash && new URLSearchParams(location.search).has("lang")) {
    target.scrollIntoView({ block: "start" }); // the other language of the same passage
  } else if (resume && target && stored > 2 && !location.hash && target.getBoundingClientRect().top > innerHeight) {
    resume.hidden = false;
    resume.addEventListener("click", (event) => {
      event.preventDefault();
      target.scrollIntoView({ block: "start" });
      target.tabIndex = -1;
      target.focus({ preventScroll: true });
      resume.hidden = true;
    });
  }
  let told = stored;
  const remember = () => {
    const first = blocks.findIndex((block) => block.getBoundingClientRect().bottom > 0);
    if (first > 0) store.write(key, first);
  };
  document.addEventListener("visibilitychange", () => {
    const here = store.read(key, -1);
    if (document.visibilityState !== "hidden" || here < 0 || here === told || !article.dataset.seenUrl) return;
    told = here;
    tellServer(here).catch(() => {});
  });
  let waiting = 0;
  addEventListener("scroll", () => {
    clearTimeout(waiting);
    waiting = setTimeout(remember, 400);
  }, { passive: true });
}

if (article) {
  markSeen();
  keepPlace();
}
