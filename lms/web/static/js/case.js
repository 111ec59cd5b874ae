// The clock of a scene, by the server's time; when it has run out the page is loaded anew.
import { Clock } from "./quiz-clock.js";

const shown = document.querySelector("[data-case-clock]");
if (shown) {
  const said = document.querySelector("[data-case-clock-said]");
  new Clock({
    deadline: shown.dataset.deadline,
    now: shown.dataset.now,
    show: (left, text) => {
      shown.textContent = text;
      shown.toggleAttribute("data-low", left <= 20);
    },
    say: (which) => {
      if (which === "one") said.textContent = said.dataset.one;
    },
    over: () => {},
  });
}
