// Answers wait here until the server says it has them. Each lies under its own key in localStorage,
// so that two windows of one attempt never overwrite each other's.
import { csrfToken, refreshCsrf } from "./csrf.js";
import * as store from "./store.js";

const SLOWEST_MS = 60_000;
const SIGNED_OUT_MS = 15_000;
const KEPT_MS = 30 * 86_400_000;

// Names this window to the server, also after a reload, so that two windows of one attempt are both told.
function windowId() {
  try {
    const known = sessionStorage.getItem("chizheng.window");
    if (known) return known;
    const made = [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16).padStart(2, "0")).join("");
    sessionStorage.setItem("chizheng.window", made);
    return made;
  } catch {
    return "";
  }
}

export class AnswerQueue {
  #memory = new Map();
  #sending = null;
  #failures = 0;
  #timer = 0;
  #mustRefresh = false;
  closed = false;

  constructor({ attempt, url, csrfUrl, seq, tell }) {
    Object.assign(this, { url, csrfUrl, seq, tell });
    this.prefix = `chizheng.attempt.${attempt}.`;
    this.#load();
  }

  get waiting() {
    return [...this.#memory.values()].sort((a, b) => a.seq - b.seq);
  }

  put(slot, response) {
    this.seq = Math.max(this.seq, store.read(`${this.prefix}seq`, 0)) + 1;
    const entry = { slot, seq: this.seq, response, kept: Date.now() };
    this.#memory.set(slot, entry);
    store.write(this.prefix + slot, entry);
    store.write(`${this.prefix}seq`, this.seq);
    this.tell("waiting");
  }

  later(ms) {
    clearTimeout(this.#timer);
    if (!this.closed) this.#timer = setTimeout(() => this.flush(), ms);
  }

  // Send everything; true when nothing is left. `ask` sends even an empty list, to learn the server's clock.
  async flush({ ask = false } = {}) {
    while (this.#sending) await this.#sending;
    if (this.closed) return false;
    clearTimeout(this.#timer);
    const batch = this.waiting;
    if (!batch.length && !ask && !this.#failures) return true;
    this.#sending = this.#send(batch);
    const outcome = await this.#sending;
    this.#sending = null;
    this.#settle(outcome, batch);
    return outcome === "saved" && !this.#memory.size;
  }

  // The page is going away: send, expect no reply; what is unacknowledged stays stored.
  farewell() {
    if (this.#memory.size && !this.closed) this.#post(this.waiting, true).catch(() => {});
  }

  async #send(batch) {
    if (batch.length) this.tell("saving");
    try {
      if (this.#mustRefresh && (await refreshCsrf(this.csrfUrl)) === "signed-out") return "signed-out";
      const outcome = await this.#deliver(batch);
      if (outcome !== "refused" || batch.length < 2) return outcome;
      const each = [];
      for (const entry of batch) each.push(await this.#deliver([entry]));
      return each.find((one) => one !== "saved") ?? "saved";
    } catch {
      return "offline";
    }
  }

  async #deliver(batch) {
    let reply = await this.#post(batch);
    if (reply.status === 400 || reply.status === 403) {
      // perhaps only the token was stale: once more with a fresh one
      if ((await refreshCsrf(this.csrfUrl)) === "signed-out") return "signed-out";
      reply = await this.#post(batch);
    }
    if (reply.type === "opaqueredirect" || reply.status === 401) return "signed-out";
    if (reply.status === 429 || reply.status >= 500) return "offline";
    const told = await reply.json().catch(() => ({}));
    if (told.elsewhere) this.tell("elsewhere");
    if (reply.status === 409) return told.elsewhere ? "offline" : "closed";
    if (!reply.ok) return "refused";
    return this.#acknowledge(batch, told);
  }

  #acknowledge(batch, told) {
    if (told.saved === undefined) return "offline";
    for (const sent of batch) if (sent.seq <= told.saved) this.#forget(sent);
    this.seq = Math.max(this.seq, told.saved ?? 0);
    this.tell("clock", told);
    return "saved";
  }

  #post(batch, keepalive = false) {
    const body = JSON.stringify(batch.map(({ slot, seq, response }) => ({ slot, seq, response })));
    const headers = {
      "Content-Type": "application/json",
      Accept: "application/json",
      "X-CSRFToken": csrfToken(),
      "X-Window": windowId(),
    };
    return fetch(this.url, { method: "POST", headers, body, keepalive, redirect: "manual" });
  }

  #settle(outcome, batch) {
    const left = this.#memory.size;
    this.closed = outcome === "closed";
    this.#mustRefresh = outcome === "signed-out";
    this.#failures = outcome === "saved" ? 0 : this.#failures + 1;
    this.tell(outcome === "saved" && left ? "waiting" : outcome === "saved" && !batch.length ? "reached" : outcome);
    if (outcome === "saved" && left) this.later(500);
    if (outcome === "offline") this.later(Math.min(SLOWEST_MS, 1000 * 2 ** this.#failures) * (0.75 + Math.random() / 2));
    if (outcome === "signed-out") this.later(SIGNED_OUT_MS);
  }

  // Forget what was acknowledged, unless it was answered anew meanwhile.
  #forget(sent) {
    if (this.#memory.get(sent.slot)?.seq === sent.seq) this.#memory.delete(sent.slot);
    if (store.read(this.prefix + sent.slot)?.seq === sent.seq) store.remove(this.prefix + sent.slot);
  }

  #load() {
    for (const key of store.keys()) {
      if (!key.startsWith("chizheng.attempt.") || key.endsWith(".seq")) continue;
      const entry = store.read(key);
      if (!entry || entry.kept < Date.now() - KEPT_MS) store.remove(key);
      else if (key.startsWith(this.prefix)) this.#memory.set(entry.slot, entry);
    }
    this.seq = Math.max(this.seq, store.read(`${this.prefix}seq`, 0));
  }
}
